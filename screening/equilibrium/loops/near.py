"""Optima of many costs that start from the same basis, compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import float64, intp

from trona.screening.compiling import FLOATS, MATRIX, PLACES, compiled

from .interpreted import DONE, LIMIT, UNBOUNDED
from .pivots import cheapest, exchange, invert, reduced_costs, solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Columns = NDArray[np.intp]

__all__ = ["optimise_near"]

BUILT_ON = "efa3c0bc82539f82"
"""Checksum of `pivots`: numba sees only whether the file of a loop changes."""


@compiled(intp(intp[:, ::1], intp, intp[::1]))
def _find(bases: Columns, known: int, basis: Columns) -> int:
    """Find a basis among the first ones; their number where it is none of them."""
    for at in range(known):
        same = True
        for i in range(len(basis)):
            same &= bases[at, i] == basis[i]
        if same:
            return at
    return known


@compiled(
    intp(
        *(MATRIX, FLOATS, MATRIX, PLACES, intp),
        *(intp[:, ::1], float64[:, ::1], intp[::1]),
    )
)
def optimise_near(
    matrix: Floats,
    amounts: Floats,
    costs: Floats,
    start: Columns,
    limit: int,
    bases: Columns,
    values: Floats,
    which: Columns,
) -> int:
    """
    Minimise costs·x subject to matrix·x = amounts, x ≥ 0, for one set of costs after the other.

    Parameters
    ----------
    matrix : shape (n_rows, n_columns)
        Element amounts of each column.
    amounts : shape (n_rows,)
        Element amounts to reach, not negative.
    costs : shape (n_costs, n_columns)
        eV per column.
    start : shape (n_rows,)
        Columns of a feasible basis.
    limit
        Largest number of pivots for one set.
    bases, values : shape (n_costs, n_rows)
        Out: columns of the optimal bases, each once, and their amounts.
    which : shape (n_costs,)
        Out: which of them is the optimum of each set.

    Returns
    -------
    int
        Number of bases, `UNBOUNDED` or `LIMIT`.
    """
    size, n_columns = matrix.shape
    work, keys, reduced = np.empty((size, size)), np.empty((size, size + 1)), np.empty(n_columns)
    first, again = np.empty((size, size)), np.empty((size, size))
    basis, known = start.copy(), 0
    invert(matrix, basis, work, first)
    for at in range(len(costs)):
        basis[:] = start
        inverse, entering = first, 0
        for _ in range(limit):
            reduced_costs(matrix, costs[at], basis, inverse, reduced)
            entering = cheapest(reduced)
            if entering < 0:
                break
            if exchange(matrix, amounts, basis, inverse, entering, keys) != DONE:
                return UNBOUNDED
            inverse = again
            invert(matrix, basis, work, inverse)
        if entering >= 0:
            return LIMIT
        which[at] = _find(bases, known, basis)
        if which[at] == known:
            bases[known] = basis
            solve(inverse, amounts, values[known])
            known += 1
    return known
