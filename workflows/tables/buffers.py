"""Tables of buffer layers and of the contacts of a cell, for the terminal and CSV."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from trona.screening.stability.interphase import InterphaseClass

from .classes import styled
from .layout import NARROW, NONE, counted, fit, framed, notes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from trona.stores.documents.buffers import (
        BufferDoc,
        CellContactDoc,
        CellDoc,
        LayerDoc,
        TouchDoc,
    )

__all__ = [
    "CELL",
    "KEPT",
    "LAYER",
    "RANKING",
    "buffers",
    "cell",
    "cell_rows",
    "cells",
    "kept_rows",
    "layer_rows",
    "ranking_rows",
    "rankings",
    "why",
]

LAYER = (
    "place", "formula", "grade", "worst", "energy_above_hull", "at_low", "at_high",
    "with_electrolyte", "with_electrode", "reduction_limit", "oxidation_limit", "electronic",
    "ionic", "volume", "air", "air_released", "tolerated_reduction_limit",
    "tolerated_oxidation_limit", "gates", "open_pairs", "alarms", "missing", "vetoes", "drawbacks",
    "unknown",
)  # fmt: skip
"""Columns of layers as CSV."""
CELL = (
    "side", "electrode", "first", "second", "voltage", "released", "interphase", "reaction", "best",
)  # fmt: skip
"""Columns of the contacts of a cell as CSV."""
RANKING = (
    "electrolyte", "electrode", "low", "high", "reference", "best", "grade", "worst", "answer",
)  # fmt: skip
"""Columns of stored rankings as CSV."""
KEPT = ("anode", "electrolyte", "cathode", "buffer", "reference", "worst", "released", "answer")
"""Columns of stored cells as CSV."""

_STYLES = {"fits": "green", "reacts weakly": "yellow", "unknown": "magenta", "vetoed": "red"}
_MANY = {"fits": "fit", "reacts weakly": "react weakly"}
"""Verdicts on several layers."""
_AIR = {"no reaction": "holds", "unknown": "?"}
_SHORT = {"conductor": "yes", "insulator": "no", "metal": "yes", "narrow-gap": "yes"}


def layer_rows(document: BufferDoc) -> list[dict[str, Any]]:
    """
    Write layers as rows.

    Parameters
    ----------
    document
        Layers between an electrolyte and an electrode.

    Returns
    -------
    list of dict
        One row for each, best first.
    """
    rows = []
    for one in document.layers:
        row: dict[str, Any] = {name: getattr(one, name, None) for name in LAYER}
        row["with_electrolyte"] = one.contacts[0].released
        row["with_electrode"] = max(touch.released for touch in one.contacts[1:])
        row["air"] = None if one.air is None else one.air.verdict
        row["air_released"] = None if one.air is None else one.air.released
        row["gates"] = "; ".join(f"{gate}: {outcome}" for gate, outcome in one.gates.items())
        for name in ("open_pairs", "alarms", "missing", "vetoes", "drawbacks", "unknown"):
            row[name] = "; ".join(row[name])
        rows.append(row)
    return rows


def buffers(document: BufferDoc, shown: int, width: int = NARROW) -> list[RenderableType]:
    """
    Lay out layers between an electrolyte and an electrode.

    Parameters
    ----------
    document
        The layers.
    shown
        How many of them to show.
    width
        Columns of the terminal.

    Returns
    -------
    list
        Parts to print in order.
    """
    states = " to ".join(document.states)
    head = (
        f"Layers between {escape(document.electrolyte)} and {escape(states)}, "
        f"{_range(document.low, document.high)}"
    )
    parts: list[RenderableType] = [f"[bold]{escape(document.answer)}[/]", head]
    parts += [f"Without one: {_said(one)}" for one in document.direct]
    good = [one for one in document.layers if one.grade != "vetoed"]
    if len(document.layers) <= shown:
        good = document.layers
    if good:
        parts.append(_layer_table(good[:shown], width))
    parts.append(_counted(document))
    if len(good) > shown:
        parts.append(f"[dim]{len(good) - shown} more: --top shows them, --csv shows all.[/]")
    air = (
        []
        if document.air is None
        else [f"Air: equilibrium with {document.air}; of the best 50 layers."]
    )
    return [*parts, *notes([document.statement, *air, *document.caveats])]


def _layer_table(layers: Sequence[LayerDoc], width: int) -> RenderableType:
    """Lay out layers, one row each; energies in meV/atom."""
    table = framed()
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("layer", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("worst\nmeV/atom", justify="right", no_wrap=True)
    table.add_column("window\nV", no_wrap=True)
    table.add_column("conducts\ne⁻", no_wrap=True)
    table.add_column("conducts\nNa⁺", no_wrap=True)
    table.add_column("moist\nair", no_wrap=True)
    table.add_column("why", overflow="fold", min_width=24)
    for one in layers:
        table.add_row(
            str(one.place),
            escape(one.formula),
            _grade(one),
            f"{1000 * one.worst:.0f}",
            _window(one),
            _SHORT.get(one.electronic, "?"),
            _SHORT.get(one.ionic, "?"),
            NONE if one.air is None else _AIR.get(one.air.verdict, one.air.verdict),
            escape(why(one)),
        )
    return fit(table, width, ("conducts e⁻", "moist air", "window V", "conducts Na⁺"))


def _grade(one: LayerDoc) -> str:
    """Write a verdict in its colour."""
    if one.grade != "vetoed" and (one.open_pairs or one.alarms):
        return "[magenta]apart[/]"
    return f"[{_STYLES[one.grade]}]{one.grade}[/]"


def _window(one: LayerDoc) -> str:
    """Write the window of a layer."""
    if one.reduction_limit is None:
        return NONE
    upper = "∞" if one.oxidation_limit is None else f"{one.oxidation_limit:.2f}"
    return f"{one.reduction_limit:.2f}–{upper}"


def why(one: LayerDoc) -> str:
    """
    List the drawbacks of a layer and its unknown properties.

    Parameters
    ----------
    one
        The layer.

    Returns
    -------
    str
        That it passes all gates, where nothing does.
    """
    gaps = [f"no phase with {', '.join(one.open_pairs)}"] if one.open_pairs else []
    open_questions = [f"unknown: {'; '.join(one.unknown)}"] if one.unknown else []
    reacted = {one.class_at_low, one.class_at_high} - {None, "stable", "decomposes"}
    kinds = [kind.short for kind in InterphaseClass if kind in reacted]
    becomes = [f"interphase: {' or '.join(kinds)}"] if kinds else []
    parts = [*gaps, *one.alarms, *one.vetoes, *one.drawbacks, *becomes, *open_questions]
    parts = parts or ["passes all gates"]
    if one.missing:
        parts.append(f"missing competing phases: {len(one.missing)}")
    return "; ".join(parts)


def _counted(document: BufferDoc) -> str:
    """Say how many layers passed, and at which gates the others failed."""
    counts = document.counts
    named = [(counts[name], name) for name in _STYLES if counts.get(name)]
    parts = [f"{number} {name if number == 1 else _MANY.get(name, name)}" for number, name in named]
    if counts.get("apart"):
        parts.append(f"{counts['apart']} apart, which these energies cannot assess")
    failed = Counter(gate for one in document.layers for gate in set(map(_gate, one.vetoes)))
    listed = ", ".join(f"{number} {gate}" for gate, number in failed.most_common())
    detail = f" Vetoes (a layer may have several): {listed}." if listed else ""
    return f"Of {counted(len(document.layers), 'layer')}: {', '.join(parts)}.{detail}"


def _gate(veto: str) -> str:
    """Cut the numbers off a veto."""
    return "above hull" if "above hull" in veto else veto.partition(" (")[0]


def _range(low: float, high: float) -> str:
    """Write the range of an electrode."""
    return f"{low:.2f} V" if low == high else f"{low:.2f} to {high:.2f} V"


def _said(one: TouchDoc) -> str:
    """Write a contact in a line."""
    pair = f"{escape(one.first)} | {escape(one.second)}"
    if one.reaction is None:
        return f"{pair}: no reaction"
    kind = "" if one.interphase is None else f", {styled(one.interphase)}"
    return f"{pair}: {1000 * one.released:z.0f} meV/atom{kind}, {escape(one.reaction)}"


def cell(document: CellDoc, width: int = NARROW) -> list[RenderableType]:
    """
    Lay out the contacts of a cell.

    Parameters
    ----------
    document
        The cell.
    width
        Columns of the terminal.

    Returns
    -------
    list
        Parts to print in order.
    """
    names = [document.anode, document.electrolyte, document.cathode]
    heading = " ‖ ".join(names)
    parts: list[RenderableType] = [f"[bold]{escape(document.answer)}[/]", escape(heading)]
    for one in document.contacts:
        parts += _contact(one, document.electrolyte, width, worst=one.side == document.worst)
    return [*parts, *notes(document.caveats)]


def _contact(
    one: CellContactDoc, electrolyte: str, width: int, *, worst: bool
) -> list[RenderableType]:
    """Lay out one contact."""
    mark = " [red]worst contact[/]" if worst else ""
    ends = _range(one.low, one.high)
    head = f"\n[bold]{one.side} {escape(one.electrode)}[/], {ends}: "
    parts: list[RenderableType] = [f"{head}up to {1000 * one.worst:.0f} meV/atom{mark}"]
    points = [(one.low, one.at_low, one.class_at_low, one.reaction_at_low)]
    if one.high > one.low:
        points.append((one.high, one.at_high, one.class_at_high, one.reaction_at_high))
    for volts, energy, kind, reaction in points:
        parts.append(
            f"  {escape(electrolyte)} at {volts:.2f} V: {styled(kind)}, "
            f"{1000 * energy:z.0f} meV/atom, {escape(reaction)}"
        )
    parts += [f"  {_said(touch)}" for touch in one.contacts]
    if one.given is not None:
        parts.append(
            f"  with [bold]{escape(one.given.formula)}[/] between: {_grade(one.given)}, "
            f"{escape(why(one.given))}"
        )
    if not one.best:
        return [*parts, "  no layer passes all gates"]
    return [*parts, "  best layers:", _layer_table(one.best, width)]


def cell_rows(document: CellDoc) -> list[dict[str, Any]]:
    """
    Write the contacts of a cell as rows.

    Parameters
    ----------
    document
        The cell.

    Returns
    -------
    list of dict
        The electrolyte at each potential of an electrode, then with each of its states, then the
        given layer with both sides.
    """
    rows = []
    for one in document.contacts:
        best = "; ".join(layer.formula for layer in one.best)
        common = {"side": one.side, "electrode": one.electrode, "best": best}
        for volts, released, kind, reaction in (
            (one.low, one.at_low, one.class_at_low, one.reaction_at_low),
            (one.high, one.at_high, one.class_at_high, one.reaction_at_high),
        ):
            alone = {"first": document.electrolyte, "second": None, "voltage": volts}
            what = {"released": released, "interphase": kind, "reaction": reaction}
            rows.append({**common, **alone, **what})
        touches = [*one.contacts, *(one.given.contacts if one.given is not None else ())]
        rows += [
            {**common, **{name: getattr(touch, name) for name in CELL[2:8]}} for touch in touches
        ]
    return rows


def ranking_rows(documents: Sequence[BufferDoc]) -> list[dict[str, Any]]:
    """
    Write stored rankings as rows.

    Parameters
    ----------
    documents
        Rankings of layers.

    Returns
    -------
    list of dict
        One for each, with its best layer.
    """
    return [
        {name: getattr(one, name, None) for name in RANKING}
        | {"best": best.formula, "grade": best.grade, "worst": best.worst}
        for one in documents
        for best in one.layers[:1]
    ]


def rankings(documents: Sequence[BufferDoc], width: int = NARROW) -> RenderableType:
    """
    Lay out stored rankings, one row each.

    Parameters
    ----------
    documents
        Rankings of layers.
    width
        Columns of the terminal.

    Returns
    -------
    rich.console.RenderableType
        With the answer of each.
    """
    table = framed()
    table.add_column("contact", overflow="fold", min_width=12)
    table.add_column("potential", no_wrap=True)
    table.add_column("answer", overflow="fold", min_width=28)
    table.add_column("reference", overflow="fold", min_width=9)
    for one in documents:
        table.add_row(
            escape(f"{one.electrolyte} | {one.electrode}"),
            _range(one.low, one.high),
            escape(one.answer),
            escape(one.reference),
        )
    return fit(table, width, ("reference",))


def kept_rows(documents: Sequence[CellDoc]) -> list[dict[str, Any]]:
    """
    Write stored cells as rows.

    Parameters
    ----------
    documents
        Cells.

    Returns
    -------
    list of dict
        One for each, with its worst contact and what that releases, eV/atom.
    """
    return [
        {name: getattr(one, name, None) for name in KEPT}
        | {"released": max(contact.worst for contact in one.contacts)}
        for one in documents
    ]


def cells(documents: Sequence[CellDoc], width: int = NARROW) -> RenderableType:
    """
    Lay out stored cells, one row each.

    Parameters
    ----------
    documents
        Cells.
    width
        Columns of the terminal.

    Returns
    -------
    rich.console.RenderableType
        With the answer of each.
    """
    table = framed()
    table.add_column("cell", overflow="fold", min_width=12)
    table.add_column("layer", overflow="fold", min_width=8)
    table.add_column("answer", overflow="fold", min_width=28)
    table.add_column("reference", overflow="fold", min_width=9)
    for one in documents:
        table.add_row(
            escape(f"{one.anode} | {one.electrolyte} | {one.cathode}"),
            NONE if one.buffer is None else escape(one.buffer),
            escape(one.answer),
            escape(one.reference),
        )
    return fit(table, width, ("reference",))
