#!/usr/bin/env python
"""Time the embedded store against maggma's MontyStore and JSONStore, in the same run.

    python scripts/benchmark_stores.py            10,000 screening documents, growth to 100,000
    python scripts/benchmark_stores.py --quick    1,000 documents, growth to 10,000

The documents are screening results of some bundled phases, renamed. Each store gets the same
documents and the same queries, and must give the same answers before a time is printed. The other
stores take minutes for thousands of documents, so they get fewer, and the number is printed next to
the time. Wall time counts; the CPU time in brackets tells whether the machine was busy.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import warnings
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import numpy as np
from maggma.stores import JSONStore, MontyStore

from trona.stores.assess.screenings import screening_document
from trona.stores.database.sqlite.store import SQLiteStore
from trona.stores.energies.references import load_reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from maggma.core import Store

FORMULAS = ["Na3PS4", "Na2ZrCl6", "Na11Sn2PS12", "NaCl", "Na3SbS4", "Na3PS3O"]
BATCH = 500
SINGLES = 200
ENERGY = "window.energy_above_hull"


def documents(number: int) -> list[dict[str, Any]]:
    """Screening documents with different ids and energies above hull."""
    reference = load_reference("bundled")
    patterns = [
        screening_document(formula, formula, "benchmark", reference).model_dump(mode="json")
        for formula in FORMULAS
    ]
    made = []
    for at in range(number):
        pattern = patterns[at % len(patterns)]
        window = {**pattern["window"], "energy_above_hull": at * 7919 % number / number}
        made.append({**pattern, "id": f"s{at}", "label": f"candidate {at}", "window": window})
    return made


def timed(work: Callable[[], object]) -> tuple[float, float, object]:
    """Wall time and processor time, s, and the answer."""
    wall, processor = perf_counter(), process_time()
    answer = work()
    return perf_counter() - wall, process_time() - processor, answer


def best(work: Callable[[], object], repeats: int = 5) -> tuple[float, float, object]:
    """The shortest of some runs."""
    return min((timed(work) for _ in range(repeats)), key=lambda run: run[0])


def stores(folder: str) -> dict[str, Store]:
    """The stores that there are."""
    found: dict[str, Store] = {"trona": SQLiteStore(f"{folder}/trona.sqlite", "c", key="id")}
    try:
        found["MontyStore"] = MontyStore("c", database_path=f"{folder}/monty", key="id")
    except RuntimeError:
        print("MontyStore is left out: montydb is not installed (pip install montydb).")
    found["JSONStore"] = JSONStore(f"{folder}/json.json", read_only=False, key="id")
    for store in found.values():
        store.connect()
    return found


def fill(store: Store, docs: list[dict[str, Any]]) -> None:
    for start in range(0, len(docs), BATCH):
        store.update(docs[start : start + BATCH])


def ids(store: Store, criteria: dict[str, Any]) -> list[str]:
    return sorted(doc["id"] for doc in store.query(criteria))


def measure(
    name: str, store: Store, docs: list[dict[str, Any]], others: int
) -> dict[str, tuple[float, float, object]]:
    """Time everything in one store, per document where documents are written."""
    singles = docs[:SINGLES] if name == "trona" else docs[: min(SINGLES, others // 50)]
    n_docs, n_single = len(docs), len(singles)
    cut = 10 / n_docs
    found = {"upsert in batches, a document": timed(lambda: fill(store, docs))}
    found["update of one, all present"] = timed(
        lambda: [store.update({**doc, "source": "again"}) for doc in singles] and None
    )
    for work, number in (("upsert in batches, a document", n_docs),
                         ("update of one, all present", n_single)):  # fmt: skip
        wall, processor, _ = found[work]
        found[work] = wall / number, processor / number, store.count()
    low = {ENERGY: {"$lt": cut}}
    found["unindexed filter, 10 found"] = best(lambda: ids(store, low))
    found["three unindexed filters, counted"] = best(
        lambda: store.count(
            {ENERGY: {"$lte": 0.5}, "elements": {"$all": ["P", "S"]}, "state": "completed"}
        )
    )
    if isinstance(store, SQLiteStore):  # as every file is that trona opens
        store.keep_list_values("window.ladder.interphase")
    found["filter within the ladder, counted"] = best(
        lambda: store.count({"window.ladder.interphase": "passivating"}), 2
    )
    with contextlib.suppress(NotImplementedError):  # MontyStore has no indexes
        store.ensure_index(ENERGY)
    found["indexed filter, 10 found"] = best(lambda: ids(store, low))
    found["by id"] = best(lambda: store.query_one({"id": "s7"})["label"])
    found["ten lowest, three fields"] = best(
        lambda: [
            doc["label"]
            for doc in store.query({}, ["label", ENERGY], sort={ENERGY: 1, "id": 1}, limit=10)
        ]
    )
    return found


def compare(number: int, others: int) -> None:
    """Print times of all stores side by side."""
    docs = documents(number)
    with (
        tempfile.TemporaryDirectory(prefix="trona-benchmark-") as folder,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        found, expected = {}, {}
        for name, store in stores(folder).items():
            if name == "trona":
                check = SQLiteStore(f"{folder}/few.sqlite", "c", key="id")
                check.connect()
                expected = measure("MontyStore", check, documents(others), others)
                found[name] = measure(name, store, docs, others)
            else:
                found[name] = measure(name, store, documents(others), others)
                for work, (_, _, answer) in found[name].items():
                    if answer != expected[work][2]:
                        sys.exit(f"{name} and trona disagree: {work}")
    sizes = {name: number if name == "trona" else others for name in found}
    print(f"{'store, ms of wall time (processor)':<36}", end="")
    print("".join(f"{f'{name}, {size}':>24}" for name, size in sizes.items()))
    for work in found["trona"]:
        print(f"{work:<36}", end="")
        for name in found:
            wall, processor, _ = found[name][work]
            print(f"{f'{wall * 1e3:.2f} ({processor * 1e3:.2f})':>24}", end="")
        print()
    upsert, single = (found["trona"][work][0] for work in list(found["trona"])[:2])
    print(f"trona: {1 / upsert:,.0f} upserts/s in batches, {1 / single:,.0f} single updates/s")


def grown(size: int, folder: str) -> dict[str, float]:
    """Processor time of each question in a store of some size, s."""
    docs = documents(size)
    store = SQLiteStore(f"{folder}/trona.sqlite", "c", key="id")
    store.connect()
    row = {"upsert": timed(lambda: fill(store, docs))[1] / size}
    store.ensure_index(ENERGY)
    few = docs[:SINGLES]
    row["update of one"] = timed(lambda: [store.update(doc) for doc in few])[1] / SINGLES
    row["indexed"] = best(lambda: ids(store, {ENERGY: {"$lt": 10 / size}}))[1]
    row["unindexed"] = best(lambda: store.count({"contact.driving_force": {"$lt": 0}}))[1]
    row["by id"] = best(lambda: store.query_one({"id": "s7"}))[1]
    store.close()
    return row


def growth(sizes: list[int]) -> None:
    """Print how times grow with the number of documents in the store."""
    table: dict[str, list[float]] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="trona-benchmark-") as folder:
            row = grown(size, folder)
            each = Path(f"{folder}/trona.sqlite").stat().st_size / size
        for work, seconds in row.items():
            table.setdefault(work, []).append(seconds)
        times = ", ".join(f"{work} {seconds * 1e3:.3f}" for work, seconds in row.items())
        print(f"{size:>7} documents, ms of processor time: {times}; {each:.0f} bytes each")
    for work, seconds in table.items():
        slope = float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])
        print(f"{work}: time ~ documents^{slope:.2f}")


def run(*, quick: bool) -> None:
    compare(1000 if quick else 10_000, 200 if quick else 1000)
    growth([1000, 3000, 10_000] if quick else [1000, 10_000, 100_000])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer documents")
    run(quick=parser.parse_args().quick)


if __name__ == "__main__":
    main()
