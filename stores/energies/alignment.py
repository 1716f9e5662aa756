"""Two sources of energies compared: their offset, joined on one scale or one aligned to the other.

Two scales share their formation energies. Alignment puts the phases of a second source on the
scale of the first through the elements that both contain, and reports how much the two disagree on
the compounds that both contain; no constant is fitted to make them agree. Pure functions of phases.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING

from trona.screening.equilibrium.phases import EnergyScale, Phase, PhaseTable
from trona.screening.errors import EnergyScaleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "FEWEST_COMMON",
    "Alignment",
    "Difference",
    "Residual",
    "align",
    "differences",
    "formation_energy",
    "join",
    "residual",
]

FEWEST_COMMON = 5
"""Compounds that two sources must share before one is put on the other's scale: with fewer, the
disagreement that comes with it would be a guess."""


@dataclass(frozen=True)
class Difference:
    """
    A compound that two sources know, at its lowest polymorph in each.

    Parameters
    ----------
    formula
        As the first source writes it.
    first, second
        Formation energies from each source's own elements, eV/atom.
    """

    formula: str
    first: float
    second: float

    @property
    def value(self) -> float:
        """Second minus first, eV/atom."""
        return self.second - self.first


@dataclass(frozen=True)
class Residual:
    """
    How far two sources disagree on the formation energies of their common compounds.

    Parameters
    ----------
    n
        Compounds compared.
    mean, rms
        Of second minus first, eV/atom.
    worst
        The compound with the largest difference.
    """

    n: int
    mean: float
    rms: float
    worst: Difference

    def __str__(self) -> str:
        return (
            f"{self.n} common compounds: second minus first is {self.mean * 1000:+.0f} meV/atom in "
            f"the mean, {self.rms * 1000:.0f} rms, most for {self.worst.formula} "
            f"({self.worst.value * 1000:+.0f})"
        )


@dataclass(frozen=True, eq=False)
class Alignment:
    """
    Phases of two sources on the scale of the first.

    Parameters
    ----------
    phases
        All of the first source, then those that only the second knows.
    n_added
        Phases from the second source.
    residual
        The disagreement of the sources.
    """

    phases: tuple[Phase, ...]
    n_added: int
    residual: Residual


def formation_energy(table: PhaseTable, phase: Phase) -> float:
    """
    Energy of a phase relative to the elements of its table.

    Parameters
    ----------
    table
        Phases on the scale of ``phase``.
    phase
        Any phase of the table's elements.

    Returns
    -------
    float
        eV/atom.

    Raises
    ------
    ChemicalSystemError
        If an element has no reference phase.
    """
    zero = sum(
        amount * table.find_required({symbol: 1.0}).energy_per_atom
        for symbol, amount in phase.amounts.items()
    )
    return (phase.energy - zero) / phase.n_atoms


def differences(first: PhaseTable, second: PhaseTable) -> tuple[Difference, ...]:
    """
    Compare the formation energies of all compounds that two sources share.

    Parameters
    ----------
    first, second
        Each on a scale of its own.

    Returns
    -------
    tuple of Difference
        In the first table's order.
    """
    found = []
    for position in first.ground:
        phase = first.phases[position]
        other = second.find(phase.amounts)
        if other is not None and len(phase.amounts) > 1:
            energies = formation_energy(first, phase), formation_energy(second, other)
            found.append(Difference(phase.formula, *energies))
    return tuple(found)


def residual(found: Sequence[Difference]) -> Residual | None:
    """
    Summarise differences.

    Parameters
    ----------
    found
        As from `differences`.

    Returns
    -------
    Residual or None
        None where nothing is compared.
    """
    if not found:
        return None
    values = [difference.value for difference in found]
    return Residual(
        n=len(values),
        mean=sum(values) / len(values),
        rms=sqrt(sum(value**2 for value in values) / len(values)),
        worst=max(found, key=lambda difference: abs(difference.value)),
    )


def align(first: PhaseTable, second: PhaseTable) -> Alignment:
    """
    Put the phases found only in a second source on the scale of the first.

    The second source's formation energies are kept; the energies of the elements become those of
    the first source. A composition that both know is taken from the first. Elements that only the
    second knows come along with energies of its own, which no common compound tests.

    Parameters
    ----------
    first
        The source whose scale is kept.
    second
        The source to put onto it.

    Returns
    -------
    Alignment
        On a scale that names both sources.

    Raises
    ------
    EnergyScaleError
        If the sources share no element, or too few compounds to say how far they disagree.
    """
    common = sorted(set(first.elements) & set(second.elements))
    found = differences(first, second)
    disagreement = residual(found)
    if disagreement is None or disagreement.n < FEWEST_COMMON:
        raise EnergyScaleError(
            f"cannot align: the sources share {len(common)} elements and {len(found)} compounds, "
            f"and at least {FEWEST_COMMON} compounds are needed to say how far they disagree."
        )
    scale = _common_scale(first.scale, second.scale)
    shifts = {symbol: _shift(symbol, first, second) for symbol in second.elements}
    added = [
        replace(
            phase,
            energy=phase.energy + sum(x * shifts[s] for s, x in phase.amounts.items()),
            scale=scale,
            source=f"{phase.source}, aligned",
        )
        for phase in second.phases
        if first.find(phase.amounts) is None
    ]
    kept = [replace(phase, scale=scale) for phase in first.phases]
    return Alignment(_distinct(kept, added), len(added), disagreement)


def _shift(symbol: str, first: PhaseTable, second: PhaseTable) -> float:
    """Energy to add for each atom of an element, eV."""
    theirs = second.find_required({symbol: 1.0}).energy_per_atom
    if symbol in first.elements:
        return first.find_required({symbol: 1.0}).energy_per_atom - theirs
    return -theirs if first.scale.zero == "elements" else 0.0


def _common_scale(first: EnergyScale, second: EnergyScale) -> EnergyScale:
    """Name the scale of aligned energies after both sources."""
    corrections = dict.fromkeys([first.correction, second.correction])
    return EnergyScale(
        f"{first.method}, with {second.method} aligned", " | ".join(corrections), first.zero
    )


def join(first: Iterable[Phase], second: Iterable[Phase]) -> tuple[Phase, ...]:
    """
    Join the phases of two sources that are on one scale already.

    Parameters
    ----------
    first, second
        Phases; where both have one of an identifier, the first source's is taken.

    Returns
    -------
    tuple of Phase
        Those of the first source, then those of the second.

    Raises
    ------
    EnergyScaleError
        If the scales differ.
    """
    kept = list(first)
    known = {phase.id for phase in kept}
    both = [*kept, *(phase for phase in second if phase.id not in known)]
    scales = sorted({str(phase.scale) for phase in both})
    if len(scales) > 1:
        raise EnergyScaleError(
            f"energies of different scales cannot be joined: {' | '.join(scales)}. Align them "
            "explicitly, as in aligned:FIRST+SECOND; the result says how far they disagree."
        )
    return tuple(both)


def _distinct(kept: Sequence[Phase], added: Sequence[Phase]) -> tuple[Phase, ...]:
    """Keep identifiers apart that two sources both use."""
    known = {phase.id for phase in kept}
    renamed = (
        replace(phase, id=f"{phase.id} (aligned)") if phase.id in known else phase
        for phase in added
    )
    return (*kept, *renamed)
