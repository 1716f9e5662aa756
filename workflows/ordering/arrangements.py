"""Distinct ordered arrangements of a partly occupied structure, lowest electrostatic energy first.

The search is bounded and deterministic: if there are few arrangements, they are enumerated, each
symmetry-distinct one once; if there are many, seeded descents find low ones. Energies are those of
formal point charges (Ewald); if charges are unknown or all equal, the order is a seeded shuffle and
carries no meaning.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations, product
from typing import TYPE_CHECKING

import numpy as np
from monty.json import MSONable

from trona.screening.errors import StructureInputError

from .site_model import SiteModel, electrostatics, overlaps, permutations
from .supercells import Bounds, compact_supercell, fill, sublattices

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from pymatgen.core import Structure

    from .blueprints import Blueprint
    from .site_model import Interaction

__all__ = ["Arrangement", "Arrangements", "Search", "arrange"]

_ENERGY_DIGITS = 5
"""Energies equal to this many digits (eV per cell) are degenerate."""
_FORBIDDEN = 1e3
"""eV per cell: arrangements above this have overlapping atoms."""
_MAX_EXCHANGES = 200
"""In one descent; real ones end after a few dozen."""


@dataclass(frozen=True)
class Search(MSONable):
    """
    How far to look for arrangements.

    Parameters
    ----------
    bounds
        Size of the cell and deviation of the composition.
    max_listed
        Up to so many arrangements are listed one by one; where there are more, they are sampled.
    starts
        Seeded descents where they are sampled.
    max_ranked
        Distinct arrangements kept, lowest first.
    seed
        Of shuffles and starts.
    """

    bounds: Bounds = field(default_factory=Bounds)
    max_listed: int = 20_000
    starts: int = 100
    max_ranked: int = 64
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Arrangement:
    """
    One ordered structure.

    Parameters
    ----------
    structure
        Every site full.
    electrostatic
        Ewald energy of its formal charges, eV/atom; None where charges are unknown.
    """

    structure: Structure
    electrostatic: float | None


@dataclass(frozen=True, eq=False)
class Arrangements:
    """
    Outcome of a search.

    Parameters
    ----------
    ranked
        Distinct arrangements, lowest electrostatic energy first.
    units
        Formula units in each of them.
    deviation
        Largest difference to the asked composition, atoms per formula unit.
    supercell : shape (3, 3)
        Vectors of the supercell in those of the structure.
    possible
        Arrangements there are, symmetry not considered.
    distinct
        Symmetry-distinct ones; None where the arrangements were sampled.
    """

    ranked: tuple[Arrangement, ...]
    units: float
    deviation: float
    supercell: NDArray[np.int64]
    possible: int
    distinct: int | None


def arrange(
    blueprint: Blueprint,
    search: Search | None = None,
    supercell: NDArray[np.int64] | None = None,
) -> Arrangements:
    """
    Find ordered arrangements of a partly occupied structure.

    Parameters
    ----------
    blueprint
        What is to be ordered.
    search
        Limits.
    supercell : shape (3, 3)
        Vectors of the supercell; by default the most compact one of the size that is needed.

    Returns
    -------
    Arrangements
        Deterministic for the same input.

    Raises
    ------
    StructureInputError
        If no neutral arrangement fits into the allowed cell, or none without overlapping atoms.
    """
    search = search or Search()
    structure, charges = blueprint.structure, blueprint.charges
    parts = sublattices(structure)
    size = None if supercell is None else round(abs(np.linalg.det(supercell)))
    if size is None and not (blueprint.atoms or any(part.disordered for part in parts)):
        size = 1
    filling = fill(parts, blueprint.units, charges, search.bounds, size, blueprint.atoms)
    if supercell is None:
        supercell = compact_supercell(structure.lattice, filling.cells)
    model = SiteModel.of(structure, parts, filling, supercell)
    coulomb = None if charges is None else electrostatics(model, charges)
    found, energies, listed = _lowest(model, coulomb, search)
    ranked = []
    for configuration, energy in zip(found[: search.max_ranked], energies, strict=False):
        built = model.build(configuration)
        ranked.append(Arrangement(built, None if coulomb is None else float(energy) / len(built)))
    return Arrangements(
        ranked=tuple(ranked),
        units=filling.cells * blueprint.units,
        deviation=filling.deviation,
        supercell=supercell,
        possible=model.possible,
        distinct=len(found) if listed else None,
    )


def _lowest(
    model: SiteModel, coulomb: Interaction | None, search: Search
) -> tuple[NDArray[np.int8], NDArray[np.float64], bool]:
    """Distinct configurations and their energies, lowest first; and whether these are all."""
    terms = [overlaps(model), *([] if coulomb is None else [coulomb])]
    shuffle = np.random.default_rng(search.seed)
    listed = model.possible <= search.max_listed
    if listed:
        found = np.array(list(_all(model)), dtype=np.int8)
    else:
        found = np.array(list(_sampled(model, terms, search, shuffle)), dtype=np.int8)
    found = found[shuffle.permutation(len(found))]
    energies = np.sum([term.energies(found) for term in terms], axis=0)
    allowed = terms[0].energies(found) < _FORBIDDEN
    if not allowed.any():
        raise StructureInputError(
            "every arrangement has overlapping atoms: check the occupancies of split sites."
        )
    found, energies = found[allowed], energies[allowed]
    order = np.argsort(np.round(energies, _ENERGY_DIGITS), kind="stable")
    most = None if listed else search.max_ranked
    kept = _distinct(found[order], permutations(model), most)
    return found[order][kept], energies[order][kept], listed


def _all(model: SiteModel) -> Iterator[NDArray[np.int8]]:
    """List every configuration."""
    blank = np.zeros(len(model.sites), dtype=np.int8)
    for choice in product(
        *(list(_fillings(positions, counts)) for positions, counts in model.blocks)
    ):
        configuration = blank.copy()
        for (positions, _), codes in zip(model.blocks, choice, strict=True):
            configuration[positions] = codes
        yield configuration


def _fillings(
    positions: NDArray[np.int64], counts: Mapping[int, int]
) -> Iterator[NDArray[np.int8]]:
    """List every way of filling one sublattice."""
    (code, number), *rest = counts.items()
    if not rest:
        yield np.full(len(positions), code, dtype=np.int8)
        return
    everywhere = np.arange(len(positions))
    for chosen in combinations(range(len(positions)), number):
        others = np.setdiff1d(everywhere, chosen)
        for filled in _fillings(others, dict(rest)):
            codes = np.full(len(positions), code, dtype=np.int8)
            codes[others] = filled
            yield codes


def _sampled(
    model: SiteModel,
    terms: Sequence[Interaction],
    search: Search,
    random: np.random.Generator,
) -> Iterator[NDArray[np.int8]]:
    """Descend from random configurations; all that is passed on the way is handed on."""
    movable = np.zeros((len(model.sites), len(model.sites)), dtype=bool)
    for positions, _ in model.blocks:
        movable[np.ix_(positions, positions)] = True
    for _ in range(search.starts):
        configuration = np.zeros(len(model.sites), dtype=np.int8)
        for positions, counts in model.blocks:
            codes = [code for code, number in counts.items() for _ in range(number)]
            configuration[positions] = random.permutation(codes)
        yield configuration.copy()
        for _ in range(_MAX_EXCHANGES):
            change = np.sum([term.exchanges(configuration) for term in terms], axis=0)
            change[~movable] = 0.0
            first, second = np.unravel_index(np.argmin(change), change.shape)
            if change[first, second] > -(10.0**-_ENERGY_DIGITS):
                break
            configuration[[first, second]] = configuration[[second, first]]
            yield configuration.copy()


def _distinct(
    configurations: NDArray[np.int8], operations: NDArray[np.int64], most: int | None
) -> list[int]:
    """Keep the first configuration of each set of symmetry-equivalent ones, at most so many."""
    kept: list[int] = []
    seen: set[bytes] = set()
    for index, configuration in enumerate(configurations):
        if configuration.tobytes() in seen:
            continue
        seen.update(image.tobytes() for image in configuration[operations])
        kept.append(index)
        if most is not None and len(kept) == most:
            break
    return kept
