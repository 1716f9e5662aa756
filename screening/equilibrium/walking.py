"""One system, many compositions: what is learnt of its bases once is used again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .loops.interpreted import FULL, UNBOUNDED
from .loops.selection import LOOPS
from .simplex import AMOUNT_TOLERANCE, Path, defect, follow_from, minimise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .system import Columns, System

__all__ = ["lowest", "products_of_bases", "walk"]

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
    columns: Columns, amounts: NDArray[np.float64], start: NDArray[np.intp], mu_stop: float
) -> Path:
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
        Upper end of the sweep, eV.

    Returns
    -------
    Path
        The same bits.

    Raises
    ------
    ConvergenceError
        If the sweep does not end within the pivot limit.
    """
    found = _walked(columns, amounts, start, mu_stop, closed=False)
    if found is not None:
        return found
    costs = (columns.energies, columns.sodium)
    return follow_from(columns.amounts, amounts, *costs, start, mu_stop)


def lowest(
    columns: Columns, amounts: NDArray[np.float64], start: NDArray[np.intp]
) -> NDArray[np.intp]:
    """
    Minimise the energy as `minimise` does, faster for each composition that is asked.

    Parameters
    ----------
    columns, amounts
        As for `walk`.
    start : shape (n_rows,)
        Columns of a feasible basis: the elements.

    Returns
    -------
    ndarray : shape (n_rows,)
        Columns of the same basis.

    Raises
    ------
    ConvergenceError
        If no optimum is reached within the pivot limit.
    """
    found = _walked(columns, amounts, start, 0.0, closed=True)
    if found is not None:
        return found.basis(0).columns
    return minimise(columns.amounts, amounts, columns.energies, start).columns


def _walked(
    columns: Columns,
    amounts: NDArray[np.float64],
    start: NDArray[np.intp],
    mu_stop: float,
    *,
    closed: bool,
) -> Path | None:
    """Walk over known bases; None for more steps than usual, or before loops are compiled."""
    if LOOPS.interpreted:
        return None
    known, n_rows = columns.known, len(start)
    mu, tied = np.empty(_ROOM), np.empty(_ROOM, dtype=np.bool_)
    bases, values = np.empty((_ROOM, n_rows), dtype=np.intp), np.empty((_ROOM, n_rows))
    n_steps = LOOPS.run(
        *("walk", columns.amounts, amounts, columns.energies, columns.sodium, mu_stop, closed),
        *(start.copy(), known.numbers, known.places, known.table, known.used),
        *(mu, bases, values, tied),
    )
    if n_steps == UNBOUNDED:
        raise defect(n_steps)
    if n_steps == FULL:
        return None
    return Path(mu[:n_steps], bases[:n_steps], values[:n_steps], tied[:n_steps])
