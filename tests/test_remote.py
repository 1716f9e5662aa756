"""The real runner with real workers: the healthy are documented, the sick fail with a reason."""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import timedelta
from functools import partial

import pytest
from pymatgen.core import Lattice, Structure

from trona.stores.references import load
from trona.stores.results import Results
from trona.workflows.backends import find as find_backend
from trona.workflows.candidates import Candidate
from trona.workflows.collection import collect
from trona.workflows.job_queue import opened, prepare, release
from trona.workflows.local import plan
from trona.workflows.projects import find
from trona.workflows.remote import Placement, submit
from trona.workflows.templates import Choices, write
from trona.workflows.tracking import retry, standings

from .clusters import (
    FaultyWork,
    dies,
    executions,
    laptop,
    named,
    project_folder,
    raises,
    start_runner,
)
from .fake_slurm import install

PATIENCE = 900
FORMULAS = ("Na3PS4", "Na2S", "Na3SbS4", "Na2ZrCl6", "Na3P")
SICK_FORMULA = "NaI"  # no iodine in the bundled reference
LOST_MODULE = "from jobflow import job\n@job\ndef lost():\n    return 1\n"


def salt(label):
    """Sodium chloride: two atoms that relax in no time."""
    cell = Lattice.from_parameters(*[5.6 / 2**0.5] * 3, 60, 60, 60)
    return Candidate(label, "NaCl", "test", Structure(cell, ["Na", "Cl"], [[0, 0, 0], [0.5] * 3]))


@pytest.fixture(scope="module")
def folder():
    with project_folder() as found:
        yield found


def put(controller, results, candidates, faults=(), on="laptop"):
    """Submit candidates; gives the outcome of each."""
    backend, reference = find_backend("chgnet"), load("bundled")
    todo = plan(candidates, results, reference, backend)
    work = FaultyWork(backend, reference.name, reference.correction, tuple(faults))
    told = submit(controller, todo, reference, work, Placement(on))
    return {one.label: one.outcome for one in told}


def lost_job(folder):
    """A job whose function only this process can import."""
    (folder / "lost_module.py").write_text(LOST_MODULE, encoding="utf-8")
    sys.path.insert(0, str(folder))
    try:
        from lost_module import lost
    finally:
        sys.path.remove(str(folder))
    return lost


def states(controller):
    return {one.label: one.state for one in standings(controller)}


def test_healthy_candidates_are_documented_and_sick_ones_fail_with_their_reason(
    folder, mongo, tmp_path
):
    project = laptop(mongo, folder)
    results = Results(str(tmp_path / "results.sqlite"))
    candidates = [named(text) for text in (*FORMULAS, SICK_FORMULA)]
    candidates += [salt(name) for name in ("salt", "raises", "dies", "lost")]
    faults = {"raises": partial(raises, "no such luck"), "dies": dies, "lost": lost_job(folder)}
    healthy = {*FORMULAS, "salt"}
    with opened(project) as controller:
        prepare(controller)
        told = put(controller, results, candidates, faults.items())
        assert set(told.values()) == {"submitted"}
        assert set(put(controller, results, candidates).values()) == {"queued"}
        assert set(states(controller).values()) == {"waiting"}

        assert start_runner().wait(timeout=PATIENCE) == 0

        ends = {one.label: one for one in standings(controller)}
        assert {label for label, one in ends.items() if one.state == "done"} == healthy
        reasons = {label: one.reason for label, one in ends.items() if one.state == "failed"}
        assert reasons.keys() == {SICK_FORMULA, "raises", "dies", "lost"}
        assert "no reference phase for I" in reasons[SICK_FORMULA]
        assert reasons["raises"] == "RuntimeError: no such luck"
        assert "process was killed" in reasons["dies"]
        assert "install the same trona" in reasons["lost"]

        collected = collect(controller, results)
        assert len(collected.screenings) == len(candidates)
        assert not collected.differing
        docs = {doc.label: doc for doc in results.screenings()}
        assert {label for label, doc in docs.items() if doc.state == "completed"} == healthy
        assert {label: docs[label].reason for label in reasons} == reasons
        assert docs["salt"].relaxation_id is not None
        again = collect(controller, results)
        assert (again.screenings, again.known) == ((), len(candidates))
        assert put(controller, results, candidates[:5]) == dict.fromkeys(FORMULAS, "done")

        failed = [one for one in standings(controller) if one.label in {"raises", SICK_FORMULA}]
        assert retry(controller, failed, again=False) == [(one.label, None) for one in failed]
        assert {states(controller)[one.label] for one in failed} == {"waiting"}


@pytest.mark.parametrize("template", ["slurm", "slurm-batch"])
def test_projects_for_slurm_run_their_jobs_through_its_commands(template, mongo, monkeypatch):
    with project_folder() as folder:
        install(folder / "bin")
        monkeypatch.setenv("PATH", f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}")
        path = write(Choices("lap", template, mongo, folder / "work"))
        text = path.read_text().replace(": 30\n", ": 1\n").replace("max_wait: 120", "max_wait: 5")
        path.write_text(text.replace("max_time:", "sleep_time: 0.5\n      max_time:"))
        with opened(find("lap")) as controller:
            prepare(controller)
            put(controller, Results(str(folder / "s.sqlite")), [named("Na2S")], on=template)
            assert start_runner().wait(timeout=PATIENCE) == 0
            (one,) = standings(controller)
            assert (one.state, one.reason) == ("done", None)
            batches = controller.get_batches()
            assert len(batches) == (template == "slurm-batch")


def wait_for(condition):
    """Wait until something is true."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_runner_and_a_worker_that_are_killed_cost_nothing_that_was_finished(mongo, tmp_path):
    results = Results(str(tmp_path / "results.sqlite"))
    with project_folder() as folder, opened(laptop(mongo, folder)) as controller:
        project = controller.project
        prepare(controller)
        candidates = [named(text) for text in (*FORMULAS, "NaCl")]
        put(controller, results, candidates)

        for finished in (1, 3):  # kill the runner twice in the middle
            runner = start_runner()
            wait_for(lambda least=finished: controller.count_jobs(
                query={"state": "COMPLETED"}) >= least)  # fmt: skip
            runner.send_signal(signal.SIGKILL)
            runner.wait()
            release(controller, project, timedelta(0))

        runner = start_runner()
        running = {"state": {"$in": ["SUBMITTED", "RUNNING"]}}
        victim = []

        def caught():
            victim[:] = list(controller.jobs.find(running, ["remote.process_id", "uuid"]))
            return victim or controller.count_jobs(query={"state": "COMPLETED"}) == len(candidates)

        wait_for(caught)
        if victim:  # and a worker
            kill_group(victim[0]["remote"]["process_id"])
        assert runner.wait(timeout=PATIENCE) == 0
        failed = [one for one in standings(controller) if one.state == "failed"]
        assert all("killed" in one.reason or "never started" in one.reason for one in failed)
        retry(controller, failed, again=False)
        assert start_runner().wait(timeout=PATIENCE) == 0

        assert set(states(controller).values()) == {"done"}
        assert len(collect(controller, results).screenings) == len(candidates)
        ended = set()
        for word, name in executions(folder):
            assert (word, name) != ("begin", name) or name not in ended
            if word == "end" and name not in {f"{job['uuid']}_1" for job in victim}:
                ended.add(name)


def kill_group(pid):
    """Kill a worker's shell and what it started."""
    import psutil

    try:
        shell = psutil.Process(int(pid))
        for process in [shell, *shell.children(recursive=True)]:
            process.kill()
    except psutil.NoSuchProcess:  # it was quicker
        os.sync()
