"""Free energies of solids without measurements, estimated from volume and atomic masses.

G(T) - H(298.15 K) per atom = (-2.48e-4 ln V - 8.94e-5 m/V) T + 0.181 ln T - 0.882 eV, V in Å³ per
atom, m the reduced mass in amu (Bartel et al., Nat. Commun. 9 (2018) 4168, equations 4 and 6).
Fitted to solids between 300 and 1,800 K.
"""

from __future__ import annotations

from itertools import combinations
from math import log
from typing import TYPE_CHECKING

from trona.screening.errors import ChemicalSystemError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["estimated_increment", "reduced_mass"]


def estimated_increment(
    amounts: Mapping[str, float], temperature: float, volume_per_atom: float
) -> float:
    """
    Estimate G(T) - H(298.15 K) of a solid compound.

    Parameters
    ----------
    amounts
        Element symbol to amount per formula unit.
    temperature
        K.
    volume_per_atom
        Å³.

    Returns
    -------
    float
        eV per atom.
    """
    linear = -2.48e-4 * log(volume_per_atom) - 8.94e-5 * reduced_mass(amounts) / volume_per_atom
    return linear * temperature + 0.181 * log(temperature) - 0.882


def reduced_mass(amounts: Mapping[str, float]) -> float:
    """
    Average the reduced masses of all pairs of elements, by their amounts.

    Parameters
    ----------
    amounts
        Element symbol to amount, of two elements or more.

    Returns
    -------
    float
        amu.

    Raises
    ------
    ChemicalSystemError
        If there is only one element.
    """
    from pymatgen.core import Element  # noqa: PLC0415 (slow, not always needed)

    if len(amounts) < 2:
        raise ChemicalSystemError(f"{'-'.join(amounts)} is an element: it needs no estimate.")
    masses = {symbol: float(Element(symbol).atomic_mass) for symbol in amounts}
    pairs = sum(
        (amounts[a] + amounts[b]) * masses[a] * masses[b] / (masses[a] + masses[b])
        for a, b in combinations(amounts, 2)
    )
    return pairs / ((len(amounts) - 1) * sum(amounts.values()))
