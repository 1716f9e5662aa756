"""The hull of every chemical system of a table, compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import boolean, float64, intp, types, uint64

from trona.screening.compiling import FLOATS, MATRIX, PLACES, compiled

from .interpreted import DONE
from .kernels import optimise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Places = NDArray[np.intp]

__all__ = ["hull_energies"]

BUILT_ON = "d26a3c13bd2957ed"
"""Checksum of `kernels`: numba sees only whether the file of a loop changes."""
_MASKS = types.Array(uint64, 2, "C", readonly=True)
_MARKS = types.Array(boolean, 1, "C", readonly=True)


@compiled(intp(_MASKS, intp, PLACES, PLACES, _MARKS, intp[::1]))
def _gather(
    masks: NDArray[np.uint64],
    system: int,
    ends: Places,
    rows: Places,
    ground: NDArray[np.bool_],
    found: Places,
) -> int:
    """Find the ground phases of a system and its sub-systems; their number."""
    count = 0
    for other in range(len(masks)):
        within = True
        for word in range(masks.shape[1]):
            within &= (masks[other, word] & ~masks[system, word]) == 0
        if within:
            for at in range(ends[other], ends[other + 1]):
                if ground[rows[at]]:
                    found[count] = rows[at]
                    count += 1
    found[:count].sort()
    return count


@compiled(
    types.void(
        *(MATRIX, FLOATS, intp[::1], intp[::1]),
        *(float64[:, ::1], float64[::1], intp[::1]),
    )
)
def _lay_out(
    amounts: Floats,
    energies: Floats,
    found: Places,
    inside: Places,
    matrix: Floats,
    costs: Floats,
    start: Places,
) -> None:
    """Scale phases by their atoms, as columns, and find the elements among them."""
    for column in range(len(found)):
        total = 0.0
        for i in range(len(inside)):
            total += amounts[found[column], inside[i]]
        for i in range(len(inside)):
            matrix[i, column] = amounts[found[column], inside[i]] / total
        costs[column] = energies[found[column]] / total
    for i in range(len(inside)):
        start[i] = np.argmax(matrix[i])


@compiled(
    intp(
        *(_MASKS, PLACES, PLACES, _MARKS),
        *(MATRIX, FLOATS, FLOATS, intp, float64[::1]),
    )
)
def hull_energies(
    masks: NDArray[np.uint64],
    ends: Places,
    rows: Places,
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
    masks, ends, rows
        Of an `element_index.ElementIndex`.
    ground : shape (n_phases,)
        True for the lowest polymorph of each composition.
    amounts : shape (n_phases, n_elements)
        Amounts per formula unit.
    energies, n_atoms : shape (n_phases,)
        eV and atoms per formula unit.
    limit
        Largest number of pivots for one phase.
    hull : shape (n_phases,)
        Out: eV per atom.

    Returns
    -------
    int
        `DONE`, `UNBOUNDED` or `LIMIT`.
    """
    found = np.empty(len(amounts), np.intp)
    for system in range(len(masks)):
        count = _gather(masks, system, ends, rows, ground, found)
        inside = np.flatnonzero(amounts[rows[ends[system]]])
        size = len(inside)
        matrix, costs, start = np.empty((size, count)), np.empty(count), np.empty(size, np.intp)
        _lay_out(amounts, energies, found[:count], inside, matrix, costs, start)
        basis, target, values = start.copy(), np.empty(size), np.empty(size)
        for row in rows[ends[system] : ends[system + 1]]:
            for i in range(size):
                basis[i], target[i] = start[i], amounts[row, inside[i]] / n_atoms[row]
            outcome = optimise(matrix, target, costs, basis, values, limit)
            if outcome != DONE:
                return int(outcome)
            hull[row] = 0.0
            for i in range(size):
                hull[row] += values[i] * costs[basis[i]]
    return DONE
