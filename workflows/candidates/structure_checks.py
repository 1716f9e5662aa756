"""Checks that structures can be relaxed, and detection of duplicate candidates; no I/O."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
from pymatgen.core import DummySpecies

from trona.screening.errors import InputError, StructureInputError
from trona.screening.formulas import parse, same_composition
from trona.screening.units import SODIUM

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray
    from pymatgen.core import Element, Species, Structure

__all__ = [
    "close_pairs",
    "duplicates",
    "require_distinct",
    "require_sound",
    "require_volume",
    "take_once",
]

_SMALLEST_VOLUME, _LARGEST_VOLUME = 2.0, 250.0
"""Å³ per atom: dense hydrogen and diamond have 2 to 6, caesium has 120."""
_MIN_DISTANCE = 0.5
"""Atoms closer than this (Å) are an error of the file: H–H in H2 is 0.74."""
_MIN_RADII = 0.5
"""So are atoms closer than this part of the sum of their atomic radii (Slater, J. Chem. Phys. 41
(1964) 3199): Na–Na below 1.8 Å, P–S below 1.0 Å."""
_FULL = 1.0 + 1e-3
"""Two sites of smaller total occupancy may lie close together: they are one atom, split."""

_MOST_PLACES = 5
"""Lines that are named of a composition that is given many times."""
_LENGTH_TOLERANCE, _SITE_TOLERANCE, _ANGLE_TOLERANCE = 0.1, 0.1, 3.0
"""Half of pymatgen's defaults: a distorted polymorph is not its parent. Fractions of a length, of
(volume per atom)^⅓, and degrees."""


class _Named(Protocol):
    """A candidate; those of `sources` are."""

    @property
    def label(self) -> str: ...
    @property
    def formula(self) -> str: ...
    @property
    def structure(self) -> Structure | None: ...
    @property
    def place(self) -> str: ...


_Candidate = TypeVar("_Candidate", bound=_Named)


def require_volume(structure: Structure, name: str) -> None:
    """
    Refuse cells without a sensible volume.

    Parameters
    ----------
    structure
        To check.
    name
        What to call it.

    Raises
    ------
    StructureInputError
        If a number is not finite or the volume per atom impossible.
    """
    finite = (
        np.isfinite(structure.lattice.matrix).all() and np.isfinite(structure.cart_coords).all()
    )
    atoms = float(structure.composition.num_atoms)
    volume = structure.volume / atoms if finite and atoms > 0 else float("nan")
    if not _SMALLEST_VOLUME <= volume <= _LARGEST_VOLUME:
        raise StructureInputError(
            f"{name!r} has a volume of {volume:.3g} Å³ per atom, which is not between "
            f"{_SMALLEST_VOLUME:g} and {_LARGEST_VOLUME:g}: correct its cell."
        )


def require_sound(
    structure: Structure, name: str, *, disorder: bool = False, sodium: bool = True
) -> Structure:
    """
    Refuse structures that cannot be relaxed.

    Parameters
    ----------
    structure
        As read.
    name
        What to call it.
    disorder
        Whether sites may be partly occupied.
    sodium
        Whether there must be sodium.

    Returns
    -------
    pymatgen.core.Structure
        Without oxidation states.

    Raises
    ------
    StructureInputError
        If it has no sensible volume, unknown species, overlapping atoms, no sodium, or partly
        occupied sites where there may be none.
    """
    require_volume(structure, name)
    species = {one for site in structure for one in site.species}
    unknown = sorted(str(one) for one in species if isinstance(one, DummySpecies))
    if unknown:
        raise StructureInputError(
            f"{name!r} has sites of unknown species ({', '.join(unknown)}): name their elements."
        )
    plain = structure.copy()
    plain.remove_oxidation_states()
    if not plain.is_ordered and not disorder:
        raise StructureInputError(
            f"{name!r} has partly occupied sites: 'trona candidates make' finds ordered models "
            "of it; or give its formula to screen it as a mixture."
        )
    if sodium and SODIUM not in {str(element.symbol) for element in plain.composition.elements}:
        raise StructureInputError(
            f"{name!r} ({plain.composition.reduced_formula}) contains no sodium: "
            "trona screens sodium electrolytes."
        )
    _require_distances(plain, name)
    return plain


def _require_distances(structure: Structure, name: str) -> None:
    """Refuse atoms on top of each other."""
    occupancy = np.array([site.species.num_atoms for site in structure])
    first, second, distances = close_pairs(structure)
    overlap = np.flatnonzero(occupancy[first] + occupancy[second] > _FULL)
    if overlap.size:
        worst = overlap[np.argmin(distances[overlap])]
        pair = "–".join(structure[int(at[worst])].species_string for at in (first, second))
        raise StructureInputError(
            f"{name!r} has overlapping atoms: {pair} at {distances[worst]:.2f} Å; correct the file."
        )


def close_pairs(
    structure: Structure,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """
    Find pairs of sites that two atoms cannot both occupy.

    Parameters
    ----------
    structure
        Elements without oxidation states, or dummy species; occupancies do not matter.

    Returns
    -------
    tuple of ndarray, each of shape (n_pairs,)
        Indices of the sites, each pair in both orders, and their distances in Å.
    """
    radii = np.array([_radius(site.species.elements) for site in structure])
    reach = max(_MIN_DISTANCE, 2 * _MIN_RADII * float(radii.max()))
    first, second, _, distances = structure.get_neighbor_list(reach)
    limits = np.maximum(_MIN_DISTANCE, _MIN_RADII * (radii[first] + radii[second]))
    close = distances < limits
    return first[close], second[close], distances[close]


def _radius(species: Sequence[Element | Species | DummySpecies]) -> float:
    """Smallest atomic radius on a site, Å; 0 where there is none."""
    return min((float(getattr(one, "atomic_radius", None) or 0.0) for one in species), default=0.0)


def duplicates(
    structures: Mapping[str, Structure], most: int | None = None
) -> list[tuple[str, ...]]:
    """
    Find structures that are the same up to a strain, the choice of the cell and the order of atoms.

    Parameters
    ----------
    structures
        Label to structure.
    most
        Compositions with more structures than this are passed over, for comparing many takes long.

    Returns
    -------
    list of tuple
        Labels of each group of two or more, in the order given.
    """
    formulas = Counter(structure.composition.reduced_formula for structure in structures.values())
    if len(formulas) == len(structures):
        return []
    from pymatgen.analysis.structure_matcher import StructureMatcher  # noqa: PLC0415 (heavy)

    matcher = StructureMatcher(
        ltol=_LENGTH_TOLERANCE, stol=_SITE_TOLERANCE, angle_tol=_ANGLE_TOLERANCE
    )
    groups: dict[tuple[str, int], list[tuple[Structure, list[str]]]] = {}
    for label, structure in structures.items():
        number = formulas[structure.composition.reduced_formula]
        if number < 2 or (most is not None and number > most):
            continue
        primitive = structure.get_primitive_structure()
        kind = (str(structure.composition.reduced_formula), len(primitive))
        for representative, labels in groups.setdefault(kind, []):
            if matcher.fit(primitive, representative):
                labels.append(label)
                break
        else:
            groups[kind].append((primitive, [label]))
    found = [labels for same in groups.values() for _, labels in same]
    return [tuple(labels) for labels in found if len(labels) > 1]


def require_distinct(
    labels: Iterable[str], what: str, remedy: str = "rename one of the files"
) -> None:
    """
    Refuse duplicate labels.

    Parameters
    ----------
    labels
        Of all that is asked for.
    what
        What carries them, in the plural.
    remedy
        What to do about it.

    Raises
    ------
    InputError
        If there is one.
    """
    for label, times in Counter(labels).items():
        if times > 1:
            raise InputError(f"{times} {what} are called {label!r}: {remedy}.")


def take_once(
    candidates: Sequence[_Candidate],
) -> tuple[tuple[_Candidate, ...], tuple[str, ...]]:
    """
    Take each composition once that is given again under its label.

    Parameters
    ----------
    candidates
        All that is asked for.

    Returns
    -------
    tuple
        Candidates of distinct labels in order, and one sentence for each that is given again.

    Raises
    ------
    InputError
        If different candidates, or two structures, have one label.
    """
    labelled: dict[str, list[_Candidate]] = {}
    for candidate in candidates:
        labelled.setdefault(candidate.label, []).append(candidate)
    for first, *others in labelled.values():
        for other in others:
            if not _same_mixture(first, other):
                raise InputError(_clash(first, other))
    repeats = tuple(_repeated(same) for same in labelled.values() if len(same) > 1)
    return tuple(same[0] for same in labelled.values()), repeats


def _same_mixture(first: _Named, other: _Named) -> bool:
    """Tell whether two candidates are one composition, both without a structure."""
    if first.structure is not None or other.structure is not None:
        return False
    return same_composition(parse(first.formula), parse(other.formula))


def _clash(first: _Named, other: _Named) -> str:
    """Say which candidates have one label, and what to do about it."""
    places = [one.place or f"{one.formula} as typed" for one in (first, other)]
    lines = any(place.startswith("line ") for place in places)
    own = "give each a name of its own in the column 'label'"
    remedy = own if lines else "rename one of the files"
    return f"two candidates are called {first.label!r}, {places[0]} and {places[1]}: {remedy}."


def _repeated(same: Sequence[_Named]) -> str:
    """Say which composition is given more than once, and where."""
    places = [one.place for one in same if one.place]
    shown = f" ({', '.join(places[:_MOST_PLACES])}{', …' if len(places) > _MOST_PLACES else ''})"
    return f"{same[0].label} is given {len(same)} times, and taken once{shown if places else ''}."
