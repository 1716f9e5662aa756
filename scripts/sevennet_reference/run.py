"""Relax the starting structures, most important first, resuming where an earlier run stopped.

    python scripts/sevennet_reference/run.py [--minutes N]

relaxed.jsonl: results with SevenNet l3i5. coarse.jsonl: structures made from prototypes, relaxed
coarsely with SevenNet-0; the lowest of each formula go on to l3i5. failed.jsonl: with reasons.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from fastrelax import relax
from places import PROTOTYPES, WORK
from starts import Start, binary_rows, present, reduced, starts_of, structure_of

from trona.workflows.potentials.sevennet import calculator

if TYPE_CHECKING:
    from pathlib import Path

    from ase.calculators.calculator import Calculator

FINE, ROUGH = "7net-l3i5", "7net-0"
FINE_FORCE, ELEMENT_FORCE, ROUGH_FORCE = 0.02, 0.005, 0.1  # eV/Å
ROUGH_STEPS = 80
LEAST, MOST, LITTLE = -20.0, 5.0, 1.8  # eV and Å³ per atom: beyond, a relaxation went astray
AT_ONCE = 50
KEPT, WITHIN = 2, 0.06  # structures of a formula that go on, and how far apart, eV/atom
SAME_ENERGY, SAME_VOLUME = 0.003, 0.02  # eV/atom and relative: one structure found twice


def rows_of(path: Path) -> list[dict[str, Any]]:
    found = []
    if path.exists():
        for line in path.read_text().splitlines():
            try:
                found.append(json.loads(line))
            except json.JSONDecodeError:
                print(f"{path.name}: a broken line is passed over", file=sys.stderr)
    return found


def append(path: Path, row: dict[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
        file.flush()


class Potentials:
    """Each model is loaded when it is first needed."""

    def __init__(self) -> None:
        self._loaded: dict[str, Calculator] = {}

    def __getitem__(self, name: str) -> Calculator:
        if name not in self._loaded:
            self._loaded[name] = calculator(model=name, device="cpu")
        return self._loaded[name]


def choose_binaries(potentials: Potentials) -> None:
    """Of several geometries of one binary keep the lowest by one call of the potential."""
    path = WORK / "binary-choice.json"
    if path.exists():
        return
    cache = WORK / "binary-single.jsonl"
    known = {row["id"]: row["energy"] for row in rows_of(cache)}
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in binary_rows():
        groups[reduced(row["formula"])].append(row)
    chosen = {}
    for formula, group in groups.items():
        if len(group) > 1:
            for row in group:
                if row["id"] not in known:
                    atoms = structure_of(row).to_ase_atoms()
                    potentials[FINE].calculate(atoms)
                    known[row["id"]] = potentials[FINE].results["energy"] / len(atoms)
                    append(cache, {"id": row["id"], "energy": known[row["id"]]})
            group.sort(key=lambda row: (round(known[row["id"]], 3), len(row["species"])))
        chosen[formula] = [group[0]["id"]]
    path.write_text(json.dumps(chosen))


def finish(start: Start, potentials: Potentials, model: str) -> dict[str, Any]:
    head = {
        "id": start.id, "stage": start.stage, "source": start.source,
        "prototype": start.prototype, "name": start.formula, "model": model,
    }  # fmt: skip
    if model == ROUGH:
        found = relax(start.structure, potentials[model], ROUGH_FORCE, ROUGH_STEPS, retry=False)
    else:
        force = ELEMENT_FORCE if len(start.structure.composition) == 1 else FINE_FORCE
        found = relax(start.structure, potentials[model], force)
    row: dict[str, Any] = head | found.row()
    room = row["volume"] / row["n_sites"]
    if not LEAST < row["energy"] / row["n_sites"] < MOST or room < LITTLE:
        raise ValueError(f"went astray: {row['energy']:.1f} eV, {room:.1f} Å³ per atom")
    return row


def best_of(starts: list[Start], coarse: dict[str, dict[str, Any]]) -> list[Start]:
    """The lowest distinct structures of each formula, from their rough relaxation."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    by_id = {start.id: start for start in starts}
    for name, row in coarse.items():
        if name in by_id:
            groups[row["formula"]].append(row)
    found = []
    for group in groups.values():
        kept: list[dict[str, Any]] = []
        for row in sorted(group, key=per_atom):
            far = kept and per_atom(row) - per_atom(kept[0]) > WITHIN
            if len(kept) < KEPT and not far and not any(same(row, other) for other in kept):
                kept.append(row)
        for row in kept:
            start = by_id[row["id"]]
            source = f"{start.source}; relaxed roughly with SevenNet-0 (11Jul2024) first"
            found.append(
                Start(row["id"], start.stage, source, structure_of(row), start.formula,
                      start.prototype)
            )  # fmt: skip
    return found


def batches(starts: list[Start]) -> list[list[Start]]:
    """Formulas by their smallest cell, some at a time, with all their structures."""
    groups: dict[str, list[Start]] = defaultdict(list)
    for start in starts:
        groups[reduced(start.formula)].append(start)
    formulas = sorted(groups, key=lambda formula: min(start.order for start in groups[formula]))
    return [
        [start for formula in formulas[at : at + AT_ONCE] for start in groups[formula]]
        for at in range(0, len(formulas), AT_ONCE)
    ]


def per_atom(row: dict[str, Any]) -> float:
    return float(row["energy"]) / int(row["n_sites"])


def same(row: dict[str, Any], other: dict[str, Any]) -> bool:
    volumes = row["volume"] / row["n_sites"], other["volume"] / other["n_sites"]
    return (
        abs(per_atom(row) - per_atom(other)) < SAME_ENERGY
        and abs(volumes[0] / volumes[1] - 1) < SAME_VOLUME
    )


def newest() -> float:
    """When a prototype file was last written."""
    return max((path.stat().st_mtime for path in PROTOTYPES.glob("*.jsonl")), default=0.0)


def work(todo: list[Start], path: Path, model: str, potentials: Potentials, until: float,
         seen: float) -> int:  # fmt: skip
    """Relax what is not there yet; tell how many were done."""
    failed = WORK / "failed.jsonl"
    known = {row["id"] for row in rows_of(path)}
    known |= {row["id"] for row in rows_of(failed) if row["model"] == model}
    left = [start for start in todo if start.id not in known]
    for at, start in enumerate(left, 1):
        if time.time() > until or newest() > seen:
            return at - 1
        began = time.perf_counter()
        try:
            row = finish(start, potentials, model)
        except (ValueError, RuntimeError, np.linalg.LinAlgError) as error:
            append(failed, {"id": start.id, "model": model, "formula": start.formula,
                            "reason": f"{type(error).__name__}: {error}"})  # fmt: skip
            print(f"{model} {start.id} {start.formula}: {error}", file=sys.stderr)
            continue
        append(path, row)
        print(
            f"{time.strftime('%H:%M:%S')} {model} stage {start.stage} {at}/{len(left)} {start.id} "
            f"{row['formula']} {row['n_sites']} atoms {row['steps']} steps "
            f"{time.perf_counter() - began:.1f} s {'' if row['converged'] else 'NOT CONVERGED'}",
            file=sys.stderr,
        )
    return len(left)


def main() -> None:
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=600.0)
    parser.add_argument("--present", action="store_true", help="only what ships, from itself")
    options = parser.parse_args()
    until = time.time() + 60 * options.minutes
    WORK.mkdir(parents=True, exist_ok=True)
    potentials = Potentials()
    fine, rough = WORK / "relaxed.jsonl", WORK / "coarse.jsonl"
    if options.present:
        work(present(), fine, FINE, potentials, until, newest())
        return
    while time.time() < until:
        done = 0
        seen = newest()
        for stage in range(9):
            if newest() > seen:  # from the start again: it may matter more
                done += 1
                break
            if stage == 2:
                choose_binaries(potentials)
            starts = starts_of(stage)
            done += work([s for s in starts if not s.coarse], fine, FINE, potentials, until, seen)
            made = [s for s in starts if s.coarse]
            for batch in batches(made):
                done += work(batch, rough, ROUGH, potentials, until, seen)
                coarse = {row["id"]: row for row in rows_of(rough)}
                lowest = sorted(best_of(batch, coarse), key=lambda start: start.order)
                done += work(lowest, fine, FINE, potentials, until, seen)
        if not done:
            print("nothing is left", file=sys.stderr)
            break


if __name__ == "__main__":
    main()
