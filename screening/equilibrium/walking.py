"""One system, many compositions: what is learnt of its bases once is used again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .loops.interpreted import FULL, UNBOUNDED
from .loops.selection import LOOPS
from .simplex import AMOUNT_TOLERANCE, Path, defect

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .system import Columns, System

__all__ = ["products_of_bases", "walk"]

_ROOM = 64
"""Steps to make room for; most paths are shorter, and others are followed without this."""


def products_of_bases(
    system: System, columns: NDArray[np.intp], values: NDArray[np.float64], least: float
) -> tuple[NDArray[np.intp], NDArray[np.bool_], NDArray[np.float64]]:
    """
    Turn bases into products, in place.

    Parameters
    ----------
    system
        Whose columns they are.
    columns : shape (n_steps, n_rows)
        In: columns in each basis. Out: those that are present, in their order, first.
    values : shape (n_steps, n_rows)
        In: their amounts. Out: formula units of those that are present, first.
    least
        Amounts up to this are absent.

    Returns
    -------
    tuple
        Of each step, how many are present and whether they are those of the step before, both of
        shape (n_steps,); sodium and energy (eV) of the products, of shape (2, n_steps).
    """
    n_steps = len(columns)
    counts, same = np.empty(n_steps, dtype=np.intp), np.empty(n_steps, dtype=np.bool_)
    sums = np.empty((2, n_steps))
    LOOPS.run(
        *("settle", system.sizes, system.sodium, system.energies, least, AMOUNT_TOLERANCE),
        *(columns, values, counts, same, sums),
    )
    return counts, same, sums


def walk(
    columns: Columns,
    amounts: NDArray[np.float64],
    start: NDArray[np.intp],
    mu_stop: float | None = None,
) -> Path | None:
    """
    Follow the optimum as `follow_from` does, faster for each composition that is asked.

    Parameters
    ----------
    columns
        Phases to choose from; what is learnt of them is kept there.
    amounts : shape (n_rows,)
        Element amounts to reach, not negative.
    start : shape (n_rows,)
        Columns of the basis that is optimal at μ = −∞.
    mu_stop
        Upper end of the sweep, eV; None to minimise the energy from any feasible basis, which
        gives a path of one step.

    Returns
    -------
    Path or None
        The same bits; None where it takes more steps than usual, or no loops are compiled yet.

    Raises
    ------
    ConvergenceError
        If no row can leave.
    """
    if LOOPS.interpreted:
        return None
    known, n_rows = columns.known, len(start)
    mu, tied = np.empty(_ROOM), np.empty(_ROOM, dtype=np.bool_)
    bases, values = np.empty((_ROOM, n_rows), dtype=np.intp), np.empty((_ROOM, n_rows))
    n_steps = LOOPS.run(
        *("walk", columns.amounts, amounts, columns.energies, columns.sodium),
        *(0.0 if mu_stop is None else mu_stop, mu_stop is None, start.copy()),
        *(known.numbers, known.places, known.table, known.used, mu, bases, values, tied),
    )
    if n_steps == UNBOUNDED:
        raise defect(n_steps)
    if n_steps == FULL:
        return None
    return Path(mu[:n_steps], bases[:n_steps], values[:n_steps], tied[:n_steps])
