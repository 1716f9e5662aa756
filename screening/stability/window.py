"""Electrochemical window of an electrolyte, and the decomposition ladder on both sides of it.

Two definitions are reported. *By decomposition*: the range of voltage in which the composition, at
equilibrium, exchanges no sodium. *Stabilised*: with the electrolyte lowered onto the hull, the
range in which it then lies on the grand-potential hull. By Legendre duality the second equals the
first wherever the first has a width; a metastable or mixed composition inside a facet of full
dimension has no plateau at all, and its stabilised window is the single voltage at which the
exchange changes sign (compare Binninger, Marcolongo, Mottet, Weber & Laino, J. Mater. Chem. A 8
(2020) 1347, on the definitions in use).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING

from trona.screening.equilibrium.grand import Interval, Profile, profile
from trona.screening.equilibrium.hull import Decomposition, decompose
from trona.screening.errors import PhaseDataError
from trona.screening.formulas import same_composition
from trona.screening.reactions import write_reaction
from trona.screening.tabular import Tabular
from trona.screening.units import HELD, SODIUM, chemical_potential, range_text, require_small_energy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from trona.screening.equilibrium.phases import Phase, PhaseTable

__all__ = [
    "NO_EXCHANGE",
    "Limits",
    "Reaction",
    "Rung",
    "Stability",
    "assess",
    "tolerated",
    "volume_of",
]

NO_EXCHANGE = 1e-8
"""Sodium exchanged below this fraction of the formula's atoms is none."""


_NO_ENERGY = 1e-10
"""Reaction energies above minus this (eV/atom) are rounding of a difference of large numbers."""


class Reaction(StrEnum):
    """Reaction of a composition in a range of voltage."""

    NONE = "none"
    REDUCTION = "reduction"
    OXIDATION = "oxidation"
    DISPROPORTIONATION = "disproportionation"


@dataclass(frozen=True)
class Limits:
    """
    A range of voltage against Na/Na+.

    Parameters
    ----------
    reduction
        Lower end, V.
    oxidation
        Upper end, V; inf where nothing can leave.
    """

    reduction: float
    oxidation: float

    @property
    def width(self) -> float:
        """Extent, V."""
        return self.oxidation - self.reduction


@dataclass(frozen=True, eq=False)
class Rung:
    """
    One interval of the ladder as a reaction of the electrolyte.

    Parameters
    ----------
    interval
        Voltage range, products and sodium exchanged per formula unit.
    kind
        Reduction, oxidation, none, or disproportionation: sodium leaves even at 0 V.
    equation
        Balanced reaction per formula unit.
    energy_per_atom
        Reaction energy at ``energy_voltage``, eV per electrolyte atom; negative is downhill.
    energy_voltage
        The end of the interval farther from the window, V; its lower end where unbounded.
    decomposes
        True where the electrolyte, without a reaction with an electrode, becomes other phases.
    """

    interval: Interval
    kind: Reaction
    equation: str
    energy_per_atom: float
    energy_voltage: float
    decomposes: bool = False


@dataclass(frozen=True, eq=False)
class Stability(Tabular):
    """
    Stability of an electrolyte from sodium metal to infinite voltage.

    Parameters
    ----------
    formula
        As the user wrote it; amounts and energies are per this unit.
    profile
        Products at every voltage.
    phase
        The electrolyte's own phase; None where it is a mixture of other phases.
    decomposition
        Equilibrium phases at fixed composition.
    window
        By decomposition; None where no voltage range is free of exchange.
    stabilized
        With the electrolyte lowered onto the hull; may be a single voltage.
    ladder
        All intervals, lowest voltage first.
    """

    formula: str
    profile: Profile
    phase: Phase | None
    decomposition: Decomposition
    window: Limits | None
    stabilized: Limits
    ladder: tuple[Rung, ...]

    @property
    def heading(self) -> str:
        """The composition and its window."""
        if self.window is None:
            volts = self.stabilized.reduction
            return f"{self.formula}: no range without exchange, which changes sign at {volts:.2f} V"
        limits = range_text(self.window.reduction, self.window.oxidation)
        state = "exchanges no sodium" if self.decomposes else "stable"
        return f"{self.formula}: {state} from {limits} V"

    def rows(self) -> list[dict[str, object]]:
        """List the intervals of the ladder, lowest voltage first."""
        return [
            {
                "from (V)": rung.interval.voltage_lower,
                "to (V)": rung.interval.voltage_upper,
                "reaction": rung.equation,
                "kind": rung.kind.value,
                "Na per formula unit": rung.interval.sodium_exchanged,
                "energy (eV/atom)": rung.energy_per_atom,
                "at (V)": rung.energy_voltage,
            }
            for rung in self.ladder
        ]

    @property
    def mixture(self) -> bool:
        """True where the composition is not a phase of the reference."""
        return self.phase is None

    @cached_property
    def n_atoms(self) -> float:
        """Atoms per formula unit."""
        return self.profile.n_atoms

    @cached_property
    def energy_above_hull(self) -> float | None:
        """EV per atom; None for a mixture, whose own energy is unknown."""
        if self.phase is None:
            return None
        difference = self.phase.energy_per_atom - self.decomposition.energy / self.n_atoms
        return max(difference, 0.0)

    @cached_property
    def decomposes(self) -> bool:
        """
        True if it decomposes into other phases at fixed composition.

        Not where it has an energy of its own and lies no more than `HELD` above them.
        """
        phases, composition = self.decomposition.phases, self.profile.composition
        if all(same_composition(phase.amounts, composition) for phase in phases):
            return False
        above = self.energy_above_hull
        return above is None or above > HELD

    @cached_property
    def electrolyte_energy(self) -> float:
        """EV per formula unit: of the own phase, or of the mixture of stable phases."""
        if self.phase is None:
            return self.decomposition.energy
        return self.phase.energy_per_atom * self.n_atoms

    @cached_property
    def volume(self) -> float | None:
        """Å³ per formula unit: of the own phase, or of the mixture; None where unknown."""
        if self.phase is None:
            return volume_of(self.decomposition.phases, self.decomposition.amounts)
        own = self.phase.volume
        return None if own is None else own * self.n_atoms / self.phase.n_atoms

    def rung(self, volts: float) -> Rung:
        """
        Reaction at a voltage; at a breakpoint that of the lower side.

        Parameters
        ----------
        volts
            Voltage against Na/Na+, V; not negative.

        Raises
        ------
        VoltageError
            If the voltage is negative or not a number.
        """
        interval = self.profile.at(volts)
        return next(rung for rung in self.ladder if rung.interval is interval)

    def reaction_energy(self, volts: float) -> float:
        """
        Energy of the reaction with a sodium reservoir at a voltage.

        Parameters
        ----------
        volts
            Voltage against Na/Na+, V; not negative.

        Returns
        -------
        float
            (φ of the products − φ of the electrolyte) per electrolyte atom, eV; never positive.

        Raises
        ------
        VoltageError
            If the voltage is negative or not a number.
        """
        mu = chemical_potential(volts, self.profile.mu_metal)
        own = self.electrolyte_energy - self.profile.composition.get(SODIUM, 0.0) * mu
        energy = (self.profile.grand_potential(volts) - own) / self.n_atoms
        return energy if energy < -_NO_ENERGY else 0.0


def volume_of(phases: Iterable[Phase], amounts: NDArray[np.float64]) -> float | None:
    """
    Add up the volumes of some phases.

    Parameters
    ----------
    phases
        The phases.
    amounts : shape (n_phases,)
        Formula units of each.

    Returns
    -------
    float or None
        Å³; None where the volume of one is unknown.
    """
    total = 0.0
    for phase, amount in zip(phases, amounts.tolist(), strict=True):
        if phase.volume is None:
            return None
        total += amount * phase.volume
    return total


def tolerated(stability: Stability, driving_force: float) -> Limits | None:
    """
    Range of voltage in which a reaction releases no more than a tolerated energy.

    Parameters
    ----------
    stability
        As assessed.
    driving_force
        Tolerated release, eV per electrolyte atom; not negative. Reactions that release little
        may not happen at all, since they must nucleate and move atoms.

    Returns
    -------
    Limits or None
        Exact: the reaction energy is concave and linear between breakpoints. None where even the
        best voltage releases more.

    Raises
    ------
    InputError
        If the driving force is negative or not finite.
    """
    require_small_energy(driving_force, "the tolerated driving force")
    best = stability.stabilized
    if -stability.reaction_energy(best.reduction) > driving_force + _NO_ENERGY:
        return None
    edges = [0.0, *(float(volts) for volts in stability.profile.breakpoints)]
    below = [volts for volts in reversed(edges) if volts < best.reduction]
    lower = _walk(stability, driving_force, [best.reduction, *below])
    if best.oxidation == inf:
        return Limits(0.0 if lower is None else lower, inf)
    above = [volts for volts in edges if volts > best.oxidation]
    # One volt beyond the last breakpoint fixes the slope with which the energy goes on falling.
    upper = _walk(stability, driving_force, [best.oxidation, *above], beyond=1.0)
    return Limits(0.0 if lower is None else lower, inf if upper is None else upper)


def _walk(
    stability: Stability, driving_force: float, path: list[float], beyond: float | None = None
) -> float | None:
    """Walk along breakpoints to where the release reaches the driving force; None if nowhere."""
    released = [-stability.reaction_energy(volts) for volts in path]
    for near, far, less, more in zip(path, path[1:], released, released[1:], strict=False):
        if more > driving_force:
            return near + (driving_force - less) / (more - less) * (far - near)
    if beyond is None:
        return None
    slope = (-stability.reaction_energy(path[-1] + beyond) - released[-1]) / beyond
    if slope <= _NO_ENERGY:
        return None
    return path[-1] + (driving_force - released[-1]) / slope


def assess(
    table: PhaseTable,
    composition: Mapping[str, float],
    formula: str,
    phase: Phase | None = None,
    voltages: Sequence[float] | None = None,
) -> Stability:
    """
    Window, ladder and energies of an electrolyte.

    Parameters
    ----------
    table
        Competing phases on one energy scale.
    composition
        Element symbol to amount per formula unit.
    formula
        The composition as it is to be written in reactions.
    phase
        The electrolyte's own phase, which the table must contain; by default the table's lowest
        polymorph of that composition, and a mixture where there is none.
    voltages
        V, where the ladder is of interest; by default everywhere.

    Returns
    -------
    Stability
        Limits, reactions and energies.

    Raises
    ------
    FormulaError
        If the composition is nothing but sodium.
    ChemicalSystemError
        If an element has no reference phase.
    PhaseDataError
        If ``phase`` has another composition or is not in the table.
    """
    if phase is not None and not same_composition(phase.amounts, composition):
        raise PhaseDataError(f"phase {phase.id!r} ({phase.formula}) is not {formula}.")
    if phase is not None and phase not in table.phases:
        raise PhaseDataError(f"phase {phase.id!r} is not in the table: build the table with it.")
    found = profile(table, composition)
    plateau = _plateau(found)
    bare = Stability(
        formula=formula,
        profile=found,
        phase=phase or table.find(composition),
        decomposition=decompose(table, composition),
        window=plateau,
        stabilized=plateau or _crossing(found),
        ladder=(),
    )
    asked = found.intervals if voltages is None else dict.fromkeys(map(found.at, voltages))
    ladder = tuple(_rung(bare, interval) for interval in asked)
    return replace(bare, ladder=ladder)


def _exchange(found: Profile, interval: Interval) -> float:
    """Sodium exchanged in an interval, with rounding noise set to zero."""
    noise = NO_EXCHANGE * found.n_atoms
    return interval.sodium_exchanged if abs(interval.sodium_exchanged) > noise else 0.0


def _plateau(found: Profile) -> Limits | None:
    """Range of voltage without exchange of sodium."""
    still = [interval for interval in found.intervals if _exchange(found, interval) == 0.0]
    return Limits(still[0].voltage_lower, still[-1].voltage_upper) if still else None


def _crossing(found: Profile) -> Limits:
    """Voltage at which a composition without a plateau, lowered onto the hull, lies on it."""
    taking = [i.voltage_upper for i in found.intervals if _exchange(found, i) > 0.0]
    crossing = max(taking, default=0.0)
    return Limits(crossing, crossing)


def _kind(found: Profile, interval: Interval) -> Reaction:
    """Name what happens in an interval."""
    exchanged = _exchange(found, interval)
    if exchanged > 0.0:
        return Reaction.REDUCTION
    if exchanged == 0.0:
        return Reaction.NONE
    return Reaction.OXIDATION if interval.voltage_lower > 0.0 else Reaction.DISPROPORTIONATION


def _rung(stability: Stability, interval: Interval) -> Rung:
    """Describe one interval as a reaction of the electrolyte."""
    kind = _kind(stability.profile, interval)
    far = interval.voltage_lower
    if kind is Reaction.OXIDATION and interval.voltage_upper < inf:
        far = interval.voltage_upper
    return Rung(
        interval=interval,
        kind=kind,
        equation=write_reaction(
            stability.formula,
            zip(
                [phase.formula for phase in interval.phases], interval.amounts.tolist(), strict=True
            ),
            _exchange(stability.profile, interval),
        ),
        energy_per_atom=stability.reaction_energy(far),
        energy_voltage=far,
        decomposes=kind in {Reaction.NONE, Reaction.DISPROPORTIONATION} and stability.decomposes,
    )
