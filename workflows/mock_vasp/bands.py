"""Invented band structures of mock VASP: a gap from electronegativities, or metallic bands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .model import band_gap

if TYPE_CHECKING:
    from .inputs import Inputs

__all__ = ["NOTE", "Bands", "make_bands"]

NOTE = "MOCK of VASP made by trona: no quantum mechanics, energies mean nothing"

Floats = NDArray[np.float64]

_POINTS = ((0.0, 0.0, 0.0), (0.5, 0.0, 0.0), (0.5, 0.5, 0.0), (0.5, 0.5, 0.5))
"""Eigenvalues are written at up to four points, however fine the mesh."""
_SPACING, _DISPERSION = 0.5, 0.6
"""eV between bands, and by which they move from point to point."""


@dataclass(frozen=True, eq=False)
class Bands:
    """
    Eigenvalues of a run.

    Parameters
    ----------
    points
        k-points at which they are written, fractional.
    eigenvalues
        Shape (spins, points, bands), eV.
    occupations
        Same shape, 0 to 1.
    fermi
        Fermi level, eV.
    n_electrons
        In the cell.
    moment
        Magnetic moment of the cell, Bohr magnetons.
    gap
        eV, zero for a metal.
    """

    points: tuple[tuple[float, float, float], ...]
    eigenvalues: Floats
    occupations: Floats
    fermi: float
    n_electrons: float
    moment: float
    gap: float

    @property
    def n_bands(self) -> int:
        """Bands per spin."""
        return int(self.eigenvalues.shape[2])


def make_bands(inputs: Inputs) -> Bands:
    """
    Make bands up.

    Parameters
    ----------
    inputs
        What a run is given; elements, electrons, ISPIN, NBANDS and mesh are used.

    Returns
    -------
    Bands
        An odd electron is a moment with ISPIN = 2, and makes a metal without.
    """
    electrons, n_atoms = inputs.n_electrons, len(inputs.crystal.symbols)
    gap = band_gap(inputs.crystal.symbols)
    odd = round(electrons) % 2 == 1
    spins = 2 if inputs.incar.spins == 2 else 1
    if odd and spins == 1:
        gap = 0.0
    default = max(int(electrons + 2) // 2 + max(n_atoms // 2, 3), int(0.6 * electrons))
    n_bands = max(int(inputs.incar.number("NBANDS", default)), int(electrons) // 2 + 2)
    points = _POINTS[: max(1, min(len(_POINTS), inputs.mesh.n_points))]
    moment = 1.0 if odd and spins == 2 and gap else 0.0
    filled = [round((electrons + sign * moment) / 2) for sign in (1, -1)[:spins]]
    values = np.stack([_levels(len(points), n_bands, count, gap) for count in filled])
    # A metal's crossing bands are half filled at every point: a filling that falls with energy
    # would leave a gap between the discrete levels, and the readers of VASP would report it.
    half = 0 if gap else 1
    numbers = np.arange(n_bands)
    filling = [
        np.where(numbers < count - half, 1.0, np.where(numbers < count + half, 0.5, 0.0))
        for count in filled
    ]
    occupations = np.repeat(np.stack(filling)[:, None, :], len(points), axis=1)
    fermi = gap / 2
    return Bands(points, values, occupations, fermi, electrons, moment, gap)


def _levels(n_points: int, n_bands: int, filled: int, gap: float) -> Floats:
    """Place bands of one spin: valence bands up to zero, the others from the gap on."""
    numbers = np.arange(n_bands)
    below = -_SPACING * (filled - 1 - numbers)
    levels = np.where(numbers < filled, below, gap + _SPACING * (numbers - filled))
    shifts = np.linspace(0.0, _DISPERSION, n_points)[:, None]
    if gap:
        return levels[None, :] + np.where(numbers < filled, -shifts, shifts)
    if n_points == 1:
        return levels[None, :] + np.where(numbers <= filled, _DISPERSION, 0.0)
    return levels[None, :] - _DISPERSION / 2 + shifts
