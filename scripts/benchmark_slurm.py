#!/usr/bin/env python
"""Run candidates through a real Slurm of one node; say how long it took and where the time went.

    python scripts/benchmark_slurm.py results.jsonl slurm:mock:24 slurm-batch:mock:24
    python scripts/benchmark_slurm.py results.jsonl slurm-batch:chgnet:12:ssh

Each run has a cluster, a database and a runner of its own; the runner is the daemon that users
start, beside Slurm or at the other end of SSH. A run that results.jsonl has already is left out, so
that an interrupted series goes on. Needs root and the programs that scripts/slurm installs.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / ".src"), str(ROOT / "scripts")]

from stress import write_crystals  # noqa: E402

from tests.support import mongo_server  # noqa: E402
from tests.support.clusters import project_folder  # noqa: E402
from tests.support.slurm_cluster import reason_to_skip  # noqa: E402
from tests.support.slurm_cluster import running as slurm_running  # noqa: E402
from trona.workflows.cluster.project_templates import Choices, write_project  # noqa: E402
from trona.workflows.cluster.projects import find_project  # noqa: E402
from trona.workflows.cluster.queue import open_queue  # noqa: E402

NAME = "timed"
PATIENCE = 1500.0
OVER = ("COMPLETED", "FAILED", "REMOTE_ERROR")
TRONA = (sys.executable, "-c", "from trona.workflows.cli.main import main; main()")


def busy() -> float:
    """Processor seconds that the whole machine has spent since it started."""
    words = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()
    user, nice, system, _, _, irq, softirq = (int(word) for word in words[1:8])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def trona(*words: str) -> str:
    """Run trona as a user does."""
    done = subprocess.run([*TRONA, *words], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        sys.exit(f"trona {' '.join(words)}: {done.stderr}")
    return done.stdout


def measure(template: str, backend: str, candidates: int, ssh: bool) -> dict[str, object]:
    """Submit so many candidates and wait until all their jobs are over."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(TemporaryDirectory(prefix="slurm", dir="/tmp")))
        stack.enter_context(slurm_running(place))
        folder = stack.enter_context(project_folder())
        uri = f"{stack.enter_context(mongo_server.running())}/timed"
        # A login shell forgets the PATH; one thread for each job, as many jobs run at once.
        activate = f"export PATH={Path(sys.executable).parent}:$PATH OMP_NUM_THREADS=1"
        host = "login" if ssh else None
        write_project(Choices(NAME, template, uri, folder / "work", activate, host))
        (folder / "crystals").mkdir()
        write_crystals(folder / "crystals", candidates)
        with open_queue(find_project(NAME)) as controller:
            controller.reset(max_limit=0)
            runner = ["jf", "-p", NAME, "runner"]
            silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            subprocess.run([*runner, "start"], check=False, **silent)  # noqa: S603
            try:
                spent, begin = busy(), time.monotonic()
                trona("submit", str(folder / "crystals"), "--project", NAME, "--backend", backend)
                submitted = time.monotonic() - begin
                half, seconds, loads = follow(controller, begin)
                spent = busy() - spent
                jobs = list(controller.jobs.find({}))
                medians = phases(jobs)
                print(trona("status", "--project", NAME, "--failed"), file=sys.stderr)
            finally:
                subprocess.run([*runner, "shutdown"], check=False, **silent)  # noqa: S603
    done = sum(job["state"] == "COMPLETED" for job in jobs)
    return {
        "jobs": len(jobs),
        "completed": done,
        "submitted_s": round(submitted, 1),
        "half_done_s": round(half, 1),
        "all_done_s": round(seconds, 1),
        "jobs_per_s": round(done / seconds, 3),
        "processor_s": round(spent, 1),
        "load": round(statistics.mean(loads), 1),
        "phases_s": medians,
    }


def follow(controller, begin: float) -> tuple[float, float, list[float]]:  # noqa: ANN001
    """Seconds until half of the jobs and all were over, and the load of the machine meanwhile."""
    half, loads = 0.0, []
    while (seconds := time.monotonic() - begin) < PATIENCE:
        loads.append(os.getloadavg()[0])
        over = controller.count_jobs(query={"state": {"$in": list(OVER)}})
        total = controller.count_jobs(query={})
        half = half or (seconds if over >= total / 2 else 0.0)
        if over == total:
            break
        time.sleep(1)
    return half, seconds, loads


def phases(jobs: list[dict]) -> dict[str, dict[str, float]]:
    """Median seconds of what a job of each kind waits for and does."""
    found: dict[str, dict[str, list[float]]] = {}
    for job in jobs:
        kind = job["job"]["name"].split()[0]
        into = found.setdefault(kind, {})
        with suppress(KeyError, TypeError, AttributeError, OSError):
            begin, end = (job[key].replace(tzinfo=UTC).timestamp() for key in STAMPS)
            folder = Path(job["run_dir"])
            into.setdefault("work", []).append(end - begin)
            returned = job["updated_on"].replace(tzinfo=UTC).timestamp()
            into.setdefault("back", []).append(returned - end)
            started = folder / "slurm_job_id"
            sent = (folder / "submit.sh").stat().st_mtime
            if started.exists():  # each job is a job of Slurm
                into.setdefault("in Slurm's queue", []).append(started.stat().st_mtime - sent)
                into.setdefault("start", []).append(begin - started.stat().st_mtime)
            else:
                into.setdefault("in the batch's queue", []).append(begin - sent)
    return {
        kind: {what: round(statistics.median(each), 2) for what, each in values.items()}
        for kind, values in found.items()
    }


STAMPS = ("start_time", "end_time")


def main() -> None:
    """Append a line of JSON for each run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("runs", nargs="+", help="template:backend:candidates[:ssh]")
    given = parser.parse_args()
    if reason := reason_to_skip():
        sys.exit(reason)
    lines = given.results.read_text(encoding="utf-8").splitlines() if given.results.exists() else []
    known = {json.loads(line)["run"] for line in lines}
    for run in dict.fromkeys(given.runs):
        if run not in known:
            template, backend, candidates, *ssh = run.split(":")
            found = {"run": run} | measure(template, backend, int(candidates), ssh == ["ssh"])
            with given.results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(found) + "\n")
            print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
