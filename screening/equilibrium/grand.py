"""Products of a composition at every sodium chemical potential: its grand profile.

At chemical potential μ a composition c decomposes into the phases that minimise the grand potential
φ = E − n_Na μ at fixed amounts of all other elements (Ong, Wang, Kang & Ceder, Chem. Mater. 20
(2008) 1798). The parametric simplex gives all of them, with exact breakpoints and no grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from trona.screening.errors import FormulaError, VoltageError
from trona.screening.formulas import plain, present
from trona.screening.reactions import terms
from trona.screening.tabular import Tabular
from trona.screening.units import SODIUM, chemical_potential, voltage

from .hull import energies_above_hull
from .loops.selection import LOOPS
from .simplex import AMOUNT_TOLERANCE, follow_from, free_columns, minimise
from .system import Columns
from .walking import walk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from .phases import Phase, PhaseTable
    from .simplex import BasicSolution, Path
    from .system import System

__all__ = ["Interval", "Profile", "profile", "sweep_system"]

VOLTAGE_TOLERANCE = 1e-9
"""Breakpoints closer than this (V) are one; rounding noise is four orders below."""
_OFTEN = 20
"""Compositions of a system after which its hull is looked for; that takes as long as sixty."""
_NEAR = 1e-6
"""Phases closer to the hull (eV per atom) are kept; what could enter is within 1e-9 of it."""


@dataclass(frozen=True, eq=False)
class Interval:
    """
    A range of voltage with one set of products.

    Parameters
    ----------
    voltage_lower, voltage_upper
        V against Na/Na+; the lowest starts at 0, the highest ends at inf.
    phases
        Products, in the table's order.
    amounts : shape (n_products,)
        Formula units of each per formula unit of the composition.
    sodium_exchanged
        Sodium taken up per formula unit; negative where sodium leaves.
    energy
        Energy of the products, eV per formula unit of the composition.
    tied
        Phases that could take part at no cost throughout the interval.
    """

    voltage_lower: float
    voltage_upper: float
    phases: tuple[Phase, ...]
    amounts: NDArray[np.float64]
    sodium_exchanged: float
    energy: float
    tied: tuple[Phase, ...] = ()

    def __post_init__(self) -> None:
        self.amounts.setflags(write=False)


@dataclass(frozen=True, eq=False)
class Profile(Tabular):
    """
    Products of a composition at every voltage, lowest voltage first.

    Parameters
    ----------
    composition
        Element symbol to amount per formula unit.
    mu_metal
        Chemical potential of sodium metal, eV per atom.
    intervals
        Touching ranges of voltage from 0 to inf.
    """

    composition: Mapping[str, float]
    mu_metal: float
    intervals: tuple[Interval, ...]

    @cached_property
    def n_atoms(self) -> float:
        """Atoms per formula unit."""
        return sum(self.composition.values())

    @property
    def heading(self) -> str:
        """The composition."""
        return f"{plain(self.composition)} at every voltage against Na/Na+"

    def rows(self) -> list[dict[str, object]]:
        """List the intervals, lowest voltage first."""
        return [
            {
                "from (V)": interval.voltage_lower,
                "to (V)": interval.voltage_upper,
                "products": terms(
                    (p.formula, float(x))
                    for p, x in zip(interval.phases, interval.amounts, strict=True)
                ),
                "Na per formula unit": interval.sodium_exchanged,
                "energy (eV per formula unit)": interval.energy,
            }
            for interval in self.intervals
        ]

    @property
    def breakpoints(self) -> NDArray[np.float64]:
        """Voltages at which the products change, V, ascending; shape (n_intervals − 1,)."""
        return np.array([interval.voltage_upper for interval in self.intervals[:-1]])

    def at(self, volts: float) -> Interval:
        """
        Products at a voltage; at a breakpoint those of the lower side.

        Parameters
        ----------
        volts
            Voltage against Na/Na+, V; not negative.

        Returns
        -------
        Interval
            The range that contains the voltage.

        Raises
        ------
        VoltageError
            If the voltage is negative or not a number.
        """
        if not 0.0 <= volts < np.inf:
            raise VoltageError(
                f"voltage {volts} V is outside 0 V (sodium metal plates below) to infinity."
            )
        return next(interval for interval in self.intervals if volts <= interval.voltage_upper)

    def grand_potential(self, volts: float) -> float:
        """
        Lowest grand potential at a voltage.

        Parameters
        ----------
        volts
            Voltage against Na/Na+, V; not negative.

        Returns
        -------
        float
            φ = Σ λ (E − n_Na μ), eV per formula unit of the composition.

        Raises
        ------
        VoltageError
            If the voltage is negative or not a number.
        """
        interval = self.at(volts)
        sodium = self.composition.get(SODIUM, 0.0) + interval.sodium_exchanged
        return interval.energy - sodium * chemical_potential(volts, self.mu_metal)


def profile(table: PhaseTable, composition: Mapping[str, float]) -> Profile:
    """
    Compute the products of a composition at all voltages against sodium metal.

    Parameters
    ----------
    table
        Phases on one energy scale, sodium among them.
    composition
        Element symbol to amount per formula unit; sodium may be absent.

    Returns
    -------
    Profile
        Exact breakpoints; steps of zero width are merged, ties are deterministic and listed.

    Raises
    ------
    FormulaError
        If the composition is nothing but sodium, or an amount is not a positive number.
    ChemicalSystemError
        If an element, or sodium, has no reference phase.
    """
    composition = present(composition)
    others = {symbol: amount for symbol, amount in composition.items() if symbol != SODIUM}
    if not others:
        raise FormulaError("pure sodium is the reservoir itself: name a compound of sodium.")
    system = table.system(others)
    path = sweep_system(table, system, np.array([others[symbol] for symbol in system.elements]))
    intervals = _intervals(table, system, path, composition)
    return Profile(composition, table.mu_sodium_metal, intervals)


def _intervals(
    table: PhaseTable, system: System, path: Path, composition: Mapping[str, float]
) -> tuple[Interval, ...]:
    """Turn a path into ranges of voltage with their products."""
    n_rows = path.columns.shape[1]
    columns, values, places, numbers = _settled(table, system, path, composition)
    ties, lower = path.tied.tolist() if path.tied.any() else None, 0.0
    found: list[Interval] = []
    for inside, amounts, step, count, alike, upper, sodium, energy in zip(
        *(_phases_at(table, system, columns), values, *places, *numbers), strict=True
    ):
        if count < n_rows:
            inside, amounts = inside[:count], amounts[:count]  # noqa: PLW2901 (what is present)
        tied: tuple[Phase, ...] = ()
        if ties is not None and ties[step]:
            tied = _tied(table, system, path.basis(step), inside, composition)
        if alike:  # a basis change between the same products altered nothing one could weigh
            before = found.pop()
            lower = before.voltage_lower
            tied = tuple({phase.id: phase for phase in (*tied, *before.tied)}.values())
        interval = Interval.__new__(Interval)  # of what is read-only already: there are many
        fields = interval.__dict__
        fields["voltage_lower"], fields["voltage_upper"] = lower, upper
        fields["phases"], fields["amounts"] = tuple(inside), amounts
        fields["sodium_exchanged"], fields["energy"] = sodium, energy
        fields["tied"] = tied
        found.append(interval)
        lower = upper
    return tuple(found)


def _settled(
    table: PhaseTable, system: System, path: Path, composition: Mapping[str, float]
) -> tuple[NDArray[np.intp], NDArray[np.float64], list[list[int]], list[list[float]]]:
    """Find the products of each range of voltage that has a width: see `loops.settling.settle`."""
    shape = path.columns.shape
    columns, values = np.empty(shape, dtype=np.intp), np.empty(shape)
    places, numbers = np.empty((3, shape[0]), dtype=np.intp), np.empty((3, shape[0]))
    own, atoms = composition.get(SODIUM, 0.0), sum(composition.values())
    kept = LOOPS.run(
        *("settle", system.sizes, system.sodium, system.energies),
        *(voltage(path.mu, table.mu_sodium_metal), path.columns, path.values, own),
        *(VOLTAGE_TOLERANCE, AMOUNT_TOLERANCE * atoms, AMOUNT_TOLERANCE),
        *(columns, values, places, numbers),
    )
    values.setflags(write=False)
    return columns[:kept], values[:kept], places[:, :kept].tolist(), numbers[:, :kept].tolist()


def _phases_at(table: PhaseTable, system: System, columns: NDArray[np.intp]) -> list[list[Phase]]:
    """Find the phases of some columns, many at once."""
    layout = system.layout
    phases = layout.phases
    if phases is None:
        phases = np.empty(len(system.index), dtype=object)
        phases[:] = [table.phases[at] for at in system.index.tolist()]
        layout.phases = phases  # filled: other threads take it from now on
    found: list[list[Phase]] = phases.take(columns).tolist()
    return found


def sweep_system(table: PhaseTable, system: System, amounts: NDArray[np.float64]) -> Path:
    """
    Follow the optimum of a composition from μ = −∞ to sodium metal.

    The path is that of `simplex.sweep` over all columns, bit for bit. At the start only columns
    without sodium can enter; on the way only phases on the hull can, because a column enters where
    it is as good as the optimum. So a system that is asked often is swept over its hull alone.

    Parameters
    ----------
    table
        Phases, sodium among them.
    system
        Of the table, open to sodium.
    amounts : shape (n_elements,)
        Of the elements of the system.

    Returns
    -------
    Path
        All optimal bases on the way, in columns of the system.

    Raises
    ------
    ConvergenceError
        If the sweep does not end within the pivot limit.
    """
    layout, mu_stop = system.layout, table.mu_sodium_metal
    free = layout.free
    if free is None:
        free = layout.free = Columns.of(system, np.flatnonzero(system.sodium == 0.0))
    near = _near(table, system)
    path = None if near is None else walk(system, free, near, amounts, mu_stop)
    if path is not None:
        return path
    start = np.searchsorted(free.at, system.start)
    first = free.at[minimise(free.amounts, amounts, free.energies, start).columns]
    costs = (system.energies, system.sodium)
    return follow_from(system.amounts, amounts, *costs, first, mu_stop)


def _near(table: PhaseTable, system: System) -> Columns | None:
    """Columns on the hull, of a system that is asked often; only compiled loops make use of it."""
    layout = system.layout
    layout.asked += 1
    if layout.near is None and layout.asked > _OFTEN and not LOOPS.interpreted:
        some = table.within([*system.elements, SODIUM])
        low = energies_above_hull(some)[some.ground] < _NEAR
        kept = {id(some.phases[at]) for at in some.ground[low].tolist()}
        marked = [id(table.phases[at]) in kept for at in system.index.tolist()]
        layout.near = Columns.of(system, np.flatnonzero(marked))
    return layout.near


def _tied(
    table: PhaseTable,
    system: System,
    solution: BasicSolution,
    products: list[Phase],
    composition: Mapping[str, float],
) -> tuple[Phase, ...]:
    """List phases outside the products that some equally good product set contains."""
    free = free_columns(system.amounts, system.energies, system.sodium, solution.columns)
    columns = np.array(sorted({*free.tolist(), *solution.columns.tolist()}), dtype=np.intp)
    matrix = np.ascontiguousarray(system.amounts[:, columns])
    start = np.searchsorted(columns, solution.columns).astype(np.intp)
    target = np.array([composition[symbol] for symbol in system.elements])
    known = {phase.id for phase in products}
    possible: list[Phase] = []
    for position, phase in enumerate(_phases_at(table, system, columns[None])[0]):
        if phase.id not in known:
            most = minimise(matrix, target, -np.eye(len(columns))[position], start)
            amount = most.values[most.columns == position].sum()
            if amount > AMOUNT_TOLERANCE * sum(composition.values()):
                possible.append(phase)
    return tuple(possible)
