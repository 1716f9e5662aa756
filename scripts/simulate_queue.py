#!/usr/bin/env python
"""Run many empty jobs through the real runner, and report what scales with their number.

    python scripts/simulate_queue.py --jobs 300 1000 3000     half an hour on two cores

The number of documents that the server examines per job, with trona's indexes and with those of
jobflow-remote alone, is the same as on a real MongoDB; the seconds are not.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jobflow_remote
from jobflow import Flow, Job

from trona.workflows.cluster import queue as job_queue
from trona.workflows.cluster.project_templates import Choices, write_project
from trona.workflows.cluster.projects import find_project

if TYPE_CHECKING:
    from jobflow_remote import JobController
    from jobflow_remote.config.base import Project

ROOT = Path(__file__).parents[1]

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


def project(uri: str, folder: Path) -> Project:
    """A project whose worker does nothing."""
    script = folder / "nothing"
    script.write_text(NO_OPERATION, encoding="utf-8")
    script.chmod(0o700)
    path = write_project(Choices("queue", "laptop", f"{uri}/simulation", folder / "work"))
    lines = path.read_text(encoding="utf-8").replace(": 2\n", ": 1\n").splitlines()
    lines = [line for line in lines if "max_jobs" not in line and "pre_run" not in line]
    lines = [f"    execution_cmd: {script} {{}}" if "execution_cmd" in x else x for x in lines]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return find_project("queue")


def nothing(value: int) -> int:
    """Do nothing."""
    return value


def enqueue(controller: JobController, jobs: int) -> None:
    """Put flows of three jobs, each of which needs the one before, into the queue."""
    for at in range(jobs // 3):
        first = Job(nothing, function_args=(at,))
        second = Job(nothing, function_args=(first.output,))
        flow = Flow([first, second, Job(nothing, function_args=(second.output,))])
        flow.update_metadata({"trona": {"id": str(at), "label": str(at)}})
        controller.add_flow(flow, worker="laptop")


def measure(jobs: int, indexed: bool, patience: float) -> dict[str, Any]:
    """Cycle so many jobs; gives rates, memory, and documents examined for each job."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.support.indexed_mongo"]
    server = subprocess.Popen(  # noqa: S603
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with server, tempfile.TemporaryDirectory() as name:
        os.environ["JFREMOTE_PROJECTS_FOLDER"] = jobflow_remote.SETTINGS.projects_folder = name
        queue = project(server.stdout.readline().strip(), Path(name))
        with job_queue.open_queue(queue) as controller:
            controller.reset(max_limit=0)
            if indexed:
                job_queue.prepare_queue(controller)
            begin = time.perf_counter()
            enqueue(controller, jobs)
            enqueued = time.perf_counter()
            run = [sys.executable, "-c", RUN, "queue", str(patience)]
            memory = 0
            with subprocess.Popen(  # noqa: S603
                run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            ) as runner:
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


def resident(pid: int) -> int:
    """Resident memory of a process, MB."""
    try:
        text = Path(f"/proc/{pid}/statm").read_text(encoding="ascii")
    except OSError:
        return 0
    return int(text.split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20


def main() -> None:
    """Print one line of JSON for each size, with and without trona's indexes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, nargs="+", default=[300, 1000, 3000])
    parser.add_argument("--seconds", type=float, default=600, help="for each size")
    parser.add_argument("--only", choices=["indexed", "plain"])
    given = parser.parse_args()
    for jobs in given.jobs:
        for indexed in (True, False):
            if given.only is None or indexed == (given.only == "indexed"):
                print(json.dumps(measure(jobs, indexed, given.seconds)), flush=True)


if __name__ == "__main__":
    main()
