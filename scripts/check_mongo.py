#!/usr/bin/env python
"""Run everything that trona requires of a MongoDB server on a real one, and print a report.

python scripts/check_mongo.py mongodb://USER:PASSWORD@HOST

It uses its own databases, whose names begin with trona_test_, and drops them. The URI names no
database; its user must be allowed to create and drop databases. The report holds no credentials.
Needs the extras dev and remote; takes about ten minutes. Exit code 1 if something failed.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / ".src")]

from pymongo import MongoClient  # noqa: E402 (the folders are known only now)
from pymongo.errors import PyMongoError  # noqa: E402

from tests.support.clusters import project, project_folder  # noqa: E402
from tests.support.mongo_server import temporary  # noqa: E402
from tests.workflows.cluster.test_counting import fill  # noqa: E402
from trona.stores.database.connect import redacted  # noqa: E402
from trona.workflows.cluster.counting import count_states  # noqa: E402
from trona.workflows.cluster.queue import open_queue, prepare_queue  # noqa: E402

TESTS = (
    "tests/support/test_mongo_server.py",
    "tests/stores/database/test_contract.py",
    "tests/stores/database/test_connect.py",
    "tests/stores/collections",
    "tests/workflows/cluster",
)
PACKAGES = ("trona", "pymongo", "maggma", "jobflow", "jobflow-remote")


def server(uri: str) -> str:
    """What the server says of itself."""
    with MongoClient(uri, serverSelectionTimeoutMS=10_000) as client:
        built = client.admin.command("buildInfo")
        hello = client.admin.command("hello")
    kind = "replica set" if "setName" in hello else hello.get("msg", "one server")
    return f"{built['version']}, {kind}, wire version {hello.get('maxWireVersion')}"


def abilities(uri: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """Try the commands that came with a later version than the oldest that the driver takes."""
    pipeline = [{"$set": {"state": {"$cond": [{"$eq": ["$_id", 1]}, "DONE", "$state"]}}}]
    same = {"from": "jobs", "localField": "_id", "foreignField": "_id", "as": "same"}
    joined = [{"$lookup": {**same, "pipeline": [{"$project": {"state": 1}}]}}]
    changed = {"$set": {"list.$[one].x": 2}}
    with MongoClient(uri) as client:
        client.drop_database("trona_test_abilities")
        jobs = client["trona_test_abilities"].jobs
        jobs.insert_many({"_id": at, "state": "READY", "list": [{"x": 1}]} for at in range(3))
        yield "update by a pipeline", lambda: jobs.update_many({}, pipeline).matched_count == 3
        yield "findAndModify by a pipeline", lambda: jobs.find_one_and_update({"_id": 2}, pipeline)
        yield "$lookup with fields and a pipeline", lambda: len(list(jobs.aggregate(joined))) == 3
        yield "unique sparse index", lambda: jobs.create_index("n.id", unique=True, sparse=True)
        yield (
            "arrayFilters",
            lambda: jobs.update_one({}, changed, array_filters=[{"one.x": 1}]).modified_count == 1,
        )
        client.drop_database("trona_test_abilities")


def counting(uri: str, candidates: int) -> str:
    """Time a count of states."""
    with (
        temporary(uri) as place,
        project_folder() as folder,
        open_queue(project(place, folder)) as controller,
    ):
        prepare_queue(controller)
        fill(controller, candidates)
        start = time.perf_counter()
        counted = count_states(controller).total()
        return f"{counted} candidates counted by state in {time.perf_counter() - start:.2f} s"


def tested(uri: str, names: Sequence[str]) -> tuple[list[str], str]:
    """Run tests against the server; gives one line for each that failed, and the summary."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
                   f"--junit-xml={path}", *names]  # fmt: skip
        environment = {**os.environ, "TRONA_TEST_MONGO_URI": uri}
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=sys.stderr, check=False)  # noqa: S603 (our own words)
        if not path.is_file():
            return [f"pytest ended with {done.returncode} and left no report"], "no test ran"
        cases = list(ET.parse(path).iter("testcase"))  # noqa: S314 (pytest wrote it)
    bad = [one for one in cases if one.find("failure") is not None or one.find("error") is not None]
    skipped = sum(one.find("skipped") is not None for one in cases)
    lines = [f"{one.get('classname')}::{one.get('name')}" for one in bad]
    return lines, f"{len(cases) - len(bad) - skipped} passed, {len(bad)} failed, {skipped} skipped"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("uri", help="mongodb://USER:PASSWORD@HOST, without a database")
    parser.add_argument("tests", nargs="*", default=TESTS, help="files or folders of tests")
    parser.add_argument("--candidates", type=int, default=10_000, help="how many are counted")
    arguments = parser.parse_intermixed_args()
    uri = arguments.uri.rstrip("/")
    try:
        said = server(uri)
    except PyMongoError as error:
        sys.exit(f"{redacted(uri)} does not answer: {' '.join(str(error).split())[:200]}")
    report, failed = [f"server: {said}"], False
    for name, works in abilities(uri):
        try:
            good = bool(works())
            report.append(f"{name}: {'works' if good else 'gave another answer'}")
        except PyMongoError as error:
            good = False
            report.append(f"{name}: refused ({type(error).__name__} {getattr(error, 'code', '')})")
        failed |= not good
    report.append(counting(uri, arguments.candidates))
    lines, summary = tested(uri, arguments.tests)
    report += [f"tests: {summary}", *(f"  failed: {line}" for line in lines)]
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    print("\n".join(["", "--- report ---", *report, packages,
        f"Python {platform.python_version()}, {platform.platform()}"]))  # fmt: skip
    sys.exit(failed or bool(lines))


if __name__ == "__main__":
    main()
