"""Starting structures of the reference set: their sources, and the order of relaxation."""

from __future__ import annotations

import csv
import gzip
import json
import warnings
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from places import PROTOTYPES, REFERENCE, WORK
from pymatgen.core import Composition, Lattice, Structure

from trona.stores.energies.bundled import bundled_data, bundled_structures

if TYPE_CHECKING:
    from collections.abc import Iterator

ON_HULL, NEAR_HULL, REMOTE = 1e-6, 0.03, 0.1  # eV/atom, in the DFT table
CHGNET = "bundled-chgnet"
STABLE = 1e-3
MAX_SITES = 64

METALS = {
    "Li": 3.44, "K": 5.28, "Mg": 4.52, "Ca": 5.53, "Sr": 6.02, "Ba": 6.3, "Sc": 4.6, "Co": 3.52,
    "Ni": 3.52, "Cu": 3.63, "Ag": 4.15, "Mn": 3.5, "Fe": 3.6, "Na": 5.3, "In": 4.75, "Al": 4.04,
    "Zn": 3.95, "Ti": 4.1, "Zr": 4.53, "Y": 5.0,
}  # fmt: skip
"""Lattice constant of a face-centred cubic packing, Å; bcc and hcp keep its volume."""


@dataclass(frozen=True)
class Start:
    """A starting structure."""

    id: str
    stage: int
    source: str
    structure: Structure
    formula: str
    prototype: str = ""
    coarse: bool = False

    @property
    def order(self) -> tuple[int, int, str]:
        return self.stage, len(self.structure), self.id


def reduced(formula: str) -> str:
    return str(Composition(formula).reduced_formula)


@cache
def above_hull() -> dict[str, float]:
    """Energy above the DFT hull by reduced formula, eV/atom."""
    found: dict[str, float] = {}
    with gzip.open(REFERENCE / "formation_energies_wide.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[reduced(row["formula"])] = float(row["energy_above_hull"])
    with (REFERENCE / "formation_energies.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(reduced(row["formula"]), float(row["e_above_hull"]))
    return found


def elements() -> Iterator[Start]:
    """Crystals of the elements that the bundled set lacks, and other packings of metals."""
    for symbol, a in METALS.items():
        packings = {
            "fcc": Structure.from_spacegroup("Fm-3m", Lattice.cubic(a), [symbol], [[0, 0, 0]]),
            "bcc": Structure.from_spacegroup(
                "Im-3m", Lattice.cubic(a / 2 ** (1 / 3)), [symbol], [[0, 0, 0]]
            ),
            "hcp": Structure.from_spacegroup(
                "P6_3/mmc",
                Lattice.hexagonal(a / 2**0.5, a / 2**0.5 * 1.62),
                [symbol],
                [[1 / 3, 2 / 3, 1 / 4]],
            ),
        }
        for name, cell in packings.items():
            yield _element(symbol, name, f"{name} packing", cell)
    hexagonal = Lattice.hexagonal
    yield _element(
        "C",
        "graphite",
        "graphite, P6_3/mmc",
        Structure.from_spacegroup(
            "P6_3/mmc", hexagonal(2.464, 6.8), ["C", "C"], [[0, 0, 0.25], [1 / 3, 2 / 3, 0.25]]
        ),
    )
    yield _element(
        "C",
        "diamond",
        "diamond, Fd-3m",
        Structure.from_spacegroup("Fd-3m", Lattice.cubic(3.57), ["C"], [[0, 0, 0]]),
    )
    yield _element(
        "N",
        "alpha",
        "alpha-N2, Pa-3",
        Structure.from_spacegroup("Pa-3", Lattice.cubic(5.9), ["N"], [[0.055, 0.055, 0.055]]),
    )
    yield _element(
        "Te",
        "a8",
        "trigonal, P3_121",
        Structure.from_spacegroup("P3_121", hexagonal(4.5, 5.96), ["Te"], [[0.266, 0, 1 / 3]]),
    )
    yield _element(
        "Se",
        "a8",
        "trigonal, P3_121",
        Structure.from_spacegroup("P3_121", hexagonal(4.5, 5.05), ["Se"], [[0.22, 0, 1 / 3]]),
    )
    yield _element(
        "Mn",
        "alpha",
        "alpha-Mn, I-43m",
        Structure.from_spacegroup(
            "I-43m",
            Lattice.cubic(8.62),
            ["Mn"] * 4,
            [[0, 0, 0], [0.317, 0.317, 0.317], [0.356, 0.356, 0.035], [0.089, 0.089, 0.282]],
        ),
    )


def _element(symbol: str, name: str, words: str, cell: Structure) -> Start:
    return Start(
        f"{symbol.lower()}-{name}-e", 0, f"{words}, known structure type",
        cell.get_primitive_structure(), symbol,
    )  # fmt: skip


def bundled() -> Iterator[Start]:
    structures = bundled_structures(CHGNET)
    for row in bundled_data(CHGNET)["phases"]:
        structure = structures[row["id"]].to_structure()
        one = len(structure.composition) == 1
        yield Start(row["id"], 0 if one else 1, row["source"], structure, row["formula"])


def present() -> list[Start]:
    """Phases of the set that ships, each from its own relaxed structure; small cells first."""
    structures = bundled_structures()
    starts = (
        Start(row["id"], 0, row["source"], structures[row["id"]].to_structure(), row["formula"])
        for row in bundled_data()["phases"]
    )
    return sorted(starts, key=lambda start: start.order)


def binaries() -> Iterator[Start]:
    """Binary crystals on or near the DFT hull: of each formula the one that was chosen."""
    path = WORK / "binary-choice.json"
    chosen: dict[str, list[str]] = json.loads(path.read_text()) if path.exists() else {}
    names = {name for group in chosen.values() for name in group}
    for row in binary_rows():
        if row["id"] in names:
            energy = above_hull()[reduced(row["formula"])]
            yield Start(
                row["id"],
                2 if energy <= ON_HULL else 4,
                f"started from the geometry of {row['id']} ({row['source']}, CC BY 4.0)",
                structure_of(row),
                row["formula"],
            )


def binary_rows() -> Iterator[dict[str, Any]]:
    with gzip.open(REFERENCE / "structures.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if len(row["species"]) <= MAX_SITES:
                energy = above_hull().get(reduced(row["formula"]))
                if energy is not None and energy <= NEAR_HULL:
                    yield row


def structure_of(row: dict[str, Any]) -> Structure:
    return Structure(row["lattice"], row["species"], row["frac_coords"])


def cif_files() -> Iterator[Start]:
    with (REFERENCE / "cifs" / "INDEX.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if int(row["nsites"]) > MAX_SITES:
            continue
        formula = reduced(row["formula"])
        energy = above_hull().get(formula)
        if energy is not None and energy > NEAR_HULL:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            cell = Structure.from_file(REFERENCE / "cifs" / f"{row['material_id']}.cif")
        yield Start(
            row["material_id"],
            7 if energy is None else 5,
            f"started from the geometry of {row['material_id']} ({row['source']}, CC BY 4.0)",
            cell.get_primitive_structure() if len(cell) > 24 else cell,
            formula,
        )


def prototypes() -> Iterator[Start]:
    """Structures made from prototypes: several for a formula, of which the lowest are kept."""
    for path in sorted(PROTOTYPES.glob("*.jsonl")):
        for line in path.read_text().splitlines():
            try:
                row = json.loads(line)
            except json.JSONDecodeError:
                continue  # being written
            if len(row["species"]) > MAX_SITES:
                continue
            energy = above_hull().get(reduced(row["formula"]), 0.0)
            size = len(Composition(row["formula"]))
            if size == 2 and energy <= STABLE:
                stage = 2 if path.name < "01" else 4
            else:
                stage = 3 if energy <= ON_HULL and size <= 3 else 6 if energy <= REMOTE else 9
            yield Start(
                row["id"], stage, row["source"], structure_of(row), row["formula"],
                row["prototype"], coarse=True,
            )  # fmt: skip


@cache
def fixed(stage: int) -> tuple[Start, ...]:
    """Starts that are there from the beginning."""
    sources = {0: (elements, bundled), 1: (bundled,), 2: (binaries,), 4: (binaries,)}
    made = sources.get(stage, (cif_files,) if stage in (5, 7) else ())
    return tuple(start for source in made for start in source() if start.stage == stage)


def starts_of(stage: int) -> list[Start]:
    """Starts of a stage, each id once, small cells first."""
    others = {start.id for start in bundled()} if stage in (2, 4, 5, 7) else set()
    found: dict[str, Start] = {}
    for start in (*fixed(stage), *(one for one in prototypes() if one.stage == stage)):
        if start.id not in others:
            found.setdefault(start.id, start)
    return sorted(found.values(), key=lambda start: start.order)
