"""Compositions as rows of a matrix, and the ordering of the phases in a table."""

from __future__ import annotations

from array import array
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from trona.screening.errors import ChemicalSystemError
from trona.screening.formulas import fraction_code, fraction_codes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["amounts_matrix", "arranged", "composition_key", "composition_keys", "table_order"]

_ELEMENT = 2**32
"""What one element counts for in a key; the codes of fractions are smaller."""
_ABSENT = 2**63 - 1
"""Key behind the last element of a composition."""


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
    column = {symbol: position for position, symbol in enumerate(elements)}
    matrix = np.zeros((len(compositions), len(elements)))
    rows = np.repeat(np.arange(len(compositions)), list(map(len, compositions)))
    columns = map(column.__getitem__, chain.from_iterable(compositions))
    values = chain.from_iterable(one.values() for one in compositions)
    matrix[rows, np.fromiter(columns, np.intp)] = np.fromiter(values, np.float64)
    return matrix


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
