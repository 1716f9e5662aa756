"""Binaries built from layers, vacancies, molecules and rings, where no crystal is a model.

    built_binaries.py molecules.yaml OUT.jsonl

Deterministic. Molecules are packed two to a cell (or one), rotated so that they keep their
distance; layered compounds fill part of the octahedra between 1T or 2H layers; rock salt loses the
metals whose removal costs the least Ewald energy.
"""

from __future__ import annotations

import argparse
import json
import warnings
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import make_prototypes as made
import numpy as np
import yaml
from make_prototypes import Guess, Prototype, Target
from places import BUNDLE, REFERENCE
from pymatgen.core import Composition, DummySpecies, Element, Lattice, Structure
from scipy.spatial.transform import Rotation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

TURNS = 300
GAP = 3.0
"""Room between molecules, Å."""
LOOSE = 1.15
"""Volume of a molecular crystal over the sum of volumes of its elements."""
RATTLE = 0.03
UNLIKENESS = 1.0

INTERCALATED = {
    "Cr5S8": "1T", "Cr5Se8": "1T", "V5Se8": "1T", "Ti5S8": "1T", "Cr5Te8": "1T", "V5Te8": "1T",
    "Ti5Te8": "1T", "Ti7S12": "1T", "Ti13S24": "1T", "Ta5S8": "2H", "Ta7S12": "2H", "Nb3Te4": "1T",
    "Ti2S3": "1T", "Cr2Se3": "1T", "Zr2Se3": "1T", "Ti3Se4": "1T", "Nb3S4": "1T", "Nb3Se4": "1T",
}  # fmt: skip
ROCK_SALT = ["Zr3S4", "Y5S7", "Zr2Se3", "Ti2S3", "Nb5N6", "Ta5N6", "Sc2Te3", "Y2Te3", "Zr2Te3"]


def rattled(structure: Structure) -> Structure:
    """Break the symmetry a little."""
    generator = np.random.default_rng(len(structure))
    moves = generator.normal(0, RATTLE, (len(structure), 3))
    lattice = structure.lattice
    return Structure(
        lattice,
        structure.species,
        structure.cart_coords + moves,
        coords_are_cartesian=True,
    )


# -- layers -------------------------------------------------------------------------------------


def reductions(area: int) -> Iterator[NDArray[np.int64]]:
    """Plane supercells that are not too long."""
    for a in range(1, area + 1):
        if area % a == 0:
            for b in range(a):
                yield np.array([[a, 0, 0], [b, area // a, 0], [0, 0, 1]])


def shape(matrix: NDArray[np.float64]) -> float:
    """Longest over shortest edge of the reduced cell in the plane."""
    lattice = Lattice(matrix).get_lll_reduced_lattice()
    lengths = sorted(lattice.abc)
    return float(lengths[-1] / lengths[0])


def host(kind: str) -> Structure:
    """Make one (1T) or two (2H) layers MX2, every octahedron between them taken by A."""
    m, x, a = (DummySpecies(name) for name in "MXA")
    third, other = [1 / 3, 2 / 3], [2 / 3, 1 / 3]
    if kind == "1T":
        return Structure(
            Lattice.hexagonal(3.45, 5.9),
            [m, x, x, a],
            [[0, 0, 0], [*third, 0.25], [*other, 0.75], [0, 0, 0.5]],
        )
    return Structure(
        Lattice.hexagonal(3.32, 12.2),
        [m, m, x, x, x, x, a, a],
        [
            [*third, 0.25],
            [*other, 0.75],
            [*other, 0.125],
            [*other, 0.375],
            [*third, 0.625],
            [*third, 0.875],
            [0, 0, 0],
            [0, 0, 0.5],
        ],
    )


def intercalated(formula: str, kind: str) -> Iterator[tuple[Structure, str]]:
    """Layers MX2 with further M between them, spread as far as they can."""
    composition = Composition(formula)
    metal, anion = sorted(composition, key=lambda element: element.X)
    layers = 1 if kind == "1T" else 2
    for units in range(1, 13):
        extra = (composition[metal] / composition[anion] * 2 - 1) * units * layers
        if abs(extra - round(extra)) > 1e-6 or extra < 0.5:
            continue
        count = round(extra)
        best: tuple[float, Structure | None] = (np.inf, None)
        for scaling in reductions(units):
            cell = host(kind)
            if shape([*(scaling @ cell.lattice.matrix)[:2].tolist(), [0, 0, 9.0]]) > 2.5:
                continue
            cell.make_supercell(scaling)
            free = [i for i, s in enumerate(cell) if s.specie.symbol == "A"]
            matrix = made.coulomb(cell)
            q0 = np.array([{"X": -2.0, "M": 4.0 - 1.0, "A": 0.0}[s.specie.symbol] for s in cell])
            for chosen in list(combinations(free, count))[:3000]:
                q = q0.copy()
                q[list(chosen)] = 3.0
                energy = float(q @ matrix @ q) / units
                if energy < best[0] - 1e-6:
                    kept = [i for i in range(len(cell)) if i not in free or i in chosen]
                    names = [anion if cell[i].specie.symbol == "X" else metal for i in kept]
                    best = (energy, Structure(cell.lattice, names, cell.frac_coords[kept]))
        if best[1] is not None:
            text = f"{kind} layers {metal}{anion}2, {count} of {units * layers} gaps filled"
            yield best[1], text
            if kind == "1T" and units > 1:
                matrix = best[1].lattice.matrix.copy()
                sheared = np.array([matrix[0], matrix[1], matrix[2] + host(kind).lattice.matrix[0]])
                yield (
                    Structure(
                        Lattice(sheared),
                        best[1].species,
                        best[1].cart_coords,
                        coords_are_cartesian=True,
                    ),
                    f"{text}, staggered",
                )
            return


# -- vacancies -------------------------------------------------------------------------------------


def vacant_rock_salt(formula: str) -> Iterator[tuple[Structure, str]]:
    """Rock salt that lacks metals (or anions), in the order of least Ewald energy."""
    composition = Composition(formula)
    metal, anion = sorted(composition, key=lambda element: element.X)
    cells = round(max(composition[metal], composition[anion]))
    few = metal if composition[metal] < cells else anion
    count = round(composition[few])
    best: tuple[float, Structure | None] = (np.inf, None)
    face = Lattice([[0.0, 2.7, 2.7], [2.7, 0.0, 2.7], [2.7, 2.7, 0.0]])
    for scaling in made.supercells(cells):
        lattice = Lattice(scaling @ face.matrix)
        if max(lattice.get_lll_reduced_lattice().abc) > made.LONGEST * lattice.volume ** (1 / 3):
            continue
        cell = Structure(face, [metal, anion], [[0, 0, 0], [0.5, 0.5, 0.5]])
        cell.make_supercell(scaling)
        sites = [i for i, s in enumerate(cell) if s.specie == few]
        matrix = made.coulomb(cell)
        charge = float(cells) / count * (2 if few == metal else -2)
        q0 = np.array([0.0 if s.specie == few else (-2.0 if few == metal else 2.0) for s in cell])
        for chosen in combinations(sites, count):
            q = q0.copy()
            q[list(chosen)] = charge
            energy = float(q @ matrix @ q)
            if energy < best[0] - 1e-6:
                kept = [i for i in range(len(cell)) if i not in sites or i in chosen]
                best = (energy, Structure.from_sites([cell[i] for i in kept]))
    if best[1] is not None:
        yield best[1], f"rock salt, {count} of {cells} {few} in the order of least Ewald energy"


# -- molecules ------------------------------------------------------------------------------------


def reach(symbols: Sequence[str]) -> NDArray[np.float64]:
    """Van der Waals radii, Å."""
    return np.array([float(Element(s).van_der_waals_radius or 1.8) for s in symbols])


def packings(
    row: Mapping[str, Any], volume: Mapping[str, float]
) -> Iterator[tuple[Structure, str]]:
    """Pack a molecule and its inverted image (or it alone) in a cell, the best of many turns."""
    symbols = [str(atom[0]) for atom in row["atoms"]]
    place = np.array([atom[1:] for atom in row["atoms"]], dtype=float)
    place -= place.mean(axis=0)
    copies = int(row.get("copies", 2))
    radius = reach(symbols)
    generator = np.random.default_rng(7)
    room = copies * sum(volume.get(s, made.UNSEEN) for s in symbols) * LOOSE
    scores = []
    for turn in Rotation.random(TURNS, random_state=generator):
        here = turn.apply(place)
        edges = np.ptp(here, axis=0) + GAP
        edges *= (room / np.prod(edges)) ** (1 / 3)
        coords = [here] if copies == 1 else [here, edges / 2 - here]
        cell = Structure(
            Lattice.orthorhombic(*edges),
            symbols * copies,
            np.concatenate(coords),
            coords_are_cartesian=True,
        )
        owner = np.repeat(np.arange(copies), len(symbols))
        i, j, _, d = cell.get_neighbor_list(r=4.5)
        real = np.concatenate(coords)
        straight = np.linalg.norm(real[i] - real[j], axis=1)
        between = (owner[i] != owner[j]) | (np.abs(straight - d) > 1e-3)
        ratio = d[between] / (
            np.tile(radius, copies)[i[between]] + np.tile(radius, copies)[j[between]]
        )
        scores.append((float(ratio.min()) if ratio.size else 2.0, cell))
    scores.sort(key=lambda item: -item[0])
    for _, cell in scores[: int(row.get("offers", 2))]:
        yield rattled(cell), f"molecules {row['name']}, {copies} to a cell, packed by distance"


def variants(rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Molecules, and the same with another central atom."""
    for row in rows:
        yield row
        first = row["atoms"][0][0]
        for other in row.get("like", ()):
            atoms = [[other if atom[0] == first else atom[0], *atom[1:]] for atom in row["atoms"]]
            yield row | {"name": str(row["name"]).replace(first, other), "atoms": atoms}


def chains(row: Mapping[str, Any]) -> Iterator[tuple[Structure, str]]:
    """Atoms in a cell given in Å."""
    atoms = row["atoms"]
    cell = Structure(
        Lattice.from_parameters(*row["lattice"]),
        [a[0] for a in atoms],
        [a[1:] for a in atoms],
        coords_are_cartesian=True,
    )
    yield rattled(cell), str(row["name"])


def rings() -> Iterator[tuple[Structure, str]]:
    """Alpha-sulfur of the bundled set with an atom of each ring replaced by selenium."""
    for phase in made.bundled_phases(BUNDLE):
        if Composition(phase["formula"]).reduced_formula == "S" or phase["formula"] in ("S", "S8"):
            stored = phase["structure"]
            cell = Structure(stored["lattice"], stored["species"], stored["coordinates"])
            left, taken = set(range(len(cell))), []
            while left:
                ring, front = set(), [min(left)]
                while front:
                    at = front.pop()
                    if at not in ring:
                        ring.add(at)
                        front += [n.index for n in cell.get_neighbors(cell[at], 2.3)]
                left -= ring
                if len(ring) != 8:
                    break
                taken.append(min(ring))
            else:
                for site in taken:
                    cell[site] = "Se"
                yield (
                    cell,
                    f"as sulfur {phase['id']} of the bundled set, one atom of each ring replaced",
                )


# -- output --------------------------------------------------------------------------------------


def guess(
    formula: str, structure: Structure, text: str, label: str, volume: Mapping[str, float] | None
) -> Guess | None:
    """Give a structure a sensible volume; None where atoms come too close."""
    if volume is not None:
        packed = made.packed(structure, volume)
        if packed is None:
            return None
        structure = packed
    if made.closeness(structure) < 0.7:
        return None
    target = Target(Composition(formula).reduced_formula, 0.0)
    return Guess(target, Prototype(label, structure, text), structure, UNLIKENESS, text)


def main() -> None:
    """Write the file, and what it holds."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("molecules", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    volume = made.volumes(made.binaries(REFERENCE))
    table = made.reference_table(REFERENCE)
    found: list[Guess | None] = []
    for formula, kind in INTERCALATED.items():
        for n, (structure, text) in enumerate(intercalated(formula, kind)):
            found.append(guess(formula, structure, text, f"layers-{kind}-{n}", volume))
    for formula in ROCK_SALT:
        for structure, text in vacant_rock_salt(formula):
            found.append(guess(formula, structure, text, "rock-salt-vacant", volume))
    for row in variants(yaml.safe_load(options.molecules.read_text(encoding="utf-8"))):
        make = chains(row) if "lattice" in row else packings(row, volume)
        for n, (structure, text) in enumerate(make):
            formula = structure.composition.reduced_formula
            found.append(guess(formula, structure, text, f"built-{n}", None))
    for structure, text in rings():
        found.append(guess("SeS7", structure, text, "s8-ring", None))
    names = set()
    lines = []
    for one in found:
        if one is None or one.name in names:
            continue
        names.add(one.name)
        row = made.line(one) | {"energy_above_hull": table.get(one.target.formula, 0.1)}
        lines.append(json.dumps(row, ensure_ascii=False) + "\n")
        print(one.target.formula, one.prototype.label, len(one.structure), row["space_group"])
    partial = options.out.with_suffix(".part")
    partial.write_text("".join(lines))
    partial.rename(options.out)


if __name__ == "__main__":
    main()
