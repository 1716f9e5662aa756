#!/usr/bin/env python
"""Cycle many jobs that do nothing through the real runner, and say what grows with their number.

    python scripts/simulate_queue.py --jobs 300 1000 3000     a few minutes on two cores

The server is that of the tests, taught here to use indexes as MongoDB does: it examines only the
documents that an index leaves over, and none to sort where an index is sorted. How many it
examined for each job, with and without trona's indexes, is what a real server would examine too;
its seconds are not those of a real server.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from heapq import merge
from pathlib import Path

import mongomock_ng.collection
import mongomock_ng.store
from mongomock_ng.filtering import filter_applies
from sortedcontainers import SortedKeyList

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

NEXT_JOB = [("state", 1), ("priority", -1), ("created_on", 1)]
ORDER = [("priority", -1), ("created_on", 1)]
NO_OPERATION = r"""#!/bin/bash
name=${1##*/}; uuid=${name%_*}; index=${name##*_}; cd "$1"
printf '{"response": {"output": null, "detour": null, "addition": null, "replace": null,
"stored_data": null, "stop_children": false, "stop_jobflow": false, "job_dir": null},
"error": null, "start_time": null, "end_time": null}' > jfremote_out.json
printf '[{"uuid": "%s", "index": %s, "output": 1, "metadata": {}, "hosts": [], "name": "nothing",
"completed_at": "2026-01-01T00:00:00"}]' "$uuid" "$index" > remote_job_data.json
echo '[]' > additional_store_data.json
"""
RUN = """
import sys, warnings
warnings.simplefilter("ignore")
from jobflow_remote.jobs.runner import Runner
Runner(sys.argv[1]).run_all_jobs(max_seconds=float(sys.argv[2]))
"""


def values_at(document, path):
    """Values of a field; of a list, each."""
    found = [document]
    for part in path.split("."):
        found = [one.get(part) for one in found if isinstance(one, dict)]
    return [x for one in found for x in (one if isinstance(one, list) else [one])]


def plain(values):
    """Those values that a table can hold."""
    return [value for value in values if isinstance(value, (str, int, type(None)))]


class IndexedStore(mongomock_ng.store.CollectionStore):
    """Documents of a collection with a table for the first field of each index."""

    def __init__(self, name):
        super().__init__(name)
        self.tables, self.held, self.queues = {}, {}, None

    def create_index(self, index_name, index_dict):
        super().create_index(index_name, index_dict)
        self.tables.setdefault(next(iter(index_dict["key"]))[0], defaultdict(dict))
        if list(index_dict["key"]) == NEXT_JOB:
            self.queues = defaultdict(
                lambda: SortedKeyList(key=lambda d: (-d["priority"], d["created_on"], d["_id"]))
            )
        for key, document in list(self._documents.items()):
            self[key] = document

    def drop_index(self, index_name):
        super().drop_index(index_name)
        kept = {next(iter(index["key"]))[0] for index in self.indexes.values()}
        self.tables = {field: self.tables[field] for field in kept}

    def drop(self):
        super().drop()
        self.tables, self.held, self.queues = {}, {}, None

    def __setitem__(self, key, document):
        self._forget(key)
        super().__setitem__(key, document)
        held = {field: plain(values_at(document, field)) for field in self.tables}
        self.held[key] = held, document.get("state"), dict(document)
        for field, values in held.items():
            for value in values:
                self.tables[field][value][key] = document
        if self.queues is not None:
            self.queues[document["state"]].add(self.held[key][2])

    def __delitem__(self, key):
        self._forget(key)
        super().__delitem__(key)

    def _forget(self, key):
        held, state, copy = self.held.pop(key, ({}, None, None))
        for field, values in held.items():
            for value in values:
                self.tables.get(field, {}).get(value, {}).pop(key, None)
        if self.queues is not None and copy is not None and copy in self.queues[state]:
            self.queues[state].remove(copy)


def keys_of(condition):
    """Values that a condition allows; None if an index is of no use."""
    if isinstance(condition, dict):
        return condition.get("$in") if set(condition) == {"$in"} else None
    return [condition] if isinstance(condition, (str, int)) else None


class Examined(Counter):
    """Documents examined, by collection and question."""

    def candidates(self, collection, question):
        """Documents that the best index leaves over."""
        store = collection._store
        if keys_of(question.get("_id")) is None and "_id" in question:
            key = question["_id"]
            return [store._documents[key]] if key in store._documents else []
        choices = [
            [doc for key in keys for doc in store.tables[field].get(key, {}).values()]
            for field in store.tables
            if (keys := keys_of(question.get(field))) is not None
        ]
        found = min(choices, key=len) if choices else list(store._documents.values())
        self[collection.name, ",".join(sorted(question))] += len(found)
        return found


EXAMINED = Examined()


def _iter_documents(self, filter):  # noqa: A002
    return (one for one in EXAMINED.candidates(self, filter) if filter_applies(filter, one))


def _ensure_uniques(self, new):
    for index in self._store.indexes.values():
        fields = [field for field, _ in index["key"]]
        wanted = {field: values_at(new, field)[0] for field in fields if values_at(new, field)}
        if not index.get("unique") or wanted.get(fields[0]) is None:
            continue
        for other in self._store.tables[fields[0]].get(wanted[fields[0]], {}).values():
            if other["_id"] != new["_id"] and filter_applies(wanted, other):
                raise mongomock_ng.collection.DuplicateKeyError("E11000", 11000)


_FIND_ONE = mongomock_ng.collection.Collection.find_one


def find_one(self, filter=None, *args, **kwargs):  # noqa: A002
    states = keys_of((filter or {}).get("state"))
    if self._store.queues is None or states is None or kwargs.get("sort") != ORDER:
        return _FIND_ONE(self, filter, *args, **kwargs)
    lists = [self._store.queues[state] for state in states]
    for one in merge(*lists, key=lambda d: (-d["priority"], d["created_on"])):
        EXAMINED[self.name, "sorted index"] += 1
        if filter_applies(filter, self._store._documents[one["_id"]]):
            return _FIND_ONE(self, {"_id": one["_id"]})
    return None


def serve():
    """Serve until the standard input ends, then say what was examined."""
    mongomock_ng.store.CollectionStore = IndexedStore
    for patch in (_iter_documents, _ensure_uniques, find_one):
        setattr(mongomock_ng.collection.Collection, patch.__name__, patch)
    from tests.mongo_server import MongoServer  # noqa: PLC0415

    server = MongoServer()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.uri, flush=True)
    sys.stdin.readline()
    print(json.dumps([[*key, count] for key, count in EXAMINED.items()]), flush=True)


def project(uri, folder):
    """A project whose worker does nothing."""
    from trona.workflows.projects import Choices, find, write  # noqa: PLC0415

    script = folder / "nothing"
    script.write_text(NO_OPERATION, encoding="utf-8")
    script.chmod(0o700)
    path = write(Choices("queue", "laptop", f"{uri}/simulation", folder / "work"))
    lines = path.read_text(encoding="utf-8").replace(": 2\n", ": 1\n").splitlines()
    lines = [line for line in lines if "max_jobs" not in line and "pre_run" not in line]
    lines = [f"    execution_cmd: {script} {{}}" if "execution_cmd" in x else x for x in lines]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return find("queue")


def nothing(value):
    """Do nothing."""
    return value


def enqueue(controller, jobs):
    """Put flows of three jobs, each of which needs the one before, into the queue."""
    from jobflow import Flow, Job  # noqa: PLC0415

    for at in range(jobs // 3):
        first = Job(nothing, function_args=(at,))
        second = Job(nothing, function_args=(first.output,))
        flow = Flow([first, second, Job(nothing, function_args=(second.output,))])
        flow.update_metadata({"trona": {"id": str(at), "label": str(at)}})
        controller.add_flow(flow, worker="laptop")


def measure(jobs, indexed, patience):
    """Cycle so many jobs; gives rates, memory, and documents examined for each job."""
    from trona.workflows import job_queue  # noqa: PLC0415

    command = [sys.executable, __file__, "--serve"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as server, tempfile.TemporaryDirectory() as name:
        import jobflow_remote  # noqa: PLC0415

        os.environ["JFREMOTE_PROJECTS_FOLDER"] = jobflow_remote.SETTINGS.projects_folder = name
        queue = project(server.stdout.readline().strip(), Path(name))
        with job_queue.opened(queue) as controller:
            controller.reset(max_limit=0)
            if indexed:
                job_queue.prepare(controller)
            begin = time.perf_counter()
            enqueue(controller, jobs)
            enqueued = time.perf_counter()
            run = [sys.executable, "-c", RUN, "queue", str(patience)]
            memory = 0
            with subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as runner:
                while runner.poll() is None:
                    memory = max(memory, resident(runner.pid))
                    time.sleep(0.5)
            cycled = time.perf_counter()
            done = controller.count_jobs(query={"state": "COMPLETED"})
        server.stdin.write("\n")
        server.stdin.flush()
        examined = json.loads(server.stdout.readline())
    worst = sorted(examined, key=lambda row: -row[2])[:4]
    return {
        "jobs": jobs,
        "indexed": indexed,
        "done": done,
        "enqueued_per_s": jobs / (enqueued - begin),
        "cycled_per_s": done / (cycled - enqueued),
        "runner_MB": memory,
        "examined_per_job": {f"{c}: {q}": round(n / max(done, 1), 1) for c, q, n in worst},
    }


def resident(pid):
    """Resident memory of a process, MB."""
    try:
        text = Path(f"/proc/{pid}/statm").read_text(encoding="ascii")
    except OSError:
        return 0
    return int(text.split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20


def main():
    """Print one line of JSON for each size, with and without trona's indexes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, nargs="+", default=[300, 1000, 3000])
    parser.add_argument("--seconds", type=float, default=600, help="for each size")
    parser.add_argument("--only", choices=["indexed", "plain"])
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve()
        return
    for jobs in given.jobs:
        for indexed in (True, False):
            if given.only is None or indexed == (given.only == "indexed"):
                print(json.dumps(measure(jobs, indexed, given.seconds)), flush=True)


if __name__ == "__main__":
    main()
