"""Disordered sites of a supercell: the species allowed on each, and their energies.

A configuration is an array with one code for each disordered site; the code denotes a species.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial, prod
from typing import TYPE_CHECKING

import numpy as np
from pymatgen.analysis.ewald import EwaldSummation
from pymatgen.core import Element, Species, Structure
from pymatgen.symmetry.analyzer import SpacegroupAnalyzer

from trona.workflows.candidates.structure_checks import close_pairs

from .supercells import VACANCY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from .supercells import Filling, Sublattice

__all__ = ["Interaction", "SiteModel", "electrostatics", "overlaps", "permutations"]

_PROPERTY = "sublattice"
_POSITION_TOLERANCE = 0.1
"""Å; sites that a symmetry operation maps this close are one."""
_LABELS = tuple(one for one in Element if not one.is_noble_gas)
"""Stand for sublattices where only equality matters."""
_OVERLAP_COST = 1e4
"""eV for atoms on two sites of one split atom: never worth it."""


@dataclass(frozen=True, eq=False)
class SiteModel:
    """
    A supercell with sites to fill.

    Parameters
    ----------
    cell
        All sites of the supercell.
    species
        Species of each code; vacancies are one of them.
    sites : shape (n,)
        Indices of the disordered sites in the cell.
    blocks
        For each sublattice, positions in ``sites`` and how often each code is to stand there.
    """

    cell: Structure
    species: tuple[str, ...]
    sites: NDArray[np.int64]
    blocks: tuple[tuple[NDArray[np.int64], dict[int, int]], ...]

    @classmethod
    def of(
        cls,
        structure: Structure,
        parts: Sequence[Sublattice],
        filling: Filling,
        matrix: NDArray[np.int64],
    ) -> SiteModel:
        """
        Build the model of a structure.

        Parameters
        ----------
        structure
            Partly occupied.
        parts
            Its sublattices.
        filling
            Whole numbers of atoms on each.
        matrix : shape (3, 3)
            Vectors of the supercell in those of the structure.
        """
        cell = structure.copy(site_properties={_PROPERTY: [0] * len(structure)})
        for number, part in enumerate(parts):
            for index in part.sites:
                cell[index].properties[_PROPERTY] = number
        cell.make_supercell(matrix)
        labels = np.array([site.properties[_PROPERTY] for site in cell])
        species = tuple(dict.fromkeys(name for part in parts for name, _ in part.occupancies))
        sites: list[int] = []
        blocks = []
        for number, (part, counts) in enumerate(zip(parts, filling.counts, strict=True)):
            if part.disordered:
                indices = np.flatnonzero(labels == number)
                positions = np.arange(len(sites), len(sites) + len(indices))
                sites += indices.tolist()
                codes = {species.index(name): n for name, n in counts.items() if n > 0}
                blocks.append((positions, codes))
        return cls(cell, species, np.array(sites, dtype=np.int64), tuple(blocks))

    @property
    def possible(self) -> int:
        """Number of configurations, symmetry not considered."""
        return prod(
            factorial(len(positions)) // prod(factorial(n) for n in counts.values())
            for positions, counts in self.blocks
        )

    def build(self, configuration: NDArray[np.int8]) -> Structure:
        """
        Make the structure of a configuration.

        Parameters
        ----------
        configuration : shape (n,)
            Code of each disordered site.

        Returns
        -------
        pymatgen.core.Structure
            Vacancies left out, sorted by element.
        """
        names = {
            int(at): self.species[code] for at, code in zip(self.sites, configuration, strict=True)
        }
        kept = [
            (names.get(index) or site.species_string, site.frac_coords % 1.0)
            for index, site in enumerate(self.cell)
            if names.get(index) != VACANCY
        ]
        built = Structure(self.cell.lattice, [name for name, _ in kept], [x for _, x in kept])
        return built.get_sorted_structure()


@dataclass(frozen=True, eq=False)
class Interaction:
    """
    A pairwise energy: Σ v_i A_ij v_j + 2 Σ b_i v_i + c, where v is the value of the code on a site.

    Parameters
    ----------
    pair : shape (n, n), eV
        A, symmetric.
    single : shape (n,), eV
        b, from the sites that are full.
    constant : eV
        c, of these sites among themselves.
    values : shape (n_codes,)
        v of each code.
    """

    pair: NDArray[np.float64]
    single: NDArray[np.float64]
    constant: float
    values: NDArray[np.float64]

    def energies(self, configurations: NDArray[np.int8]) -> NDArray[np.float64]:
        """
        Energies of configurations.

        Parameters
        ----------
        configurations : shape (n_configurations, n)
            Codes.

        Returns
        -------
        ndarray : shape (n_configurations,), eV per cell
        """
        values = self.values[configurations]
        total = np.einsum("ci,ci->c", values @ self.pair + 2.0 * self.single, values)
        return np.asarray(total + self.constant)

    def exchanges(self, configuration: NDArray[np.int8]) -> NDArray[np.float64]:
        """
        Energy change when two sites exchange their species.

        Parameters
        ----------
        configuration : shape (n,)
            Codes.

        Returns
        -------
        ndarray : shape (n, n), eV
        """
        values = self.values[configuration]
        field = self.pair @ values + self.single
        step = values[None, :] - values[:, None]
        own = np.diag(self.pair)
        stiffness = own[:, None] + own[None, :] - 2.0 * self.pair
        return np.asarray(2.0 * step * (field[:, None] - field[None, :]) + step**2 * stiffness)


def electrostatics(model: SiteModel, charges: Mapping[str, float]) -> Interaction:
    """
    Coulomb energy of formal charges.

    Parameters
    ----------
    model
        Sites to fill.
    charges
        Charge of each species.

    Returns
    -------
    Interaction
        From one Ewald sum over unit charges on all sites (P. P. Ewald, Ann. Phys. 369 (1921) 253).
    """
    unit = Structure(
        model.cell.lattice, [Species("H", 1)] * len(model.cell), model.cell.frac_coords
    )
    matrix = EwaldSummation(unit).total_energy_matrix  # type: ignore[no-untyped-call]
    fixed = np.setdiff1d(np.arange(len(model.cell)), model.sites)
    held = np.array([charges[model.cell[int(index)].species_string] for index in fixed])
    return Interaction(
        pair=matrix[np.ix_(model.sites, model.sites)],
        single=matrix[np.ix_(model.sites, fixed)] @ held,
        constant=float(held @ matrix[np.ix_(fixed, fixed)] @ held),
        values=np.array([charges[name] if name else 0.0 for name in model.species]),
    )


def overlaps(model: SiteModel) -> Interaction:
    """
    Cost of atoms on sites that lie too close together, as those of a split atom do.

    Parameters
    ----------
    model
        Sites to fill.

    Returns
    -------
    Interaction
        Zero without overlap.
    """
    place = np.full(len(model.cell), -1)
    place[model.sites] = np.arange(len(model.sites))
    first, second, _ = close_pairs(model.cell)
    inside = (place[first] >= 0) & (place[second] >= 0)
    pair = np.zeros((len(model.sites), len(model.sites)))
    pair[place[first[inside]], place[second[inside]]] = _OVERLAP_COST / 2.0
    np.fill_diagonal(pair, 0.0)
    return Interaction(
        pair=pair,
        single=np.zeros(len(model.sites)),
        constant=0.0,
        values=np.array([1.0 if name else 0.0 for name in model.species]),
    )


def permutations(model: SiteModel) -> NDArray[np.int64]:
    """
    Symmetry operations of the unfilled supercell, as permutations of the disordered sites.

    Parameters
    ----------
    model
        Sites to fill.

    Returns
    -------
    ndarray : shape (n_operations, n)
        Distinct ones; the identity is among them.
    """
    cell, sites = model.cell, model.sites
    if not len(sites):
        return np.zeros((1, 0), dtype=np.int64)
    labels = [_LABELS[site.properties[_PROPERTY]] for site in cell]
    labelled = Structure(cell.lattice, labels, cell.frac_coords)
    symmetry = SpacegroupAnalyzer(labelled, symprec=_POSITION_TOLERANCE)
    positions = cell.frac_coords[sites]
    found = [np.arange(len(sites))]
    for operation in symmetry.get_symmetry_operations():
        moved = positions @ operation.rotation_matrix.T + operation.translation_vector
        difference = moved[:, None, :] - positions[None, :, :]
        difference -= np.rint(difference)
        distances = np.linalg.norm(difference @ cell.lattice.matrix, axis=2)
        image = distances.argmin(axis=1)
        if distances.min(axis=1).max() > 2 * _POSITION_TOLERANCE:
            continue  # an operation of too coarse a tolerance
        found.append(image)
    return np.unique(np.array(found), axis=0)
