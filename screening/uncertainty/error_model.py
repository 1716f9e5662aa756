"""Errors of formation energies: one per class of compounds, and a shared one per element."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from trona.screening.errors import InputError
from trona.screening.units import require_small_energy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["CLASSES", "ErrorModel", "anion_class"]

_ANIONS = {
    "oxide or oxysulfide": {"O"},
    "halide": {"F", "Cl", "Br", "I"},
    "sulfide": {"S"},
    "selenide": {"Se"},
    "hydride or hydroborate": {"H"},
}
_OTHER = "intermetallic or pnictide"
CLASSES = (*_ANIONS, _OTHER)
"""By the anion, in the order in which compounds are told apart."""


def anion_class(amounts: Mapping[str, float]) -> str | None:
    """
    Name the class that the error of a compound belongs to.

    Parameters
    ----------
    amounts
        Element symbol to amount per formula unit.

    Returns
    -------
    str or None
        One of `CLASSES`; None for an element, the zero of formation energies.
    """
    if len(amounts) == 1:
        return None
    for name, anions in _ANIONS.items():
        if not anions.isdisjoint(amounts):
            return name
    return _OTHER


@dataclass(frozen=True)
class ErrorModel:
    """
    Errors of formation energies, normally distributed; elements have none.

    Parameters
    ----------
    sigma
        Standard deviation of the part that is independent for each compound, eV/atom.
    common
        Standard deviation of the part that compounds of an element share, eV per atom of it.
    by_class
        Class of compounds (`CLASSES`) to what stands for it in place of ``sigma``, eV/atom.
    seen
        Elements of the compounds on which the errors were measured; all where empty.
    unseen
        What the independent part is at least for a compound of another element, eV/atom.

    Raises
    ------
    InputError
        If one is negative or not finite, or a class does not exist.
    """

    sigma: float
    common: float = 0.0
    by_class: Mapping[str, float] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()
    unseen: float = 0.0

    def __post_init__(self) -> None:
        for name in self.by_class:
            if name not in CLASSES:
                raise InputError(f"{name!r} is not a class of compounds: {', '.join(CLASSES)}.")
        stated = {"sigma": self.sigma, "common": self.common, "unseen": self.unseen}
        for name, value in (stated | dict(self.by_class)).items():
            require_small_energy(value, name)

    def own(self, amounts: Mapping[str, float]) -> float:
        """
        Find the standard deviation of the independent part of a composition's error.

        Parameters
        ----------
        amounts
            Element symbol to amount per formula unit.

        Returns
        -------
        float
            eV/atom; 0 for an element.
        """
        name = anion_class(amounts)
        if name is None:
            return 0.0
        usual = self.by_class.get(name, self.sigma)
        return max(usual, self.unseen) if self.strange(amounts) else usual

    def own_of_each(
        self, amounts: NDArray[np.float64], elements: Sequence[str]
    ) -> NDArray[np.float64]:
        """
        Find what `own` gives for each of many compositions.

        Parameters
        ----------
        amounts : shape (n_compositions, n_elements)
            Amounts per formula unit.
        elements
            Symbols of the columns.

        Returns
        -------
        ndarray : shape (n_compositions,)
            eV/atom; 0 for elements.
        """
        there = amounts > 0
        found = np.full(len(amounts), self.by_class.get(_OTHER, self.sigma))
        for name, anions in reversed(_ANIONS.items()):  # the first class that fits is what counts
            for column, symbol in enumerate(elements):
                if symbol in anions:
                    found[there[:, column]] = self.by_class.get(name, self.sigma)
        for symbol in self.strange(elements):
            rows = there[:, elements.index(symbol)]
            found[rows] = np.maximum(found[rows], self.unseen)
        found[there.sum(axis=1) == 1] = 0.0
        return found

    def strange(self, symbols: Iterable[str]) -> list[str]:
        """
        Find elements without a measured error for their compounds.

        Parameters
        ----------
        symbols
            Element symbols.

        Returns
        -------
        list of str
            In alphabetical order.
        """
        return sorted(set(symbols) - self.seen) if self.seen else []
