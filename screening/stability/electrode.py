"""Potential of an electrode, and the reaction of an electrolyte there; equilibrium, no kinetics.

An electrode composition neither accepts nor releases sodium in a range of potential: the plateau
of its own grand profile. It accepts sodium at the lower edge, as a discharging cathode or a
charging anode does, and releases it at the upper edge, as a discharging anode does.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from trona.screening.formulas import present
from trona.screening.units import SODIUM

from .window import Reaction, assess

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trona.screening.equilibrium.phases import PhaseTable

    from .window import Rung, Stability

__all__ = ["AtPotential", "Electrode", "at_potential", "electrode", "passed"]

_NONMETALS = frozenset({"H", "C", "N", "O", "F", "P", "S", "Cl", "Se", "Br", "I"})
_BEYOND = 1e-6
"""V by which a working electrode lies beyond its edge: it decides which side of an edge of the
electrolyte counts where the two coincide."""


@dataclass(frozen=True, eq=False)
class Electrode:
    """
    An electrode composition that accepts and releases sodium.

    Parameters
    ----------
    formula
        As the user wrote it.
    takes
        Potential at which it takes sodium up, V against Na/Na+; 0 where it takes up no more and
        sodium metal plates.
    gives
        Potential at which it gives sodium off, V; inf where it has none to give.
    stability
        The composition by itself; None for sodium metal.
    """

    formula: str
    takes: float
    gives: float
    stability: Stability | None

    @property
    def known(self) -> bool:
        """False for a salt of which no phase is known, so that 0 V is that of a mixture."""
        alone = self.stability
        if alone is None or not alone.mixture or self.mark > 0.0:
            return True
        return _NONMETALS.isdisjoint(alone.profile.composition)

    @property
    def mark(self) -> float:
        """Potential in figures, V: where it releases sodium, or accepts it if it has none."""
        return self.gives if isfinite(self.gives) else self.takes


@dataclass(frozen=True, eq=False)
class AtPotential:
    """
    Reaction of an electrolyte at an electrode.

    Parameters
    ----------
    voltage
        Potential of the electrode, V against Na/Na+.
    rung
        Reaction of the electrolyte there.
    energy_per_atom
        Reaction energy there, eV per electrolyte atom; negative is downhill.
    """

    voltage: float
    rung: Rung
    energy_per_atom: float


def electrode(table: PhaseTable, composition: Mapping[str, float], formula: str) -> Electrode:
    """
    Find the potentials at which an electrode works.

    Parameters
    ----------
    table
        Phases on one energy scale, sodium among them.
    composition
        Element symbol to amount per formula unit.
    formula
        The composition as the user wrote it.

    Returns
    -------
    Electrode
        Both potentials of sodium metal are 0 V. A composition between two phases has one
        potential, that of their equilibrium.

    Raises
    ------
    FormulaError
        If an amount is negative or not finite, or there are no atoms.
    ChemicalSystemError
        If an element has no reference phase.
    """
    if present(composition, formula).keys() == {SODIUM}:
        table.find_required({SODIUM: 1.0})
        return Electrode(formula, 0.0, 0.0, None)
    alone = assess(table, composition, formula)
    return Electrode(formula, alone.stabilized.reduction, alone.stabilized.oxidation, alone)


def at_potential(stability: Stability, volts: float, *, gives: bool) -> AtPotential:
    """
    Reaction of an electrolyte at the potential of an electrode.

    Parameters
    ----------
    stability
        The electrolyte.
    volts
        Potential of the electrode, V; finite and not negative.
    gives
        True where the electrode gives sodium off: it then lies a little above its potential, and
        a little below where it takes sodium up.

    Returns
    -------
    AtPotential
        Well defined also where an edge of the electrode is one of the electrolyte.

    Raises
    ------
    VoltageError
        If the voltage is negative or not finite.
    """
    energy = stability.reaction_energy(volts)
    beside = volts + _BEYOND if gives else max(volts - _BEYOND, 0.0)
    return AtPotential(volts, stability.rung(beside), energy)


def passed(stability: Stability, points: Iterable[AtPotential]) -> tuple[Rung, ...]:
    """
    Intervals between the window of an electrolyte and some potentials.

    Parameters
    ----------
    stability
        The electrolyte.
    points
        Its reactions at the potentials.

    Returns
    -------
    tuple of Rung
        Lowest voltage first: the window, the intervals of the potentials, and all between. Without
        a window, that in which the electrolyte is left as it is at least cost counts instead.
    """
    ladder = stability.ladder
    still = [at for at, rung in enumerate(ladder) if rung.kind is Reaction.NONE]
    still = still or [ladder.index(stability.rung(stability.stabilized.reduction))]
    ends = still + [ladder.index(point.rung) for point in points]
    return ladder[min(ends) : max(ends) + 1]
