#!/usr/bin/env python
"""Compute the set of CHGNet energies: relax every starting structure with the ML potential.

    python scripts/build_reference.py                       from the structures of the present set
    python scripts/build_reference.py --structures FOLDER   and from CIF files (with an INDEX.csv)

Starting structures are, in this order: scripts/reference_structures.yaml and the bundled candidates
(crystallography with sources), the relaxed structures of the present set, and a folder of CIF
files. Relaxations are saved in --cache, so an interrupted run resumes where it stopped. Phases
that were searched for without success are listed in scripts/reference_missing.yaml.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from pymatgen.core import Structure

from trona.screening.formulas import canonical, parse
from trona.stores.collections.results import Results
from trona.stores.corrections.schemes import AS_PUBLISHED
from trona.stores.energies.bundled import bundled_data, bundled_structures
from trona.stores.energies.entries import Rejected, admit
from trona.stores.provenance import versions
from trona.workflows.candidates.sources import Candidate, build_crystal, bundled
from trona.workflows.jobs.backends import BACKENDS, relaxation_id
from trona.workflows.local.pool import Work, run_flows

HERE = Path(__file__).parent
NAME = "bundled-chgnet"
OUTPUT = HERE.parent / "stores" / "energies" / "bundled_chgnet.json.gz"
SYSTEMS = tuple(
    frozenset(system.split("-"))
    for system in (
        "Na-P-S-O-Cr", "Na-Sb-S-O-H", "Na-P-As-Sb-Si-Ge-Sn-S-Se", "Na-Y-Zr-Cr-Cl", "Na-Y-Zr-Cr-O",
        "Na-B-H-Cr-O",
        "Na-B-S", "Na-Al-S", "Na-In-S", "Na-Zn-Ga-S", "Na-Sb-Sn-Ti-S", "Na-Nb-S", "Na-Fe-S",
        "Na-P-Sb-W-S-O", "Na-P-Sb-Mo-S", "Na-P-S-F", "Na-P-Sb-Sn-S-Cl", "Na-P-Sb-Sn-S-Br",
        "Na-P-Sb-Sn-S-I", "Na-Fe-Cl", "Na-Ta-Cl", "Na-Zr-Si-P-O", "Na-Al-O", "Na-V-P-O",
    )
)  # fmt: skip
"""Electrolytes with their dopants, sodium alloys, coatings and cathodes, each with its products."""
MAX_SITES = 64
PRIMITIVE_ABOVE = 24  # atoms of a conventional cell: a smaller one is relaxed as the file has it
MAX_ABOVE_HULL = 0.1  # eV/atom in DFT: farther phases are hypothetical
MAX_VOLUME_CHANGE = 0.6  # constructed starting structures may be far from equilibrium
SAME_ENERGY, SAME_VOLUME = 5e-4, 0.05  # eV/atom and Å³/atom: one structure found twice
NAMES = {"NaS": "Na2S2", "NaS2": "Na2S4", "NaSe": "Na2Se2", "NaSe2": "Na2Se4", "NaHO": "NaOH",
         "Na(BH)6": "Na2B12H12", "Na(BH)5": "Na2B10H10", "NaPS3": "Na2P2S6", "Na2PS3": "Na4P2S6",
         "Na(BH)3": "Na2B6H6", "BH3": "B2H6", "Na2PSe3": "Na4P2Se6",
         "Na3P(SO)2": "Na3PS2O2"}  # fmt: skip
"""How chemists write what pymatgen reduces further."""


def wanted(elements: set[str]) -> bool:
    return any(elements <= system for system in SYSTEMS)


def crystals() -> list[Candidate]:
    rows = yaml.safe_load((HERE / "reference_structures.yaml").read_text(encoding="utf-8"))
    found = [
        Candidate(row["label"], row["formula"], row["source"], build_crystal(row)) for row in rows
    ]
    return found + [candidate for candidate in bundled() if candidate.structure is not None]


def present_set() -> list[Candidate]:
    structures = bundled_structures(NAME)
    return [
        Candidate(row["id"], row["formula"], row["source"], structures[row["id"]].to_structure())
        for row in bundled_data(NAME)["phases"]
    ]


def cif_files(folder: Path, table: Path | None) -> list[Candidate]:
    """Structures of a folder: of each composition the table's, or else the two smallest cells.

    Compositions that the table places far above the hull are left out.
    """
    with (folder / "INDEX.csv").open(encoding="utf-8") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if wanted(set(parse(row["formula"]))) and int(row["nsites"]) <= MAX_SITES
        ]
    named: set[str] = set()
    remote: set[str] = set()
    if table is not None:
        with table.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                named.add(row["material_id"])
                if float(row["e_above_hull"]) > MAX_ABOVE_HULL:
                    remote.add(canonical(parse(row["formula"])))
    rows = [row for row in rows if canonical(parse(row["formula"])) not in remote]
    chosen: dict[str, list[dict[str, str]]] = {}
    for row in sorted(rows, key=lambda row: (row["material_id"] not in named, int(row["nsites"]))):
        found = chosen.setdefault(canonical(parse(row["formula"])), [])
        if len(found) < (1 if found and found[0]["material_id"] in named else 2):
            found.append(row)
    return [
        Candidate(
            row["material_id"],
            row["formula"],
            f"started from the geometry of {row['material_id']} ({row['source']}, CC BY 4.0)",
            read_cell(folder / f"{row['material_id']}.cif"),
        )
        for found in chosen.values()
        for row in found
    ]


def read_cell(path: Path) -> Structure:
    structure = Structure.from_file(path)
    return structure.get_primitive_structure() if len(structure) > PRIMITIVE_ABOVE else structure


def relaxed(candidates: list[Candidate], cache: str, workers: int) -> None:
    results, backend = Results(cache), BACKENDS["chgnet"]
    todo = [
        c for c in candidates if results.relaxation(relaxation_id(c.structure, backend)) is None
    ]
    todo.sort(key=lambda candidate: len(candidate.structure))
    print(f"{len(candidates)} starting structures, {len(todo)} to relax", file=sys.stderr)
    for at, (candidate, outputs) in enumerate(run_flows(todo, Work(backend), cache, workers), 1):
        if isinstance(outputs, str):
            print(f"{at}/{len(todo)} {candidate.label}: {outputs}", file=sys.stderr)
            continue
        doc = outputs[-1]
        results.save_relaxation(doc)
        per_atom = doc.energy / doc.n_sites
        print(f"{at}/{len(todo)} {doc.label} {doc.formula} {per_atom:.4f}", file=sys.stderr)


def shown(formula: str) -> str:
    reduced = canonical(parse(formula))
    return NAMES.get(reduced, re.sub(r"^Na\(", "Na(", reduced))


def phases(candidates: list[Candidate], cache: str) -> list[dict[str, object]]:
    results, backend = Results(cache), BACKENDS["chgnet"]
    rows: list[dict[str, object]] = []
    for candidate in candidates:
        doc = results.relaxation(relaxation_id(candidate.structure, backend))
        if doc is None:
            continue
        phase = admit(doc, AS_PUBLISHED, MAX_VOLUME_CHANGE)
        if isinstance(phase, Rejected):
            print(f"rejected {candidate.label} ({doc.formula}): {phase.reason}", file=sys.stderr)
            continue
        row = {
            "id": candidate.label,
            "formula": shown(doc.formula),
            "energy_per_atom": round(phase.energy_per_atom, 6),
            "volume_per_atom": round(phase.volume / phase.n_atoms, 4),
            "space_group": doc.space_group,
            "n_sites": doc.n_sites,
            "max_force": round(doc.max_force, 4),
            "source": candidate.source,
            "structure": doc.structure.model_dump(),
        }
        if not any(same(row, other) for other in rows):
            rows.append(row)
    return sorted(rows, key=lambda row: (row["formula"], row["energy_per_atom"], row["id"]))


def same(row: dict[str, object], other: dict[str, object]) -> bool:
    return (
        row["formula"] == other["formula"]
        and abs(row["energy_per_atom"] - other["energy_per_atom"]) < SAME_ENERGY
        and abs(row["volume_per_atom"] - other["volume_per_atom"]) < SAME_VOLUME
    )


def missing() -> list[dict[str, str]]:
    groups = yaml.safe_load((HERE / "reference_missing.yaml").read_text(encoding="utf-8"))
    return [
        {"formula": formula, "reason": group["reason"]}
        for group in groups
        for formula in group["formulas"]
    ]


def write_set(content: dict[str, Any], output: Path) -> int:
    """Write energies, and structures into a file of their own; how many bytes they take."""
    structures = {row["id"]: row["structure"] for row in content["phases"]}
    rows = [{k: v for k, v in row.items() if k != "structure"} for row in content["phases"]]
    size = 0
    for path, part in (
        (output, content | {"phases": rows}),
        (output.with_name(output.name.replace(".json.gz", "_structures.json.gz")), structures),
    ):
        text = json.dumps(part, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        size += path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    return size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--structures", type=Path, help="folder of CIF files with an INDEX.csv")
    parser.add_argument("--table", type=Path, help="CSV whose material_id names the ground states")
    parser.add_argument("--cache", default="reference-cache.sqlite", help="store of relaxations")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args()

    candidates = crystals()
    if options.structures:
        candidates += cif_files(options.structures, options.table)
    else:
        known = {candidate.label for candidate in candidates}
        candidates += [candidate for candidate in present_set() if candidate.label not in known]
    relaxed(candidates, options.cache, options.workers)
    backend = BACKENDS["chgnet"]
    content = {
        "schema_version": 1,
        "method": backend.method,
        "settings": {"max_force": backend.max_force, "max_steps": backend.max_steps},
        "versions": versions(),
        "created": datetime.now(UTC).date().isoformat(),
        "phases": phases(candidates, options.cache),
        "missing": missing(),
    }
    size = write_set(content, options.output)
    print(f"{len(content['phases'])} phases, {size / 1024:.0f} kB -> {options.output}")


if __name__ == "__main__":
    main()
