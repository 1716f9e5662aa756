"""Searchable summaries of screening results, and their sort order; no I/O."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from trona.screening.stability.interphase import InterphaseClass
from trona.screening.stability.ranking import Ranked, rank
from trona.screening.uncertainty.confidence import is_sure, worst_plausible
from trona.stores.thermochemistry.temperatures import temperature_of_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from trona.stores.documents.bookkeeping import SummaryDoc
    from trona.stores.documents.results import ScreeningDoc

__all__ = ["ANIONS", "anion_system", "rank_summaries", "summarize_screening"]

ANIONS = ("N", "O", "S", "Se", "Te", "F", "Cl", "Br", "I")
"""Elements that count as anions wherever they occur."""


def anion_system(elements: Collection[str]) -> str:
    """
    Name the anions of a composition by its elements.

    Parameters
    ----------
    elements
        Symbols.

    Returns
    -------
    str
        Anions joined by hyphens, in alphabetical order; ``"BH"`` stands for hydroborates (boron
        with hydrogen and without O or N, to which the hydrogen might be bound instead).

    Examples
    --------
    >>> [anion_system(e) for e in (["Na", "P", "S", "O"], ["Na", "B", "H"], ["Na", "Sn"])]
    ['O-S', 'BH', 'none']
    """
    found = {symbol for symbol in elements if symbol in ANIONS}
    if {"B", "H"} <= set(elements) and not {"O", "N"} & set(elements):
        found.add("BH")
    return "-".join(sorted(found)) or "none"


def summarize_screening(doc: ScreeningDoc) -> SummaryDoc:
    """
    Make the searchable summary of a result.

    Parameters
    ----------
    doc
        Completed, rejected or failed.

    Returns
    -------
    SummaryDoc
        What queries look at, flat.
    """
    from trona.stores.documents.bookkeeping import SummaryDoc  # noqa: PLC0415 (loads pydantic)

    window, contact = doc.window, doc.contact
    content = {
        name: getattr(doc, name)
        for name in ("id", "label", "formula", "elements", "state", "reason", "method",
                     "space_group", "source", "created", "who", "project")
    } | dict.fromkeys(
        ("energy_above_hull", "mixture", "reduction_limit", "oxidation_limit", "interphase",
         "interphase_share",
         "severity", "reaction", "driving_force", "sodium_consumed", "sodium_consumed_per_atom",
         "stabilized_reduction_limit")
    )  # fmt: skip
    if window is not None:
        content |= {
            name: getattr(window, name)
            for name in ("energy_above_hull", "mixture", "reduction_limit", "oxidation_limit")
        } | {"stabilized_reduction_limit": window.stabilized.reduction_limit}
    if contact is not None:
        content |= {
            name: getattr(contact, name)
            for name in ("interphase", "reaction", "driving_force", "sodium_consumed",
                         "sodium_consumed_per_atom")
        } | _confidence(contact.interphase, contact.interphase_shares)  # fmt: skip
    air = doc.air
    return SummaryDoc(
        **content,
        air_conditions=None if air is None else air.conditions,
        air_reacts=None if air is None else air.reacts,
        air_first_step=None if air is None else air.first_step,
        drawn_classes=[] if contact is None else list(contact.interphase_shares),
        drawn_shares=[] if contact is None else list(contact.interphase_shares.values()),
        anions=anion_system(doc.elements),
        reference=doc.reference.name,
        reference_checksum=doc.reference.checksum,
        correction=doc.reference.correction,
        unbounded=window is not None
        and window.reduction_limit is not None
        and window.oxidation_limit is None,
        doubts=[] if window is None else window.doubts,
        products=[] if contact is None else contact.products,
        product_amounts=[] if window is None else [p.amount for p in window.ladder[0].products],
    )


def _confidence(kind: str, shares: Mapping[str, float]) -> dict[str, float | None]:
    """Say in which share of the draws a class holds, and how harmful it may plausibly be."""
    return {
        "interphase_share": shares.get(kind, 0.0) if shares else None,
        "severity": worst_plausible(kind, shares).severity,
    }


def rank_summaries(summaries: Iterable[SummaryDoc]) -> list[tuple[Ranked, SummaryDoc]]:
    """
    Rank completed results by the default criteria.

    Parameters
    ----------
    summaries
        Results; those that are not completed are left out.

    Returns
    -------
    list
        Best first; results of one temperature before those of a higher one, and those without
        moist air before those of each of its conditions: each is ranked for itself.
    """
    by_conditions: dict[tuple[float, str], dict[str, SummaryDoc]] = {}
    for one in summaries:
        if one.reaction is not None:
            key = temperature_of_name(one.reference), one.air_conditions or ""
            alike = by_conditions.setdefault(key, {})
            alike[f"{one.label}\0{one.reference}"] = one
    return [
        (place, alike[place.label])
        for _, alike in sorted(by_conditions.items())
        for place in _ranked(alike)
    ]


def _ranked(by_key: Mapping[str, SummaryDoc]) -> list[Ranked]:
    """Rank results of one temperature."""
    return rank(
        ((key, _ranking_values(one)) for key, one in by_key.items()),
        doubts={key: one.doubts for key, one in by_key.items()},
        classes={key: one.interphase or "" for key, one in by_key.items()},
        unsure={
            key
            for key, one in by_key.items()
            if not is_sure(one.interphase or "", one.interphase_shares)
        },
    )


def _ranking_values(summary: SummaryDoc) -> dict[str, float | None]:
    """Collect what the default criteria ask for."""
    return {
        "interphase_severity": summary.severity,
        "decomposes": float(summary.interphase == InterphaseClass.DECOMPOSES),
        "energy_above_hull": summary.energy_above_hull,
        "driving_force": summary.driving_force,
        "oxidation_limit": inf if summary.unbounded else summary.oxidation_limit,
        "reduction_limit": summary.reduction_limit,
        "sodium_consumed": summary.sodium_consumed_per_atom,
    }
