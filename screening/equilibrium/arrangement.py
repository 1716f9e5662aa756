"""Compositions as rows of a matrix, and the ordering of the phases in a table."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from trona.screening.errors import ChemicalSystemError
from trona.screening.formulas import fraction_code, fraction_codes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = [
    "PackedAmounts",
    "amounts_matrix",
    "arranged",
    "composition_key",
    "composition_keys",
    "table_order",
]

_ELEMENT = 2**32
"""What one element counts for in a key; the codes of fractions are smaller."""
_ABSENT = 2**63 - 1
"""Key behind the last element of a composition."""


@dataclass(frozen=True, eq=False)
class PackedAmounts:
    """
    Amounts of many phases, one after another.

    Parameters
    ----------
    elements
        By their columns.
    counts : shape (n_phases,)
        Elements of each phase.
    columns : shape (n_amounts,)
        Position of the element of each amount.
    values : shape (n_amounts,)
        Amounts per formula unit, those of a phase in the order of its formula.
    """

    elements: tuple[str, ...]
    counts: NDArray[np.intp]
    columns: NDArray[np.intp]
    values: NDArray[np.float64]

    @classmethod
    def of(cls, amounts: Sequence[Mapping[str, float]], elements: tuple[str, ...]) -> PackedAmounts:
        """
        Pack amounts.

        Parameters
        ----------
        amounts
            Element symbol to amount per formula unit, of each phase.
        elements
            That occur in them, and possibly others.
        """
        place = {symbol: at for at, symbol in enumerate(elements)}
        columns = map(place.__getitem__, chain.from_iterable(amounts))
        values = chain.from_iterable(one.values() for one in amounts)
        return cls(
            elements,
            np.fromiter(map(len, amounts), np.intp),
            np.fromiter(columns, np.intp),
            np.fromiter(values, np.float64),
        )

    def __len__(self) -> int:
        return len(self.counts)

    def __getitem__(self, at: int) -> dict[str, float]:
        inside = slice(int(self._ends[at]), int(self._ends[at + 1]))
        symbols = map(self.elements.__getitem__, self.columns[inside].tolist())
        return dict(zip(symbols, self.values[inside].tolist(), strict=True))

    def matrix(self) -> NDArray[np.float64]:
        """Write them as the rows of a matrix; shape (n_phases, n_elements)."""
        written = np.zeros((len(self), len(self.elements)))
        written[np.repeat(np.arange(len(self)), self.counts), self.columns] = self.values
        return written

    @cached_property
    def _ends(self) -> NDArray[np.intp]:
        """Where the amounts of each phase begin and end."""
        return np.concatenate([[0], np.cumsum(self.counts)])


def amounts_matrix(
    compositions: Sequence[Mapping[str, float]], elements: tuple[str, ...]
) -> NDArray[np.float64]:
    """
    Write compositions as rows.

    Parameters
    ----------
    compositions
        Element symbol to amount.
    elements
        Of the columns.

    Returns
    -------
    ndarray : shape (n_compositions, n_elements)
        Amounts.
    """
    return PackedAmounts.of(compositions, elements).matrix()


def composition_keys(amounts: NDArray[np.float64]) -> NDArray[np.int64]:
    """
    Sort keys of compositions: equal where these differ by a multiple only.

    Compared from the left they put most of the first element first, then most of the second, and
    so on. They are as many as the elements of one phase, not as those of all.

    Parameters
    ----------
    amounts : shape (n_compositions, n_elements)
        Amounts per formula unit.

    Returns
    -------
    ndarray : shape (n_compositions, n_keys)
        One key for each element that a composition holds.
    """
    rows, columns = np.nonzero(amounts)
    codes = fraction_codes(amounts[rows, columns] / amounts.sum(axis=1)[rows])
    counted = codes > 0  # less than a code tells apart is none
    rows, columns, codes = rows[counted], columns[counted], codes[counted]
    counts = np.bincount(rows, minlength=len(amounts))
    place = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    keys = np.full((len(amounts), int(counts.max(initial=0))), _ABSENT, dtype=np.int64)
    keys[rows, place] = (columns + 1) * _ELEMENT - codes
    return keys


def composition_key(amounts: Mapping[str, float], columns: Mapping[str, int], n_keys: int) -> bytes:
    """
    Sort key of one composition, as bytes of a row of `composition_keys`.

    Parameters
    ----------
    amounts
        Element symbol to amount, any multiple.
    columns
        Element symbol to column.
    n_keys
        Length of the row; a composition of more elements gets a longer one.

    Returns
    -------
    bytes
        Equal for compositions that differ by a multiple only.
    """
    total = sum(amounts.values())
    coded = sorted((columns[one], fraction_code(x / total)) for one, x in amounts.items())
    keys = [(column + 1) * _ELEMENT - code for column, code in coded if code]
    return array("q", [*keys, *([_ABSENT] * (n_keys - len(keys)))]).tobytes()


def table_order(
    keys: NDArray[np.int64], per_atom: NDArray[np.float64], names: Sequence[str]
) -> NDArray[np.intp]:
    """
    Order by composition, then energy; by name only where those are equal, since it is slow.

    Parameters
    ----------
    keys : shape (n_phases, n_keys)
        Of `composition_keys`.
    per_atom : shape (n_phases,)
        Energies, eV per atom.
    names
        One for each phase, all different.

    Returns
    -------
    ndarray : shape (n_phases,)
        Positions in their order.
    """
    order = np.lexsort((per_atom, *keys.T[::-1]))
    alike = (np.diff(per_atom[order]) == 0.0) & (np.diff(keys[order], axis=0) == 0).all(axis=1)
    if not alike.any():
        return order
    places = np.argsort(np.argsort(names))
    return np.lexsort((places, per_atom, *keys.T[::-1]))


def arranged(
    amounts: NDArray[np.float64],
    energies: NDArray[np.float64],
    elements: Sequence[str],
    names: Sequence[str],
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """
    Order the phases of a table, and find the lowest of each composition.

    Parameters
    ----------
    amounts : shape (n_phases, n_elements)
        Amounts per formula unit.
    energies : shape (n_phases,)
        eV per formula unit.
    elements
        Of the columns.
    names
        As of `table_order`.

    Returns
    -------
    tuple of ndarray
        Positions in their order, and in this order those of the lowest of each composition.

    Raises
    ------
    ChemicalSystemError
        If an element has no phase of its own.
    """
    keys = composition_keys(amounts)
    order = table_order(keys, energies / amounts.sum(axis=1), names)
    keys = keys[order]
    first = np.ones(len(keys), dtype=bool)
    first[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    held = amounts > 0
    missing = ~held[held.sum(axis=1) == 1].any(axis=0)
    if missing.any():
        absent = ", ".join(elements[at] for at in np.flatnonzero(missing).tolist())
        raise ChemicalSystemError(f"no reference phase for {absent}: add it to the energies.")
    return order, np.flatnonzero(first)
