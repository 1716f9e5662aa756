"""Cells drawn as stacks, and rankings of layers, for the report."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from trona.screening.stability.interphase import InterphaseClass
from trona.stores.provenance import versions
from trona.workflows.tables.buffers import why

from .templates import style, template

if TYPE_CHECKING:
    from trona.stores.documents.buffers import BufferDoc, CellContactDoc, CellDoc, LayerDoc

__all__ = ["buffer_view", "cell_view", "render_cell"]

_SHOWN = 10
"""Layers of a ranking."""
_NOTHING = 5e-4
"""eV/atom."""


def render_cell(document: CellDoc) -> str:
    """
    Make a page of a cell.

    Parameters
    ----------
    document
        The cell.

    Returns
    -------
    str
        HTML, with the stack drawn; it needs no script and no network.
    """
    view = cell_view(document)
    return template("cell.html").render(
        title=view["title"],
        cell=view,
        style=Markup(style()),  # noqa: S704 (a file of this package)
        made=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        version=versions().get("trona", "unknown"),
    )


def cell_view(document: CellDoc) -> dict[str, Any]:
    """
    Write a cell as plain values.

    Parameters
    ----------
    document
        The cell.

    Returns
    -------
    dict
        Parts of its stack from anode to cathode, and the layers of each contact.
    """
    anode, cathode = document.contacts
    left, right = _side(anode, document), _side(cathode, document)
    middle = {"role": "electrolyte", "name": document.electrolyte, "note": ""}
    return {
        "title": f"{document.anode} | {document.electrolyte} | {document.cathode}",
        "answer": document.answer,
        "parts": [*left, middle, *reversed(right)],
        "contacts": [_contact(one, document) for one in document.contacts],
        "reference": document.reference,
        "caveats": document.caveats,
    }


def _side(one: CellContactDoc, document: CellDoc) -> list[dict[str, str]]:
    """Draw an electrode, the layer before it and both of its contacts, outermost first."""
    electrode = {
        "role": one.side,
        "name": one.electrode,
        "note": _range(one.low, one.high),
    }
    layer = one.given or (one.best[0] if one.best else None)
    if layer is None:
        return [electrode, _joint(one.worst, _worst_class(one), worst=one.side == document.worst)]
    outer = max(layer.contacts[1:], key=lambda touch: touch.released)
    inner = layer.contacts[0]
    changed = max((layer.at_low, layer.class_at_low), (layer.at_high, layer.class_at_high),
                  key=lambda end: end[0])  # fmt: skip
    released, kind = max(changed, (outer.released, outer.interphase), key=lambda end: end[0])
    chosen = "given" if one.given is not None else "best of those tried"
    return [
        electrode,
        _joint(released, kind),
        {"role": "layer", "name": layer.formula, "note": f"{chosen}: {layer.grade}"},
        _joint(inner.released, inner.interphase),
    ]


def _joint(released: float, kind: str | None, *, worst: bool = False) -> dict[str, str]:
    """Write what happens between two parts of a stack."""
    quiet = released < _NOTHING
    return {
        "role": "contact",
        "name": "no reaction" if quiet else f"{1000 * released:z.0f} meV/atom",
        "note": "worst contact" if worst else "",
        "kind": "stable" if quiet else kind or "",
    }


def _worst_class(one: CellContactDoc) -> str | None:
    """Class of what releases most at a contact without a layer."""
    ends = [(one.at_low, one.class_at_low), (one.at_high, one.class_at_high)]
    touches = [(touch.released, touch.interphase) for touch in one.contacts]
    return max([*ends, *touches], key=lambda end: end[0])[1]


def _range(low: float, high: float) -> str:
    """Write the range of an electrode."""
    return f"{low:.2f} V" if low == high else f"{low:.2f} to {high:.2f} V"


def _contact(one: CellContactDoc, document: CellDoc) -> dict[str, Any]:
    """Write a contact without a layer, and the layers for it."""
    layers = [one.given] if one.given is not None else []
    return {
        "heading": f"{one.side.capitalize()} {one.electrode}, {_range(one.low, one.high)}",
        "worst": one.side == document.worst,
        "released": f"{1000 * one.worst:.0f} meV/atom",
        "kind": _worst_class(one) or "unknown",
        "reactions": [
            f"{volts:.2f} V: {reaction} ({1000 * energy:.0f} meV/atom, "
            f"{InterphaseClass(kind).short})"
            for volts, energy, kind, reaction in (
                (one.low, one.at_low, one.class_at_low, one.reaction_at_low),
                (one.high, one.at_high, one.class_at_high, one.reaction_at_high),
            )
        ]
        + [
            f"with {touch.second}: {touch.reaction or 'no reaction'} "
            f"({1000 * touch.released:z.0f} meV/atom)"
            for touch in one.contacts
        ],
        "layers": [_layer(layer) for layer in [*layers, *one.best]],
    }


def buffer_view(document: BufferDoc) -> dict[str, Any]:
    """
    Write a ranking of layers as plain values.

    Parameters
    ----------
    document
        The ranking.

    Returns
    -------
    dict
        Its best layers with reasons.
    """
    good = [one for one in document.layers if one.grade != "vetoed"] or document.layers
    tried = ", ".join(f"{count} {grade}" for grade, count in document.counts.items())
    return {
        "title": f"{document.electrolyte} | {document.electrode}, "
        f"{_range(document.low, document.high)}",
        "answer": document.answer,
        "tried": f"Of {sum(document.counts.values())} layers: {tried}.",
        "layers": [_layer(one) for one in good[:_SHOWN]],
        "reference": document.reference,
        "caveats": document.caveats,
    }


def _layer(one: LayerDoc) -> dict[str, str]:
    """Write a layer as a row."""
    return {
        "place": str(one.place),
        "formula": one.formula,
        "grade": "apart" if one.open_pairs or one.alarms else one.grade,
        "worst": f"{1000 * one.worst:.0f}",
        "electrons": {"insulator": "blocked", "unknown": "?"}.get(one.electronic, "conducted"),
        "ions": {"conductor": "conducted", "unknown": "?"}.get(one.ionic, "hardly"),
        "air": "not asked" if one.air is None else one.air.verdict,
        "why": why(one),
    }
