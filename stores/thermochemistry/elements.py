"""Free energies of the elements in their reference states: the zero of free energies of formation.

From NIST-JANAF if it lists the element, otherwise from the tables of Bartel et al., Nat. Commun. 9
(2018) 4168, as included in pymatgen. An element is solid below its melting point and liquid up to
its boiling point at 1 bar; phosphorus is black.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from trona.screening.errors import ChemicalSystemError

from .tables import element_series

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["element_increment", "elements_increment"]

_NODES = 3
"""Points of the parabola that interpolates the tables of Bartel et al., and extends them from 300
to 250 K."""


def elements_increment(amounts: Mapping[str, float], temperature: float) -> float:
    """
    Add up G(T) - H(298.15 K) of the elements of a composition.

    Parameters
    ----------
    amounts
        Element symbol to amount per formula unit.
    temperature
        K, in the range of the data.

    Returns
    -------
    float
        eV per formula unit.

    Raises
    ------
    ChemicalSystemError
        If an element has no data.
    """
    return sum(
        amount * element_increment(symbol, temperature) for symbol, amount in amounts.items()
    )


@cache
def element_increment(symbol: str, temperature: float) -> float:
    """
    Find G(T) - H(298.15 K) of an element.

    Parameters
    ----------
    symbol
        Of the element.
    temperature
        K, in the range of the data.

    Returns
    -------
    float
        eV per atom.

    Raises
    ------
    ChemicalSystemError
        If the element has no data.
    """
    series = element_series(symbol)
    found = None if series is None else series.increment(temperature)
    if series is not None and found is not None:
        return found / sum(series.amounts.values())
    return _estimated(symbol, temperature)


def _estimated(symbol: str, temperature: float) -> float:
    """Interpolate the tables of Bartel et al."""
    from pymatgen.entries.computed_entries import G_ELEMS  # noqa: PLC0415 (slow, rarely needed)

    known = sorted((float(t), row[symbol]) for t, row in G_ELEMS.items() if symbol in row)
    if not known:
        raise ChemicalSystemError(
            f"there are no free energies of the element {symbol}: leave its phases out, or stay at "
            "0 K."
        )
    near = sorted(known, key=lambda row: abs(row[0] - temperature))[:_NODES]
    places, values = np.array(near).T
    return float(
        sum(
            value * np.prod([(temperature - x) / (place - x) for x in places if x != place])
            for place, value in zip(places, values, strict=True)
        )
    )
