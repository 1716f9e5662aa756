"""Which screened candidates deserve DFT next: those whose own energy would be most informative."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trona.screening.errors import InputError, ReferenceDataError
from trona.screening.tabular import Tabular
from trona.screening.uncertainty.confidence import verdict
from trona.screening.uncertainty.information import (
    DRAWS,
    STRATA,
    own_information,
    places,
    places_moved,
)
from trona.screening.uncertainty.sampling import SAMPLES
from trona.stores.assess.assessment import assess_formula
from trona.stores.collections.results import Results
from trona.stores.energies.accuracy import accuracy
from trona.stores.energies.entries import entry_document, entry_phase
from trona.workflows.jobs.backends import BACKENDS, ForceField

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from trona.screening.uncertainty.information import Information
    from trona.stores.documents.results import ScreeningDoc
    from trona.stores.energies.references import Reference

__all__ = ["Judged", "Proposal", "Proposals", "judge_candidates", "propose", "propose_from"]


@dataclass(frozen=True)
class Proposal:
    """
    One candidate, and the value of knowing its own energy.

    Parameters
    ----------
    label, formula
        Candidate.
    value
        ``class_gain`` plus the places moved as a fraction of the list: candidates with most come
        first.
    place, of
        Place by the mean score over the draws, among so many.
    places_moved
        Places by which it is expected to move once its energy is known.
    classes
        Class at 0 V to its probability.
    disagree, disagree_after
        Chance that two draws disagree on the class, now and once its energy is known.
    relaxation_id
        The relaxation, whose structure is the start of the next one.
    """

    label: str
    formula: str
    value: float
    place: int
    of: int
    places_moved: float
    classes: Mapping[str, float]
    disagree: float
    disagree_after: float
    relaxation_id: str

    @property
    def class_gain(self) -> float:
        """Drop of the chance of disagreement on the class: the variance its energy explains."""
        return max(0.0, self.disagree - self.disagree_after)

    @property
    def reason(self) -> str:
        """Say in a sentence why it is proposed."""
        kind = next(iter(self.classes))
        _, named = verdict(kind, self.classes)
        listed = ", ".join(f"{one.short} {share:.0%}" for one, share in named.items())
        told = f"class {listed}"
        if self.class_gain >= 0.005:
            told += (
                f"; two draws disagree in {self.disagree:.0%}, once its energy is known in "
                f"{self.disagree_after:.0%}"
            )
        else:
            told += "; its energy would not change the class"
        return (
            f"{told}; place {self.place} of {self.of}, expected to move by {self.places_moved:.1f}"
        )


@dataclass(frozen=True, eq=False)
class Proposals(Tabular):
    """
    Candidates in the order in which they deserve a better energy.

    Parameters
    ----------
    chosen
        Those within the budget.
    considered
        How many were looked at.
    left_out
        Candidates that cannot be judged, with the reason.
    """

    chosen: tuple[Proposal, ...]
    considered: int
    left_out: Mapping[str, str]

    @property
    def heading(self) -> str:
        """How many there are."""
        return f"{len(self.chosen)} of {self.considered} candidates proposed"

    @property
    def basis(self) -> str:
        """Say which draws the shares are of: rankings state those of others."""
        return (
            f"Shares are of {STRATA * DRAWS} draws, {DRAWS} at each of {STRATA} energies of the "
            f"candidate; those of 'trona screen' are of {SAMPLES} other draws, so the two differ "
            "by the error of sampling."
        )

    def rows(self) -> list[dict[str, object]]:
        """List the candidates, the most informative first."""
        return [
            {
                "candidate": one.label,
                "formula": one.formula,
                "value": round(one.value, 4),
                "class_gain": round(one.class_gain, 4),
                "places_moved": round(one.places_moved, 2),
                "place": one.place,
                "class": next(iter(one.classes)),
                "share": next(iter(one.classes.values())),
                "reason": one.reason,
            }
            for one in self.chosen
        ]


@dataclass(frozen=True, eq=False)
class Judged:
    """
    Outcome of judging a candidate.

    Parameters
    ----------
    doc
        Its result.
    found
        What knowing its energy would tell, or why nobody can say.
    """

    doc: ScreeningDoc
    found: Information | str


def judge_candidates(
    docs: Sequence[ScreeningDoc], results: Results, load: Callable[[ScreeningDoc], Reference]
) -> Iterator[Judged]:
    """
    Find the value of knowing the own energy of each candidate screened with a potential.

    Parameters
    ----------
    docs
        Results of the screening.
    results
        Store that holds their relaxations.
    load
        Gives the reference of a result, the same data as then.

    Yields
    ------
    Judged
        In the same order; those that DFT has relaxed already are left out without a word.
    """
    potentials = {one.method for one in BACKENDS.values() if isinstance(one, ForceField)}
    better = {
        doc.label for doc in docs if doc.relaxation_id is not None and doc.method not in potentials
    }
    for doc in docs:
        if doc.state == "completed" and doc.label not in better:
            yield Judged(doc, _information(doc, results, load))


def _information(
    doc: ScreeningDoc, results: Results, load: Callable[[ScreeningDoc], Reference]
) -> Information | str:
    """Judge one candidate, or say why it cannot be judged."""
    relaxation = None if doc.relaxation_id is None else results.relaxation(doc.relaxation_id)
    if relaxation is None:
        return "it has no relaxed structure"
    reference = load(doc)
    entry = entry_document(relaxation, reference.scale, reference.scheme)
    own = entry_phase(entry)
    if own is None or own.scale != reference.scale:
        return f"its energy shares no hull with {reference.name}"
    assessment = assess_formula(doc.formula, reference, own=own, own_gap=entry.band_gap)
    errors = accuracy(assessment.table.scale)
    if errors is None or assessment.coverage.open:
        open_ = assessment.coverage.sentences[:1]
        return open_[0] if open_ else f"no error is stated for energies of {reference.scale.method}"
    return own_information(
        assessment.table,
        assessment.stability,
        errors.model,
        assessment.properties,
        assessment.thresholds,
    )


def propose(judged: Sequence[Judged], budget: int) -> Proposals:
    """
    Choose the candidates whose own energy would be most informative.

    Parameters
    ----------
    judged
        As found by `judge_candidates`; those of one reference are ranked together.
    budget
        How many to choose, at least one.

    Returns
    -------
    Proposals
        Only candidates of which their energy tells something.

    Raises
    ------
    InputError
        If the budget is not positive, or no candidate can be judged.
    """
    if budget < 1:
        raise InputError(f"a budget of {budget} candidates proposes none: give at least 1.")
    left_out = {one.doc.label: one.found for one in judged if isinstance(one.found, str)}
    groups: dict[str, list[tuple[ScreeningDoc, Information]]] = defaultdict(list)
    for one in judged:
        if not isinstance(one.found, str):
            groups[one.doc.reference.checksum].append((one.doc, one.found))
    if not groups:
        why = next(iter(left_out.values()), "the store holds no screening with a potential")
        raise InputError(f"no candidate can be judged: {why}.")
    every = [proposal for group in groups.values() for proposal in _ranked(group)]
    every.sort(key=lambda one: (-one.value, one.label))
    telling = [one for one in every if one.value > 0.0]
    return Proposals(tuple(telling[:budget]), len(every), left_out)


def propose_from(location: str, energies: Callable[[str], Reference], budget: int) -> Proposals:
    """
    Choose among the results of a store that rest on some reference energies.

    Parameters
    ----------
    location
        Store of the screening.
    energies
        Finds the energies of competing phases for a formula.
    budget
        How many to choose.

    Returns
    -------
    Proposals
        As of `propose`.

    Raises
    ------
    InputError
        If no result rests on these energies, or `propose` refuses.
    """
    results = Results(location)
    docs, searched = _resting(results.screenings(), energies)
    if not docs:
        raise InputError(f"no result in {location!r} rests on {' or '.join(searched)}.")
    judged = judge_candidates(docs, results, lambda doc: energies(doc.formula))
    return propose(list(judged), budget)


def _resting(
    docs: Iterable[ScreeningDoc], energies: Callable[[str], Reference]
) -> tuple[list[ScreeningDoc], list[str]]:
    """Choose the results that rest on the energies found for them; name these energies too."""
    chosen: list[ScreeningDoc] = []
    names: dict[str, None] = {}
    for doc in docs:
        try:
            found = energies(doc.formula)
        except ReferenceDataError:  # no snapshot covers it, so it rests on other energies
            continue
        names[found.name] = None
        if found.checksum == doc.reference.checksum:
            chosen.append(doc)
    return chosen, list(names)[:3] or ["these energies"]


def _ranked(group: Sequence[tuple[ScreeningDoc, Information]]) -> list[Proposal]:
    """Put candidates of one reference beside each other."""
    found = [one for _, one in group]
    moved, order = places_moved(found), places([one.score for one in found])
    return [
        Proposal(
            label=doc.label,
            formula=doc.formula,
            value=one.class_gain + places_ / max(1, len(found) - 1),
            place=place,
            of=len(found),
            places_moved=places_,
            classes={kind.value: share for kind, share in one.classes.items()},
            disagree=one.disagree,
            disagree_after=one.disagree_after,
            relaxation_id=doc.relaxation_id or "",
        )
        for (doc, one), places_, place in zip(group, moved, order, strict=True)
    ]
