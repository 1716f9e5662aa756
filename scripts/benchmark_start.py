#!/usr/bin/env python
"""Time commands from the start of their process, compared with an empty Python.

    python scripts/benchmark_start.py            10,000 documents in the store
    python scripts/benchmark_start.py --quick    2,000 documents

Every command and the empty Python run in turn, several times; the shortest times count. The store
holds screening results of some bundled phases, renamed, with modified energies.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import benchmark_stores

from trona.stores.collections.results import Results
from trona.stores.documents.results import ScreeningDoc

EMPTY = "pass"
COMMAND = "from trona.workflows.cli.main import main; main()"
BATCH = 500
REPEATS, QUICK_REPEATS = 8, 6
COMMANDS = {
    "trona --help": ["--help"],
    "trona query, all ranked": ["query"],
    "trona query --class stable --elements S": ["query", "--class", "stable", "--elements", "S"],
    "trona window Na3PS4": ["window", "Na3PS4"],
}


def fill(location: str, number: int) -> None:
    """Put documents into a store."""
    results = Results(location)
    docs = benchmark_stores.documents(number)
    for at in range(0, number, BATCH):
        results.save([ScreeningDoc.model_validate(doc) for doc in docs[at : at + BATCH]])
    results.close()


def seconds(code: str, arguments: list[str], environment: dict[str, str]) -> float:
    """Wall time of a process."""
    start = perf_counter()
    subprocess.run(  # noqa: S603 (our own)
        [sys.executable, "-c", code, *arguments], check=True, capture_output=True, env=environment
    )
    return perf_counter() - start


def run(*, quick: bool) -> None:
    """Print the times."""
    number = 2000 if quick else 10_000
    with tempfile.TemporaryDirectory(prefix="trona-benchmark-") as folder:
        location = str(Path(folder) / "s.sqlite")
        fill(location, number)
        # An installed package is compiled; modules that are compiled anew at each start are slower.
        kept = {k: x for k, x in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        environment = {**kept, "TRONA_STORE": location}
        empty, taken = [], {name: list[float]() for name in COMMANDS}
        for _ in range(QUICK_REPEATS if quick else REPEATS):
            empty.append(seconds(EMPTY, [], environment))
            for name, arguments in COMMANDS.items():
                taken[name].append(seconds(COMMAND, arguments, environment))
    print(f"start of commands, {number} documents in the store; an empty Python beside them")
    for name, times in taken.items():
        ratio = min(times) / min(empty)
        print(f"  {name:<42}{min(times):>7.2f} s{min(empty):>8.3f} s{ratio:>6.0f}x")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer documents")
    run(quick=parser.parse_args().quick)


if __name__ == "__main__":
    main()
