"""One system, many compositions: what is learnt of its bases once is used again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from .loops.interpreted import FULL, UNBOUNDED
from .loops.selection import LOOPS
from .simplex import Path, defect

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .system import Columns, System

__all__ = ["walk"]

_ROOM = 64
"""Steps to make room for; most paths are shorter, and others are followed without this."""


@dataclass(frozen=True, eq=False)
class _Ends:
    """
    Where walks through a system begin.

    Parameters
    ----------
    start : shape (n_rows,)
        Places of the elements among the columns without sodium.
    inside : shape (n_free,)
        Place of each column without sodium among those on the hull; -1 where it is not there.
    """

    start: NDArray[np.intp]
    inside: NDArray[np.intp]

    @classmethod
    def of(cls, system: System, free: Columns, near: Columns) -> _Ends:
        """Find them once."""
        inside = np.searchsorted(near.at, free.at).clip(max=len(near.at) - 1)
        inside[near.at[inside] != free.at] = -1
        return cls(np.searchsorted(free.at, system.start), inside)


_ENDS: WeakKeyDictionary[System, _Ends] = WeakKeyDictionary()


def walk(
    system: System,
    free: Columns,
    near: Columns,
    amounts: NDArray[np.float64],
    mu_stop: float,
) -> Path | None:
    """
    Follow the optimum as `simplex.sweep` does, faster for each composition that is asked.

    Parameters
    ----------
    system
        Open to sodium.
    free
        Its columns without sodium; what is learnt of them is kept there.
    near
        Its columns on the hull; the same.
    amounts : shape (n_rows,)
        Element amounts to reach, not negative.
    mu_stop
        Upper end of the sweep, eV.

    Returns
    -------
    Path or None
        The same bits, in columns of the system; None for more steps than usual, before loops are
        compiled, and where a column without sodium seems to be off the hull.
    """
    if LOOPS.interpreted:
        return None
    ends = _ENDS.get(system)
    if ends is None:
        ends = _ENDS[system] = _Ends.of(system, free, near)
    basis = ends.start.copy()
    if _walk(free, amounts, 0.0, basis, _unread(len(basis)), closed=True) is None:
        return None
    basis = ends.inside[basis]
    if -1 in basis.tolist():
        return None
    n_rows = len(basis)
    mu, tied = np.empty(_ROOM), np.empty(_ROOM, dtype=np.bool_)
    bases, values = np.empty((_ROOM, n_rows), dtype=np.intp), np.empty((_ROOM, n_rows))
    n_steps = _walk(near, amounts, mu_stop, basis, (mu, bases, values, tied), closed=False)
    if n_steps is None:
        return None
    path = Path.__new__(Path)  # many are made
    found = vars(path)
    found["mu"], found["columns"] = mu[:n_steps], bases[:n_steps]
    found["values"], found["tied"] = values[:n_steps], tied[:n_steps]
    return path


def _walk(
    columns: Columns,
    amounts: NDArray[np.float64],
    mu_stop: float,
    basis: NDArray[np.intp],
    found: tuple[NDArray[np.generic], ...],
    *,
    closed: bool,
) -> int | None:
    """Walk over known bases; None for more steps than there is room for."""
    known = columns.known
    n_steps = LOOPS.run(
        *("walk", columns.amounts, amounts, columns.energies, columns.sodium, columns.at),
        *(mu_stop, closed, basis, known.numbers, known.places, known.table, known.used, *found),
    )
    if n_steps == UNBOUNDED:
        raise defect(n_steps)
    return None if n_steps == FULL else n_steps


@lru_cache(maxsize=16)
def _unread(n_rows: int) -> tuple[NDArray[np.generic], ...]:
    """Give a closed walk, which keeps its last basis alone, where to write what nobody reads."""
    return (
        np.empty(_ROOM),
        np.empty((1, n_rows), dtype=np.intp),
        np.empty((1, n_rows)),
        np.empty(1, dtype=np.bool_),
    )
