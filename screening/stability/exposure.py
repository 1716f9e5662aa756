"""Reaction of a composition with water, O2 and CO2: products, driving force, onset humidity.

The driving force is that of the whole reaction at the potentials of the reservoirs. The first step
is the first uptake of water as its potential rises. Its energy per H2O, which Zhu & Mo (Angew.
Chem. Int. Ed. 59 (2020) 17472) call the hydrolysis energy, is the potential of that breakpoint
minus the actual potential of water. Thermodynamics only: a reaction with a driving force may be too
slow to be observed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trona.screening.equilibrium.hull import decompose
from trona.screening.equilibrium.reservoirs import (
    OpenEquilibrium,
    Range,
    Reservoir,
    equilibrate,
    equilibrate_along,
)
from trona.screening.reactions import terms
from trona.screening.tabular import Tabular

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trona.screening.equilibrium.phases import PhaseTable

__all__ = ["Course", "Exposed", "Exposure", "expose", "follow_water", "own_energy"]

WATER = "H2O"
_LEAST = 1e-8
"""Molecules taken up below this fraction of the formula's atoms are none."""


@dataclass(frozen=True, eq=False)
class Exposed:
    """
    A composition exposed to molecules.

    Parameters
    ----------
    formula
        As the user writes it; energies are per this unit.
    composition
        Element symbol to amount per formula unit.
    energy
        eV per formula unit: of its phase, or of what it decomposes to.
    stable
        eV per formula unit of what it decomposes to, nothing exchanged.
    mixture
        True where it has no phase of its own.
    """

    formula: str
    composition: Mapping[str, float]
    energy: float
    stable: float
    mixture: bool

    @property
    def n_atoms(self) -> float:
        """Atoms per formula unit."""
        return sum(self.composition.values())


@dataclass(frozen=True, eq=False)
class Exposure:
    """
    Products of a composition in equilibrium with reservoirs.

    Parameters
    ----------
    exposed
        The composition.
    reservoirs
        Supplied molecules.
    found
        Products, and molecules taken up.
    """

    exposed: Exposed
    reservoirs: tuple[Reservoir, ...]
    found: OpenEquilibrium

    @property
    def taken(self) -> dict[str, float]:
        """Molecules taken up per formula unit; negative where they leave; none is left out."""
        least = _LEAST * self.exposed.n_atoms
        return {name: x for name, x in self.found.taken.items() if abs(x) > least}

    @property
    def reacts(self) -> bool:
        """True where something is taken up from the reservoirs, or given to them."""
        return bool(self.taken)

    @property
    def energy(self) -> float:
        """Energy of the whole reaction, eV per formula unit; never positive."""
        supplied = sum(one.mu * self.found.taken[one.formula] for one in self.reservoirs)
        return min(self.found.energy - self.exposed.energy - supplied, 0.0)

    @property
    def energy_per_atom(self) -> float:
        """The same, eV per atom of the composition."""
        return self.energy / self.exposed.n_atoms

    @property
    def equation(self) -> str:
        """Balanced reaction per formula unit."""
        taken = self.taken
        left = [(self.exposed.formula, 1.0), *((name, x) for name, x in taken.items())]
        products = zip(self.found.phases, self.found.amounts, strict=True)
        right = [(phase.formula, float(x)) for phase, x in products]
        return f"{terms(left)} -> {terms([*right, *((name, -x) for name, x in taken.items())])}"


@dataclass(frozen=True, eq=False)
class Course(Tabular):
    """
    Products of a composition as the potential of water rises.

    Parameters
    ----------
    exposed
        The composition.
    others
        What is supplied beside water.
    ranges
        Touching ranges of the potential of water, driest first.
    """

    exposed: Exposed
    others: tuple[Reservoir, ...]
    ranges: tuple[Range, ...]

    @property
    def heading(self) -> str:
        """The composition, and what it is open to."""
        open_to = ", ".join([WATER, *(one.formula for one in self.others)])
        return f"{self.exposed.formula} open to {open_to}"

    def rows(self) -> list[dict[str, object]]:
        """List the ranges, driest first."""
        return [
            {
                "from (eV per H2O)": one.mu_lower,
                "to (eV per H2O)": one.mu_upper,
                "reaction": self._exposure(one, one.mu_upper).equation,
                "H2O per formula unit": one.found.taken[WATER],
            }
            for one in self.ranges
        ]

    @property
    def first(self) -> Range | None:
        """Driest range in which water is taken up; None where there is none."""
        least = _LEAST * self.exposed.n_atoms
        return next((one for one in self.ranges if one.found.taken[WATER] > least), None)

    @property
    def onset(self) -> float | None:
        """Potential of water from which it is taken up, eV per molecule; None where nowhere."""
        return None if self.first is None else self.first.mu_lower

    @property
    def drying(self) -> float | None:
        """Potential of water below which water leaves, eV per molecule; None where nowhere."""
        least = _LEAST * self.exposed.n_atoms
        losing = [one for one in self.ranges if one.found.taken[WATER] < -least]
        return losing[-1].mu_upper if losing else None

    def at(self, mu: float) -> Exposure:
        """
        Find the reaction at a potential of water.

        Parameters
        ----------
        mu
            eV per molecule, within the ranges.

        Returns
        -------
        Exposure
            At a breakpoint that of the drier side.
        """
        return self._exposure(next(one for one in self.ranges if mu <= one.mu_upper), mu)

    def first_step(self, mu: float) -> tuple[float, Exposure] | None:
        """
        Find the first step of the reaction with water.

        Parameters
        ----------
        mu
            Potential of the water at hand, eV per molecule.

        Returns
        -------
        tuple or None
            eV per H2O, negative where it happens, with the reaction; None where no water is taken
            up at any potential.
        """
        first = self.first
        if first is None:
            return None
        return first.mu_lower - mu, self._exposure(first, mu)

    def _exposure(self, one: Range, mu: float) -> Exposure:
        """Write a range as a reaction at a potential of water."""
        return Exposure(self.exposed, (Reservoir(WATER, mu), *self.others), one.found)


def own_energy(table: PhaseTable, composition: Mapping[str, float], formula: str) -> Exposed:
    """
    Find the energy of a composition before exposure.

    Parameters
    ----------
    table
        Phases on one energy scale.
    composition
        Element symbol to amount per formula unit.
    formula
        As it is to be written in reactions.

    Returns
    -------
    Exposed
        With the energy of its phase, or of what it decomposes to.

    Raises
    ------
    InputError
        If the composition cannot be used with this table.
    """
    stable = decompose(table, composition).energy
    own = table.find(composition)
    energy = stable if own is None else own.energy_per_atom * sum(composition.values())
    return Exposed(formula, composition, energy, min(stable, energy), own is None)


def expose(table: PhaseTable, exposed: Exposed, reservoirs: Sequence[Reservoir]) -> Exposure:
    """
    Expose a composition to molecules at fixed potentials.

    Parameters
    ----------
    table
        Phases on one energy scale; gases that may leave are phases at their partial pressure.
    exposed
        The composition.
    reservoirs
        Supplied molecules.

    Returns
    -------
    Exposure
        Products and driving force.

    Raises
    ------
    InputError
        If the composition consists of what the reservoirs supply.
    """
    return Exposure(exposed, tuple(reservoirs), equilibrate(table, exposed.composition, reservoirs))


def follow_water(
    table: PhaseTable,
    exposed: Exposed,
    others: Sequence[Reservoir],
    mu_dry: float,
    mu_wet: float,
) -> Course:
    """
    Expose a composition to water at every potential.

    Parameters
    ----------
    table
        Phases on one energy scale; gases that may leave are phases at their partial pressure.
    exposed
        The composition.
    others
        What is supplied beside water, at fixed potentials.
    mu_dry, mu_wet
        Ends of the potential of water, eV per molecule.

    Returns
    -------
    Course
        With exact breakpoints.

    Raises
    ------
    InputError
        If the composition consists of what the reservoirs supply.
    """
    reservoirs = [Reservoir(WATER, mu_wet), *others]
    ranges = equilibrate_along(table, exposed.composition, reservoirs, mu_dry)
    return Course(exposed, tuple(others), ranges)
