"""What the bases on a path are made of, compiled: products, their amounts, sodium and energy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import float64, intp, types

from trona.screening.compiling import compiled

from .interpreted import DONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Columns = NDArray[np.intp]

__all__ = ["settle"]

_INPUT = types.Array(float64, 1, "C", readonly=True)


@compiled(float64(float64[::1]))
def _added(parts: Floats) -> float:
    """Add numbers up in the order in which numpy does, for up to fifteen of them."""
    if len(parts) < 8:
        total, first = 0.0, 0
    else:
        total = (parts[0] + parts[1]) + (parts[2] + parts[3])
        total += (parts[4] + parts[5]) + (parts[6] + parts[7])
        first = 8
    for i in range(first, len(parts)):
        total += parts[i]
    return total


@compiled(types.void(intp[::1], float64[::1]))
def _sort(columns: Columns, values: Floats) -> None:
    """Put the columns of a basis into their order, and their amounts with them."""
    for last in range(1, len(columns)):
        column, value, at = columns[last], values[last], last
        while at > 0 and columns[at - 1] > column:
            columns[at], values[at] = columns[at - 1], values[at - 1]
            at -= 1
        columns[at], values[at] = column, value


@compiled(
    intp(
        *(_INPUT, _INPUT, _INPUT, float64, float64),
        *(intp[:, ::1], float64[:, ::1], intp[::1], types.boolean[::1], float64[:, ::1]),
    )
)
def settle(
    sizes: Floats,
    sodium: Floats,
    energies: Floats,
    least: float,
    near: float,
    columns: Columns,
    values: Floats,
    counts: Columns,
    same: NDArray[np.bool_],
    sums: Floats,
) -> int:
    """
    Turn bases into products, in place.

    Parameters
    ----------
    sizes, sodium, energies : shape (n_columns,)
        Atoms of each column, its sodium and its energy (eV).
    least
        Amounts up to this are absent.
    near
        Products whose amounts differ by no more than this are the same.
    columns : shape (n_steps, n_rows)
        In: columns in each basis. Out: those that are present, in their order.
    values : shape (n_steps, n_rows)
        In: their amounts. Out: formula units of those that are present.
    counts : shape (n_steps,)
        Out: how many are present.
    same : shape (n_steps,)
        Out: True where the products are those of the step before.
    sums : shape (2, n_steps)
        Out: sodium and energy of the products.

    Returns
    -------
    int
        `DONE`.
    """
    size = columns.shape[1]
    parts = np.empty(size)
    for step in range(len(columns)):
        inside, amounts = columns[step], values[step]
        _sort(inside, amounts)
        for i in range(size):
            if amounts[i] <= least:
                amounts[i] = 0.0
            parts[i] = amounts[i] * sodium[inside[i]]
        sums[0, step] = _added(parts)
        for i in range(size):
            parts[i] = amounts[i] * energies[inside[i]]
        sums[1, step] = _added(parts)
        count = 0
        for i in range(size):
            if amounts[i] > 0.0:
                amounts[count], inside[count] = amounts[i] / sizes[inside[i]], inside[i]
                count += 1
        alike = step > 0 and counts[step - 1] == count
        for i in range(count):
            alike = alike and columns[step - 1, i] == inside[i]
            alike = alike and abs(values[step - 1, i] - amounts[i]) <= near
        counts[step], same[step] = count, alike
    return DONE
