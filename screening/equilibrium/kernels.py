"""Inner loops of the simplex, compiled by numba; they fill arrays and check nothing.

Rows are elements (at most a dozen), columns are phases (up to many thousands). Interpreted numpy
spends most of its time on call overhead, some thirty calls per pivot; compiled, a pivot is one pass
over the columns. Sums run in a fixed order and fast-math is off: the same input gives the same
bits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import float64, intp, njit, types

from .interpreted import (
    DONE,
    FULL,
    LEVEL_TOLERANCE,
    LIMIT,
    PIVOT_TOLERANCE,
    PRICE_TOLERANCE,
    SLOPE_TOLERANCE,
    TIE_TOLERANCE,
    UNBOUNDED,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numba.core.typing.templates import Signature
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Columns = NDArray[np.intp]

__all__ = ["follow", "optimise", "optimise_each"]

_INPUT = types.Array(float64, 1, "C", readonly=True)
_MATRIX = types.Array(float64, 2, "C", readonly=True)
_START = types.Array(intp, 1, "C", readonly=True)


def _compiled(signature: Signature) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Compile at import, and keep the machine code on disk where there is room for it."""

    def compile_function(function: Callable[..., Any]) -> Callable[..., Any]:
        try:
            return njit(signature, cache=True, error_model="numpy", nogil=True)(function)
        except RuntimeError:  # numba finds no folder that it may write to
            return njit(signature, error_model="numpy", nogil=True)(function)

    return compile_function


@_compiled(types.void(_MATRIX, intp[::1], float64[:, ::1], float64[:, ::1]))
def _invert(matrix: Floats, basis: Columns, work: Floats, inverse: Floats) -> None:
    """Invert the columns of a basis by Gauss–Jordan elimination with row pivoting."""
    size = len(basis)
    for i in range(size):
        for j in range(size):
            work[i, j] = matrix[i, basis[j]]
            inverse[i, j] = 1.0 if i == j else 0.0
    for column in range(size):
        pivot = column
        for i in range(column + 1, size):
            if abs(work[i, column]) > abs(work[pivot, column]):
                pivot = i
        scale = work[pivot, column]
        for j in range(size):
            kept, moved = work[column, j], work[pivot, j] / scale
            work[pivot, j], work[column, j] = kept, moved
            kept, moved = inverse[column, j], inverse[pivot, j] / scale
            inverse[pivot, j], inverse[column, j] = kept, moved
        for i in range(size):
            factor = work[i, column]
            if i != column and factor != 0.0:
                for j in range(size):
                    work[i, j] -= factor * work[column, j]
                    inverse[i, j] -= factor * inverse[column, j]


@_compiled(types.void(_MATRIX, _INPUT, intp[::1], float64[:, ::1], float64[::1]))
def _reduce(
    matrix: Floats, costs: Floats, basis: Columns, inverse: Floats, reduced: Floats
) -> None:
    """Price all columns: what each costs beyond the basis that makes up the same atoms."""
    size = len(basis)
    reduced[:] = costs
    for i in range(size):
        price = 0.0
        for j in range(size):
            price += costs[basis[j]] * inverse[j, i]
        row = matrix[i]
        for column in range(len(row)):
            reduced[column] -= price * row[column]
    for j in range(size):
        reduced[basis[j]] = 0.0


@_compiled(intp(float64[:, ::1], intp[::1], intp))
def _least(keys: Floats, rows: Columns, left: int) -> int:
    """Find the row with the lexicographically least keys among the first ones named."""
    for key in range(keys.shape[1]):
        lowest = np.inf
        for at in range(left):
            lowest = min(lowest, keys[rows[at], key])
        kept = 0
        for at in range(left):
            if keys[rows[at], key] <= lowest + TIE_TOLERANCE:
                rows[kept] = rows[at]
                kept += 1
        left = kept
        if left == 1:
            break
    return int(rows[0])


@_compiled(intp(_MATRIX, _INPUT, intp[::1], float64[:, ::1], intp, float64[:, ::1]))
def _exchange(
    matrix: Floats, amounts: Floats, basis: Columns, inverse: Floats, entering: int, keys: Floats
) -> int:
    """Bring a column into the basis; the row that leaves is the lexicographic minimum."""
    size = len(basis)
    rows = np.empty(size, dtype=np.intp)
    left = 0
    for i in range(size):
        pivot = value = 0.0
        for j in range(size):
            pivot += inverse[i, j] * matrix[j, entering]
            value += inverse[i, j] * amounts[j]
        if pivot > PIVOT_TOLERANCE:
            keys[i, 0] = value / pivot
            for j in range(size):
                keys[i, j + 1] = inverse[i, j] / pivot
            rows[left] = i
            left += 1
    if left == 0:
        return UNBOUNDED
    basis[_least(keys, rows, left)] = entering
    return DONE


@_compiled(types.void(float64[:, ::1], _INPUT, float64[::1]))
def _solve(inverse: Floats, amounts: Floats, values: Floats) -> None:
    """Amounts of the columns in the basis, rounding below zero removed."""
    for i in range(len(values)):
        value = 0.0
        for j in range(len(values)):
            value += inverse[i, j] * amounts[j]
        values[i] = max(value, 0.0)


@_compiled(intp(_MATRIX, _INPUT, _INPUT, intp[::1], float64[::1], intp))
def optimise(
    matrix: Floats, amounts: Floats, costs: Floats, basis: Columns, values: Floats, limit: int
) -> int:
    """
    Minimise costs·x subject to matrix·x = amounts, x ≥ 0, in place.

    Parameters
    ----------
    matrix : shape (n_rows, n_columns)
        Element amounts of each column.
    amounts : shape (n_rows,)
        Element amounts to reach, not negative.
    costs : shape (n_columns,)
        eV per column; inf forbids a column outside the basis.
    basis : shape (n_rows,)
        In: columns of a feasible basis. Out: of the optimal one.
    values : shape (n_rows,)
        Out: their amounts.
    limit
        Largest number of pivots.

    Returns
    -------
    int
        `DONE`, `UNBOUNDED` or `LIMIT`.
    """
    size = len(basis)
    work, inverse = np.empty((size, size)), np.empty((size, size))
    keys, reduced = np.empty((size, size + 1)), np.empty(matrix.shape[1])
    for _ in range(limit):
        _invert(matrix, basis, work, inverse)
        _reduce(matrix, costs, basis, inverse, reduced)
        entering = 0
        for column in range(len(reduced)):
            if reduced[column] < reduced[entering]:
                entering = column
        if reduced[entering] >= -PRICE_TOLERANCE:
            _solve(inverse, amounts, values)
            return DONE
        if _exchange(matrix, amounts, basis, inverse, entering, keys) != DONE:
            return UNBOUNDED
    return LIMIT


@_compiled(intp(_MATRIX, _MATRIX, _INPUT, _START, intp, float64[::1]))
def optimise_each(
    matrix: Floats, targets: Floats, costs: Floats, start: Columns, limit: int, lowest: Floats
) -> int:
    """
    Minimise costs·x subject to matrix·x = target, x ≥ 0, for one target after the other.

    Parameters
    ----------
    matrix : shape (n_rows, n_columns)
        Element amounts of each column.
    targets : shape (n_targets, n_rows)
        Element amounts to reach, not negative.
    costs : shape (n_columns,)
        eV per column.
    start : shape (n_rows,)
        Columns of a basis that is feasible for every target: the elements.
    limit
        Largest number of pivots for one target.
    lowest : shape (n_targets,)
        Out: the minima, eV.

    Returns
    -------
    int
        `DONE`, `UNBOUNDED` or `LIMIT`.
    """
    basis, values = start.copy(), np.empty(len(start))
    for at in range(len(targets)):
        basis[:] = start
        outcome = optimise(matrix, targets[at], costs, basis, values, limit)
        if outcome != DONE:
            return int(outcome)
        lowest[at] = 0.0
        for i in range(len(basis)):
            lowest[at] += values[i] * costs[basis[i]]
    return DONE


@_compiled(
    intp(
        *(_MATRIX, _INPUT, _INPUT, _INPUT, float64),
        *(intp[::1], float64[::1], intp[:, ::1], float64[:, ::1], types.boolean[::1]),
    )
)
def follow(
    matrix: Floats,
    amounts: Floats,
    energies: Floats,
    sodium: Floats,
    mu_stop: float,
    basis: Columns,
    mus: Floats,
    bases: Columns,
    values: Floats,
    tied: NDArray[np.bool_],
) -> int:
    """
    Follow the minimum of (energies − μ sodium)·x from μ = −∞ to ``mu_stop``.

    Parameters
    ----------
    matrix : shape (n_rows, n_columns)
        Element amounts of each column.
    amounts : shape (n_rows,)
        Element amounts to reach, not negative.
    energies : shape (n_columns,)
        eV per column.
    sodium : shape (n_columns,)
        Sodium per column.
    mu_stop
        Upper end of the sweep, eV.
    basis : shape (n_rows,)
        Columns of the basis that is optimal at μ = −∞; overwritten.
    mus : shape (n_steps,)
        Out: lower end of the range of μ of each step, eV.
    bases, values : shape (n_steps, n_rows)
        Out: columns in the basis of each step and their amounts.
    tied : shape (n_steps,)
        Out: True where columns outside the basis could enter at no cost for every μ.

    Returns
    -------
    int
        Number of steps, or `UNBOUNDED`, or `FULL` where there are more of them than room.
    """
    size, n_columns = matrix.shape
    work, inverse, keys = np.empty((size, size)), np.empty((size, size)), np.empty((size, size + 1))
    cost, slope = np.empty(n_columns), np.empty(n_columns)
    mu = -np.inf
    for step in range(len(mus)):
        _invert(matrix, basis, work, inverse)
        _reduce(matrix, energies, basis, inverse, cost)
        _reduce(matrix, sodium, basis, inverse, slope)
        nearest, entering, level = np.inf, -1, 0
        for column in range(n_columns):
            if slope[column] > SLOPE_TOLERANCE:
                crossing = cost[column] / slope[column]
                if crossing < nearest:
                    nearest, entering = crossing, column
            elif slope[column] > -SLOPE_TOLERANCE and abs(cost[column]) < LEVEL_TOLERANCE:
                level += 1
        mus[step], bases[step], tied[step] = mu, basis, level > size
        _solve(inverse, amounts, values[step])
        if nearest >= mu_stop - PRICE_TOLERANCE:
            return step + 1
        mu = max(mu, nearest)
        if _exchange(matrix, amounts, basis, inverse, entering, keys) != DONE:
            return UNBOUNDED
    return FULL
