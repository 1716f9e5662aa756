#!/usr/bin/env python
"""Screen stored candidates again with another correction, then query them, and report times.

    python scripts/rescreen.py --candidates 10000    some minutes on two cores

The candidates are the bundled sodium compounds under new names, with energies shifted by up to 50
meV/atom as if they had been relaxed. A result that is missing or computed twice is an error.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from trona.screening.formulas import parse
from trona.stores.assess.builders import rebuild
from trona.stores.collections.results import Filters, Results
from trona.stores.documents.results import RelaxationDoc, StructureDoc
from trona.stores.energies.references import load_reference

OTHER = "as-published"
QUESTION = ("--class", "passivating", "--reduction-below", "0.5", "--hull-below", "0.03",
            "--elements", "Na", "--without", "Cl", "--sort", "severity")  # fmt: skip
COMMAND = "from trona.workflows.cli.main import main; main()"


def relaxations(number: int) -> list[RelaxationDoc]:
    """Make relaxations of bundled sodium compounds, each with an energy of its own."""
    reference = load_reference("bundled", OTHER)
    phases = [phase for phase in reference.phases if {"Na"} < phase.amounts.keys()]
    moved = np.random.default_rng(0).uniform(-0.05, 0.05, number)
    docs = []
    for at in range(number):
        phase = phases[at % len(phases)]
        size = sum(parse(phase.formula).values())
        docs.append(
            RelaxationDoc(
                id=f"rescreen-{at:06d}",
                label=f"{phase.formula}-{at:06d}",
                formula=phase.formula,
                method=reference.scale.method,
                settings={},
                converged=True,
                energy=phase.energy + float(moved[at]) * size,
                max_force=0.01,
                n_steps=10,
                n_sites=round(size),
                volume_start=phase.volume,
                volume=phase.volume,
                space_group=phase.space_group or "P1",
                structure=StructureDoc(lattice=[], species=[], coordinates=[]),
                versions={},
            )
        )
    return docs


def timed(name: str, number: int, start: float) -> None:
    """Print a time and a rate."""
    seconds = time.perf_counter() - start
    print(f"{name:48s}{seconds:9.2f} s{number / seconds:10.0f} /s", flush=True)


def main() -> int:
    """Fill a store, rebuild it twice, ask."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--candidates", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    number = options.candidates
    with tempfile.TemporaryDirectory(prefix="trona-") as folder:
        location = str(Path(folder) / "s.sqlite")
        start = time.perf_counter()
        Results(location).save(relaxations(number))
        timed("relaxations saved", number, start)
        for name, correction in (("default correction", None), (OTHER, OTHER)):
            start = time.perf_counter()
            made = rebuild(location, "bundled", correction, options.workers)
            timed(f"entries and results made, {name}", number, start)
            if made != (number, number):
                print(f"made {made} entries and results instead of {number}")
                return 1
        start = time.perf_counter()
        if rebuild(location, "bundled", OTHER, options.workers) != (0, 0):
            print("something was done twice")
            return 1
        timed("nothing changed, nothing made", number, start)
        return ask(location, number)


def ask(location: str, number: int) -> int:
    """Time questions here and as a command."""
    results = Results(location)
    for name, filters in (
        ("all, ranked, first page", Filters()),
        ("class, limits, elements", Filters("passivating", 0.03, 0.5, None, ["Na"], ["Cl"])),
        ("one by text", Filters(text=f"{number - 1:06d}")),
    ):
        start = time.perf_counter()
        found = results.find(filters, limit=100)
        timed(f"question: {name} ({found.total} found)", found.total, start)
    start = time.perf_counter()
    counted = results.counts(["anions", "class"])
    timed("counted by anions and class", counted.total(), start)
    start = time.perf_counter()
    command = [sys.executable, "-c", COMMAND, "query", *QUESTION, "--store", location]
    done = subprocess.run(command, check=False, capture_output=True)  # noqa: S603 (our own)
    timed("trona query as a process of its own", 1, start)
    return int(done.returncode != 0 or counted.total() != number)


if __name__ == "__main__":
    raise SystemExit(main())
