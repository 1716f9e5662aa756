"""Everything that a composition does at every sodium chemical potential: the grand profile.

At chemical potential μ a composition c turns into the phases that minimise the grand potential
φ = E − n_Na μ at fixed amounts of all other elements (Ong, Wang, Kang & Ceder, Chem. Mater. 20
(2008) 1798). The parametric simplex gives all of them, with exact breakpoints and no grid.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from trona.screening.errors import FormulaError, VoltageError
from trona.screening.formulas import plain, present
from trona.screening.reactions import terms
from trona.screening.tabular import Tabular
from trona.screening.units import SODIUM, chemical_potential, voltage

from .simplex import AMOUNT_TOLERANCE, BasicSolution, Path, free_columns, minimise, sweep

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from .phases import Phase, PhaseTable
    from .system import System

__all__ = ["Interval", "Profile", "profile"]

VOLTAGE_TOLERANCE = 1e-9
"""Breakpoints closer than this (V) are one; rounding noise is four orders below."""


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
    Follow a composition through all voltages against sodium metal.

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
    composition = present(composition, plain(composition))
    others = {symbol: amount for symbol, amount in composition.items() if symbol != SODIUM}
    if not others:
        raise FormulaError("pure sodium is the reservoir itself: name a compound of sodium.")
    mu_metal = table.mu_sodium_metal
    system = table.system(others)
    target = np.array([others[symbol] for symbol in system.elements])
    path = sweep(
        system.amounts, target, system.energies, system.sodium, system.start, mu_stop=mu_metal
    )
    uppers = np.array([voltage(mu, mu_metal) for mu in path.mu.tolist()])
    wide = uppers - np.append(uppers[1:], 0.0) > VOLTAGE_TOLERANCE
    steps = np.flatnonzero(wide)[::-1]
    least = AMOUNT_TOLERANCE * sum(composition.values())
    products = _products(system, path, steps, least)
    intervals: list[Interval] = []
    for at, step in enumerate(steps.tolist()):
        columns = products.columns[at][products.present[at]]
        tied = path.tied[step]
        found = Interval(
            voltage_lower=intervals[-1].voltage_upper if intervals else 0.0,
            voltage_upper=float(uppers[step]),
            phases=tuple(map(table.phases.__getitem__, system.index[columns].tolist())),
            amounts=products.amounts[at][products.present[at]],
            sodium_exchanged=float(products.sodium[at]) - composition.get(SODIUM, 0.0),
            energy=float(products.energies[at]),
            tied=_tied(table, system, path.basis(step), columns, composition) if tied else (),
        )
        if intervals and _same_products(intervals[-1], found):
            found = _joined(intervals.pop(), found)
        intervals.append(found)
    return Profile(composition, mu_metal, tuple(intervals))


@dataclass(frozen=True, eq=False)
class _Products:
    """Products of some steps as arrays of a row each, ordered as in the table."""

    columns: NDArray[np.intp]
    present: NDArray[np.bool_]
    amounts: NDArray[np.float64]
    sodium: NDArray[np.float64]
    energies: NDArray[np.float64]


def _products(system: System, path: Path, steps: NDArray[np.intp], least: float) -> _Products:
    """Turn optimal bases into products per formula unit, with their sodium and energy."""
    order = path.columns[steps].argsort(axis=1)
    columns = np.take_along_axis(path.columns[steps], order, axis=1)
    values = np.take_along_axis(path.values[steps], order, axis=1)
    present = values > least
    values = np.where(present, values, 0.0)
    return _Products(
        columns=columns,
        present=present,
        amounts=values / system.sizes[columns],
        sodium=(values * system.sodium[columns]).sum(axis=1),
        energies=(values * system.energies[columns]).sum(axis=1),
    )


def _tied(
    table: PhaseTable,
    system: System,
    solution: BasicSolution,
    products: NDArray[np.intp],
    composition: Mapping[str, float],
) -> tuple[Phase, ...]:
    """List phases outside the products that some equally good product set contains."""
    free = free_columns(system.amounts, system.energies, system.sodium, solution.columns)
    columns = np.union1d(free, solution.columns)
    matrix = np.ascontiguousarray(system.amounts[:, columns])
    start = np.searchsorted(columns, solution.columns).astype(np.intp)
    target = np.array([composition[symbol] for symbol in system.elements])
    possible = []
    for position in np.flatnonzero(~np.isin(columns, products)):
        most = minimise(matrix, target, -np.eye(len(columns))[position], start)
        amount = most.values[most.columns == position].sum()
        if amount > AMOUNT_TOLERANCE * sum(composition.values()):
            possible.append(columns[position])
    return tuple(table.phases[i] for i in system.index[possible])


def _same_products(first: Interval, second: Interval) -> bool:
    """Tell whether a basis change altered nothing that one could weigh."""
    return first.phases == second.phases and bool(
        (np.abs(first.amounts - second.amounts) <= AMOUNT_TOLERANCE).all()
    )


def _joined(lower: Interval, higher: Interval) -> Interval:
    """Join two touching intervals with the same products."""
    tied = {phase.id: phase for phase in (*higher.tied, *lower.tied)}
    return replace(higher, voltage_lower=lower.voltage_lower, tied=tuple(tied.values()))
