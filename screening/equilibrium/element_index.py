"""Index of phases by element, which finds a chemical system without scanning all phases."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["ElementIndex"]

_WORD = 64
"""Elements that one word of a mask holds."""


@dataclass(frozen=True, eq=False)
class ElementIndex:
    """
    Phases sorted by chemical system, with a mask of elements for each system.

    Build it with `ElementIndex.of`.

    Parameters
    ----------
    masks : shape (n_systems, n_words)
        A bit for each element that the phases of a system hold.
    ends : shape (n_systems + 1,)
        Where the phases of each system begin and end in ``rows``.
    rows : shape (n_phases,)
        Positions of the phases, those of a system ascending.
    """

    masks: NDArray[np.uint64]
    ends: NDArray[np.intp]
    rows: NDArray[np.intp]

    @classmethod
    def of(cls, amounts: NDArray[np.float64]) -> ElementIndex:
        """
        Sort phases by their elements.

        Parameters
        ----------
        amounts : shape (n_phases, n_elements)
            Amounts per formula unit.

        Returns
        -------
        ElementIndex
            Of all of them.
        """
        masks = _masks(amounts > 0)
        order = np.lexsort(masks.T)
        masks = masks[order]
        first = np.ones(len(masks), dtype=bool)
        first[1:] = (masks[1:] != masks[:-1]).any(axis=1)
        begins = np.flatnonzero(first)
        return cls(masks[begins], np.append(begins, len(masks)), order)

    def __len__(self) -> int:
        return len(self.masks)

    def exactly(self, columns: Sequence[int]) -> NDArray[np.intp]:
        """
        Phases that contain exactly these elements.

        Parameters
        ----------
        columns
            Positions of the elements.

        Returns
        -------
        ndarray : shape (n_found,)
            Positions of the phases, ascending.
        """
        at = self._numbers.get(self._mask(columns).tobytes())
        if at is None:
            return np.empty(0, dtype=np.intp)
        return self.rows[self.ends[at] : self.ends[at + 1]]

    @cached_property
    def _words(self) -> NDArray[np.uint64]:
        """The masks word by word, which is sooner gone through."""
        return np.ascontiguousarray(self.masks.T)

    @cached_property
    def _numbers(self) -> dict[bytes, int]:
        """Number of each system by its mask."""
        return {mask.tobytes(): at for at, mask in enumerate(self.masks)}

    def within(self, columns: Sequence[int]) -> NDArray[np.intp]:
        """
        Phases of a chemical system and its sub-systems.

        Parameters
        ----------
        columns
            Positions of the elements.

        Returns
        -------
        ndarray : shape (n_found,)
            Positions of the phases, ascending; read-only. Asked twice in a row, found once.
        """
        asked = tuple(sorted(columns))
        found = self._last.get(asked)
        if found is None:
            inside = np.ones(len(self), dtype=bool)
            for word, other in zip(self._words, ~self._mask(columns)[0], strict=True):
                inside &= (word & other) == 0
            found = self._of_systems(inside)
            found.setflags(write=False)
            self._last.clear()
            self._last[asked] = found
        return found

    @cached_property
    def _last(self) -> dict[tuple[int, ...], NDArray[np.intp]]:
        """What `within` has found last: a system is laid out open and closed in a row."""
        return {}

    def holding(self, columns: Sequence[int]) -> NDArray[np.intp]:
        """
        Phases that contain all of these elements, and possibly others.

        Parameters
        ----------
        columns
            Positions of the elements.

        Returns
        -------
        ndarray : shape (n_found,)
            Positions of the phases, ascending.
        """
        return self._of_systems(np.logical_not((self._mask(columns) & ~self.masks).any(axis=1)))

    def _of_systems(self, found_in: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Gather the phases of some systems."""
        chosen = np.flatnonzero(found_in)
        ends = zip(self.ends[chosen].tolist(), self.ends[chosen + 1].tolist(), strict=True)
        found = [self.rows[begin:end] for begin, end in ends]
        return np.sort(np.concatenate(found)) if found else np.empty(0, dtype=np.intp)

    def joined(self, first: int, second: int) -> int:
        """
        Count the phases that hold both of two elements.

        Parameters
        ----------
        first, second
            Positions of the elements.
        """
        pair = (first, second)
        if pair not in self._joined:
            both = self._held[first] & self._held[second]
            self._joined[pair] = int(np.diff(self.ends)[both].sum())
        return self._joined[pair]

    @cached_property
    def _held(self) -> NDArray[np.bool_]:
        """Which systems hold an element; shape (n_elements or more, n_systems)."""
        bits = np.unpackbits(self.masks.view(np.uint8), axis=1)
        return np.ascontiguousarray(bits.T).astype(bool)

    @cached_property
    def _joined(self) -> dict[tuple[int, int], int]:
        """What `joined` has counted."""
        return {}

    def _mask(self, columns: Sequence[int]) -> NDArray[np.uint64]:
        """Set the bits of some elements."""
        asked = np.zeros((1, self.masks.shape[1] * _WORD), dtype=bool)
        asked[0, list(columns)] = True
        return _masks(asked)


def _masks(held: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Pack which elements are held into words; shape (n_phases, n_words)."""
    n_words = -(-held.shape[1] // _WORD)
    bits = np.zeros((len(held), n_words * _WORD), dtype=bool)
    bits[:, : held.shape[1]] = held
    return np.packbits(bits, axis=1).view(np.uint64)
