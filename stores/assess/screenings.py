"""Screening results: one document per candidate from its relaxation and a reference, ranked.

Pure functions shared by jobs, builders and commands; no database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trona.screening.errors import InputError
from trona.screening.formulas import canonical, parse
from trona.screening.stability.interphase import Thresholds
from trona.stores.collections.summaries import rank_summaries, summarize_screening
from trona.stores.documents.results import (
    SCHEMA_VERSION,
    AirVerdictDoc,
    ContactDoc,
    FailureDoc,
    ReferenceDoc,
    RelaxationDoc,
    ScreeningDoc,
    WindowDoc,
)
from trona.stores.energies.entries import entry_document, entry_phase
from trona.stores.provenance import fingerprint, versions

from .air import air_documents
from .assessment import assess_formula, window_document
from .properties import checksum
from .validation import observations
from .windows import shares_at_metal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trona.screening.stability.ranking import Ranked
    from trona.stores.documents.air import AirDoc
    from trona.stores.documents.bookkeeping import EntryDoc
    from trona.stores.energies.atmosphere import Atmosphere, Conditions
    from trona.stores.energies.references import Reference

__all__ = [
    "failed_document",
    "outcome",
    "rank_documents",
    "screen_entry",
    "screening_document",
    "screening_id",
    "with_air",
]


def screening_id(
    label: str,
    formula: str,
    relaxation_id: str | None,
    reference: Reference,
    air: Conditions | None = None,
) -> str:
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
    air
        Moist air that it is exposed to, if any.

    Returns
    -------
    str
        16 hexadecimal digits.
    """
    rests_on: list[object] = [
        reference.checksum,
        checksum(),
        vars(Thresholds()),
        versions().get("trona"),
    ]
    if air is not None:
        rests_on.append(vars(air))
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
    entry = None
    if relaxation is not None:
        entry = entry_document(relaxation, reference.scale, reference.scheme)
    return screen_entry(label, formula, source, reference, entry)


def outcome(
    label: str,
    formula: str,
    source: str,
    reference: Reference,
    found: RelaxationDoc | EntryDoc | FailureDoc | str | None = None,
) -> ScreeningDoc:
    """
    Screen one candidate in any state; used by jobs, local runs and rebuilds.

    Parameters
    ----------
    label, formula, source
        The candidate.
    reference
        Energies of competing phases.
    found
        Its relaxation or the entry made of it; None for a composition alone; a failure or a
        sentence where there is nothing to assess.

    Returns
    -------
    ScreeningDoc
        Completed, rejected or failed, the latter two with the reason.
    """
    known = (label, formula, source, reference)
    if isinstance(found, FailureDoc):
        found = f"{found.step}: {found.reason}"
    if isinstance(found, str):
        return failed_document(*known, found)
    if isinstance(found, RelaxationDoc):
        found = entry_document(found, reference.scale, reference.scheme)
    try:
        return screen_entry(*known, found)
    except InputError as error:
        return failed_document(*known, str(error))


def screen_entry(
    label: str, formula: str, source: str, reference: Reference, entry: EntryDoc | None = None
) -> ScreeningDoc:
    """
    Screen one candidate from its entry.

    Parameters
    ----------
    label, formula, source
        The candidate.
    reference
        Energies of competing phases.
    entry
        Its relaxation put to the reference's scale; None for a composition alone.

    Returns
    -------
    ScreeningDoc
        Completed; or rejected, where the entry was.

    Raises
    ------
    InputError
        If the formula cannot be used with this reference.
    """
    known = (label, formula, source, reference, entry)
    if entry is not None and entry.state == "rejected":
        return _outcome(*known, "rejected", entry.reason)
    caveats, gap, own = [], None, None
    if entry is not None:
        caveats, gap, own = list(entry.concerns), entry.band_gap, entry_phase(entry)
        if own is not None and own.scale != reference.scale:
            caveats.append(
                f"The energy of its relaxation ({own.scale.method}) shares no hull with "
                f"{reference.name}: assessed by composition."
            )
            own = None
    assessment = assess_formula(formula, reference, own=own, own_gap=gap)
    window = window_document(assessment)
    window.ladder[0].interphase_shares = shares_at_metal(assessment)
    window.caveats += caveats
    window.observed = observations(window, reference)
    doc = _outcome(*known, "completed", None)
    doc.window = window
    doc.contact = _contact(window, assessment.stability.volume)
    return doc


def with_air(doc: ScreeningDoc, reference: Reference, air: Atmosphere) -> ScreeningDoc:
    """
    Add the reaction of a candidate with moist air, from its composition.

    Parameters
    ----------
    doc
        Its result; one that is not completed gets no verdict.
    reference
        Energies of competing phases that the result rests on.
    air
        What it is exposed to.

    Returns
    -------
    ScreeningDoc
        Under an id that the conditions enter.
    """
    known = (doc.label, doc.formula, doc.relaxation_id, reference)
    changed: dict[str, object] = {"id": screening_id(*known, air.conditions)}
    if doc.window is not None:
        (found,) = air_documents([doc.formula], air, interphase=False)
        changed["air"] = _air_verdict(found)
    return doc.model_copy(update=changed)


def _air_verdict(found: AirDoc) -> AirVerdictDoc:
    """Keep what a ranking needs of a composition in moist air."""
    step, water = found.first_step, found.water
    unknown = found.open_pairs and (step is None or step.energy_per_water >= 0.0)
    return AirVerdictDoc(
        conditions=found.conditions.text,
        temperature=found.conditions.temperature,
        water=found.conditions.water,
        released=found.conditions.released,
        reacts=None if unknown else water.reacts,
        first_step=None if step is None else step.energy_per_water,
        onset_humidity=None if step is None else step.relative_humidity,
        energy_per_atom=water.energy_per_atom,
        reaction=water.reaction,
        hydrogen_sulfide=sum(gas.ml_per_g for gas in water.gases if gas.formula == "H2S"),
        verdict=found.verdict,
    )


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
    entry: EntryDoc | None,
    state: str,
    reason: str | None,
) -> ScreeningDoc:
    """Fill in what every outcome has in common."""
    composition = parse(formula)
    relaxation_id = None if entry is None else entry.relaxation_id
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
                correction=reference.correction,
                caveats=list(reference.caveats),
            ),
            "window": None,
            "contact": None,
            "relaxation_id": relaxation_id,
            "method": None if entry is None else entry.method,
            "space_group": None if entry is None else entry.space_group,
            "volume_change": None if entry is None else entry.volume_change,
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
        interphase_shares=rung.interphase_shares,
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
    by_id = {doc.id: doc for doc in docs}
    ranked = rank_summaries(summarize_screening(doc) for doc in by_id.values())
    return [(place, by_id[summary.id]) for place, summary in ranked]
