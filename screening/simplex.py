"""Linear programs of phase equilibrium: minimise E·x − μ s·x with A x = b, x ≥ 0; numbers only.

Rows are elements (few), columns are phases (many), so every step inverts a small dense basis and
prices all columns at once. `minimise` solves at one cost. `sweep` follows the optimum as μ rises
from −∞: the parametric simplex (Gass & Saaty, Naval Research Logistics Quarterly 2 (1955) 39),
whose basis changes are the breakpoints in μ. Ties in the leaving row are broken
lexicographically (Dantzig, Orden & Wolfe, Pacific J. Math. 5 (1955) 183), ties in the entering
column by position: the path is finite and always the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .errors import ConvergenceError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["AMOUNT_TOLERANCE", "Step", "minimise", "sweep"]

_PRICE_TOLERANCE = 1e-11
"""A reduced cost counts as negative below minus this (eV per atom)."""
_SLOPE_TOLERANCE = 1e-10
"""A column changes with μ where its reduced sodium exceeds this (atoms per atom)."""
_LEVEL_TOLERANCE = 1e-9
"""A column lies on the facet where its reduced cost is smaller (eV per atom)."""
_PIVOT_TOLERANCE = 1e-10
"""Elements of the pivot column below this count as zero."""
_TIE_TOLERANCE = 1e-11
"""Ratios of the leaving-row test that differ by less are tied."""
AMOUNT_TOLERANCE = 1e-9
"""Products below this fraction of the composition's atoms are absent."""
_NONE = np.empty(0, dtype=np.intp)


@dataclass(frozen=True, eq=False)
class Step:
    """
    One optimal basis and the μ from which it holds.

    Parameters
    ----------
    mu
        Lower end of the interval of μ, eV; −inf for the first step.
    basis : shape (n_rows,)
        Columns in the basis.
    values : shape (n_rows,)
        Their amounts, not negative.
    price_energy : shape (n_rows,)
        Dual prices of the energy part, eV.
    price_sodium : shape (n_rows,)
        Dual prices of the sodium part.
    free : shape (n_free,)
        Columns outside the basis that could enter at no cost for every μ.
    """

    mu: float
    basis: NDArray[np.intp]
    values: NDArray[np.float64]
    price_energy: NDArray[np.float64]
    price_sodium: NDArray[np.float64]
    free: NDArray[np.intp]

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
        order = np.argsort(self.basis)
        order = order[self.values[order] > least]
        return self.basis[order], self.values[order]


def minimise(
    matrix: NDArray[np.float64],
    amounts: NDArray[np.float64],
    costs: NDArray[np.float64],
    start: NDArray[np.intp],
) -> Step:
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
        Columns of a feasible basis: the elements, or the basis of an earlier step.

    Returns
    -------
    Step
        The optimum, with ``mu`` −inf, no sodium prices and no free columns.

    Raises
    ------
    ConvergenceError
        If no optimum is reached within the pivot limit.
    """
    basis = start.copy()
    for _ in range(_pivot_limit(matrix)):
        inverse = np.linalg.inv(matrix[:, basis])
        prices = costs[basis] @ inverse
        reduced = costs - prices @ matrix
        reduced[basis] = 0.0
        entering = int(np.argmin(reduced))
        if reduced[entering] >= -_PRICE_TOLERANCE:
            values = np.maximum(inverse @ amounts, 0.0)
            return Step(-np.inf, basis, values, prices, np.zeros_like(prices), _NONE)
        _exchange(matrix[:, entering], amounts, basis, inverse, entering)
    raise ConvergenceError("no optimum within the pivot limit: please report the composition.")


def sweep(
    matrix: NDArray[np.float64],
    amounts: NDArray[np.float64],
    energies: NDArray[np.float64],
    sodium: NDArray[np.float64],
    start: NDArray[np.intp],
    mu_stop: float,
) -> list[Step]:
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
        Sodium per column.
    start : shape (n_rows,)
        Columns of a feasible, sodium-free basis: the elements.
    mu_stop
        Upper end of the sweep, eV.

    Returns
    -------
    list of Step
        In order of rising μ; steps of equal μ follow each other where several phases enter at
        one breakpoint.

    Raises
    ------
    ConvergenceError
        If the sweep does not end within the pivot limit.
    """
    sodium_free = np.where(sodium == 0.0, energies, np.inf)
    basis = minimise(matrix, amounts, sodium_free, start).basis
    steps: list[Step] = []
    mu = -np.inf
    for _ in range(_pivot_limit(matrix)):
        inverse = np.linalg.inv(matrix[:, basis])
        price_energy, price_sodium = energies[basis] @ inverse, sodium[basis] @ inverse
        slope = sodium - price_sodium @ matrix
        slope[basis] = 0.0
        cost = energies - price_energy @ matrix
        level = (slope < _SLOPE_TOLERANCE) & (slope > -_SLOPE_TOLERANCE)
        level &= (cost < _LEVEL_TOLERANCE) & (cost > -_LEVEL_TOLERANCE)
        level[basis] = False
        values = np.maximum(inverse @ amounts, 0.0)
        free = level.nonzero()[0]
        steps.append(Step(mu, basis.copy(), values, price_energy, price_sodium, free))
        rising = (slope > _SLOPE_TOLERANCE).nonzero()[0]
        if not len(rising):
            return steps
        crossings = cost[rising] / slope[rising]
        nearest = int(crossings.argmin())
        if crossings[nearest] >= mu_stop - _PRICE_TOLERANCE:
            return steps
        mu = max(mu, float(crossings[nearest]))
        entering = int(rising[nearest])
        _exchange(matrix[:, entering], amounts, basis, inverse, entering)
    raise ConvergenceError("the sweep in μ did not end: please report the composition.")


def _pivot_limit(matrix: NDArray[np.float64]) -> int:
    """Bound the number of pivots far above what any real system takes."""
    return 200 + 20 * sum(matrix.shape)


def _exchange(
    entering_column: NDArray[np.float64],
    amounts: NDArray[np.float64],
    basis: NDArray[np.intp],
    inverse: NDArray[np.floating],
    entering: int,
) -> None:
    """Bring a column into the basis in place; the leaving row is the lexicographic minimum."""
    column = inverse @ entering_column
    rows = (column > _PIVOT_TOLERANCE).nonzero()[0]
    if not len(rows):
        raise ConvergenceError("a phase equilibrium is unbounded: please report the composition.")
    keys = ((inverse @ amounts), *inverse.T)
    for key in keys:
        ratios = key[rows] / column[rows]
        rows = rows[ratios <= ratios.min() + _TIE_TOLERANCE]
        if len(rows) == 1:
            break
    basis[rows[0]] = entering
