"""The phases of one chemical system as columns of a linear program; arrays only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["System"]


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
    """

    elements: tuple[str, ...]
    amounts: NDArray[np.float64]
    energies: NDArray[np.float64]
    sodium: NDArray[np.float64]
    sizes: NDArray[np.float64]
    index: NDArray[np.intp]
    start: NDArray[np.intp]

    def __post_init__(self) -> None:
        for array in vars(self).values():
            if isinstance(array, np.ndarray):
                array.setflags(write=False)
