"""Screening results: one document per candidate from its relaxation and a reference, ranked.

The pure functions that jobs, builders and commands share; no database.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from trona.screening.formulas import canonical, parse
from trona.screening.interphase import SEVERITY, InterphaseClass, Thresholds
from trona.screening.ranking import Ranked, rank

from .assessment import assess_formula, window_document
from .documents import (
    SCHEMA_VERSION,
    ContactDoc,
    ReferenceDoc,
    RelaxationDoc,
    ScreeningDoc,
    WindowDoc,
)
from .entries import Rejected, admit_to
from .properties import checksum
from .provenance import fingerprint, versions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .references import Reference

__all__ = ["failed_document", "rank_documents", "screening_document", "screening_id"]


def screening_id(label: str, formula: str, relaxation_id: str | None, reference: Reference) -> str:
    """
    Identity of a screening result: the same work has the same id everywhere.

    It changes with the reference, the conductor properties and trona itself, so that a result is
    assessed again where it could differ; that takes milliseconds.

    Parameters
    ----------
    label, formula
        The candidate.
    relaxation_id
        Its relaxation, if it has one.
    reference
        Energies of competing phases.

    Returns
    -------
    str
        16 hexadecimal digits.
    """
    rests_on = [reference.checksum, checksum(), vars(Thresholds()), versions().get("trona")]
    return fingerprint([SCHEMA_VERSION, label, formula, relaxation_id, *rests_on])


def screening_document(
    label: str,
    formula: str,
    source: str,
    reference: Reference,
    relaxation: RelaxationDoc | None = None,
) -> ScreeningDoc:
    """
    Screen one candidate: admit its energy, then find its window and its contact with sodium.

    Parameters
    ----------
    label, formula, source
        The candidate.
    reference
        Energies of competing phases.
    relaxation
        Its relaxation; None for a composition without a structure of its own.

    Returns
    -------
    ScreeningDoc
        Completed; or rejected, with the reason, where the relaxation may not enter a hull.

    Raises
    ------
    InputError
        If the formula cannot be used with this reference.
    """
    own = None
    if relaxation is not None:
        own = admit_to(relaxation, reference.scale, reference.scheme)
    if isinstance(own, Rejected):
        return _outcome(label, formula, source, reference, relaxation, "rejected", own.reason)
    caveats, gap = [], None
    if own is not None and relaxation is not None:
        caveats, gap = list(relaxation.concerns), relaxation.band_gap
        if own.scale != reference.scale:
            caveats.append(
                f"The energy of its relaxation ({own.scale.method}) shares no hull with "
                f"{reference.name}: assessed by composition."
            )
            own = None
    window = window_document(assess_formula(formula, reference, own=own, own_gap=gap))
    window.caveats += caveats
    doc = _outcome(label, formula, source, reference, relaxation, "completed", None)
    doc.window = window
    doc.contact = _contact(window, None if own is None else own.volume)
    return doc


def failed_document(
    label: str,
    formula: str,
    source: str,
    reference: Reference,
    reason: str,
) -> ScreeningDoc:
    """
    Record a candidate that could not be computed.

    Parameters
    ----------
    label, formula, source
        The candidate.
    reference
        Energies that were to be used.
    reason
        What went wrong.

    Returns
    -------
    ScreeningDoc
        Failed, without numbers.
    """
    return _outcome(label, formula, source, reference, None, "failed", reason)


def _outcome(
    label: str,
    formula: str,
    source: str,
    reference: Reference,
    relaxation: RelaxationDoc | None,
    state: str,
    reason: str | None,
) -> ScreeningDoc:
    """Fill in what every outcome has in common."""
    composition = parse(formula)
    change = None
    if relaxation is not None and relaxation.volume_start > 0:
        change = relaxation.volume / relaxation.volume_start - 1.0
    relaxation_id = None if relaxation is None else relaxation.id
    return ScreeningDoc.model_validate(
        {
            "id": screening_id(label, formula, relaxation_id, reference),
            "label": label,
            "formula": formula,
            "formula_reduced": canonical(composition),
            "elements": sorted(composition),
            "source": source,
            "state": state,
            "reason": reason,
            "reference": ReferenceDoc(
                name=reference.name,
                checksum=reference.checksum,
                n_phases=len(reference.phases),
                origin=reference.origin,
                caveats=list(reference.caveats),
            ),
            "window": None,
            "contact": None,
            "relaxation_id": relaxation_id,
            "space_group": None if relaxation is None else relaxation.space_group,
            "volume_change": change,
            "thresholds": vars(Thresholds()),
            "versions": versions(),
        }
    )


def _contact(window: WindowDoc, volume: float | None) -> ContactDoc:
    """Summarise the lowest interval: contact with sodium metal."""
    rung = window.ladder[0]
    consumed = max(rung.na_exchanged, 0.0)
    return ContactDoc(
        reaction=rung.reaction,
        products=[product.formula for product in rung.products],
        interphase=rung.interphase,
        driving_force=max(0.0, -rung.energy_per_atom),
        sodium_consumed=consumed,
        sodium_consumed_per_atom=consumed / sum(parse(window.formula).values()),
        sodium_consumed_per_volume=None if volume is None else consumed / volume,
    )


def rank_documents(docs: Iterable[ScreeningDoc]) -> list[tuple[Ranked, ScreeningDoc]]:
    """
    Rank completed results by the default criteria.

    Parameters
    ----------
    docs
        Results; those that are not completed are left out.

    Returns
    -------
    list
        Best first.
    """
    by_key = {f"{doc.label}\0{doc.reference.name}": doc for doc in docs if doc.window}
    ranked = rank((key, _ranking_values(doc)) for key, doc in by_key.items())
    return [(place, by_key[place.label]) for place in ranked]


def _ranking_values(doc: ScreeningDoc) -> dict[str, float | None]:
    """Collect what the default criteria ask for."""
    if doc.window is None or doc.contact is None:
        return {}
    oxidation = doc.window.oxidation_limit
    if oxidation is None and doc.window.reduction_limit is not None:
        oxidation = inf
    return {
        "interphase_severity": SEVERITY.get(InterphaseClass(doc.contact.interphase)),
        "energy_above_hull": doc.window.energy_above_hull,
        "driving_force": doc.contact.driving_force,
        "oxidation_limit": oxidation,
        "reduction_limit": doc.window.reduction_limit,
        "sodium_consumed": doc.contact.sodium_consumed_per_atom,
    }
