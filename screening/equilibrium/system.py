"""The phases of one chemical system as columns of a linear program."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Columns", "Layout", "System"]


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

    @classmethod
    def of(cls, system: System, at: NDArray[np.intp]) -> Columns:
        """Take columns of a system."""
        amounts = np.ascontiguousarray(system.amounts[:, at])
        return cls(at, amounts, system.energies[at], system.sodium[at])

    def find(self, columns: NDArray[np.intp]) -> NDArray[np.intp] | None:
        """Find columns of the system among these; None where one is missing."""
        found = np.searchsorted(self.at, columns)
        return found if (self.at.take(found, mode="clip") == columns).all() else None


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
    """

    asked: int = 0
    free: Columns | None = None
    near: Columns | None = None


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

    def __post_init__(self) -> None:
        for array in vars(self).values():
            if isinstance(array, np.ndarray):
                array.setflags(write=False)
