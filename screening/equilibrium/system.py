"""The phases of one chemical system as columns of a linear program."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Bases", "Columns", "Layout", "System"]

_KNOWN = 4096
"""Bases that are kept of a set of columns: 1 to 3 MB where all are in use."""


@dataclass(frozen=True, eq=False)
class Bases:
    """
    What was learnt of bases, to be used again: see `loops.kernels.walk`, which fills the arrays.

    Parameters
    ----------
    numbers : shape (n_known, 1 + n_rows + n_rows²)
        Numbers of each basis.
    places : shape (n_known, 2 n_rows + 2)
        Columns and bases that belong to it.
    table : shape (n_slots,)
        Hash table of them.
    used : shape (1,)
        How many there are.
    """

    numbers: NDArray[np.float64]
    places: NDArray[np.intp]
    table: NDArray[np.intp]
    used: NDArray[np.intp]

    @classmethod
    def of_rows(cls, n_rows: int) -> Bases:
        """Make room for bases of as many columns."""
        return cls(
            numbers=np.empty((_KNOWN, 1 + n_rows + n_rows**2)),
            places=np.empty((_KNOWN, 2 * n_rows + 2), dtype=np.intp),
            table=np.full(4 * _KNOWN, -1, dtype=np.intp),
            used=np.zeros(1, dtype=np.intp),
        )


@dataclass(frozen=True, eq=False)
class Columns:
    """
    Some columns of a system.

    Parameters
    ----------
    at : shape (n_columns,)
        Their places among all, ascending.
    amounts : shape (n_elements, n_columns)
        As of the system.
    energies, sodium : shape (n_columns,)
        As of the system.
    """

    at: NDArray[np.intp]
    amounts: NDArray[np.float64]
    energies: NDArray[np.float64]
    sodium: NDArray[np.float64]

    @cached_property
    def known(self) -> Bases:
        """What was learnt of bases of these columns."""
        return Bases.of_rows(len(self.amounts))

    @classmethod
    def of(cls, system: System, at: NDArray[np.intp]) -> Columns:
        """Take columns of a system."""
        amounts = np.ascontiguousarray(system.amounts[:, at])
        return cls(at, amounts, system.energies[at], system.sodium[at])

    def find(self, columns: NDArray[np.intp]) -> NDArray[np.intp] | None:
        """Find columns of the system among these; None where one is missing."""
        found = [self._places.get(column, -1) for column in columns.tolist()]
        return None if -1 in found else np.array(found, dtype=np.intp)

    @cached_property
    def _places(self) -> dict[int, int]:
        """Place of each column among these."""
        return {column: place for place, column in enumerate(self.at.tolist())}


@dataclass
class Layout:
    """
    Columns of a system that questions about many compositions share.

    Parameters
    ----------
    asked
        Compositions so far.
    free
        Columns without sodium.
    near
        Columns on the hull or so near to it that rounding decides.
    phases
        The phases of the columns.
    """

    asked: int = 0
    free: Columns | None = None
    near: Columns | None = None
    phases: NDArray[np.object_] | None = None


@dataclass(frozen=True, eq=False)
class System:
    """
    The ground phases of one chemical system, laid out for the simplex.

    Parameters
    ----------
    elements
        Elements of the rows, sorted; without sodium where that is open.
    amounts : shape (n_elements, n_phases)
        Amounts of the row elements per formula unit, divided by ``sizes``.
    energies : shape (n_phases,)
        eV per formula unit divided by ``sizes``.
    sodium : shape (n_phases,)
        Sodium exchanged with the reservoir per formula unit, divided by ``sizes``; zero where
        the system is closed.
    sizes : shape (n_phases,)
        Atoms in the rows per formula unit: the scale of each column.
    index : shape (n_phases,)
        Position of each column in the table.
    start : shape (n_elements,)
        Column of the reference phase of each row element.
    layout
        What is laid out once for many compositions.
    """

    elements: tuple[str, ...]
    amounts: NDArray[np.float64]
    energies: NDArray[np.float64]
    sodium: NDArray[np.float64]
    sizes: NDArray[np.float64]
    index: NDArray[np.intp]
    start: NDArray[np.intp]
    layout: Layout = field(default_factory=Layout, init=False)

    @classmethod
    def laid_out(
        cls,
        elements: tuple[str, ...],
        amounts: NDArray[np.float64],
        energies: NDArray[np.float64],
        sodium: NDArray[np.float64],
        index: NDArray[np.intp],
    ) -> System:
        """Scale phases, given per formula unit and in rows, by their atoms in the elements."""
        sizes = amounts.sum(axis=1)
        matrix = np.ascontiguousarray((amounts / sizes[:, None]).T)
        start = np.argmax(np.where(sodium == 0.0, matrix, 0.0), axis=1)
        return cls(elements, matrix, energies / sizes, sodium / sizes, sizes, index, start)

    def __post_init__(self) -> None:
        for array in vars(self).values():
            if isinstance(array, np.ndarray):
                array.setflags(write=False)
