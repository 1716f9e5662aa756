"""The user's own relaxations as reference energies: which of them may share a hull."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trona.screening.errors import EnergyScaleError, ReferenceDataError
from trona.screening.formulas import parse, same_composition

from .entries import Rejected, admit, is_mock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trona.screening.equilibrium.phases import Phase
    from trona.stores.corrections.schemes import Scheme
    from trona.stores.documents.results import RelaxationDoc

__all__ = ["Relaxed", "admitted", "lowest_gaps", "of_one_method"]


@dataclass(frozen=True, eq=False)
class Relaxed:
    """
    Relaxations sorted into phases and rejected ones.

    Parameters
    ----------
    phases
        On one scale.
    rejected
        Formula and reason of each relaxation that may not enter a hull.
    origin
        How many were kept, by which method, and when they were computed.
    band_gaps
        Formula to gap of its lowest polymorph, eV, where that was computed.
    """

    phases: tuple[Phase, ...]
    rejected: tuple[tuple[str, Rejected], ...]
    origin: str
    band_gaps: Mapping[str, float] = field(default_factory=dict)

    @property
    def missing(self) -> Mapping[str, str]:
        """Formula to reason, of compositions without any admitted relaxation."""
        return {
            formula: rejected.reason
            for formula, rejected in self.rejected
            if not any(same_composition(parse(formula), phase.amounts) for phase in self.phases)
        }


def of_one_method(
    relaxations: Sequence[RelaxationDoc], method: str | None, name: str
) -> list[RelaxationDoc]:
    """
    Keep the relaxations of one method, and refuse to choose among several.

    Parameters
    ----------
    relaxations
        All of a store.
    method
        Functional or potential; by default the only one.
    name
        What to call the store in messages.

    Returns
    -------
    list of RelaxationDoc
        Not empty.

    Raises
    ------
    ReferenceDataError
        If there is none.
    EnergyScaleError
        If there are several methods and none is named, or the energies are a mock's.
    """
    counts = Counter(relaxation.method for relaxation in relaxations)
    known = ", ".join(f"{count} with {one}" for one, count in sorted(counts.items())) or "none"
    if method is None and len(counts) > 1:
        raise EnergyScaleError(
            f"{name!r} holds relaxations of several methods, whose energies cannot share a hull "
            f"({known}): name one, as in {name}#{min(counts, key=_mocks_last)}."
        )
    kept = [one for one in relaxations if method in {None, one.method}]
    if not kept:
        raise ReferenceDataError(
            f"{name!r} holds no finished relaxation{f' with {method}' if method else ''} ({known} "
            "there): run 'trona screen' with structures first, or name another store."
        )
    if is_mock(kept[0].method):
        raise EnergyScaleError(
            f"{name!r} holds energies of {kept[0].method}, which mean nothing: "
            "name a store of real relaxations."
        )
    return kept


def _mocks_last(method: str) -> tuple[bool, str]:
    """Order methods by name, those of a mock after the others."""
    return is_mock(method), method


def admitted(relaxations: Sequence[RelaxationDoc], scheme: Scheme, name: str) -> Relaxed:
    """
    Turn relaxations of one method into phases.

    Parameters
    ----------
    relaxations
        Not empty.
    scheme
        Correction scheme of their method.
    name
        What to call the store in messages.

    Returns
    -------
    Relaxed
        With the reasons of those that were rejected.

    Raises
    ------
    ReferenceDataError
        If all are rejected.
    """
    phases, rejected, gaps = [], [], []
    for relaxation in sorted(relaxations, key=lambda one: one.id):
        outcome = admit(relaxation, scheme)
        if isinstance(outcome, Rejected):
            rejected.append((relaxation.formula, outcome))
        else:
            phases.append(outcome)
            gaps.append(relaxation.band_gap)
    if not phases:
        formula, first = rejected[0]
        raise ReferenceDataError(
            f"none of the {len(rejected)} relaxations in {name!r} may enter a hull ({formula}: "
            f"{first.reason}): relax them again with tighter settings."
        )
    days = sorted({f"{one.created:%Y-%m-%d}" for one in relaxations})
    origin = (
        f"{len(phases)} of {len(relaxations)} relaxations with {relaxations[0].method}, computed "
        f"{' to '.join(dict.fromkeys([days[0], days[-1]]))}"
    )
    return Relaxed(tuple(phases), tuple(rejected), origin, lowest_gaps(phases, gaps))


def lowest_gaps(phases: Sequence[Phase], gaps: Sequence[float | None]) -> dict[str, float]:
    """
    Band gaps of the lowest polymorphs.

    Parameters
    ----------
    phases
        On one scale.
    gaps
        Of each, eV; None where unknown.

    Returns
    -------
    dict
        Formula to gap, eV; none where that of the lowest polymorph is unknown.
    """
    lowest: dict[str, float | None] = {}
    pairs = zip(phases, gaps, strict=True)
    for phase, gap in sorted(pairs, key=lambda pair: pair[0].energy / pair[0].n_atoms):
        lowest.setdefault(phase.formula, gap)
    return {formula: gap for formula, gap in lowest.items() if gap is not None}
