#!/usr/bin/env python
"""Screen many small crystals, kill the run half-way, resume it, and report the cost (Linux only).

    python scripts/stress.py --candidates 1000    about ten minutes on two cores

The crystals are rocksalt and antifluorite cells of sodium compounds, up to 4% too small or too
large: each is relaxed in a fraction of a second, so that trona is measured and not CHGNet.
Recomputing a finished result is an error. Memory is the proportional set size, in which shared
pages count once.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from pymatgen.core import Lattice, Structure

from trona.stores.collections.results import Results
from trona.stores.database.connect import exists, job_store, open_store

ANTIFLUORITE = {"S": 6.6, "O": 5.55, "Se": 6.85}
ROCKSALT = {"Cl": 5.69, "H": 4.9}
STRAIN = 0.04
JOBS_EACH = 3


def write_crystals(folder: Path, number: int) -> list[str]:
    """Write cells of two to six atoms as CIF."""
    paths = []
    anions = [*ANTIFLUORITE, *ROCKSALT]
    for at in range(number):
        anion = anions[at % len(anions)]
        scale = 1 - STRAIN + 2 * STRAIN * at / number
        edge = scale * (ANTIFLUORITE | ROCKSALT)[anion]
        sodium = [[0.25] * 3, [0.75] * 3] if anion in ANTIFLUORITE else [[0.5] * 3]
        fcc = Lattice(edge / 2 * (np.ones((3, 3)) - np.eye(3)))
        species = ["Na"] * len(sodium) + [anion]
        cell = Structure(fcc, species, [*sodium, [0, 0, 0]]) * (1 + at // len(anions) % 2, 1, 1)
        paths.append(str(folder / f"{anion}-{at:05d}.cif"))
        cell.to(filename=paths[-1])
    return paths


def memory(pid: int) -> float:
    """Proportional set size of a process, MB; 0 where it is gone."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return next((int(line.split()[1]) for line in text.splitlines() if "Pss:" in line), 0) / 1024


def children(pid: int) -> list[int]:
    try:
        return [
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]
    except OSError:
        return []


def screen(arguments: list[str], store: str, stop_at: int | None = None) -> dict[str, float]:
    """Run the command; kill it when so many are finished. Time in s, peaks of memory in MB."""
    begin, parent, largest, together = time.monotonic(), 0.0, 0.0, 0.0
    command = [sys.executable, "-c", "from trona.workflows.cli.main import main; main()", "screen"]
    run = subprocess.Popen([*command, *arguments], stdout=subprocess.DEVNULL)  # noqa: S603
    while run.poll() is None:
        workers = [memory(pid) for pid in children(run.pid)]
        own = memory(run.pid)
        parent, largest = max(parent, own), max([largest, *workers])
        together = max(together, own + sum(workers))
        if stop_at and exists(store) and finished(store) >= stop_at:
            os.kill(run.pid, signal.SIGKILL)
        time.sleep(1)
    if run.returncode not in {0, -signal.SIGKILL}:
        sys.exit(f"trona screen ended with {run.returncode}")
    seconds = time.monotonic() - begin
    return {"seconds": seconds, "parent": parent, "worker": largest, "together": together}


def finished(store: str) -> int:
    screenings = open_store(store, "screenings")
    number = int(screenings.count())
    screenings.close()
    return number


def created(store: str) -> dict[str, object]:
    """When each result was made."""
    results = Results(store)
    found = {doc.label: doc.created for doc in results.screenings()}
    results.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--candidates", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="trona-stress-") as folder:
        store = f"{folder}/store.sqlite"
        files = write_crystals(Path(folder), options.candidates)
        arguments = ["--store", store, "--workers", str(options.workers), *files]
        killed = screen(arguments, store, stop_at=options.candidates // 2)
        before = created(store)
        resumed = screen(arguments, store)
        after = created(store)
        repeated = screen(arguments, store)
        jobs = job_store(store)
        jobs.connect()
        report = {
            "finished at the kill": len(before),
            "computed again": sum(after[label] != made for label, made in before.items()),
            "jobs begun again": jobs.count() - JOBS_EACH * options.candidates,
            "candidates per minute": round(60 * len(before) / killed["seconds"], 1),
            "when resumed": round(60 * (len(after) - len(before)) / resumed["seconds"], 1),
            "repeating the finished run, s": round(repeated["seconds"], 1),
            "store, MB": round(Path(store).stat().st_size / 2**20, 1),
        }
        for name in ("parent", "worker", "together"):
            report[f"{name}, MB"] = round(max(killed[name], resumed[name]))
        print(json.dumps(report, indent=2))
        if len(after) != options.candidates or report["computed again"]:
            sys.exit("something was lost, or computed twice")


if __name__ == "__main__":
    main()
