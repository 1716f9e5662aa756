#!/usr/bin/env python
"""Stress an embedded store with concurrent or killed processes, and look for lost data.

    python scripts/stress_store.py --seconds 60    four writers and four readers for a minute
    python scripts/stress_store.py --kills 100     a hundred writers, each killed with signal 9

A writer puts its own documents into the store, singly and in batches, and repeatedly replaces one
of them with a higher number. It reports each update after the call returned. Lost means reported
but missing; torn means a batch of which only part is there; a reader counts numbers that went
backwards. Prints JSON, and exits with 1 if anything was wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / ".src"))

from trona.stores.database.sqlite.store import SQLiteStore

BATCH = 5
PADDING = "a long text that is kept in the body only " * 100


def opened(path: str) -> SQLiteStore:
    store = SQLiteStore(path, "documents", key="id")
    store.connect()
    return store


def write(path: str, name: str, report: int, until: float) -> None:
    """Write until the time is over or the process is killed; report each update's number."""
    store, number = opened(path), 0
    while time.monotonic() < until:
        number += 1
        docs = [
            {"id": f"{name}-{number}-{part}", "writer": name, "number": number, "text": PADDING}
            for part in range(BATCH if number % 3 == 0 else 1)
        ]
        store.update([*docs, {"id": name, "highest": number}])
        os.write(report, f"{number}\n".encode())
    store.close()


def read(path: str, names: list[str], report: int, until: float) -> None:
    """Read until the time is over; report each look, and numbers that went backwards."""
    store, seen = opened(path), Counter()
    while time.monotonic() < until:
        name = random.choice(names)  # noqa: S311
        found = store.query_one({"id": name})
        highest = found["highest"] if found else 0
        # What stands beside the highest number was written in the same transaction or before.
        complete = store.count({"writer": name, "number": {"$lte": highest}}) >= highest
        right = highest >= seen[name] and complete
        seen[name] = highest
        os.write(report, b"1\n" if right else b"backwards\n")
    store.close()


def start(work: object, *arguments: object) -> tuple[int, int]:
    """Do something in a new process; gives its number and the end of a pipe with its reports."""
    receive, send = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(receive)
        try:
            work(*arguments[:2], send, *arguments[2:])
        except BaseException:  # noqa: BLE001
            os.write(send, f"error {traceback.format_exc(limit=-1)!r}\n".encode())
        os._exit(0)
    os.close(send)
    return pid, receive


def drain(receive: int) -> list[str]:
    """Read all reports of a process that has ended, or is about to."""
    with os.fdopen(receive) as pipe:
        return pipe.read().splitlines()


def examine(path: str, reported: dict[str, int]) -> dict[str, object]:
    """Compare what is there with what was reported."""
    store, lost, torn = opened(path), 0, 0
    for name, number in reported.items():
        found = Counter(
            doc["number"] for doc in store.query({"writer": name}, properties=["number"])
        )
        lost += sum(at not in found for at in range(1, number + 1))
        torn += sum(count != (BATCH if at % 3 == 0 else 1) for at, count in found.items())
        highest = (store.query_one({"id": name}) or {"highest": 0})["highest"]
        lost += highest < number
        torn += highest != max(found, default=0)
    store.close()
    file = sqlite3.connect(path)
    integrity = file.execute("PRAGMA integrity_check").fetchone()[0]
    file.close()
    return {"lost": lost, "torn": torn, "integrity": integrity}


def together(path: str, seconds: float, writers: int, readers: int) -> dict[str, object]:
    """Let writers and readers work at once."""
    names = [f"w{at}" for at in range(writers)]
    until = time.monotonic() + seconds
    writing = {name: start(write, path, name, until) for name in names}
    reading = [start(read, path, names, until) for _ in range(readers)]
    looked = [line for _, receive in reading for line in drain(receive)]
    wrote = {name: drain(receive) for name, (_, receive) in writing.items()}
    for pid, _ in [*reading, *writing.values()]:
        os.waitpid(pid, 0)
    lines = [*looked, *(line for some in wrote.values() for line in some)]
    reported = {
        name: max((int(line) for line in some if line.isdigit()), default=0)
        for name, some in wrote.items()
    }
    return {
        "seconds": seconds,
        "written": sum(reported.values()),
        "read": looked.count("1"),
        "backwards": looked.count("backwards"),
        "errors": [line for line in lines if line.startswith("error")],
        **examine(path, reported),
    }


def killed(path: str, kills: int) -> dict[str, object]:
    """Kill writers one after the other, each at another moment."""
    reported = {}
    for at in range(kills):
        pid, receive = start(write, path, f"k{at}", time.monotonic() + 60)
        # The first report shows that it is at work; then any moment will do.
        first = os.read(receive, 2)
        time.sleep(random.random() * 0.02)  # noqa: S311
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        lines = (first.decode() + "\n".join(["", *drain(receive)])).split()
        reported[f"k{at}"] = max(int(line) for line in lines if line.isdigit())
    return {"kills": kills, "written": sum(reported.values()), **examine(path, reported)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, help="let writers and readers work at once")
    parser.add_argument("--kills", type=int, help="kill so many writers")
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--readers", type=int, default=4)
    options = parser.parse_args()
    report: dict[str, object] = {}
    with tempfile.TemporaryDirectory(prefix="trona-store-") as folder:
        if options.seconds:
            path = f"{folder}/together.sqlite"
            report |= together(path, options.seconds, options.writers, options.readers)
        if options.kills:
            report |= killed(f"{folder}/killed.sqlite", options.kills)
    print(json.dumps(report, indent=2))
    wrong = any(report.get(name) for name in ("lost", "torn", "backwards", "errors"))
    sys.exit(1 if wrong or report.get("integrity", "ok") != "ok" else 0)


if __name__ == "__main__":
    main()
