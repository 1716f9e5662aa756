"""Starting structures by random packing of rigid groups and ions in a known cell and space group.

    packings.py packings.yaml OUT

For compounds with known cell and symmetry but no available coordinates: groups such as BO3 and
P2O7, and ions, are placed at general positions until no two atoms are too close. The right crystal
is the lowest after relaxation, and more than one packing should lead to it.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml
from pymatgen.analysis.local_env import CovalentRadius
from pymatgen.core import Lattice, Structure
from pymatgen.symmetry.groups import SpaceGroup
from scipy.spatial.transform import Rotation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Group = tuple[list[str], NDArray[np.float64]]

SEED = 7
TRIES, PLACES = 60000, 150
CLOSE = 0.9
LEAST = {"O": 2.5, "Na": 2.6, "B": 2.7, "P": 3.5, "Na-O": 2.0, "B-O": 2.3, "O-P": 2.6}
"""Å between atoms of different groups."""


def planar(center: str, length: float) -> Group:
    """A triangle of oxygen."""
    angles = 2 * np.pi * np.arange(3) / 3
    around = length * np.c_[np.cos(angles), np.sin(angles), np.zeros(3)]
    return [center, "O", "O", "O"], np.vstack([np.zeros(3), around])


def double(center: str, length: float, rng: np.random.Generator) -> Group:
    """Two tetrahedra that share a corner, of a random torsion and a bend of 124 to 144 degrees."""
    half = np.radians(rng.uniform(62, 72))
    species, places = ["O"], [np.zeros(3)]
    for side in (1, -1):
        out = np.array([side * np.sin(half), 0, np.cos(half)])
        first = np.cross(out, [0, 1, 0])
        first /= np.linalg.norm(first)
        second = np.cross(out, first)
        middle = 1.04 * length * out
        species.append(center)
        places.append(middle)
        turn = rng.uniform(0, 2 * np.pi / 3)
        for angle in turn + 2 * np.pi * np.arange(3) / 3:
            aside = np.cos(angle) * first + np.sin(angle) * second
            species.append("O")
            places.append(middle + 0.97 * length * (0.29 * out + 0.956 * aside))
    return species, np.array(places)


def group_of(row: dict[str, Any], rng: np.random.Generator) -> Group:
    """Return the rigid group of a compound."""
    if row["group"] == "planar":
        return planar(row["center"], row["length"])
    return double(row["center"], row["length"], rng)


def apart(one: str, other: str) -> float:
    """Least distance of two atoms, Å."""
    name = one if one == other else "-".join(sorted((one, other)))
    radii = CovalentRadius.radius[one] + CovalentRadius.radius[other]
    return CLOSE * LEAST.get(name, radii)


class Packing:
    """Atoms that were placed so far."""

    def __init__(self, space_group: str, lattice: Lattice) -> None:
        self.lattice = lattice
        self.symmetry = list(SpaceGroup(space_group).symmetry_ops)
        self.species: list[str] = []
        self.coords: list[NDArray[np.float64]] = []
        self.owners: list[tuple[int, int]] = []

    def add(self, species: list[str], coords: NDArray[np.float64], number: int) -> bool:
        """Place a group with its images, unless atoms come too close."""
        start = len(self.species)
        every, places, owners = list(self.species), list(self.coords), list(self.owners)
        for image, operation in enumerate(self.symmetry):
            every += species
            places += [operation.operate(one) for one in coords]
            owners += [(number, image)] * len(species)
        gaps = self.lattice.get_all_distances(np.array(places[start:]), np.array(places))
        for line, owner in enumerate(owners[start:]):
            for column, other in enumerate(owners):
                least = apart(every[start + line], every[column])
                if owner != other and gaps[line, column] < least:
                    return False
        self.species, self.coords, self.owners = every, places, owners
        return True


def attempt(row: dict[str, Any], rng: np.random.Generator) -> Structure | None:
    """Pack one crystal; None where there is no room."""
    lattice = Lattice.from_parameters(*row["lattice"])
    packing = Packing(row["space_group"], lattice)
    for number, ion in enumerate([None, *row["ions"]]):
        for _ in range(PLACES):
            species, places = ([ion], np.zeros((1, 3))) if ion else group_of(row, rng)
            turned = places @ Rotation.random(random_state=rng).as_matrix().T
            if packing.add(species, lattice.get_fractional_coords(turned) + rng.random(3), number):
                break
        else:
            return None
    return Structure(lattice, packing.species, packing.coords)


def packings(row: dict[str, Any]) -> Iterator[Structure]:
    """As many crystals as are wanted."""
    rng, made = np.random.default_rng(SEED), 0
    for _ in range(TRIES):
        found = attempt(row, rng)
        if found is not None:
            made += 1
            yield found
        if made == row["wanted"]:
            return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cells", type=Path)
    parser.add_argument("out", type=Path, help="folder of the JSON lines")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for row in yaml.safe_load(options.cells.read_text(encoding="utf-8")):
        lines = [
            {
                "id": f"packing-{row['formula']}-{number}",
                "formula": row["formula"],
                "source": f"random packing in the known cell and space group of {row['formula']} "
                f"({row['space_group']})",
                "prototype": f"packing-{row['formula']}",
                "lattice": np.round(one.lattice.matrix, 5).tolist(),
                "species": [site.specie.symbol for site in one],
                "frac_coords": np.round(one.frac_coords % 1, 6).tolist(),
            }
            for number, one in enumerate(packings(row))
        ]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (options.out / f"packing-{row['formula']}.jsonl").write_text(text, encoding="utf-8")
        print(row["formula"], len(lines))


if __name__ == "__main__":
    main()
