"""Paths of optimal bases from no sodium to sodium metal, for many energies that differ little."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from trona.screening.equilibrium.loops.interpreted import (
    LIMIT,
    PRICE_TOLERANCE,
    SLOPE_TOLERANCE,
    UNBOUNDED,
    beyond,
    exchange,
    inverted,
    solved,
)
from trona.screening.equilibrium.simplex import defect, minimise_each, pivot_limit
from trona.screening.equilibrium.system import Columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trona.screening.equilibrium.system import System

    _Waiting = dict[tuple[int, ...], tuple[NDArray[np.intp], NDArray[np.float64]]]
    """Columns of a basis to the sets of energies that have come to it, and their μ."""

__all__ = ["Paths", "sweep_each"]


@dataclass(frozen=True, eq=False)
class Paths:
    """
    Optimal bases of one composition in order of rising μ, for many sets of energies.

    Parameters
    ----------
    columns, values : shape (n_bases, n_rows)
        Columns in each basis that some set of energies reaches, and their amounts.
    steps
        For each set of energies: where each of its steps begins, as μ in eV (−inf for the first),
        and the number of the basis that is optimal from there.
    """

    columns: NDArray[np.intp]
    values: NDArray[np.float64]
    steps: list[list[tuple[float, int]]]


def sweep_each(
    system: System, amounts: NDArray[np.float64], energies: NDArray[np.float64], mu_stop: float
) -> Paths:
    """
    Follow the optimum of a composition from μ = −∞ to sodium metal, for many sets of energies.

    Sets that have come to the same basis are priced together: its inverse, and how its prices
    change with μ, depend on no energy. Each path is that of `simplex.sweep`, bit for bit, unless
    two columns enter at the same μ.

    Parameters
    ----------
    system
        Open to sodium.
    amounts : shape (n_elements,)
        Of the elements of the system.
    energies : shape (n_sets, n_columns)
        eV per column of the system.
    mu_stop
        Chemical potential of sodium metal, eV.

    Returns
    -------
    Paths
        One for each set.

    Raises
    ------
    ConvergenceError
        If a sweep does not end within the pivot limit.
    """
    known: dict[tuple[int, ...], _Basis] = {}
    steps: list[list[tuple[float, int]]] = [[] for _ in energies]
    waiting = _first(system, amounts, energies)
    for _ in range(pivot_limit(system.amounts) * len(energies)):
        if not waiting:
            break
        columns = next(iter(waiting))
        rows, mu = waiting.pop(columns)
        if columns not in known:
            known[columns] = _Basis(system, columns, len(known))
        basis = known[columns]
        for row, start in zip(rows.tolist(), mu.tolist(), strict=True):
            steps[row].append((start, basis.number))
        nearest, entering = basis.leave(energies.take(rows, axis=0))
        goes = nearest < mu_stop - PRICE_TOLERANCE
        mu = np.maximum(mu, nearest)
        for column in sorted(set(entering[goes].tolist())):
            chosen = goes & (entering == column)
            _wait(waiting, basis.exchanged(amounts.tolist(), column), rows[chosen], mu[chosen])
    if waiting:
        raise defect(LIMIT)
    targets = amounts.tolist()
    return Paths(
        columns=np.array(list(known), dtype=np.intp),
        values=np.array([solved(basis.inverse, targets) for basis in known.values()]),
        steps=steps,
    )


def _wait(
    waiting: _Waiting, columns: tuple[int, ...], rows: NDArray[np.intp], mu: NDArray[np.float64]
) -> None:
    """Put sets of energies among those that have come to a basis."""
    if columns in waiting:
        before, start = waiting[columns]
        rows, mu = np.concatenate([before, rows]), np.concatenate([start, mu])
    waiting[columns] = rows, mu


def _first(system: System, amounts: NDArray[np.float64], energies: NDArray[np.float64]) -> _Waiting:
    """Find the bases without sodium that are optimal at first, and for which sets of energies."""
    free = Columns.of(system, np.flatnonzero(system.sodium == 0.0))
    start = np.searchsorted(free.at, system.start)
    found: _Waiting = {}
    for best, rows in minimise_each(free.amounts, amounts, energies.take(free.at, axis=1), start):
        columns = tuple(free.at[best.columns].tolist())
        _wait(found, columns, rows, np.full(len(rows), -inf))
    return found


class _Basis:
    """What sets of energies that share an optimal basis have in common."""

    def __init__(self, system: System, columns: tuple[int, ...], number: int) -> None:
        self.number, self._matrix, self._columns = number, system.amounts, list(columns)
        self.inverse = inverted(system.amounts, self._columns)
        slope = self._beyond(system.sodium[None], np.arange(len(system.sodium)))
        slope[:, self._columns] = 0.0
        self._rising = (slope[0] > SLOPE_TOLERANCE).nonzero()[0]
        self._slope = slope[:, self._rising]

    def _beyond(self, costs: NDArray[np.float64], wanted: NDArray[np.intp]) -> NDArray[np.float64]:
        """Price some columns: what each costs beyond the basis that makes up the same atoms."""
        asked, inside = costs.take(wanted, axis=1), costs[:, self._columns]
        return beyond(self._matrix[:, wanted], asked, inside, self.inverse)

    def leave(self, energies: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Find the μ (eV) to which the basis is optimal, and the column that enters there."""
        if not len(self._rising):
            return np.full(len(energies), inf), np.zeros(len(energies), dtype=np.intp)
        crossings = self._beyond(energies, self._rising) / self._slope
        first = crossings.argmin(axis=1)
        return crossings[np.arange(len(first)), first], self._rising[first]

    def exchanged(self, amounts: list[float], entering: int) -> tuple[int, ...]:
        """Columns of the basis after a column has entered."""
        columns = self._columns.copy()
        if exchange(self._matrix, amounts, columns, self.inverse, entering) != 0:
            raise defect(UNBOUNDED)
        return tuple(columns)
