"""Hydroborate anions on a lattice with sodium in its interstices; geometry only, no energies.

Anions occupy face-centred cubic sites; sodium fills tetrahedral interstices (two per anion), or
octahedral ones if there is one sodium per anion, as in NaBH4. `orderings` decides which anion
occupies which site and which interstices stay empty; the orientation of the anions is drawn with a
seed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import cos, pi, sin, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from pymatgen.core import DummySpecies, Lattice, Structure
from scipy.spatial.transform import Rotation

from trona.screening.errors import FormulaError
from trona.screening.formulas import number, parse, same_composition
from trona.screening.units import SODIUM

from .blueprints import Blueprint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["ANIONS", "Anion", "anions_of", "broken", "hydroborate", "place"]

_CONTACT = 1.7
"""Å; the cell is widened until atoms of different ions are this far apart (Na–H is 2.2)."""
_MOST_EXPANSION = 30
"""Percent of a length."""
_TOLERANCE = 1e-3
"""Charges per anion that differ by less are equal."""
_BOND = 2.05
"""Å; B–B in closo anions is 1.7 to 1.9."""


@dataclass(frozen=True, eq=False)
class Anion:
    """
    A hydroborate anion.

    Parameters
    ----------
    name
        As in formulas.
    charge
        Elementary charges.
    volume
        Å³ per anion of its sodium salt, from which lattices are estimated before relaxation.
    elements
        Element of each atom.
    positions : shape (n_atoms, 3), Å
        Around the centre; a high axis along z.
    """

    name: str
    charge: int
    volume: float
    elements: tuple[str, ...]
    positions: NDArray[np.float64]


class _Group(NamedTuple):
    """Atoms that stay together: where their centre is, what they are, and where around it (Å)."""

    centre: NDArray[np.float64]
    elements: tuple[str, ...]
    offsets: NDArray[np.float64]


def _tetrahedron() -> Anion:
    """BH4⁻: B–H 1.21 Å."""
    corners = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) * 1.21 / sqrt(3.0)
    return Anion("BH4", -1, 58.1, ("B", *"HHHH"), np.vstack([np.zeros(3), corners]))


def _antiprism() -> Anion:
    """B10H10²⁻: two staggered squares (B–B 1.83 Å, 1.81 Å between them), capped at 1.69 Å."""
    edge, between, cap, hydrogen = 1.83, 1.81, 1.69, 1.20
    radius = edge / sqrt(2.0)
    half = sqrt(between**2 - (2.0 * radius * sin(pi / 8.0)) ** 2) / 2.0
    apex = half + sqrt(cap**2 - radius**2)
    boron = [[0.0, 0.0, apex], [0.0, 0.0, -apex]]
    for height, turn in ((half, 0.0), (-half, pi / 4.0)):
        angles = [turn + k * pi / 2.0 for k in range(4)]
        boron += [[radius * cos(a), radius * sin(a), height] for a in angles]
    return _with_hydrogen("B10H10", -2, 230.0, np.array(boron), hydrogen)


def _icosahedron() -> Anion:
    """B12H12²⁻: B at 1.70 Å from the centre; twofold axes along x, y, z."""
    golden = (1.0 + sqrt(5.0)) / 2.0
    corners = []
    for first in (-1.0, 1.0):
        for second in (-golden, golden):
            corners += [[0, first, second], [first, second, 0], [second, 0, first]]
    boron = np.array(corners) * 1.70 / sqrt(1.0 + golden**2)
    return _with_hydrogen("B12H12", -2, 251.4, boron, 1.20)


def _with_hydrogen(
    name: str, charge: int, volume: float, boron: NDArray[np.float64], bond: float
) -> Anion:
    """Put a hydrogen atom outside each boron atom."""
    lengths = np.linalg.norm(boron, axis=1, keepdims=True)
    positions = np.vstack([boron, boron * (lengths + bond) / lengths])
    elements = ("B",) * len(boron) + ("H",) * len(boron)
    return Anion(name, charge, volume, elements, positions)


ANIONS = {anion.name: anion for anion in (_tetrahedron(), _antiprism(), _icosahedron())}
"""Bond lengths as in crystals, rounded. Volumes: CHGNet cells of NaBH4, Na2B10H10 and Na2B12H12 in
the bundled reference set."""

_SITES = {
    name: DummySpecies(f"X{letter}", None) for name, letter in zip(ANIONS, "abc", strict=True)
}
"""What stands for an anion until it is placed."""
_GROUP = re.compile(r"\(?(B12H12|B10H10|BH4)(?![0-9])(?:\)(\d*\.?\d*))?")


def anions_of(formula: str) -> dict[str, float]:
    """
    Find hydroborate anions in a formula.

    Parameters
    ----------
    formula
        For example ``Na4(B10H10)(B12H12)``, ``Na3BH4B12H12``, ``NaBH4``.

    Returns
    -------
    dict
        Amount of each anion; empty if the formula holds none.

    Raises
    ------
    FormulaError
        If it holds boron and hydrogen in other groups as well, or sodium that does not balance
        the anions.
    """
    found: dict[str, float] = {}
    for name, amount in _GROUP.findall(formula.replace(" ", "")):
        found[name] = found.get(name, 0.0) + float(amount or 1.0)
    if not found:
        return {}
    sodium = -sum(ANIONS[name].charge * amount for name, amount in found.items())
    counted = {SODIUM: sodium, "B": 0.0, "H": 0.0}
    for name, amount in found.items():
        for element in "BH":
            counted[element] += amount * ANIONS[name].elements.count(element)
    if not same_composition(counted, parse(formula)):
        raise FormulaError(
            f"{formula!r} is not sodium with the anions {', '.join(found)}: they would need "
            f"{number(sodium)} Na; write it like Na4(B10H10)(B12H12)."
        )
    return found


def hydroborate(formula: str) -> Blueprint:
    """
    Lay out the lattice of a hydroborate, with placeholders for its anions.

    Parameters
    ----------
    formula
        For example ``Na4(B10H10)(B12H12)``.

    Returns
    -------
    Blueprint
        One anion per cell; what an arrangement of it stands for, `place` puts in.

    Raises
    ------
    FormulaError
        If the formula holds no hydroborate anion, or others besides.
    """
    amounts = anions_of(formula)
    if not amounts:
        raise FormulaError(f"{formula!r} has none of the anions {', '.join(ANIONS)}: name one.")
    total = sum(amounts.values())
    shares = {name: amount / total for name, amount in amounts.items()}
    sodium = -sum(ANIONS[name].charge * share for name, share in shares.items())
    volume = sum(ANIONS[name].volume * share for name, share in shares.items())
    edge = (4.0 * volume) ** (1.0 / 3.0)
    lattice = Lattice(edge / 2.0 * np.array([[0, 1, 1], [1, 0, 1], [1, 1, 0]]))
    octahedral = abs(sodium - 1.0) < _TOLERANCE
    holes = [[0.5] * 3] if octahedral else [[0.25] * 3, [0.75] * 3]
    anions: dict[Any, float] = {_SITES[name]: share for name, share in shares.items()}
    species = [anions, *({SODIUM: sodium / len(holes)} for _ in holes)]
    kind = "octahedral" if octahedral else "tetrahedral"
    return Blueprint(
        label=formula,
        structure=Structure(lattice, species, np.array([[0.0, 0.0, 0.0], *holes])),
        units=1.0 / total,
        asked=parse(formula),
        source=f"{' and '.join(amounts)} on face-centred cubic sites, Na in {kind} holes",
        charges={
            SODIUM: 1.0,
            **{str(_SITES[name]): float(ANIONS[name].charge) for name in amounts},
        },
        atoms={str(_SITES[name]): len(ANIONS[name].elements) for name in amounts},
        kind="hydroborate",
    )


def place(structure: Structure, turn: int, seed: int) -> Structure:
    """
    Replace the placeholders of a structure by anions.

    Parameters
    ----------
    structure
        Ordered, with placeholders as in `hydroborate`.
    turn
        0 leaves all anions as they are, along the axes; other numbers turn each of them at random.
    seed
        Of these turns.

    Returns
    -------
    pymatgen.core.Structure
        With atoms in place of all placeholders.
    """
    random = np.random.default_rng([seed, turn])
    names = {site.symbol: name for name, site in _SITES.items()}
    groups: list[_Group] = []
    for site in structure:
        anion = ANIONS.get(names.get(site.specie.symbol, ""))
        if anion is None:
            groups.append(_Group(site.frac_coords, (str(site.specie.symbol),), np.zeros((1, 3))))
        else:
            rotation = Rotation.random(random_state=random) if turn else Rotation.identity()
            turned = np.asarray(rotation.apply(anion.positions))
            groups.append(_Group(site.frac_coords, anion.elements, turned))
    for percent in range(0, _MOST_EXPANSION, 2):
        lattice = structure.lattice.scale(structure.volume * (1.0 + percent / 100.0) ** 3)
        placed = _assembled(lattice, groups)
        if _contact(placed, groups) >= _CONTACT:
            break
    return placed.get_sorted_structure()


def _assembled(lattice: Lattice, groups: Sequence[_Group]) -> Structure:
    """Put groups of atoms into a cell, each around its place."""
    elements = [element for group in groups for element in group.elements]
    positions = np.vstack(
        [lattice.get_cartesian_coords(group.centre) + group.offsets for group in groups]
    )
    return Structure(lattice, elements, positions, coords_are_cartesian=True)


def _contact(structure: Structure, groups: Sequence[_Group]) -> float:
    """Shortest distance between atoms of different groups, Å."""
    owner = np.repeat(np.arange(len(groups)), [len(group.elements) for group in groups])
    apart = owner[:, None] != owner[None, :]
    return float(structure.distance_matrix[apart].min(initial=np.inf))


def broken(structure: Structure, amounts: Mapping[str, float]) -> bool:
    """
    Tell whether anions have dissociated or merged.

    Parameters
    ----------
    structure
        After relaxation.
    amounts
        Anions per formula unit.

    Returns
    -------
    bool
        True unless the boron atoms form groups of the right sizes in the right numbers.
    """
    boron = structure.copy()
    boron.remove_species([str(one) for one in boron.composition if str(one) != "B"])
    groups = list(range(len(boron)))
    for first, second in zip(*boron.get_neighbor_list(_BOND)[:2], strict=True):
        old, new = groups[int(first)], groups[int(second)]
        groups = [new if group == old else group for group in groups]
    sizes = sorted(groups.count(group) for group in set(groups))
    atoms = {name: ANIONS[name].elements.count("B") for name in amounts}
    units = len(boron) / sum(atoms[name] * amount for name, amount in amounts.items())
    expected = sorted(atoms[name] for name in amounts for _ in range(round(units * amounts[name])))
    return sizes != expected
