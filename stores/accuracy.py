"""Stated errors of reference energies, with their sources; a user may give another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trona.screening.uncertainty import ErrorModel

if TYPE_CHECKING:
    from trona.screening.phases import EnergyScale

__all__ = ["CHGNET", "DFT", "Accuracy", "accuracy"]


@dataclass(frozen=True)
class Accuracy:
    """
    Errors of energies and where they are stated.

    Parameters
    ----------
    model
        The errors, eV.
    source
        Where they come from, in words.
    """

    model: ErrorModel
    source: str


DFT = Accuracy(
    ErrorModel(sigma=0.020),
    "PBE reaction energies of ternary from binary oxides scatter by 24 meV/atom about experiment "
    "(Hautier, Ong, Jain, Moore & Ceder, Phys. Rev. B 85 (2012) 155208), as 20 meV/atom in each of "
    "three compounds make it; taken for other anions too, and without the error of elements "
    "against compounds",
)
"""24 meV/atom over the root of 1 + 1/4 + 1/4: a ternary of two binaries in equal parts."""

CHGNET = Accuracy(
    ErrorModel(sigma=0.030, common=0.030),
    "CHGNet scatters about DFT by 23 meV/atom in each compound and 28 meV per atom of an element "
    "in all its compounds (docs/bundled-reference.md); the 20 meV/atom of DFT are added in squares",
)


def accuracy(scale: EnergyScale) -> Accuracy:
    """
    Errors stated for energies of a scale.

    Parameters
    ----------
    scale
        Of the reference energies.

    Returns
    -------
    Accuracy
        That of CHGNet for CHGNet; any other scale, a user's table among them, counts as DFT.
    """
    return CHGNET if scale.method.startswith("CHGNet") else DFT
