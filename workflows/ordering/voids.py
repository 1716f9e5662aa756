"""Positions for an additional atom in a structure: the largest empty spheres."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import Voronoi

from trona.screening.errors import StructureInputError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pymatgen.core import Structure

__all__ = ["find_voids"]

_SMALLEST_RADIUS = 1.8
"""Å from the centre of a void to the nearest atom: less is no room for Na⁺ (Na–O is 2.4 Å)."""
_SPREAD = 0.15
"""Å; voids smaller than the largest by more than this are left out."""
_MERGE = 0.5
"""Å; vertices closer than this are one void."""
_EDGE = 1e-6


def find_voids(structure: Structure) -> NDArray[np.float64]:
    """
    Find the largest empty spheres between the atoms of a structure.

    Parameters
    ----------
    structure
        Ordered.

    Returns
    -------
    ndarray : shape (n_voids, 3)
        Fractional coordinates, the largest void first; those within 0.15 Å of it.

    Raises
    ------
    StructureInputError
        If there is no room.
    """
    lattice = structure.lattice
    images = np.array(list(product(range(-2, 3), repeat=3)))
    points = (structure.frac_coords % 1.0)[None, :, :] + images[:, None, :]
    vertices = Voronoi(points.reshape(-1, 3) @ lattice.matrix).vertices
    places = lattice.get_fractional_coords(vertices)
    places = places[np.all((places > -_EDGE) & (places < 1.0 - _EDGE), axis=1)]
    radii = lattice.get_all_distances(places, structure.frac_coords).min(axis=1)
    if not len(radii) or radii.max() < _SMALLEST_RADIUS:
        room = max(radii, default=0.0)
        raise StructureInputError(
            f"{structure.composition.reduced_formula} has no room for another atom (the largest "
            f"void is {room:.2f} Å from the nearest): choose another parent structure."
        )
    wide = radii > max(_SMALLEST_RADIUS, radii.max() - _SPREAD)
    places, radii = places[wide], radii[wide]
    order = np.lexsort((*np.round(places, 4).T[::-1], -np.round(radii, 3)))
    kept: list[int] = []
    for index in order:
        near = lattice.get_all_distances(places[index], places[kept]) if kept else np.array([9.0])
        if near.min() > _MERGE:
            kept.append(int(index))
    return np.asarray(places[kept])
