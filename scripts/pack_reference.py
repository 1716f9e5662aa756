#!/usr/bin/env python
"""Build the set of SevenNet energies that ships with trona from relaxed crystals.

    python scripts/pack_reference.py RELAXED TABLE [TABLE ...]

RELAXED is the output of scripts/sevennet_reference/run.py: a JSON line for each crystal. A TABLE of
DFT formation energies decides what enters: a phase is left out, and named with its reason, if its
calibrated energy is so far from DFT's that it must be another structure, or so far below that it
would displace known products. Corrections that need the structure are computed here, once.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from build_reference import shown, write_set
from fit_calibration import read_table
from pymatgen.core import Structure

from trona.screening.errors import CorrectionError
from trona.screening.formulas import canonical, parse
from trona.stores.corrections.calibration import calibration_shift
from trona.stores.corrections.mp2019 import correction_2019
from trona.stores.corrections.mp2020 import Calculation, anion_correction
from trona.stores.corrections.schemes import SULFIDE_BY_CHARGE_LEGACY
from trona.stores.documents.results import StructureDoc
from trona.stores.provenance import versions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE = Path(__file__).parent
OUTPUT = HERE.parent / "stores" / "energies" / "bundled_sevennet.json.gz"
METHOD, MODEL = "SevenNet l3i5", "7net-l3i5"
TOO_HIGH, TOO_LOW = 0.07, -0.10  # eV/atom against DFT, calibrated
POLYMORPHS, ABOVE_LOWEST = 2, 0.05  # of a composition, eV/atom
STABLE = 1e-3  # eV/atom


def crystals(path: Path) -> Iterator[dict]:
    """Converged crystals of the model, each id once."""
    seen: set[str] = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["model"] == MODEL and row["converged"] and row["id"] not in seen:
            seen.add(row["id"])
            yield row


def phase(row: dict, kept: dict[str, dict[str, float]]) -> dict | None:
    """A row of the set; its corrections are kept, so that packing again takes seconds."""
    structure = Structure(row["lattice"], row["species"], row["frac_coords"])
    n_sites = len(structure)
    if row["id"] not in kept:
        amounts = structure.composition.get_el_amt_dict()
        calculation = Calculation.of_materials_project(structure)
        try:
            kept[row["id"]] = {
                "mp2020": anion_correction(amounts, calculation) / n_sites,
                "mp2019": correction_2019(amounts, calculation) / n_sites,
            }
        except CorrectionError as error:
            print(f"{row['id']} ({row['formula']}): {error}", file=sys.stderr)
            return None
    return {
        "id": row["id"],
        "formula": shown(row["formula"]),
        "energy_per_atom": round(row["energy"] / n_sites, 6),
        "corrections": {name: round(value, 6) for name, value in kept[row["id"]].items()},
        "volume_per_atom": round(row["volume"] / n_sites, 4),
        "space_group": row["space_group"],
        "n_sites": n_sites,
        "max_force": round(row["max_force"], 4),
        "source": row["source"],
        "structure": StructureDoc.from_structure(structure).model_dump(),
    }


def calibrated(row: dict) -> float:
    """Energy per atom as trona takes it, eV."""
    amounts = parse(row["formula"])
    shift = SULFIDE_BY_CHARGE_LEGACY.shift(amounts) + calibration_shift(amounts, None)
    return row["energy_per_atom"] + row["corrections"]["mp2019"] + shift / sum(amounts.values())


def judged(rows: Sequence[dict], table: dict[str, float]) -> tuple[list[dict], list[dict]]:
    """What enters, and what is named as missing."""
    by_formula: dict[str, list[tuple[float, dict]]] = defaultdict(list)
    for row in rows:
        by_formula[canonical(parse(row["formula"]))].append((calibrated(row), row))
    zeros = {f: min(e for e, _ in found) for f, found in by_formula.items() if len(parse(f)) == 1}
    zero_of = {next(iter(parse(formula))): energy for formula, energy in zeros.items()}
    entered, missing = [], []
    for formula, found in sorted(by_formula.items()):
        if not parse(formula).keys() <= zero_of.keys():
            continue  # an element without a crystal of its own
        found.sort(key=lambda pair: (pair[0], pair[1]["id"]))
        amounts = parse(formula)
        zero = sum(zero_of[symbol] * n for symbol, n in amounts.items()) / sum(amounts.values())
        off = found[0][0] - zero - table.get(formula, found[0][0] - zero)
        if TOO_LOW < off < TOO_HIGH or len(amounts) == 1:
            near = [row for energy, row in found if energy - found[0][0] < ABOVE_LOWEST]
            entered += near[:POLYMORPHS]
            continue
        side = "above" if off > 0 else "below"
        reason = "not the right structure" if off > 0 else "an error of the potential, or of +U"
        missing.append(
            {
                "formula": shown(formula),
                "reason": f"{found[0][1]['source']}: comes out {abs(1000 * off):.0f} meV/atom "
                f"{side} DFT: {reason}",
            }
        )
    return entered, missing


def looked_for() -> list[dict]:
    """What was looked for before and not found."""
    groups = yaml.safe_load((HERE / "reference_missing.yaml").read_text(encoding="utf-8"))
    return [
        {"formula": f, "reason": group["reason"]} for group in groups for f in group["formulas"]
    ]


def absent(tables: Sequence[Path], there: set[str], elements: set[str]) -> list[dict]:
    """Stable binaries, and ternaries of sodium, of the tables that nothing here stands for."""
    reason = "stable in DFT (Materials Project 2019); no structure was at hand"
    found = {}
    for formula in read_table(tables, farthest=STABLE):
        amounts = parse(formula)
        wanted = len(amounts) == 2 or (len(amounts) == 3 and "Na" in amounts)
        large = max(amounts.values()) > 60  # dilute cells that no chemist knows
        if wanted and not large and amounts.keys() <= elements and formula not in there:
            found[formula] = {"formula": shown(formula), "reason": reason}
    return [found[formula] for formula in sorted(found)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("relaxed", type=Path)
    parser.add_argument("tables", type=Path, nargs="+")
    parser.add_argument("--everything", action="store_true", help="judge nothing: for the fit")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--kept", type=Path, default=Path("corrections-kept.json"))
    options = parser.parse_args()
    kept = json.loads(options.kept.read_text("utf-8")) if options.kept.exists() else {}
    rows = [row for one in crystals(options.relaxed) if (row := phase(one, kept))]
    options.kept.write_text(json.dumps(kept), encoding="utf-8")
    missing: list[dict] = []
    if not options.everything:
        rows, missing = judged(rows, read_table(options.tables))
    there = {canonical(parse(row["formula"])) for row in rows}
    elements = {symbol for row in rows for symbol in parse(row["formula"])}
    named = {canonical(parse(row["formula"])) for row in missing}
    for row in [*looked_for(), *absent(options.tables, there | named, elements)]:
        name = canonical(parse(row["formula"]))
        if name not in there | named:
            named.add(name)
            missing.append(row)
    content = {
        "created": f"{datetime.now(UTC):%Y-%m-%d}",
        "method": METHOD,
        "settings": {"model": MODEL, "optimizer": "LBFGS", "max_force": 0.02},
        "versions": versions(),
        "missing": missing,
        "phases": sorted(rows, key=lambda row: (row["formula"], row["energy_per_atom"], row["id"])),
    }
    size = write_set(content, options.output)
    print(f"{len(rows)} phases, {len(missing)} missing, {size} bytes")


if __name__ == "__main__":
    main()
