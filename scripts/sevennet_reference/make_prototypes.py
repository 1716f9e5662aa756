"""Starting structures by analogy: known prototypes with other elements on their sites.

    make_prototypes.py REFERENCE prototypes.yaml BUNDLE OUT

For each sodium compound of the reference table that is neither in the bundled set nor in the folder
of CIF files, the prototypes of its composition are tried, the most similar first. One JSON line per
structure.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import warnings
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import combinations, permutations, product
from math import comb
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml
from pymatgen.analysis.ewald import EwaldSummation
from pymatgen.analysis.local_env import CovalentRadius
from pymatgen.analysis.prototypes import AFLOW_PROTOTYPE_LIBRARY
from pymatgen.core import Composition, DummySpecies, Element, Lattice, Structure
from pymatgen.io.cif import CifParser
from pymatgen.symmetry.analyzer import SpacegroupAnalyzer
from scipy.optimize import nnls

from trona.workflows.candidates.sources import build_crystal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

LARGEST_CELL = 40
OFFERED = 4
NEAR_HULL = 0.03
"""eV/atom."""
STABLE = 1e-3
CLOSEST = 0.75
"""Smallest distance, in sums of covalent radii."""
FARTHEST_ANALOGY = 7.5
"""Dissimilarity per element from which a substitution is not worth a relaxation."""
MERGED = 1.5
TYPED = 0.3
SPLIT = 1.0
FILLED = 1.6
COLOURINGS = 3000
TRIED = 12
LARGEST_FILLING = 10
LONGEST = 1.9
WORSE = 3.0
SEEN = 8
UNSEEN = 18.0
"""Å³, of an element in too few compounds."""
ANIONS = {"H", "N", "P", "As", "Sb", "O", "S", "Se", "Te", "F", "Cl", "Br", "I"}
HALIDES = {"F", "Cl", "Br", "I"}
NONMETALS = {"B", "C", "N", "S", "Cl", "Br", "I", "H"}
TETRAHEDRAL = {"P", "As", "Si", "Ge", "Se"}
ALKALI = {"Li", "Na", "K", "Rb", "Cs", "Ag", "Tl", "Cu"}


@dataclass(frozen=True, eq=False)
class Prototype:
    """A crystal whose sites other elements can take."""

    label: str
    structure: Structure
    source: str
    penalty: float = 0.0

    @cached_property
    def composition(self) -> Composition:
        """Reduced composition."""
        return self.structure.composition.reduced_composition


@dataclass(frozen=True)
class Target:
    """A compound that lacks a structure."""

    formula: str
    above_hull: float

    @property
    def composition(self) -> Composition:
        return Composition(self.formula)


@dataclass(frozen=True, eq=False)
class Guess:
    """A structure by analogy."""

    target: Target
    prototype: Prototype
    structure: Structure
    unlikeness: float
    source: str

    @property
    def name(self) -> str:
        """Prototype, symmetry and composition."""
        number = fingerprint(self.structure)[0]
        return f"proto-{self.prototype.label}-{number}-{self.target.formula}"


# -- what there is ------------------------------------------------------------------------------


def reference_table(folder: Path) -> dict[str, float]:
    """Formula to energy above the hull, eV/atom."""
    table: dict[str, float] = {}
    with (
        gzip.open(folder / "formation_energies_wide.csv.gz", "rt", encoding="utf-8") as wide,
        (folder / "formation_energies.csv").open(encoding="utf-8") as narrow,
    ):
        for rows, column in ((wide, "energy_above_hull"), (narrow, "e_above_hull")):
            for row in csv.DictReader(rows):
                formula = Composition(row["formula"]).reduced_formula
                table.setdefault(formula, float(row[column]))
    return table


def index(folder: Path) -> list[dict[str, str]]:
    """Lines of the table of CIF files."""
    with (folder / "cifs" / "INDEX.csv").open(encoding="utf-8") as rows:
        return list(csv.DictReader(rows))


def bundled_phases(path: Path) -> list[dict[str, Any]]:
    """Phases of a bundled set, each with its structure out of the file beside."""
    beside = path.with_name(path.name.replace(".json.gz", "_structures.json.gz"))
    rows, structures = (json.loads(gzip.decompress(p.read_bytes())) for p in (path, beside))
    return [row | {"structure": structures[row["id"]]} for row in rows["phases"]]


def targets(table: Mapping[str, float], had: set[str], named: Iterable[str]) -> Iterator[Target]:
    """Sodium compounds of three and more elements without a structure, and those named."""
    wanted = [Composition(formula).reduced_formula for formula in named]
    for formula in dict.fromkeys([*wanted, *table]):
        composition = Composition(formula)
        above = table.get(formula, 0.1 if formula in wanted else 9.0)
        if formula in wanted or (
            "Na" in composition
            and len(composition) > 2
            and ANIONS & {element.symbol for element in composition}
            and above <= NEAR_HULL
            and composition.num_atoms <= LARGEST_CELL
            and formula not in had
        ):
            yield Target(formula, above)


# -- prototypes ---------------------------------------------------------------------------------


def typed(path: Path) -> Iterator[Prototype]:
    """Structure types written by hand."""
    for row in yaml.safe_load(path.read_text(encoding="utf-8")):
        text = f"{row['name']} type ({row['space_group']}), {row['source']}"
        yield Prototype(row["label"], build_crystal(row), text, row.get("penalty", 0.0) - TYPED)


def from_aflow() -> Iterator[Prototype]:
    """Prototypes of three and more elements that pymatgen ships."""
    for entry in AFLOW_PROTOTYPE_LIBRARY:
        structure, tags = entry["snl"].structure, entry["tags"]
        if len(structure.composition) > 2:
            name = tags["mineral"] or structure.composition.reduced_formula
            text = f"{name} type (AFLOW prototype {tags['aflow']}, as pymatgen ships it)"
            yield Prototype(tags["aflow"], structure.get_primitive_structure(), text, 0.3)


def from_bundled(phases: Iterable[Mapping[str, Any]]) -> Iterator[Prototype]:
    """Relaxed structures of the bundled set."""
    for phase in phases:
        stored = phase["structure"]
        structure = Structure(stored["lattice"], stored["species"], stored["coordinates"])
        if len(structure.composition) > 2:
            text = f"as relaxed {phase['formula']} {phase['id']} of the bundled set "
            text += f"({phase['space_group']}; {phase['source']})"
            yield Prototype(
                f"{phase['formula']}-{phase['id']}", structure.get_primitive_structure(), text
            )


def from_cifs(folder: Path) -> Iterator[Prototype]:
    """Crystals of the Materials Project in the folder of CIF files."""
    for row in index(folder):
        if len(Composition(row["formula"])) > 2 and row["space_group"] != "P1":
            path = folder / "cifs" / f"{row['material_id']}.cif"
            structure = CifParser(path).parse_structures(primitive=True)[0]
            text = f"as {row['formula']} {row['material_id']} ({row['space_group']}; "
            text += "Materials Project, CC BY 4.0)"
            yield Prototype(f"{row['formula']}-{row['material_id']}", structure, text, 0.05)


def fitting(prototypes: Iterable[Prototype]) -> list[Prototype]:
    """Those of a size that can be relaxed."""
    return [one for one in prototypes if len(one.structure) <= LARGEST_CELL]


def binaries(folder: Path) -> Iterator[Structure]:
    """Binary crystals of the reference, for volumes."""
    with gzip.open(folder / "structures.jsonl.gz", "rt", encoding="utf-8") as lines:
        for text in lines:
            row = json.loads(text)
            yield Structure(row["lattice"], row["species"], row["frac_coords"])


# -- likeness of elements -------------------------------------------------------------------------


@cache
def charges(formula: str) -> dict[str, float]:
    """Likely oxidation states; none where they do not balance."""
    composition = Composition(formula)
    if len(composition) > 5 or composition.num_atoms > 30:
        return {}
    guesses = composition.oxi_state_guesses()
    return dict(guesses[0]) if guesses else {}


def main_anion(composition: Composition) -> str:
    """The most electronegative non-metal, or else element."""
    elements = [element for element in composition if element.symbol in ANIONS]
    return str(max(elements or composition, key=lambda element: float(element.X)).symbol)


def group_of(symbol: str) -> int:
    """Chemical family by column; hydrogen by itself."""
    return 0 if symbol == "H" else int(Element(symbol).group)


@cache
def unlikeness(old: str, new: str, *, old_anion: bool, new_anion: bool) -> float:
    """Dissimilarity of two elements on a site; 0 for the same."""
    if old == new and old_anion == new_anion:
        return 0.0
    one, other = Element(old), Element(new)
    distance = 1.2 * abs(float(one.X) - float(other.X))
    distance += 1.2 * abs(_size(old, old_anion) - _size(new, new_anion))
    same_group = group_of(old) == group_of(new) or {old, new} <= ALKALI
    distance += 0.2 if same_group else 0.8
    if old_anion != new_anion:
        distance += 6
    elif old_anion and not same_group:
        distance += 2.5
    if (old in ALKALI - {"Cu", "Ag"}) != (new in ALKALI - {"Cu", "Ag"}):
        distance += 1.5
    return distance


@cache
def _size(symbol: str, anion: bool) -> float:
    """Ionic radius where one is known, else the atomic one, Å."""
    element = Element(symbol)
    radii = element.ionic_radii
    if anion and radii:
        return float(radii[min(radii)])
    return float(element.average_ionic_radius or element.atomic_radius or 1.5)


def mappings(old: Composition, new: Composition) -> Iterator[tuple[dict[str, str], float]]:
    """Ways to put the elements of a compound on the species of another, with their unlikeness.

    Two species may become the same element.
    """
    before, after = parts(old.reduced_formula), parts(new.reduced_formula)
    surplus = len(before) - len(after)
    if surplus not in (0, 1) or sum(n for _, n in before) != sum(n for _, n in after):
        return
    if surplus == 0 and sorted(n for _, n in before) != sorted(n for _, n in after):
        return
    for choice in product(after, repeat=len(before)):
        amounts: dict[str, float] = defaultdict(float)
        for (_, amount), (element, _) in zip(before, choice, strict=True):
            amounts[element] += amount
        if all(amounts[element] == amount for element, amount in after):
            mapping = {was: becomes for (was, _), (becomes, _) in zip(before, choice, strict=True)}
            yield mapping, cost(old, new, mapping)


@cache
def parts(formula: str) -> tuple[tuple[str, float], ...]:
    """Elements and amounts of a reduced formula."""
    return tuple(Composition(formula).get_el_amt_dict().items())


def cost(old: Composition, new: Composition, mapping: Mapping[str, str]) -> float:
    """Unlikeness of a compound and its model."""
    old_anion, new_anion = main_anion(old), main_anion(new)
    total = sum(
        unlikeness(was, becomes, old_anion=was == old_anion, new_anion=becomes == new_anion)
        for was, becomes in mapping.items()
    )
    before, after = charges(old.reduced_formula), charges(new.reduced_formula)
    if before and after:
        total += 0.7 * sum(abs(before[was] - after[becomes]) for was, becomes in mapping.items())
    return total + MERGED * (len(old) - len(new))


# -- volumes and distances ------------------------------------------------------------------------


def volumes(structures: Iterable[Structure]) -> dict[str, float]:
    """Volume of each element in compounds, by least squares, Å³."""
    chosen = [one for one in structures if len(one.composition) > 1]
    elements = sorted({element.symbol for one in chosen for element in one.composition})
    matrix = np.zeros((len(chosen), len(elements)))
    for line, one in enumerate(chosen):
        for element, amount in one.composition.items():
            matrix[line, elements.index(element.symbol)] = amount / one.volume
    found, _ = nnls(matrix, np.ones(len(chosen)))
    often = (matrix > 0).sum(axis=0) >= SEEN
    return {
        element: max(float(volume), 4.0)
        for element, volume, known in zip(elements, found, often, strict=True)
        if known
    }


def closeness(structure: Structure) -> float:
    """Shortest distance in sums of covalent radii."""
    radii = [CovalentRadius.radius[site.specie.symbol] for site in structure]
    centers, neighbors, _, distances = structure.get_neighbor_list(r=3.6)
    if not len(distances):
        return 9.0
    sums = np.array([radii[i] + radii[j] for i, j in zip(centers, neighbors, strict=True)])
    return float((distances / sums).min())


def scaled(structure: Structure, old: Composition, volume: Mapping[str, float]) -> Structure | None:
    """Give a structure the volume of its new elements; None where atoms come too close."""
    ratio = _mean_volume(structure.composition, volume) / _mean_volume(old, volume)
    for stretch in (1.0, 1.04, 1.08, 1.13, 1.2):
        trial = structure.copy()
        trial.scale_lattice(structure.volume * ratio * stretch**3)
        if closeness(trial) >= CLOSEST:
            return trial
    return None


def _mean_volume(composition: Composition, volume: Mapping[str, float]) -> float:
    """Volume per atom by the elements, Å³."""
    amount = sum(n * volume.get(e.symbol, UNSEEN) for e, n in composition.items())
    return float(amount / composition.num_atoms)


# -- substitution ----------------------------------------------------------------------------------


def substituted(prototype: Prototype, mapping: Mapping[str, str]) -> Structure:
    """Replace the species, and keep the sites."""
    structure = prototype.structure.copy()
    structure.remove_oxidation_states()
    species = [mapping[site.specie.symbol] for site in structure]
    return Structure(structure.lattice, species, structure.frac_coords)


def by_analogy(
    target: Target, prototypes: Iterable[Prototype], volume: Mapping[str, float]
) -> list[Guess]:
    """Structures of a compound, likeliest first."""
    composition = target.composition
    ranked = []
    for prototype in prototypes:
        for mapping, unlike in mappings(prototype.composition, composition):
            if unlike <= FARTHEST_ANALOGY:
                ranked.append((unlike + prototype.penalty, prototype, mapping))
    ranked.sort(key=lambda item: item[0])
    guesses: dict[tuple[Any, ...], Guess] = {}
    for unlike, prototype, mapping in ranked[:TRIED]:
        raw = substituted(prototype, mapping)
        structure = scaled(raw, prototype.structure.composition, volume)
        if structure is None or structure.composition.reduced_formula != target.formula:
            continue
        structure = structure.get_primitive_structure()
        text = described(prototype, mapping) + _growth(structure, raw)
        guess = Guess(target, prototype, structure, unlike, text)
        guesses.setdefault(fingerprint(structure), guess)
        if len(guesses) == OFFERED:
            break
    return list(guesses.values())


def described(prototype: Prototype, mapping: Mapping[str, str]) -> str:
    """Say in a sentence where a structure comes from."""
    changed = ", ".join(f"{old} → {new}" for old, new in mapping.items() if old != new)
    what = f"with {changed}" if changed else "elements kept"
    return f"{prototype.source}; {what}"


def fingerprint(structure: Structure) -> tuple[Any, ...]:
    """Space group and occupied positions, to tell structure types apart."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = SpacegroupAnalyzer(structure, symprec=0.03).get_symmetry_dataset()
    sites = sorted(zip((s.specie.symbol for s in structure), found.wyckoffs, strict=True))
    return (found.number, len(structure), tuple(sites))


# -- ordering of two elements on one site ----------------------------------------------------------


def split_mappings(
    old: Composition, new: Composition
) -> Iterator[tuple[dict[str, str], str, tuple[str, str], float]]:
    """Ways to let two elements of a compound share one species of another."""
    species, elements = [e.symbol for e in old], [e.symbol for e in new]
    if len(elements) != len(species) + 1:
        return
    factor = old.num_atoms / new.num_atoms
    if abs(factor - round(factor)) > 1e-6 and abs(1 / factor - round(1 / factor)) > 1e-6:
        return
    anions = {main_anion(new)}
    for pair in combinations([e for e in elements if e not in anions], 2):
        single = [e for e in elements if e not in pair]
        joint = new[pair[0]] + new[pair[1]]
        for shared in species:
            if abs(joint * factor - old[shared]) > 1e-6:
                continue
            others = [s for s in species if s != shared]
            for order in permutations(single):
                mapping = dict(zip(others, order, strict=True))
                if all(abs(new[b] * factor - old[a]) < 1e-6 for a, b in mapping.items()):
                    weight = {e: new[e] / joint for e in pair}
                    yield (
                        mapping,
                        shared,
                        pair,
                        SPLIT + _split_cost(old, new, mapping, shared, weight),
                    )


def _split_cost(
    old: Composition,
    new: Composition,
    mapping: Mapping[str, str],
    shared: str,
    weight: Mapping[str, float],
) -> float:
    """Unlikeness when a species is shared."""
    old_anion, new_anion = main_anion(old), main_anion(new)
    total = sum(
        unlikeness(a, b, old_anion=a == old_anion, new_anion=b == new_anion)
        for a, b in mapping.items()
    )
    total += sum(
        unlikeness(shared, e, old_anion=shared == old_anion, new_anion=False) for e in weight
    )
    before, after = charges(old.reduced_formula), charges(new.reduced_formula)
    if before and after:
        mean = sum(after[e] * w for e, w in weight.items())
        total += 0.7 * abs(before[shared] - mean)
        total += 0.7 * sum(abs(before[a] - after[b]) for a, b in mapping.items())
    return total


def orderings(
    target: Target, prototypes: Iterable[Prototype], volume: Mapping[str, float]
) -> list[Guess]:
    """Structures of a compound in which two of its elements share a site of the prototype."""
    composition = target.composition
    charge = charges(target.formula)
    if not charge:
        return []
    ranked = [
        (split[-1] + prototype.penalty, prototype, split)
        for prototype in prototypes
        for split in split_mappings(prototype.composition, composition)
        if split[-1] <= FARTHEST_ANALOGY
    ]
    ranked.sort(key=lambda item: item[0])
    guesses = []
    for unlike, prototype, (mapping, shared, pair, _) in ranked[:TRIED]:
        raw = ordered(prototype.structure, mapping, shared, pair, composition, charge)
        structure = raw and scaled(raw, prototype.structure.composition, volume)
        if raw is None or structure is None:
            continue
        structure = structure.get_primitive_structure()
        text = f"{described(prototype, mapping)}; {pair[0]} and {pair[1]} on the sites of {shared} "
        text += f"in the order of least Ewald energy{_growth(structure, raw)}"
        guesses.append(Guess(target, prototype, structure, unlike, text))
    return guesses


def ordered(
    model: Structure,
    mapping: Mapping[str, str],
    shared: str,
    pair: tuple[str, str],
    composition: Composition,
    charge: Mapping[str, float],
) -> Structure | None:
    """Distribute two elements over the sites of one so that the electrostatic energy is least."""
    structure = model.copy()
    structure.remove_oxidation_states()
    symbols = [site.specie.symbol for site in structure]
    sites = [i for i, symbol in enumerate(symbols) if symbol == shared]
    first = composition[pair[0]] / (composition[pair[0]] + composition[pair[1]]) * len(sites)
    count = round(first)
    if abs(first - count) > 1e-6 or comb(len(sites), count) > COLOURINGS:
        return None
    matrix = coulomb(structure)
    q = np.array([charge[mapping[s]] if s != shared else charge[pair[1]] for s in symbols])
    best: tuple[int, ...] = ()
    lowest = np.inf
    for chosen in combinations(sites, count):
        trial = q.copy()
        trial[list(chosen)] = charge[pair[0]]
        energy = float(trial @ matrix @ trial)
        if energy < lowest - 1e-6:
            best, lowest = chosen, energy
    elements = [mapping.get(symbol, pair[1]) for symbol in symbols]
    for site in best:
        elements[site] = pair[0]
    return Structure(structure.lattice, elements, structure.frac_coords)


def coulomb(structure: Structure) -> NDArray[np.float64]:
    """Electrostatic energy of every pair of sites with unit charges, eV."""
    unit = Structure(structure.lattice, ["Na+"] * len(structure), structure.frac_coords)
    sums: Any = EwaldSummation
    return np.asarray(sums(unit).total_energy_matrix)


def _growth(structure: Structure, raw: Structure) -> str:
    """Say how a cell was scaled."""
    growth = structure.volume / len(structure) * len(raw) / raw.volume
    return f"; cell scaled by {growth:.2f} in volume by the sum of atomic volumes"


# -- lattices to fill ------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Framework:
    """A simple structure with sites to share out among metals, sodium and vacancies."""

    name: str
    structure: Structure
    """Anions are X, sites of metals M, sites to share out A."""
    strain: float = 0.0


def frameworks() -> list[Framework]:
    """Rock salt, antifluorite, and layers of edge-sharing octahedra or prisms."""
    face = Lattice([[0.0, 2.35, 2.35], [2.35, 0.0, 2.35], [2.35, 2.35, 0.0]])
    octahedral = Lattice.from_parameters(5.6, 5.6, 5.6, 30.6, 30.6, 30.6)
    hexagonal = Lattice.hexagonal(2.9, 11.0)
    third = [1 / 3, 2 / 3]
    x, m, a = (DummySpecies(name) for name in "XMA")
    return [
        Framework("rock salt", Structure(face, [a, x], [[0.0, 0.0, 0.0], [0.5, 0.5, 0.5]])),
        Framework(
            "antifluorite",
            Structure(face, [x, a, a], [[0.0, 0.0, 0.0], [0.25] * 3, [0.75] * 3]),
            0.3,
        ),
        Framework(
            "alpha-NaFeO2",
            Structure(octahedral, [m, a, x, x], [[0.0] * 3, [0.5] * 3, [0.265] * 3, [0.735] * 3]),
        ),
        Framework(
            "LiNbO2 (2H layers of prisms)",
            Structure(
                hexagonal,
                [m, m, a, a, x, x, x, x],
                [
                    [*third, 0.25],
                    [third[1], third[0], 0.75],
                    [0.0, 0.0, 0.0],
                    [0.0, 0.0, 0.5],
                    [*third, 0.625],
                    [third[1], third[0], 0.375],
                    [third[1], third[0], 0.125],
                    [*third, 0.875],
                ],
            ),
            0.2,
        ),
    ]


def fillings(
    target: Target, known: Iterable[Framework], volume: Mapping[str, float]
) -> list[Guess]:
    """Structures of a compound by filling the frameworks that its composition fits."""
    charge, composition = charges(target.formula), target.composition
    if not charge or len(composition) != 3 or "Na" not in charge:
        return []
    anion = main_anion(composition)
    metal = next((e.symbol for e in composition if e.symbol not in {"Na", anion}), "")
    if not metal or metal in NONMETALS or charge[anion] >= 0 or charge[metal] <= 0:
        return []
    amounts = {"Na": composition["Na"], "M": composition[metal], "X": composition[anion]}
    guesses = []
    for framework in known:
        if metal in TETRAHEDRAL and framework.name != "antifluorite":
            continue
        for multiple in (1, 2):
            filled = filling(
                framework,
                {k: round(v * multiple) for k, v in amounts.items()},
                (charge["Na"], charge[metal], charge[anion]),
            )
            if filled is None:
                continue
            names = {"A": "Na", "M": metal, "X": anion}
            raw = Structure(
                filled.lattice, [names[s.specie.symbol] for s in filled], filled.frac_coords
            )
            structure = packed(raw, volume)
            if structure is not None:
                text = f"{framework.name} framework, sodium, {metal} and vacancies in the order of "
                text += "least Ewald energy; volume from atomic volumes"
                label = framework.name.split()[0].strip("(").lower() + "-filled"
                model = Prototype(label, structure, text)
                guesses.append(Guess(target, model, structure, FILLED + framework.strain, text))
    return guesses


def packed(raw: Structure, volume: Mapping[str, float]) -> Structure | None:
    """Give a cell the volume of its elements; None where atoms come too close."""
    amount = _mean_volume(raw.composition, volume) * len(raw)
    for stretch in (1.0, 1.04, 1.08, 1.13):
        trial = raw.copy()
        trial.scale_lattice(amount * stretch**3)
        if closeness(trial) >= CLOSEST:
            return trial.get_primitive_structure()
    return None


def filling(
    framework: Framework, amounts: Mapping[str, int], charge: tuple[float, float, float]
) -> Structure | None:
    """Share the sites of a framework out so that the electrostatic energy is least.

    Returns None where the composition does not fit, or there are too many ways.
    """
    unit = {name: int(framework.structure.composition[DummySpecies(name)]) for name in "AMX"}
    cells, rest = divmod(amounts["X"], unit["X"])
    shared = 0 if unit["M"] else amounts["M"]
    sites = cells * unit["A"]
    fits = not rest and amounts["Na"] + shared <= sites and cells <= LARGEST_FILLING
    fits &= amounts["M"] == cells * unit["M"] if unit["M"] else True
    full = amounts["Na"] + shared == sites
    fits &= (
        full or (unit["M"] > 0) or (unit["A"] > unit["X"] and sites < 2 * (amounts["Na"] + shared))
    )
    ways = comb(sites, amounts["Na"] + shared) * comb(amounts["Na"] + shared, shared) if fits else 0
    if not fits or not 1 < ways <= COLOURINGS or sum(amounts.values()) > LARGEST_CELL:
        return None
    best, lowest = None, np.inf
    for scaling in supercells(cells):
        lattice = Lattice(scaling @ framework.structure.lattice.matrix)
        if max(lattice.get_lll_reduced_lattice().abc) > LONGEST * lattice.volume ** (1 / 3):
            continue
        cell = framework.structure.copy()
        cell.make_supercell(scaling)
        energy, filled = _least(cell, amounts["Na"], shared, charge)
        if energy < lowest - 1e-4:
            best, lowest = filled, energy
    return best


def _least(
    cell: Structure, sodium: int, metals: int, charge: tuple[float, float, float]
) -> tuple[float, Structure]:
    """Fill one cell; its energy and what remains."""
    names = [site.specie.symbol for site in cell]
    free = [i for i, name in enumerate(names) if name == "A"]
    matrix = coulomb(cell)
    fixed = np.array([{"X": charge[2], "M": charge[1], "A": 0.0}[name] for name in names])
    best: tuple[float, tuple[int, ...], tuple[int, ...]] = (np.inf, (), ())
    for ours in combinations(free, sodium + metals):
        for theirs in combinations(ours, metals):
            q = fixed.copy()
            q[list(ours)] = charge[0]
            q[list(theirs)] = charge[1]
            energy = float(q @ matrix @ q)
            if energy < best[0] - 1e-6:
                best = (energy, ours, theirs)
    names = ["M" if i in best[2] else name for i, name in enumerate(names)]
    kept = [i for i, name in enumerate(names) if name != "A" or i in best[1]]
    species = [DummySpecies(names[i]) for i in kept]
    return best[0], Structure(cell.lattice, species, cell.frac_coords[kept])


def supercells(size: int) -> Iterator[NDArray[np.int64]]:
    """Hermite normal forms of a determinant."""
    for a in range(1, size + 1):
        for c in range(1, size // a + 1):
            if size % (a * c) == 0:
                f = size // (a * c)
                for b, d, e in product(range(c), range(f), range(f)):
                    yield np.array([[a, b, d], [0, c, e], [0, 0, f]])


# -- order and output ------------------------------------------------------------------------------


def family(formula: str) -> int:
    """Importance by chemistry: halides, oxides, sulfides and selenides, pnictides, others."""
    composition = Composition(formula)
    if "Na" not in composition:
        return 6
    anion = main_anion(composition)
    if anion in HALIDES:
        return 1
    if anion == "O":
        return 5 if "H" in composition and len(composition) > 3 else 2
    if anion in {"S", "Se"}:
        return 3
    return 4


def families(target: Target) -> tuple[int, int, int, float]:
    """Key by which targets are sorted: ternaries and the stable first."""
    composition = target.composition
    return (
        len(composition) > 3 or "Na" not in composition,
        family(target.formula),
        target.above_hull > STABLE,
        composition.num_atoms,
    )


def line(guess: Guess) -> dict[str, Any]:
    """A line of the output."""
    structure = guess.structure
    number = SpacegroupAnalyzer(structure, symprec=0.03).get_space_group_symbol()
    return {
        "id": guess.name,
        "formula": guess.target.formula,
        "source": guess.source,
        "prototype": guess.prototype.label,
        "space_group": number,
        "unlikeness": round(guess.unlikeness, 2),
        "energy_above_hull": guess.target.above_hull,
        "lattice": np.round(structure.lattice.matrix, 5).tolist(),
        "species": [site.specie.symbol for site in structure],
        "frac_coords": np.round(structure.frac_coords % 1, 6).tolist(),
    }


def offered(
    target: Target, prototypes: Sequence[Prototype], volume: Mapping[str, float]
) -> list[Guess]:
    """The likeliest structures of a compound."""
    guesses = [
        *by_analogy(target, prototypes, volume),
        *orderings(target, prototypes, volume),
        *fillings(target, frameworks(), volume),
    ]
    guesses.sort(key=lambda guess: guess.unlikeness)
    distinct: dict[tuple[Any, ...], Guess] = {}
    for guess in guesses:
        composition = guess.structure.composition
        if composition.reduced_formula == target.formula and len(guess.structure) <= LARGEST_CELL:
            distinct.setdefault(fingerprint(guess.structure), guess)
    named: dict[str, Guess] = {}
    for guess in distinct.values():
        named.setdefault(guess.name, guess)
    kept = list(named.values())[: OFFERED if "Na" in target.composition else 2]
    return [guess for guess in kept if guess.unlikeness <= kept[0].unlikeness + WORSE]


def append(path: Path, guesses: Iterable[Guess], *, new: bool) -> None:
    """Write structures, one a line."""
    rows = [json.dumps(line(guess), ensure_ascii=False) + "\n" for guess in guesses]
    with path.open("w" if new else "a", encoding="utf-8") as lines:
        lines.writelines(rows)


def file_name(target: Target) -> str:
    """File of a compound: by number of elements and by chemistry."""
    if "Na" not in target.composition:
        return "sodium-free.jsonl"
    kind = ("", "halides", "oxides", "chalcogenides", "pnictides-and-others", "hydrous")
    elements = len(target.composition)
    return f"{'ternary' if elements <= 3 else 'quaternary'}-{kind[family(target.formula)]}.jsonl"


def report(wanted: Iterable[Target], made: set[str], found: Mapping[str, Sequence[Guess]]) -> None:
    """Count what was made."""
    for name, guesses in found.items():
        print(name, len(guesses), "structures of", len({g.target.formula for g in guesses}))
    for size in (3, 4, 5):
        some = [one for one in wanted if len(one.composition) == size]
        stable = [one for one in some if one.above_hull <= STABLE]
        for word, ones in (("stable", stable), ("near the hull", some)):
            count = sum(one.formula in made for one in ones)
            print(f"{size} elements, {word}: {count} of {len(ones)}")
            if size == 3:
                print("  without:", *(one.formula for one in ones if one.formula not in made))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reference", type=Path, help="folder with the tables and the CIF files")
    parser.add_argument("types", type=Path, help="structure types written by hand")
    parser.add_argument("bundle", type=Path, help="energies of a set, bundled_chgnet.json.gz")
    parser.add_argument("out", type=Path, help="folder of the JSON lines")
    parser.add_argument("--named", nargs="*", default=[], help="formulas wanted in any case")
    parser.add_argument("--only", nargs="*", default=[], help="formulas, and no others")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    phases = bundled_phases(options.bundle)
    prototypes = fitting(
        [
            *typed(options.types),
            *from_bundled(phases),
            *from_cifs(options.reference),
            *from_aflow(),
        ]
    )
    volume = volumes([*binaries(options.reference), *(one.structure for one in prototypes)])
    had = {Composition(phase["formula"]).reduced_formula for phase in phases}
    had |= {Composition(row["formula"]).reduced_formula for row in index(options.reference)}
    table = reference_table(options.reference)
    wanted = sorted(targets(table, had, [*options.named, *options.only]), key=families)
    only = {Composition(formula).reduced_formula for formula in options.only}
    wanted = [target for target in wanted if not only or target.formula in only]
    found: dict[str, list[Guess]] = defaultdict(list)
    made = set()
    for target in wanted:
        guesses = offered(target, prototypes, volume)
        made |= {target.formula} if guesses else set()
        name = file_name(target)
        append(options.out / name, guesses, new=name not in found)
        found[name] += guesses
    report(wanted, made, found)


if __name__ == "__main__":
    main()
