"""Inner loops of the simplex, compiled by numba; they fill arrays and check nothing.

Rows are elements (at most a dozen), columns are phases (up to many thousands). Interpreted numpy
spends most of its time on call overhead, some thirty calls per pivot; compiled, a pivot is one pass
over the columns. Sums run in a fixed order and fast-math is off: the same input gives the same
bits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import float64, intp, types

from trona.screening.compiling import FLOATS, MATRIX, PLACES, compiled

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
from .pivots import cheapest, exchange, invert, least, reduced_costs, solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Columns = NDArray[np.intp]

__all__ = ["follow", "optimise", "walk"]

BUILT_ON = "efa3c0bc82539f82"
"""Checksum of `pivots`: numba sees only whether the file of a loop changes."""
_PAIR = types.UniTuple(intp, 2)(float64[::1], float64[::1])  # type: ignore[no-untyped-call]


@compiled(_PAIR)
def _nearest(cost: Floats, slope: Floats) -> tuple[int, int]:
    """Find the column that enters first as μ rises (-1: none); count those level with the basis."""
    nearest, entering, level = np.inf, -1, 0
    for column in range(len(slope)):
        if slope[column] > SLOPE_TOLERANCE:
            crossing = cost[column] / slope[column]
            if crossing < nearest:
                nearest, entering = crossing, column
        elif slope[column] > -SLOPE_TOLERANCE and abs(cost[column]) < LEVEL_TOLERANCE:
            level += 1
    return entering, level


@compiled(intp(MATRIX, FLOATS, FLOATS, intp[::1], float64[::1], intp))
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
        invert(matrix, basis, work, inverse)
        reduced_costs(matrix, costs, basis, inverse, reduced)
        entering = cheapest(reduced)
        if entering < 0:
            solve(inverse, amounts, values)
            return DONE
        if exchange(matrix, amounts, basis, inverse, entering, keys) != DONE:
            return UNBOUNDED
    return LIMIT


@compiled(
    intp(
        *(MATRIX, FLOATS, FLOATS, FLOATS, float64),
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
        invert(matrix, basis, work, inverse)
        reduced_costs(matrix, energies, basis, inverse, cost)
        reduced_costs(matrix, sodium, basis, inverse, slope)
        entering, level = _nearest(cost, slope)
        nearest = cost[entering] / slope[entering] if entering >= 0 else np.inf
        mus[step], bases[step], tied[step] = mu, basis, level > size
        solve(inverse, amounts, values[step])
        if nearest >= mu_stop - PRICE_TOLERANCE:
            return step + 1
        mu = max(mu, nearest)
        if exchange(matrix, amounts, basis, inverse, entering, keys) != DONE:
            return UNBOUNDED
    return FULL


@compiled(intp(intp[:, ::1], intp[::1], intp[::1]))
def _slot(places: Columns, table: Columns, basis: Columns) -> int:
    """Find where a basis stands in the hash table, or where it would."""
    size, code = len(basis), 0
    for i in range(size):
        code = (code * 1000003) ^ basis[i]
    slot = (code ^ (code >> 17)) % len(table)
    while table[slot] >= 0:
        same = True
        for i in range(size):
            same &= places[table[slot], i] == basis[i]
        if same:
            break
        slot = (slot + 1) % len(table)
    return int(slot)


@compiled(
    types.void(
        *(MATRIX, FLOATS, FLOATS, types.boolean, intp[::1]),
        *(float64[::1], intp[::1]),
    )
)
def _learn(
    matrix: Floats,
    energies: Floats,
    sodium: Floats,
    closed: bool,
    basis: Columns,
    numbers: Floats,
    places: Columns,
) -> None:
    """Find what holds of a basis whatever the composition, and keep it."""
    size, n_columns = matrix.shape
    work, inverse = np.empty((size, size)), np.empty((size, size))
    cost, slope = np.empty(n_columns), np.empty(n_columns)
    invert(matrix, basis, work, inverse)
    reduced_costs(matrix, energies, basis, inverse, cost)
    nearest, entering, level = np.inf, -1, 0
    if closed:
        entering = cheapest(cost)
    else:
        reduced_costs(matrix, sodium, basis, inverse, slope)
        entering, level = _nearest(cost, slope)
        nearest = cost[entering] / slope[entering] if entering >= 0 else np.inf
    numbers[0] = nearest
    places[2 * size], places[2 * size + 1] = entering, level > size
    for i in range(size):
        places[i], places[size + i] = basis[i], -1
        pivot = 0.0
        for j in range(size):
            numbers[1 + size + i * size + j] = inverse[i, j]
            if entering >= 0:
                pivot += inverse[i, j] * matrix[j, entering]
        numbers[1 + i] = pivot


@compiled(intp(FLOATS, float64[::1], float64[::1], float64[:, ::1], intp[::1]))
def _leaving(amounts: Floats, numbers: Floats, values: Floats, keys: Floats, rows: Columns) -> int:
    """Find the row that leaves a known basis, as `exchange` does; negative without one."""
    size, left, lowest = len(amounts), 0, np.inf
    for i in range(size):
        pivot = numbers[1 + i]
        if pivot > PIVOT_TOLERANCE:
            keys[i, 0] = values[i] / pivot
            lowest = min(lowest, keys[i, 0])
            rows[left] = i
            left += 1
    tied = 0
    for at in range(left):  # most often one row is left, and needs no further keys
        if keys[rows[at], 0] <= lowest + TIE_TOLERANCE:
            rows[tied] = rows[at]
            tied += 1
    if tied > 1:
        for i in rows[:tied]:
            for j in range(size):
                keys[i, j + 1] = numbers[1 + size + i * size + j] / numbers[1 + i]
        return int(least(keys, rows, tied))
    return int(rows[0]) if tied else UNBOUNDED


@compiled(types.void(float64[::1], FLOATS, float64[::1]))
def _solve_known(numbers: Floats, amounts: Floats, values: Floats) -> None:
    """Amounts of the columns in a known basis."""
    size = len(amounts)
    for i in range(size):
        value = 0.0
        for j in range(size):
            value += numbers[1 + size + i * size + j] * amounts[j]
        values[i] = value


@compiled(
    intp(
        *(MATRIX, FLOATS, FLOATS, FLOATS, PLACES, float64, types.boolean),
        *(intp[::1], float64[:, ::1], intp[:, ::1], intp[::1], intp[::1]),
        *(float64[::1], intp[:, ::1], float64[:, ::1], types.boolean[::1]),
    ),
    nogil=False,  # threads share what is learnt
)
def walk(
    matrix: Floats,
    amounts: Floats,
    energies: Floats,
    sodium: Floats,
    names: Columns,
    mu_stop: float,
    closed: bool,
    basis: Columns,
    numbers: Floats,
    places: Columns,
    table: Columns,
    used: Columns,
    mus: Floats,
    bases: Columns,
    values: Floats,
    tied: NDArray[np.bool_],
) -> int:
    """
    Do what `follow` does, or `optimise`, with what was learnt of bases from other compositions.

    Which column enters a basis, and at which μ, does not depend on the composition: only which one
    leaves. So the bases of a system are the nodes of a graph, whose edges are the rows that leave.
    What is kept of a node is what the other loops would compute again, bit for bit.

    Parameters
    ----------
    matrix, amounts, energies, sodium, mu_stop
        As for `follow`.
    names : shape (n_columns,)
        What the columns are called in ``bases``.
    closed
        True to minimise the energy, and to keep the last basis alone.
    basis : shape (n_rows,)
        In: columns of the basis to start from. Out: of the last one.
    numbers : shape (n_known, 1 + n_rows + n_rows²)
        Of each known basis: the μ at which a column enters, that column in terms of the basis, and
        the inverse.
    places : shape (n_known, 2 n_rows + 2)
        Of each known basis: its columns, the basis that follows when a row leaves (-1: unknown),
        the column that enters (-1: none), and whether others could enter at no cost for every μ.
    table : shape (n_slots,)
        Hash table of the known bases; -1 where empty.
    used : shape (1,)
        Number of known bases. Where there is no room for a further path, all are forgotten.
    mus, bases, values, tied
        Out, as for `follow`.

    Returns
    -------
    int
        Number of steps, or `UNBOUNDED`, or `FULL` where there are more of them than room.
    """
    size, room = len(basis), len(mus)
    keys, rows, solved = np.empty((size, size + 1)), np.empty(size, np.intp), np.empty(size)
    if used[0] + room > len(places):
        used[0] = 0
        table[:] = -1
    node, mu = -1, -np.inf
    before, row = -1, 0
    for step in range(room):
        if node < 0:
            slot = _slot(places, table, basis)
            node = table[slot]
            if node < 0:
                node = table[slot] = used[0]
                used[0] += 1
                _learn(matrix, energies, sodium, closed, basis, numbers[node], places[node])
            if before >= 0:
                places[before, size + row] = node
        known, place = numbers[node], places[node]
        at = 0 if closed else step
        mus[at], tied[at] = mu, place[2 * size + 1] != 0
        _solve_known(known, amounts, solved)
        for i in range(size):
            bases[at, i], values[at, i] = names[place[i]], max(solved[i], 0.0)
        entering = place[2 * size]
        if entering < 0 or (not closed and known[0] >= mu_stop - PRICE_TOLERANCE):
            return at + 1
        mu = max(mu, known[0])
        row = _leaving(amounts, known, solved, keys, rows)
        if row < 0:
            return UNBOUNDED
        for i in range(size):
            basis[i] = entering if i == row else place[i]
        before, node = node, place[size + row]
    return FULL
