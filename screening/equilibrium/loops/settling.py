"""What the bases on a path are made of, compiled: products, their amounts, sodium and energy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import float64, intp, types

from trona.screening.compiling import FLOATS, MATRIX, compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Columns = NDArray[np.intp]

__all__ = ["settle"]

_BASES = types.Array(intp, 2, "C", readonly=True)


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
        *(FLOATS, FLOATS, FLOATS, FLOATS, _BASES, MATRIX, float64, float64, float64, float64),
        *(intp[:, ::1], float64[:, ::1], intp[:, ::1], float64[:, ::1]),
    )
)
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
    sizes, sodium, energies : shape (n_columns,)
        Atoms of each column, its sodium and its energy (eV).
    uppers : shape (n_steps,)
        Upper end of the range of voltage of each step, falling, V.
    bases, values : shape (n_steps, n_rows)
        Columns in the basis of each step and their amounts.
    own
        Sodium of the composition.
    width
        Ranges that are no wider than this are left out, V.
    least
        Amounts up to this are absent.
    near
        Products whose amounts differ by no more than this are the same.
    columns, amounts : shape (n_steps, n_rows)
        Out: of each range that is kept, the columns that are present, in their order, and their
        formula units.
    places : shape (3, n_steps)
        Out: the step of each, how many columns are present, and 1 where the products are those of
        the range before.
    numbers : shape (3, n_steps)
        Out: upper end of each (V), sodium taken up, and energy of the products (eV).

    Returns
    -------
    int
        Number of ranges that are kept.
    """
    size, kept = columns.shape[1], 0
    parts = np.empty(size)
    for step in range(len(uppers) - 1, -1, -1):
        lower = uppers[step + 1] if step + 1 < len(uppers) else 0.0
        if uppers[step] - lower <= width:
            continue
        inside, units = columns[kept], amounts[kept]
        for i in range(size):
            inside[i], units[i] = bases[step, i], values[step, i]
        _sort(inside, units)
        for i in range(size):
            if units[i] <= least:
                units[i] = 0.0
            parts[i] = units[i] * sodium[inside[i]]
        numbers[1, kept] = _added(parts) - own
        for i in range(size):
            parts[i] = units[i] * energies[inside[i]]
        numbers[0, kept], numbers[2, kept] = uppers[step], _added(parts)
        count = 0
        for i in range(size):
            if units[i] > 0.0:
                units[count], inside[count] = units[i] / sizes[inside[i]], inside[i]
                count += 1
        alike = kept > 0 and places[1, kept - 1] == count
        for i in range(count):
            alike = alike and columns[kept - 1, i] == inside[i]
            alike = alike and abs(amounts[kept - 1, i] - units[i]) <= near
        places[0, kept], places[1, kept], places[2, kept] = step, count, 1 if alike else 0
        kept += 1
    return kept
