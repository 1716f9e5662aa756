"""Starting structures of binaries that are on the DFT hull and have no structure yet.

    make_binaries.py REFERENCE binaries.yaml OUT [--name NAME] [--only FORMULA ...]

Models are binary crystals with other elements on their sites (those of the reference and the
bundled set, AFLOW's library, types written by hand), and ternaries in which two species become one
element. The output is that of make_prototypes.py; the file names sort before the others.
"""

from __future__ import annotations

import argparse
import gzip
import json
import warnings
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import make_prototypes as made
import yaml
from make_prototypes import Guess, Prototype, Target
from places import BUNDLE, WORK
from pymatgen.analysis.prototypes import AFLOW_PROTOTYPE_LIBRARY
from pymatgen.core import Composition, Structure
from pymatgen.io.cif import CifParser

from trona.workflows.candidates.sources import build_crystal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

FIRST = {"O", "S", "Se", "F", "Cl", "Br", "I"}
ANIONS = FIRST | {"P", "H"}
CHOICE = WORK / "binary-choice.json"
LARGEST_CELL = 60
OFFERED = 3
VARIANTS = 3
"""Polymorphs of a model named in the file."""
FURTHER = 7.0
"""How much less like than the first an offer may be."""
NOT_LOWEST = 0.5
"""Penalty of a polymorph that the potential does not find lowest."""
PER_HULL = 8.0
"""Penalty of a model above the hull, per eV/atom."""
UNKNOWN = 1.0


def pair(formula: str) -> frozenset[str]:
    """Elements of a compound."""
    return frozenset(element.symbol for element in Composition(formula))


def binary(formula: str) -> bool:
    """Tell whether a compound has two elements."""
    return len(pair(formula)) == 2


def crystals(folder: Path) -> list[tuple[dict[str, Any], Structure]]:
    """Binary crystals of the reference."""
    with gzip.open(folder / "structures.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(text) for text in lines]
    return [(row, Structure(row["lattice"], row["species"], row["frac_coords"])) for row in rows]


def from_crystals(
    rows: Iterable[tuple[dict[str, Any], Structure]], table: Mapping[str, float], chosen: set[str]
) -> Iterator[Prototype]:
    """Binary crystals of the reference as models, the lowest polymorphs first."""
    for row, structure in rows:
        formula = structure.composition.reduced_formula
        penalty = PER_HULL * table[formula] if formula in table else UNKNOWN
        penalty += 0.0 if row["id"] in chosen else NOT_LOWEST
        text = f"as {formula} {row['id']} (Materials Project, CC BY 4.0)"
        yield Prototype(f"{formula}-{row['id']}", structure, text, penalty)


def from_cifs(folder: Path) -> Iterator[Prototype]:
    """Binary and ternary crystals in the folder of CIF files."""
    for row in made.index(folder):
        size = len(Composition(row["formula"]))
        if size in (2, 3) and row["space_group"] != "P1" and int(row["nsites"]) <= LARGEST_CELL:
            path = folder / "cifs" / f"{row['material_id']}.cif"
            structure = CifParser(path).parse_structures(primitive=True)[0]
            text = f"as {row['formula']} {row['material_id']} ({row['space_group']}; "
            text += f"{row['source']}, CC BY 4.0)"
            yield Prototype(f"{row['formula']}-{row['material_id']}", structure, text, 0.05)


def from_aflow() -> Iterator[Prototype]:
    """Binary prototypes that pymatgen ships."""
    for entry in AFLOW_PROTOTYPE_LIBRARY:
        structure, tags = entry["snl"].structure, entry["tags"]
        if len(structure.composition) == 2:
            name = tags["mineral"] or structure.composition.reduced_formula
            text = f"{name} type (AFLOW prototype {tags['aflow']}, as pymatgen ships it)"
            yield Prototype(tags["aflow"], structure.get_primitive_structure(), text, 0.3)


def from_bundled(phases: Iterable[Mapping[str, Any]]) -> Iterator[Prototype]:
    """Relaxed binaries and ternaries of the bundled set."""
    for phase in phases:
        stored = phase["structure"]
        structure = Structure(stored["lattice"], stored["species"], stored["coordinates"])
        if len(structure.composition) in (2, 3):
            text = f"as relaxed {phase['formula']} {phase['id']} of the bundled set "
            text += f"({phase['space_group']}; {phase['source']})"
            yield Prototype(f"{phase['formula']}-{phase['id']}", structure, text)


def typed(path: Path) -> list[Prototype]:
    """Structure types written by hand; for their own compound they come first."""
    if not path.exists():
        return []
    found = []
    for row in yaml.safe_load(path.read_text(encoding="utf-8"))["types"]:
        text = f"{row['name']} type ({row['space_group']}), {row['source']}"
        penalty = float(row.get("penalty", 0.0)) - made.TYPED
        found.append(Prototype(row["label"], build_crystal(row), text, penalty))
    return found


def analogies(path: Path) -> dict[str, list[str]]:
    """Models by formula or label, for the compounds whose structure type is known."""
    found: dict[str, list[str]] = yaml.safe_load(path.read_text(encoding="utf-8"))["analogies"]
    return {Composition(formula).reduced_formula: names for formula, names in found.items()}


def proportions(composition: Composition) -> tuple[int, int]:
    """Atoms of the formula and of its most frequent element, to find models by."""
    amounts = composition.reduced_composition.get_el_amt_dict().values()
    return round(sum(amounts)), round(max(amounts))


class Models:
    """Prototypes by proportions."""

    def __init__(self, prototypes: Iterable[Prototype]) -> None:
        self._binary: dict[tuple[int, int], list[Prototype]] = defaultdict(list)
        self._other: dict[int, list[Prototype]] = defaultdict(list)
        for one in prototypes:
            if len(one.structure) > LARGEST_CELL:
                continue
            if len(one.composition) == 2:
                self._binary[proportions(one.composition)].append(one)
            else:
                self._other[round(one.composition.num_atoms)].append(one)

    def of(self, target: Target) -> list[Prototype]:
        """Models of the proportions of a compound."""
        total, most = proportions(target.composition)
        ionic = bool(made.charges(target.formula))
        return [*self._binary[total, most], *(self._other[total] if ionic else [])]

    def named(self, name: str, target: Target) -> list[Prototype]:
        """Models of a label or a formula."""
        here = self._binary[proportions(target.composition)]
        labelled = [one for one in here if one.label == name]
        try:
            formula = Composition(name).reduced_formula
        except ValueError:
            return labelled
        return labelled or [one for one in here if one.composition.reduced_formula == formula]


def told(
    target: Target, names: Iterable[str], models: Models, volume: Mapping[str, float]
) -> Iterator[Guess]:
    """Structures with the models named in the file, in this order."""
    for place, name in enumerate(names):
        here = sorted(models.named(name, target), key=lambda one: one.penalty)
        for model in here[:VARIANTS]:
            ways = made.mappings(model.composition, target.composition)
            mapping, _ = min(ways, key=lambda way: way[1])
            raw = made.substituted(model, mapping)
            structure = made.scaled(raw, model.structure.composition, volume)
            if structure is not None:
                text = made.described(model, mapping) + made._growth(structure, raw)  # noqa: SLF001
                yield Guess(target, model, structure.get_primitive_structure(), 0.1 * place, text)


def offered(
    target: Target,
    names: Iterable[str],
    models: Models,
    volume: Mapping[str, float],
    most: int,
) -> list[Guess]:
    """Rank the structures of a binary by likeness and keep the first."""
    found: dict[str, Guess] = {}
    first = told(target, names, models, volume)
    for guess in (*first, *made.by_analogy(target, models.of(target), volume)):
        structure = guess.structure
        if structure.composition.reduced_formula == target.formula:
            found.setdefault(guess.name, guess)
    kept = list(found.values())[:most]
    nearest = min((one.unlikeness for one in kept), default=0.0)
    return [one for one in kept if one.unlikeness <= nearest + FURTHER]


def importance(target: Target, joined: set[frozenset[str]]) -> int:
    """Rank a compound.

    0: sodium, oxides, halides, sulfides, selenides; 1: phosphides, hydrides and pairs of elements
    that nothing joins yet; 2: others.
    """
    elements = pair(target.formula)
    if "Na" in elements:
        return 0
    if elements & ANIONS:
        return 0 if elements & FIRST else 1
    return 1 if elements not in joined else 2


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reference", type=Path, help="folder with the tables and structures")
    parser.add_argument("types", type=Path, help="structure types written by hand")
    parser.add_argument("out", type=Path, help="folder of the JSON lines")
    parser.add_argument("--bundle", type=Path, default=BUNDLE)
    parser.add_argument("--choice", type=Path, default=CHOICE)
    parser.add_argument("--name", default="00-binaries", help="beginning of the files' names")
    parser.add_argument("--most", type=int, default=OFFERED, help="structures of a formula")
    parser.add_argument("--farthest", type=float, default=7.5, help="unlikeness of the last model")
    parser.add_argument("--only", nargs="*", default=[], help="formulas, and no others")
    parser.add_argument("--groups", nargs="*", type=int, default=[0, 1, 2], help="importances")
    parser.add_argument("--skip", nargs="*", type=Path, default=[], help="files whose ids are had")
    options = parser.parse_args()
    if not options.choice.exists():
        parser.error(f"{options.choice} is not there; run.py writes it: run.py --minutes 1")
    options.out.mkdir(parents=True, exist_ok=True)
    return options


def main() -> None:
    """Write the files, and what they hold."""
    warnings.simplefilter("ignore")
    options = arguments()
    made.OFFERED = options.most + 1
    made.TRIED = 5 * options.most
    made.FARTHEST_ANALOGY = options.farthest

    table = made.reference_table(options.reference)
    rows = crystals(options.reference)
    phases = made.bundled_phases(options.bundle)
    chosen = {name for group in json.loads(options.choice.read_text()).values() for name in group}
    hand, known_types = typed(options.types), analogies(options.types)
    prototypes = [
        *hand,
        *from_bundled(phases),
        *from_crystals(rows, table, chosen),
        *from_cifs(options.reference),
        *from_aflow(),
    ]
    volume = made.volumes([*(s for _, s in rows), *(one.structure for one in prototypes)])
    models = Models(prototypes)
    had = {s.composition.reduced_formula for _, s in rows}
    had |= {Composition(phase["formula"]).reduced_formula for phase in phases}
    had |= {Composition(row["formula"]).reduced_formula for row in made.index(options.reference)}
    joined = {pair(formula) for formula in had if binary(formula)}
    only = [Composition(formula).reduced_formula for formula in options.only]
    wanted = [Target(formula, table.get(formula, 0.0)) for formula in only] or [
        Target(formula, above)
        for formula, above in table.items()
        if binary(formula) and above < made.STABLE and formula not in had and "149" not in formula
    ]
    wanted.sort(key=lambda one: (importance(one, joined), one.composition.num_atoms, one.formula))
    known = set()
    for path in options.skip:
        known |= {json.loads(text)["id"] for text in path.read_text().splitlines()}
    groups: dict[int, list[Guess]] = defaultdict(list)
    without: dict[int, list[str]] = defaultdict(list)
    for target in wanted:
        group = importance(target, joined)
        if group not in options.groups:
            continue
        names = known_types.get(target.formula, [])
        guesses = offered(target, names, models, volume, options.most)
        guesses = [guess for guess in guesses if guess.name not in known]
        groups[group] += guesses
        if not guesses:
            without[group].append(target.formula)
    for group, guesses in groups.items():
        path = options.out / f"{options.name}-{group + 1}.jsonl"
        partial = path.with_suffix(".part")
        made.append(partial, guesses, new=True)
        partial.rename(path)
        print(path.name, len(guesses), "structures of", len({g.target.formula for g in guesses}))
        print("  without:", *without[group])
        for guess in guesses:
            unlike = round(guess.unlikeness, 2)
            print("   ", guess.target.formula, unlike, guess.prototype.label, len(guess.structure))


if __name__ == "__main__":
    main()
