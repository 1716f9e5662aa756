"""Steps of the simplex that all compiled loops take; they fill arrays and check nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import float64, intp, types

from trona.screening.compiling import FLOATS, MATRIX, compiled

from .interpreted import DONE, PIVOT_TOLERANCE, PRICE_TOLERANCE, TIE_TOLERANCE, UNBOUNDED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Columns = NDArray[np.intp]

__all__ = ["cheapest", "exchange", "invert", "least", "reduced_costs", "solve"]

BUILT_ON = "0447aada9bb8bd92"
"""Checksum of the numbers of `interpreted`: numba sees only whether the file of a loop changes."""


@compiled(types.void(MATRIX, intp[::1], float64[:, ::1], float64[:, ::1]))
def invert(matrix: Floats, basis: Columns, work: Floats, inverse: Floats) -> None:
    """
    Invert the columns of a basis by Gauss–Jordan elimination with row pivoting.

    Parameters
    ----------
    matrix : shape (n_rows, n_columns)
        Element amounts of each column.
    basis : shape (n_rows,)
        As many columns as there are rows.
    work : shape (n_rows, n_rows)
        Scratch space.
    inverse : shape (n_rows, n_rows)
        Out.
    """
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


@compiled(types.void(MATRIX, FLOATS, intp[::1], float64[:, ::1], float64[::1]))
def reduced_costs(
    matrix: Floats, costs: Floats, basis: Columns, inverse: Floats, reduced: Floats
) -> None:
    """
    Price all columns: what each costs beyond the basis that makes up the same atoms.

    Parameters
    ----------
    matrix : shape (n_rows, n_columns)
        Element amounts of each column.
    costs : shape (n_columns,)
        eV per column.
    basis : shape (n_rows,)
        Columns in the basis.
    inverse : shape (n_rows, n_rows)
        Of the basis, as `invert` gives it.
    reduced : shape (n_columns,)
        Out: eV per column.
    """
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


@compiled(intp(float64[::1]))
def cheapest(reduced: Floats) -> int:
    """
    Find the column that lowers the energy most.

    Parameters
    ----------
    reduced : shape (n_columns,)
        As of `reduced_costs`.

    Returns
    -------
    int
        Negative where no column lowers it.
    """
    entering = 0
    for column in range(len(reduced)):
        if reduced[column] < reduced[entering]:
            entering = column
    return -1 if reduced[entering] >= -PRICE_TOLERANCE else entering


@compiled(intp(float64[:, ::1], intp[::1], intp))
def least(keys: Floats, rows: Columns, left: int) -> int:
    """
    Find the row with the lexicographically least keys.

    Parameters
    ----------
    keys : shape (n_rows, n_keys)
        Of each row.
    rows : shape (n_rows,)
        Rows to choose from; overwritten.
    left
        How many of them there are.

    Returns
    -------
    int
        The row.
    """
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


@compiled(intp(MATRIX, FLOATS, intp[::1], float64[:, ::1], intp, float64[:, ::1]))
def exchange(
    matrix: Floats, amounts: Floats, basis: Columns, inverse: Floats, entering: int, keys: Floats
) -> int:
    """
    Bring a column into the basis; the row that leaves is the lexicographic minimum.

    Parameters
    ----------
    matrix : shape (n_rows, n_columns)
        Element amounts of each column.
    amounts : shape (n_rows,)
        Element amounts to reach, not negative.
    basis : shape (n_rows,)
        Columns of a feasible basis; changed.
    inverse : shape (n_rows, n_rows)
        Of the basis as it was.
    entering
        The column.
    keys : shape (n_rows, n_rows + 1)
        Scratch space.

    Returns
    -------
    int
        `DONE` or `UNBOUNDED`.
    """
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
    basis[least(keys, rows, left)] = entering
    return DONE


@compiled(types.void(float64[:, ::1], FLOATS, float64[::1]))
def solve(inverse: Floats, amounts: Floats, values: Floats) -> None:
    """
    Find the amounts of the columns in a basis, rounding below zero removed.

    Parameters
    ----------
    inverse : shape (n_rows, n_rows)
        Of the basis, as `invert` gives it.
    amounts : shape (n_rows,)
        Element amounts to reach, not negative.
    values : shape (n_rows,)
        Out: the amounts.
    """
    for i in range(len(values)):
        value = 0.0
        for j in range(len(values)):
            value += inverse[i, j] * amounts[j]
        values[i] = max(value, 0.0)
