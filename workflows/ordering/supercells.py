"""Supercells in which a partly occupied structure has whole atoms.

The size is bounded, so a composition is met exactly if possible, and otherwise within a stated
tolerance; the deviation is part of the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from itertools import product
from math import ceil, floor, gcd, inf
from typing import TYPE_CHECKING

import numpy as np
from monty.json import MSONable

from trona.screening.errors import StructureInputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from pymatgen.core import Lattice, Structure

__all__ = [
    "VACANCY",
    "Bounds",
    "Filling",
    "Sublattice",
    "compact_supercell",
    "fill",
    "formula_units",
    "sublattices",
]

VACANCY = ""
"""Stands for an empty site among the species of a sublattice."""

_OCCUPANCY_DIGITS = 3
"""Occupancies equal to this many digits make one sublattice."""
_EXACT = 1e-6
"""Deviations below this (atoms per formula unit) are rounding."""
_CHARGE_TOLERANCE = 1e-6
_MOST_COMBINATIONS = 20_000
"""Ways of rounding the sublattices that are compared for one size of the cell, at most."""


@dataclass(frozen=True)
class Bounds(MSONable):
    """
    How large a model may be, and how near to the composition it must come.

    Parameters
    ----------
    max_atoms
        Atoms per cell, at most.
    min_atoms
        Atoms per cell, at least: a tiny cell repeats one arrangement.
    tolerance
        Deviation of any element, in atoms per formula unit, that a smaller cell may have where
        no allowed cell is exact.
    """

    max_atoms: int = 144
    min_atoms: int = 24
    tolerance: float = 0.01


@dataclass(frozen=True)
class Sublattice:
    """
    Sites that share one set of partial occupancies.

    Parameters
    ----------
    sites
        Indices in the structure.
    occupancies
        Species to occupancy; they add up to 1, vacancies included.
    """

    sites: tuple[int, ...]
    occupancies: tuple[tuple[str, float], ...]

    @property
    def disordered(self) -> bool:
        """Whether there is anything to order."""
        return len(self.occupancies) > 1


@dataclass(frozen=True, eq=False)
class Filling:
    """
    Whole numbers of atoms on the sublattices of a supercell.

    Parameters
    ----------
    cells
        Cells of the structure in the supercell.
    counts
        For each sublattice, species to number of atoms in the supercell, vacancies included.
    deviation
        Largest difference to the asked composition, atoms per formula unit.
    """

    cells: int
    counts: tuple[dict[str, int], ...]
    deviation: float

    def count(self, weights: Mapping[str, int]) -> int:
        """
        Count the atoms of the supercell.

        Parameters
        ----------
        weights
            Atoms that each species stands for.

        Returns
        -------
        int
            Vacancies have the weight 0.
        """
        return sum(weights[name] * n for part in self.counts for name, n in part.items())


def sublattices(structure: Structure) -> tuple[Sublattice, ...]:
    """
    Group the sites of a structure by their occupancies.

    Parameters
    ----------
    structure
        Any structure; elements without oxidation states, or dummy species.

    Returns
    -------
    tuple of Sublattice
        In the order of their first site; full sites of one species make one of them.
    """
    groups: dict[tuple[tuple[str, float], ...], list[int]] = {}
    for index, site in enumerate(structure):
        shares = {str(one): round(float(x), _OCCUPANCY_DIGITS) for one, x in site.species.items()}
        empty = round(1.0 - sum(shares.values()), _OCCUPANCY_DIGITS)
        if empty > 0:
            shares[VACANCY] = empty
        groups.setdefault(tuple(sorted(shares.items())), []).append(index)
    found = []
    for shares_key, sites in groups.items():
        names = [name for name, _ in shares_key]
        exact = _mean_occupancies(structure, sites, names)
        found.append(Sublattice(tuple(sites), exact))
    return tuple(found)


def _mean_occupancies(
    structure: Structure, sites: Sequence[int], names: Sequence[str]
) -> tuple[tuple[str, float], ...]:
    """Average the unrounded occupancies of the sites of a group."""
    totals = dict.fromkeys(names, 0.0)
    for index in sites:
        for one, share in structure[index].species.items():
            totals[str(one)] += float(share)
    shares = {name: total / len(sites) for name, total in totals.items()}
    if VACANCY in shares:
        shares[VACANCY] = 1.0 - sum(share for name, share in shares.items() if name != VACANCY)
    return tuple(shares.items())


def formula_units(parts: Sequence[Sublattice]) -> int:
    """
    Guess the formula units per cell: the greatest common divisor of the numbers of sites.

    Parameters
    ----------
    parts
        Sublattices of a structure.

    Returns
    -------
    int
        At least 1.
    """
    return reduce(gcd, (len(part.sites) for part in parts))


def fill(
    parts: Sequence[Sublattice],
    units: float,
    charges: Mapping[str, float] | None,
    bounds: Bounds,
    cells: int | None = None,
    atoms: Mapping[str, int] | None = None,
) -> Filling:
    """
    Choose the size of the supercell and the whole numbers of atoms in it.

    The smallest cell that meets the composition exactly is taken; where the largest allowed cell
    cannot, the smallest within the tolerance; else the nearest of all.

    Parameters
    ----------
    parts
        Sublattices of the structure.
    units
        Formula units per cell of the structure.
    charges
        Charge of each species; the filling is neutral. None where they are unknown.
    bounds
        Limits of size and deviation.
    cells
        Cells of the structure in the supercell, where that is decided already.
    atoms
        Atoms that a species stands for; one where it is not named.

    Returns
    -------
    Filling
        The chosen one.

    Raises
    ------
    StructureInputError
        If no neutral filling fits within the largest allowed cell.
    """
    weights = {name: (atoms or {}).get(name, 1) for part in parts for name, _ in part.occupancies}
    weights[VACANCY] = 0
    present = sum(
        len(part.sites) * share * weights[name]
        for part in parts
        for name, share in part.occupancies
    )
    smallest = max(1, ceil(bounds.min_atoms / max(present, 1e-9) - _EXACT))
    largest = max(smallest, floor(bounds.max_atoms / max(present, 1e-9) + _EXACT))
    sizes = range(smallest, largest + 1) if cells is None else range(cells, cells + 1)
    found = [best for size in sizes if (best := _best(parts, size, units, charges))]
    found = [filling for filling in found if filling.count(weights) <= bounds.max_atoms]
    if not found:
        raise StructureInputError(
            f"no neutral cell of this composition has {bounds.max_atoms} atoms or fewer: "
            "allow more atoms, or check amounts and occupancies."
        )
    for limit in (_EXACT, bounds.tolerance):
        near = [filling for filling in found if filling.deviation <= limit]
        if near:
            return near[0]
    return min(found, key=lambda filling: filling.deviation)


def _best(
    parts: Sequence[Sublattice],
    cells: int,
    units: float,
    charges: Mapping[str, float] | None,
) -> Filling | None:
    """Find the filling of a supercell of given size that is nearest to the composition."""
    best, deviation = None, inf
    for counts in _combinations(parts, cells):
        if charges is not None:
            charge = sum(charges[name] * n for part in counts for name, n in part.items() if name)
            if abs(charge) > _CHARGE_TOLERANCE:
                continue
        away = _deviation(parts, counts, cells, units)
        if away < deviation - _EXACT:
            best, deviation = counts, away
    return None if best is None else Filling(cells, best, 0.0 if deviation < _EXACT else deviation)


def _combinations(parts: Sequence[Sublattice], cells: int) -> Iterator[tuple[dict[str, int], ...]]:
    """Round every sublattice up or down in each possible way, the nearest first.

    No species is rounded away: a model without its dopant is none.
    """
    options = []
    for part in parts:
        sites = cells * len(part.sites)
        ideal = {name: share * sites for name, share in part.occupancies}
        rounded = [
            dict(zip(ideal, counts, strict=True))
            for counts in product(*({floor(x + _EXACT), ceil(x - _EXACT)} for x in ideal.values()))
            if sum(counts) == sites
            and all(n > 0 for name, n in zip(ideal, counts, strict=True) if ideal[name] and name)
        ]
        rounded.sort(key=lambda counts: sum((counts[n] - ideal[n]) ** 2 for n in counts))
        options.append(rounded)
    for number, combination in enumerate(product(*options)):
        if number >= _MOST_COMBINATIONS:
            return
        yield combination


def _deviation(
    parts: Sequence[Sublattice],
    counts: Sequence[Mapping[str, int]],
    cells: int,
    units: float,
) -> float:
    """Compare a filling with the asked composition, atoms per formula unit."""
    difference: dict[str, float] = {}
    for part, chosen in zip(parts, counts, strict=True):
        for name, share in part.occupancies:
            if name:
                away = chosen[name] / cells - share * len(part.sites)
                difference[name] = difference.get(name, 0.0) + away
    return max((abs(away) for away in difference.values()), default=0.0) / units


def compact_supercell(lattice: Lattice, cells: int) -> NDArray[np.int64]:
    """
    Find the supercell of a given size whose periodic images are farthest apart.

    Parameters
    ----------
    lattice
        Of the cell.
    cells
        Cells in the supercell.

    Returns
    -------
    ndarray : shape (3, 3)
        Rows are the vectors of the supercell in those of the cell, the shortest ones there are.
    """
    if cells == 1:
        return np.eye(3, dtype=np.int64)
    vectors = _short_vectors(lattice.matrix, cells)
    lengths = np.linalg.norm(vectors @ lattice.matrix, axis=1)
    best: tuple[float, float, float] = (0.0, 0.0, 0.0)
    chosen = np.diag([1, 1, cells])
    for form in _hermite_forms(cells):
        fractions = vectors @ np.linalg.inv(form)
        inside = np.flatnonzero(np.abs(fractions - np.rint(fractions)).max(axis=1) < _EXACT)
        if round(float(lengths[inside[0]]), 6) < best[0]:
            continue
        basis = _first_independent(vectors, inside)
        if len(basis) < 3:
            continue
        score = tuple(round(float(lengths[index]), 6) for index in basis)
        if (score[0], -score[2], -score[1]) > best:
            best = (score[0], -score[2], -score[1])
            chosen = vectors[basis]
    if np.linalg.det(chosen) < 0:
        chosen = -chosen
    return np.asarray(chosen, dtype=np.int64)


def _short_vectors(matrix: NDArray[np.float64], cells: int) -> NDArray[np.int64]:
    """List lattice vectors, shortest first, far enough to hold a basis of compact supercells."""
    reach = ceil(2.0 * cells ** (1.0 / 3.0)) + 1
    steps = np.arange(-reach, reach + 1)
    grid = np.array(np.meshgrid(steps, steps, steps, indexing="ij")).reshape(3, -1).T
    grid = grid[np.any(grid != 0, axis=1)]
    lengths = np.round(np.linalg.norm(grid @ matrix, axis=1), 6)
    order = np.lexsort((-grid[:, 2], -grid[:, 1], -grid[:, 0], lengths))
    return np.asarray(grid[order], dtype=np.int64)


def _first_independent(vectors: NDArray[np.int64], indices: NDArray[np.intp]) -> list[int]:
    """Take the first three vectors that span space: the successive minima, a basis in 3D."""
    taken: list[int] = []
    for index in indices:
        candidate = [*taken, int(index)]
        if np.linalg.matrix_rank(vectors[candidate]) == len(candidate):
            taken = candidate
        if len(taken) == 3:
            break
    return taken


def _hermite_forms(cells: int) -> Iterator[NDArray[np.int64]]:
    """List one matrix for each distinct superlattice of a size (Hermite normal forms)."""
    for a in (a for a in range(1, cells + 1) if cells % a == 0):
        for b in (b for b in range(1, cells // a + 1) if (cells // a) % b == 0):
            c = cells // (a * b)
            for x, y, z in product(range(b), range(c), range(c)):
                yield np.array([[a, x, y], [0, b, z], [0, 0, c]])
