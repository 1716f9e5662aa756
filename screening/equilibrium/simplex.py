"""Linear programs of phase equilibrium: minimise E·x − μ s·x with A x = b, x ≥ 0.

Rows are elements (few), columns are phases (many), so every step inverts a small dense basis and
prices all columns at once. `minimise` solves at one cost. `sweep` follows the optimum as μ rises
from −∞: the parametric simplex (Gass & Saaty, Naval Research Logistics Quarterly 2 (1955) 39),
whose basis changes are the breakpoints in μ. Ties in the leaving row are broken
lexicographically (Dantzig, Orden & Wolfe, Pacific J. Math. 5 (1955) 183), ties in the entering
column by position: the path is finite and deterministic. The loops exist twice with identical
results, compiled and interpreted (`loops`). Loading compiled code takes half a second, so a
process uses the interpreted loops until they have taken about that long.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from trona.screening.errors import ConvergenceError

from .loops.interpreted import (
    DONE,
    FULL,
    LEVEL_TOLERANCE,
    SLOPE_TOLERANCE,
    UNBOUNDED,
)
from .loops.selection import LOOPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "AMOUNT_TOLERANCE",
    "BasicSolution",
    "Path",
    "defect",
    "follow_from",
    "free_columns",
    "load_compiled",
    "minimise",
    "minimise_each",
    "pivot_limit",
    "sweep",
    "sweep_between",
]

AMOUNT_TOLERANCE = 1e-9
"""Products below this fraction of the composition's atoms are absent."""
_ROOM = 64
"""Steps to make room for at first; most systems take fewer."""


def load_compiled() -> None:
    """Load the compiled loops now, in a process that will solve many problems."""
    LOOPS.compile()


@dataclass(frozen=True, eq=False)
class BasicSolution:
    """
    A basic solution: as many columns as there are rows.

    Parameters
    ----------
    columns : shape (n_rows,)
        Columns in the basis.
    values : shape (n_rows,)
        Their amounts, not negative.
    """

    columns: NDArray[np.intp]
    values: NDArray[np.float64]

    def support(self, least: float) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """
        Columns that are present, in their order, with their amounts.

        Parameters
        ----------
        least
            Amounts up to this are absent.

        Returns
        -------
        tuple
            Columns and amounts; both of shape (n_present,).
        """
        order = self.columns.argsort()
        order = order[self.values[order] > least]
        return self.columns[order], self.values[order]


@dataclass(frozen=True, eq=False)
class Path:
    """
    Optimal bases in order of rising μ.

    Parameters
    ----------
    mu : shape (n_steps,)
        From where each basis is optimal, eV; −inf for the first. Steps of equal μ follow each
        other where several columns enter at one breakpoint.
    columns, values : shape (n_steps, n_rows)
        Columns in each basis and their amounts.
    tied : shape (n_steps,)
        True where columns outside the basis could enter at no cost for every μ.
    """

    mu: NDArray[np.float64]
    columns: NDArray[np.intp]
    values: NDArray[np.float64]
    tied: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.mu)

    def basis(self, step: int) -> BasicSolution:
        """Basis of a step."""
        return BasicSolution(self.columns[step], self.values[step])


def minimise(
    matrix: NDArray[np.float64],
    amounts: NDArray[np.float64],
    costs: NDArray[np.float64],
    start: NDArray[np.intp],
) -> BasicSolution:
    """
    Minimise costs·x subject to matrix·x = amounts, x ≥ 0.

    Parameters
    ----------
    matrix : shape (n_rows, n_columns)
        Element amounts of each column.
    amounts : shape (n_rows,)
        Element amounts to reach, not negative.
    costs : shape (n_columns,)
        eV per column; inf forbids a column.
    start : shape (n_rows,)
        Columns of a feasible basis: the elements, or the basis of an earlier solution.

    Returns
    -------
    Basis
        The optimum.

    Raises
    ------
    ConvergenceError
        If no optimum is reached within the pivot limit.
    """
    columns, values = start.copy(), np.empty(len(start))
    outcome = LOOPS.run("optimise", matrix, amounts, costs, columns, values, pivot_limit(matrix))
    if outcome != DONE:
        raise defect(outcome)
    return BasicSolution(columns, values)


def minimise_each(
    matrix: NDArray[np.float64],
    amounts: NDArray[np.float64],
    costs: NDArray[np.float64],
    start: NDArray[np.intp],
) -> list[tuple[BasicSolution, NDArray[np.intp]]]:
    """
    Minimise costs·x subject to matrix·x = amounts, x ≥ 0, for many costs that differ little.

    Parameters
    ----------
    matrix : shape (n_rows, n_columns)
        Element amounts of each column.
    amounts : shape (n_rows,)
        Element amounts to reach, not negative.
    costs : shape (n_costs, n_columns)
        eV per column.
    start : shape (n_rows,)
        Columns of a feasible basis: the elements, or, which is sooner done, the optimum for costs
        near to these.

    Returns
    -------
    list
        Solutions, each with the rows of the costs that it is an optimum for; every row once.

    Raises
    ------
    ConvergenceError
        If an optimum is not reached within the pivot limit.
    """
    bases, values = np.empty((len(costs), len(start)), np.intp), np.empty((len(costs), len(start)))
    which = np.empty(len(costs), dtype=np.intp)
    limit = pivot_limit(matrix)
    known = LOOPS.run("optimise_near", matrix, amounts, costs, start, limit, bases, values, which)
    if known < 0:
        raise defect(known)
    return [
        (BasicSolution(bases[at], values[at]), np.flatnonzero(which == at)) for at in range(known)
    ]


def sweep(
    matrix: NDArray[np.float64],
    amounts: NDArray[np.float64],
    energies: NDArray[np.float64],
    sodium: NDArray[np.float64],
    start: NDArray[np.intp],
    mu_stop: float,
) -> Path:
    """
    Minimise (energies − μ sodium)·x for every μ from −∞ to ``mu_stop``.

    Parameters
    ----------
    matrix : shape (n_rows, n_columns)
        Element amounts of each column, sodium left out.
    amounts : shape (n_rows,)
        Element amounts to reach, not negative.
    energies : shape (n_columns,)
        eV per column.
    sodium : shape (n_columns,)
        Sodium per column, not negative.
    start : shape (n_rows,)
        Columns of a feasible, sodium-free basis: the elements.
    mu_stop
        Upper end of the sweep, eV.

    Returns
    -------
    Path
        All optimal bases on the way.

    Raises
    ------
    ConvergenceError
        If the sweep does not end within the pivot limit.
    """
    first = minimise(matrix, amounts, np.where(sodium == 0.0, energies, np.inf), start).columns
    return follow_from(matrix, amounts, energies, sodium, first, mu_stop)


def sweep_between(
    matrix: NDArray[np.float64],
    amounts: NDArray[np.float64],
    energies: NDArray[np.float64],
    taken: NDArray[np.float64],
    start: NDArray[np.intp],
    mu_start: float,
    mu_stop: float,
) -> Path:
    """
    Minimise (energies − μ taken)·x for every μ from ``mu_start`` to ``mu_stop``.

    Parameters
    ----------
    matrix : shape (n_rows, n_columns)
        Amounts of each column; an entry may be negative.
    amounts : shape (n_rows,)
        Amounts to reach, not negative.
    energies : shape (n_columns,)
        eV per column.
    taken : shape (n_columns,)
        What each column takes from the reservoir; negative where it gives.
    start : shape (n_rows,)
        Columns of a feasible basis.
    mu_start, mu_stop
        Ends of the sweep, eV.

    Returns
    -------
    Path
        All optimal bases on the way; the first from ``mu_start``.

    Raises
    ------
    ConvergenceError
        If the sweep does not end within the pivot limit.
    """
    at_start = energies - mu_start * taken
    first = minimise(matrix, amounts, at_start, start).columns
    path = follow_from(matrix, amounts, at_start, taken, first, mu_stop - mu_start)
    return replace(path, mu=mu_start + np.maximum(path.mu, 0.0))


def follow_from(
    matrix: NDArray[np.float64],
    amounts: NDArray[np.float64],
    energies: NDArray[np.float64],
    taken: NDArray[np.float64],
    first: NDArray[np.intp],
    mu_stop: float,
) -> Path:
    """
    Follow the optimum from its first basis, making room for as many steps as it takes.

    Parameters
    ----------
    matrix, amounts, energies
        As for `sweep`.
    taken : shape (n_columns,)
        What each column takes from the reservoir.
    first : shape (n_rows,)
        Columns of the basis that is optimal at the start.
    mu_stop
        Upper end of the sweep, eV.

    Returns
    -------
    Path
        All optimal bases on the way.

    Raises
    ------
    ConvergenceError
        If the sweep does not end within the pivot limit.
    """
    room, n_rows = _ROOM, len(first)
    while room <= 2 * pivot_limit(matrix):
        mu, tied = np.empty(room), np.empty(room, dtype=np.bool_)
        columns, values = np.empty((room, n_rows), dtype=np.intp), np.empty((room, n_rows))
        n_steps = LOOPS.run(
            *("follow", matrix, amounts, energies, taken, mu_stop, first.copy()),
            *(mu, columns, values, tied),
        )
        if n_steps > 0:
            return Path(mu[:n_steps], columns[:n_steps], values[:n_steps], tied[:n_steps])
        if n_steps != FULL:
            raise defect(n_steps)
        room *= 4
    raise defect(FULL)


def free_columns(
    matrix: NDArray[np.float64],
    energies: NDArray[np.float64],
    sodium: NDArray[np.float64],
    columns: NDArray[np.intp],
) -> NDArray[np.intp]:
    """
    Columns outside a basis that could enter it at no cost, whatever μ is.

    Parameters
    ----------
    matrix : shape (n_rows, n_columns)
        Element amounts of each column.
    energies, sodium : shape (n_columns,)
        eV and sodium per column.
    columns : shape (n_rows,)
        Columns in the basis.

    Returns
    -------
    ndarray : shape (n_free,)
        In their order.
    """
    solve = np.linalg.inv(matrix[:, columns]) @ matrix
    level = np.abs(energies - energies[columns] @ solve) < LEVEL_TOLERANCE
    level &= np.abs(sodium - sodium[columns] @ solve) < SLOPE_TOLERANCE
    level[columns] = False
    return np.flatnonzero(level)


def pivot_limit(matrix: NDArray[np.float64]) -> int:
    """
    Bound the number of pivots far above what any real system takes.

    Parameters
    ----------
    matrix : shape (n_rows, n_columns)
        Element amounts of each column.

    Returns
    -------
    int
        The bound.
    """
    return 200 + 20 * sum(matrix.shape)


def defect(outcome: int) -> ConvergenceError:
    """
    Say what went wrong where nothing should.

    Parameters
    ----------
    outcome
        Of a loop, not `DONE`.

    Returns
    -------
    ConvergenceError
        To be raised.
    """
    what = "is unbounded" if outcome == UNBOUNDED else "has no optimum within the pivot limit"
    return ConvergenceError(f"a phase equilibrium {what}: please report the composition.")
