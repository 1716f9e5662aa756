"""Content of a report on screening results: text and sort keys as plain values.

The view is what the page embeds as JSON. Content that many candidates share (properties of phases,
long sentences) is stored once and referred to by index.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.text import Text

from trona.screening.formulas import number
from trona.screening.reactions import terms
from trona.screening.stability.interphase import InterphaseClass
from trona.screening.uncertainty.confidence import is_sure, verdict, worst_plausible
from trona.screening.units import limit_text
from trona.stores.assess.screenings import rank_documents
from trona.stores.collections.summaries import summarize_screening
from trona.workflows.tables.ladder import basis, electron_part, heading, ion_part, volts
from trona.workflows.tables.layout import material_link
from trona.workflows.tables.ranking import first_step_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trona.screening.stability.ranking import Ranked
    from trona.stores.documents.results import (
        ContactDoc,
        ProductDoc,
        RungDoc,
        ScreeningDoc,
        WindowDoc,
    )

__all__ = ["COLUMNS", "UNBOUNDED", "Column", "Shared", "candidates", "unranked_rows"]


@dataclass(frozen=True)
class Column:
    """
    A column of the ranking.

    Parameters
    ----------
    key
        Value of a candidate that it is sorted by.
    title
        Heading, with the unit.
    hint
        What it means.
    numeric
        True where digits are to stand below each other.
    """

    key: str
    title: str
    hint: str
    numeric: bool = True


COLUMNS = (
    Column("place", "#", "Place by score; equal scores share a place; – where not ranked."),
    Column("label", "candidate", "Its name.", numeric=False),
    Column("hull", "energy above hull, meV/atom", "? for a mixture."),
    Column(
        "reduction",
        "stable from, V",
        "Lower end of the range without exchange of sodium; in brackets where the exchange changes "
        "sign, if there is no such range.",
    ),
    Column("oxidation", "to, V", "Upper end of that range."),
    Column("products", "products at 0 V", "Products in contact with sodium metal.", numeric=False),
    Column(
        "harm",
        "interphase at 0 V",
        "Class of these products, by the harm of the worst plausible one.",
        numeric=False,
    ),
    Column("freed", "eV/atom freed", "Energy released at 0 V."),
    Column("sodium", "Na used", "Sodium accepted at 0 V, per formula unit."),
    Column(
        "air",
        "in moist air, eV/H2O",
        "First step of the reaction with water, negative where it occurs; ? where the reference "
        "cannot say. Its conditions are given with each candidate.",
    ),
    Column("score", "score", "Between 0 and 1; ! where a bound is violated."),
)
"""What the ranking shows, from left to right."""


UNBOUNDED = 1e9
"""V: sorts above all limits, for a window that ends at none."""

_NONE = "–"
_APART = "Not ranked: the reference cannot assess it, for the reasons below."
_HARM = {kind.value: place for place, kind in enumerate(InterphaseClass)}


class Shared:
    """Values that many candidates refer to: each is kept once, in order of first appearance."""

    def __init__(self) -> None:
        self._places: dict[Any, int] = {}

    def place(self, value: tuple[str, ...] | str) -> int:
        """Index of a value, which is added where it is new."""
        return self._places.setdefault(value, len(self._places))

    @property
    def values(self) -> list[Any]:
        """All values, in order of their indices."""
        return list(self._places)


def candidates(
    docs: Sequence[ScreeningDoc],
    phases: Shared,
    sentences: Shared,
    places: Mapping[str, Ranked] | None = None,
) -> list[dict[str, Any]]:
    """
    Describe what was assessed.

    Parameters
    ----------
    docs
        Results; those without a window are left out.
    phases
        Takes up the properties of products: formula, electronic class, its source, ionic class,
        its source.
    sentences
        Takes up caveats and versions.
    places
        By id, where the results are a part of those that were ranked; they then keep their order.

    Returns
    -------
    list of dict
        One per candidate, best first unless places are given: what its row shows, what the row
        is sorted and filtered by, and its details.
    """
    ranked = rank_documents(docs) if places is None else _placed(docs, places)
    return [
        _candidate(place, doc, doc.window, doc.contact, phases, sentences)
        for place, doc in ranked
        if doc.window is not None and doc.contact is not None
    ]


def _placed(
    docs: Sequence[ScreeningDoc], places: Mapping[str, Ranked]
) -> list[tuple[Ranked, ScreeningDoc]]:
    """Set results beside the places that they have among more of them."""
    return [(places[doc.id], doc) for doc in docs if doc.id in places]


def unranked_rows(docs: Sequence[ScreeningDoc]) -> list[dict[str, str]]:
    """
    Describe what could not be assessed.

    Parameters
    ----------
    docs
        All results.

    Returns
    -------
    list of dict
        Label, state, reason and source of each that was rejected or failed.
    """
    return [
        {"label": doc.label, "state": doc.state, "reason": doc.reason or "", "source": doc.source}
        for doc in docs
        if doc.window is None
    ]


def _candidate(
    place: Ranked,
    doc: ScreeningDoc,
    window: WindowDoc,
    contact: ContactDoc,
    phases: Shared,
    sentences: Shared,
) -> dict[str, Any]:
    """Describe one candidate."""
    return {
        "id": doc.id,
        "label": doc.label,
        "formula": doc.formula,
        "reference": doc.reference.name,
        "mixture": window.mixture,
        "elements": doc.elements,
        "place": place.place,
        "score": place.score,
        "hull": window.energy_above_hull,
        "reduction": window.reduction_limit,
        "oxidation": _oxidation(window),
        "products": _products(window, contact),
        "class": contact.interphase,
        "harm": _HARM[worst_plausible(contact.interphase, contact.interphase_shares)],
        "sure": is_sure(contact.interphase, contact.interphase_shares),
        "freed": contact.driving_force,
        "sodium": contact.sodium_consumed,
        "air": None if doc.air is None else doc.air.first_step,
        "cells": _cells(place, doc, window, contact),
        "heading": _plain("\n".join([heading(window), *basis(window)])),
        "vetoes": [*place.vetoes, *([_APART] if place.apart else [])],
        "missing": [name.replace("_", " ") for name in place.missing],
        "contact": _contact(contact),
        "facts": [*_facts(window), *([] if doc.air is None else [["moist air", doc.air.verdict]])],
        "ladder": [_rung(rung, phases) for rung in window.ladder],
        "caveats": [sentences.place(line) for line in window.caveats],
        "provenance": [[name, sentences.place(value)] for name, value in _provenance(doc)],
    }


def _cells(
    place: Ranked, doc: ScreeningDoc, window: WindowDoc, contact: ContactDoc
) -> dict[str, str]:
    """Write what each column shows of a candidate."""
    above, lower, upper = window.energy_above_hull, window.reduction_limit, window.oxidation_limit
    crossing = window.stabilized.reduction_limit
    without = _NONE if crossing is None else f"({crossing:.2f})"
    return {
        "place": _NONE if place.apart else str(place.place),
        "label": doc.label if doc.label == doc.formula else f"{doc.label} ({doc.formula})",
        "hull": "?" if above is None else f"{above * 1000:.0f}",
        "reduction": without if lower is None else f"{lower:.2f}",
        "oxidation": _NONE if lower is None else limit_text(upper),
        "products": _products(window, contact),
        "harm": _class(contact.interphase, contact.interphase_shares),
        "freed": f"{contact.driving_force:.3f}",
        "sodium": number(contact.sodium_consumed),
        "air": first_step_text(summarize_screening(doc)),
        "score": f"{place.score:.2f}{'!' if place.vetoes else ''}",
    }


def _class(kind: str, shares: Mapping[str, float]) -> str:
    """Write a class with its confidence."""
    word, named = verdict(kind, shares)
    if not word:
        return InterphaseClass(kind).short
    listed = ", ".join(f"{one.short} {100 * share:.0f} %" for one, share in named.items())
    return f"{word}: {listed}" if word == "uncertain" else f"{word} {listed}"


def _products(window: WindowDoc, contact: ContactDoc) -> str:
    """Write what forms at sodium metal."""
    if contact.interphase == "stable":
        return "none"
    return terms((product.formula, product.amount) for product in window.ladder[0].products)


def _oxidation(window: WindowDoc) -> float | None:
    """Upper end of a window, to sort by."""
    if window.oxidation_limit is None and window.reduction_limit is not None:
        return UNBOUNDED
    return window.oxidation_limit


def _plain(markup: str) -> list[str]:
    """Write the lines of what a terminal shows without its colours."""
    text = Text.from_markup(markup, emoji=False).plain
    return [line for line in text.splitlines() if line]


def _contact(contact: ContactDoc) -> str:
    """Say what happens at sodium metal."""
    if contact.interphase == "stable":
        return "At sodium metal (0 V): no reaction."
    if contact.interphase == InterphaseClass.DECOMPOSES:
        return f"At sodium metal (0 V) it decomposes by itself: {contact.reaction}."
    used = number(contact.sodium_consumed)
    return (
        f"At sodium metal (0 V): {contact.reaction}; {contact.driving_force:.3f} eV per atom are "
        f"released, {used} Na per formula unit accepted."
    )


def _facts(window: WindowDoc) -> list[list[str]]:
    """Name what a candidate is, beside its window."""
    stabilized = window.stabilized
    width = volts(stabilized.reduction_limit, stabilized.oxidation_limit)
    return [
        ["at fixed composition", window.decomposition],
        ["window if lowered onto the hull", f"{width} V"],
        *(["experiment", one.sentence] for one in window.observed),
    ]


def _rung(rung: RungDoc, phases: Shared) -> dict[str, Any]:
    """Describe an interval of voltage."""
    still = rung.reaction_kind == "none"
    bound = "≤ " if rung.voltage_upper is None and not still else ""
    return {
        "from": rung.voltage_lower,
        "to": rung.voltage_upper,
        "volts": volts(rung.voltage_lower, rung.voltage_upper, digits=3),
        "reaction": rung.reaction,
        "na": rung.na_exchanged,
        "sodium": "0" if still else f"{rung.na_exchanged:+.3g}",
        "energy": f"{bound}{rung.energy_per_atom:z.3f}",
        "class": rung.interphase,
        "electrons": electron_part(rung),
        "ions": ion_part(rung),
        "volume": _known(still, rung.volume_change, "+z.0%"),
        "charge": _known(still, rung.sodium_charge_per_um, "+z.3f"),
        "products": [_product(one, phases) for one in rung.products],
        "tied": ", ".join(rung.tied),
    }


def _known(still: bool, value: float | None, style: str) -> str:
    """Write a value of a reaction: nothing where there is none, a question mark if unknown."""
    return _NONE if still else "?" if value is None else format(value, style)


def _product(product: ProductDoc, phases: Shared) -> list[Any]:
    """Describe a product: its phase, amount, part of all products and type."""
    phase = phases.place(
        (
            product.formula,
            product.electronic,
            product.electronic_source,
            product.ionic,
            product.ionic_source,
        )
    )
    return [phase, number(product.amount), f"{product.fraction:.0%}", product.type or "?"]


def _provenance(doc: ScreeningDoc) -> list[tuple[str, str]]:
    """Name what a result rests on; what is not known is left out."""
    change = "" if doc.volume_change is None else f"{doc.volume_change:+z.1%}"
    thresholds = ", ".join(f"{name} {number(at)}" for name, at in doc.thresholds.items())
    reference = doc.reference
    named = f"{reference.name}, {reference.n_phases} phases, checksum {reference.checksum}"
    lines = [
        ("source", doc.source),
        ("Materials Project", material_link(f"{doc.label} {doc.source}") or ""),
        ("space group", doc.space_group or ""),
        ("volume change in relaxation", change),
        ("relaxation", doc.relaxation_id or "none: assessed by composition"),
        ("reference", named),
        ("its origin", reference.origin),
        ("connected from, volume fraction", thresholds),
        ("computed", f"{doc.created:%Y-%m-%d %H:%M} UTC"),
        ("with", ", ".join(f"{name} {version}" for name, version in doc.versions.items())),
        ("id", doc.id),
    ]
    return [(name, value) for name, value in lines if value]
