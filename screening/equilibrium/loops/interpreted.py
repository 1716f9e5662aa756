"""Inner loops of the simplex in plain Python, bit for bit the same results as the compiled ones.

Loading compiled code takes half a second, most of the run time of a command that computes one
ladder. These loops do the same arithmetic in the same order, with small matrices as lists of floats
and whole rows of columns in numpy, so the result does not depend on which of the two was used.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Columns = NDArray[np.intp]

__all__ = [
    "DONE",
    "FULL",
    "LEVEL_TOLERANCE",
    "LIMIT",
    "PIVOT_TOLERANCE",
    "PRICE_TOLERANCE",
    "SLOPE_TOLERANCE",
    "TIE_TOLERANCE",
    "UNBOUNDED",
    "beyond",
    "exchange",
    "follow",
    "hull_energies",
    "inverted",
    "optimise",
    "optimise_near",
    "settle",
    "solved",
]

DONE, UNBOUNDED, LIMIT, FULL = 0, -1, -2, -3
"""Outcomes: optimum found; no row can leave; pivot limit reached; more steps than room."""

PRICE_TOLERANCE = 1e-11
"""A reduced cost counts as negative below minus this (eV per atom)."""
SLOPE_TOLERANCE = 1e-10
"""A column changes with μ where its reduced sodium exceeds this (atoms per atom)."""
LEVEL_TOLERANCE = 1e-9
"""A column lies on the facet where its reduced cost is smaller (eV per atom)."""
PIVOT_TOLERANCE = 1e-10
"""Elements of the pivot column below this count as zero."""
TIE_TOLERANCE = 1e-11
"""Ratios of the leaving-row test that differ by less are tied."""


def _dot(first: list[float], second: list[float]) -> float:
    """Add products up from the left, as the compiled loops do; `sum` may carry extra digits."""
    total = 0.0
    for one, other in zip(first, second, strict=True):
        total += one * other
    return total


def inverted(matrix: Floats, basis: list[int]) -> list[list[float]]:
    """
    Invert the columns of a basis by Gauss–Jordan elimination with row pivoting.

    Parameters
    ----------
    matrix : shape (n_rows, n_columns)
        Element amounts of each column.
    basis
        As many columns as there are rows.

    Returns
    -------
    list of list of float
        Rows of the inverse.
    """
    size = len(basis)
    inside = matrix[:, basis].tolist()
    work = [[*row, *(float(i == j) for j in range(size))] for i, row in enumerate(inside)]
    for column in range(size):
        pivot = column
        for i in range(column + 1, size):
            if abs(work[i][column]) > abs(work[pivot][column]):
                pivot = i
        scale = work[pivot][column]
        kept, moved = work[column], [value / scale for value in work[pivot]]
        work[pivot], work[column] = kept, moved
        for i in range(size):
            factor = work[i][column]
            if i != column and factor != 0.0:
                work[i] = [a - factor * b for a, b in zip(work[i], moved, strict=True)]
    return [row[size:] for row in work]


def _reduced(matrix: Floats, costs: Floats, basis: list[int], inverse: list[list[float]]) -> Floats:
    """Price all columns: what each costs beyond the basis that makes up the same atoms."""
    reduced, inside = costs.copy(), costs[basis].tolist()
    for i in range(len(basis)):
        reduced -= _dot(inside, [row[i] for row in inverse]) * matrix[i]
    reduced[basis] = 0.0
    return reduced


def beyond(matrix: Floats, costs: Floats, inside: Floats, inverse: list[list[float]]) -> Floats:
    """
    Price columns for many costs, as the compiled loops do for one.

    Parameters
    ----------
    matrix : shape (n_rows, n_columns)
        Element amounts of each column.
    costs : shape (n_costs, n_columns)
        eV per column.
    inside : shape (n_costs, n_rows)
        eV per column of a basis.
    inverse
        Of the basis, as `inverted` gives it.

    Returns
    -------
    ndarray : shape (n_costs, n_columns)
        What each costs beyond the basis that makes up the same atoms, eV per column.
    """
    reduced = costs.copy()
    for i, row in enumerate(matrix):
        price = np.zeros(len(costs))
        for cost, line in zip(inside.T, inverse, strict=True):
            price += cost * line[i]
        reduced -= price[:, None] * row
    return reduced


def _least(keys: list[list[float]], rows: list[int]) -> int:
    """Find the row with the lexicographically least keys among those named."""
    for key in range(len(keys[rows[0]])):
        lowest = min(keys[row][key] for row in rows)
        rows = [row for row in rows if keys[row][key] <= lowest + TIE_TOLERANCE]
        if len(rows) == 1:
            break
    return rows[0]


def exchange(
    matrix: Floats,
    amounts: list[float],
    basis: list[int],
    inverse: list[list[float]],
    entering: int,
) -> int:
    """
    Bring a column into the basis, in place; the row that leaves is the lexicographic minimum.

    Parameters
    ----------
    matrix : shape (n_rows, n_columns)
        Element amounts of each column.
    amounts
        Element amounts to reach, not negative.
    basis
        Columns of a feasible basis.
    inverse
        Of it, as `inverted` gives it.
    entering
        The column.

    Returns
    -------
    int
        `DONE` or `UNBOUNDED`.
    """
    column = matrix[:, entering].tolist()
    keys: list[list[float]] = []
    rows = []
    for i, row in enumerate(inverse):
        pivot = _dot(row, column)
        keys.append([])
        if pivot > PIVOT_TOLERANCE:
            keys[i] = [_dot(row, amounts) / pivot, *(value / pivot for value in row)]
            rows.append(i)
    if not rows:
        return UNBOUNDED
    basis[rows[0] if len(rows) == 1 else _least(keys, rows)] = entering
    return DONE


def solved(inverse: list[list[float]], amounts: list[float]) -> list[float]:
    """
    Find the amounts of the columns in the basis, rounding below zero removed.

    Parameters
    ----------
    inverse
        Of the basis, as `inverted` gives it.
    amounts
        Element amounts to reach, not negative.

    Returns
    -------
    list of float
        Not negative.
    """
    return [max(_dot(row, amounts), 0.0) for row in inverse]


def optimise(
    matrix: Floats, amounts: Floats, costs: Floats, basis: Columns, values: Floats, limit: int
) -> int:
    """
    Minimise costs·x subject to matrix·x = amounts, x ≥ 0, in place.

    Parameters
    ----------
    matrix, amounts, costs, basis, values, limit
        As the compiled loop takes them: `trona.screening.equilibrium.loops.kernels.optimise`.

    Returns
    -------
    int
        `DONE`, `UNBOUNDED` or `LIMIT`.
    """
    inside, targets = basis.tolist(), amounts.tolist()
    outcome = LIMIT
    for _ in range(limit):
        inverse = inverted(matrix, inside)
        reduced = _reduced(matrix, costs, inside, inverse)
        entering = int(reduced.argmin())
        if reduced[entering] >= -PRICE_TOLERANCE:
            values[:] = solved(inverse, targets)
            outcome = DONE
            break
        if exchange(matrix, targets, inside, inverse, entering) != DONE:
            outcome = UNBOUNDED
            break
    basis[:] = inside
    return outcome


def hull_energies(
    masks: NDArray[np.uint64],
    ends: Columns,
    rows: Columns,
    ground: NDArray[np.bool_],
    amounts: Floats,
    energies: Floats,
    n_atoms: Floats,
    limit: int,
    hull: Floats,
) -> int:
    """
    Find the energy of the hull at the composition of each phase, one chemical system at a time.

    Parameters
    ----------
    masks, ends, rows, ground, amounts, energies, n_atoms, limit, hull
        As the compiled loop takes them: `trona.screening.equilibrium.loops.systems.hull_energies`.

    Returns
    -------
    int
        `DONE`, `UNBOUNDED` or `LIMIT`.
    """
    members = np.split(rows, ends[1:-1])
    for mask, own in zip(masks, members, strict=True):
        within = np.flatnonzero(((masks & ~mask) == 0).all(axis=1)).tolist()
        found = np.sort(np.concatenate([members[at] for at in within]))
        found = found[ground[found]]
        inside = np.flatnonzero(amounts[own[0]])
        given = np.ascontiguousarray(amounts[np.ix_(found, inside)].T)
        sizes = np.zeros(len(found))
        for line in given:  # in this order, as the compiled loop adds them
            sizes += line
        matrix, costs = given / sizes, energies[found] / sizes
        start, values = matrix.argmax(axis=1), np.empty(len(inside))
        for row in own.tolist():
            basis = start.copy()
            outcome = optimise(
                matrix, amounts[row, inside] / n_atoms[row], costs, basis, values, limit
            )
            if outcome != DONE:
                return outcome
            hull[row] = _dot(values.tolist(), costs[basis].tolist())
    return DONE


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
    Minimise costs·x subject to matrix·x = amounts, x ≥ 0, for many costs that differ little.

    Sets of costs that have come to the same basis are priced together: its inverse and the amounts
    are found once.

    Parameters
    ----------
    matrix, amounts, costs, start, limit, bases, values, which
        As the compiled loop takes them: `trona.screening.equilibrium.loops.near.optimise_near`.

    Returns
    -------
    int
        Number of bases, `UNBOUNDED` or `LIMIT`.
    """
    targets, numbers = amounts.tolist(), dict[tuple[int, ...], int]()
    waiting = {tuple(start.tolist()): np.arange(len(costs))} if len(costs) else {}
    for _ in range(limit * len(costs)):
        if not waiting:
            break
        columns = next(iter(waiting))
        rows, basis = waiting.pop(columns), list(columns)
        inverse = inverted(matrix, basis)
        asked = costs.take(rows, axis=0)
        reduced = beyond(matrix, asked, asked[:, basis], inverse)
        reduced[:, basis] = 0.0
        done = reduced.min(axis=1) >= -PRICE_TOLERANCE
        if done.any():
            at = numbers.setdefault(columns, len(numbers))
            bases[at], values[at] = basis, solved(inverse, targets)
            which[rows[done]] = at
        left = rows[~done]
        entering = reduced[~done].argmin(axis=1)
        for column in sorted(set(entering.tolist())):
            moved = basis.copy()
            if exchange(matrix, targets, moved, inverse, column) != DONE:
                return UNBOUNDED
            further = left[entering == column]
            others = waiting.get(tuple(moved), further[:0])
            waiting[tuple(moved)] = np.concatenate([others, further])
    return LIMIT if waiting else len(numbers)


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
    matrix, amounts, energies, sodium, mu_stop, basis, mus, bases, values, tied
        As the compiled loop takes them: `trona.screening.equilibrium.loops.kernels.follow`.

    Returns
    -------
    int
        Number of steps, or `UNBOUNDED`, or `FULL` where there are more of them than room.
    """
    inside, targets = basis.tolist(), amounts.tolist()
    mu = -inf
    for step in range(len(mus)):
        inverse = inverted(matrix, inside)
        cost = _reduced(matrix, energies, inside, inverse)
        slope = _reduced(matrix, sodium, inside, inverse)
        rising = slope > SLOPE_TOLERANCE
        level = (np.abs(cost) < LEVEL_TOLERANCE) & (slope > -SLOPE_TOLERANCE) & ~rising
        mus[step], bases[step] = mu, inside
        tied[step] = np.count_nonzero(level) > len(inside)
        values[step] = solved(inverse, targets)
        candidates = rising.nonzero()[0]
        crossings = cost[candidates] / slope[candidates]
        first = int(crossings.argmin()) if len(candidates) else 0
        nearest = float(crossings[first]) if len(candidates) else inf
        if nearest >= mu_stop - PRICE_TOLERANCE:
            return step + 1
        mu = max(mu, nearest)
        if exchange(matrix, targets, inside, inverse, int(candidates[first])) != DONE:
            return UNBOUNDED
    return FULL


def settle(
    sizes: Floats,
    sodium: Floats,
    energies: Floats,
    uppers: Floats,
    bases: Columns,
    values: Floats,
    own: float,
    width: float,
    least: float,
    near: float,
    columns: Columns,
    amounts: Floats,
    places: Columns,
    numbers: Floats,
) -> int:
    """
    Turn the bases on a path into products, lowest voltage first.

    Parameters
    ----------
    sizes, sodium, energies, uppers, bases, values, own, width, least, near
        As the compiled loop takes them: `trona.screening.equilibrium.loops.settling.settle`.
    columns, amounts, places, numbers
        Out, as of that loop.

    Returns
    -------
    int
        Number of ranges that are kept.
    """
    steps = np.flatnonzero(uppers - np.append(uppers[1:], 0.0) > width)[::-1]
    order = bases[steps].argsort(axis=1)
    inside = np.take_along_axis(bases[steps], order, axis=1)
    units = np.take_along_axis(values[steps], order, axis=1)
    units *= units > least
    kept = len(steps)
    numbers[0, :kept] = uppers[steps]
    numbers[1, :kept] = (units * sodium[inside]).sum(axis=1) - own
    numbers[2, :kept] = (units * energies[inside]).sum(axis=1)
    there = units > 0.0
    units /= sizes[inside]
    counts = there.sum(axis=1)
    for at in np.flatnonzero(~there.all(axis=1)).tolist():
        inside[at, : counts[at]] = inside[at, there[at]]
        units[at, : counts[at]] = units[at, there[at]]
    beyond = np.arange(columns.shape[1]) >= counts[1:, None]
    alike = (inside[1:] == inside[:-1]) & (np.abs(units[1:] - units[:-1]) <= near)
    columns[:kept], amounts[:kept] = inside, units
    places[0, :kept], places[1, :kept], places[2, :1] = steps, counts, 0
    places[2, 1:kept] = (counts[1:] == counts[:-1]) & (alike | beyond).all(axis=1)
    return kept
