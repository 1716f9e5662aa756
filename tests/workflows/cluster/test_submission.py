"""The real runner with real workers: the healthy are documented, the sick fail with a reason."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from pymatgen.core import Lattice, Structure

from tests.support.clusters import (
    FaultyWork,
    dies,
    executions,
    named,
    project,
    project_folder,
    start_runner,
)
from tests.support.mongo_server import temporary
from tests.support.warm_worker import warm
from trona.screening.errors import ReferenceDataError
from trona.stores.collections.results import Results
from trona.stores.database.connect import open_store
from trona.stores.energies.conditions import under_conditions
from trona.stores.energies.kept import load_once
from trona.stores.energies.references import load_reference
from trona.workflows.candidates.sources import Candidate
from trona.workflows.cluster.collecting import collect_results
from trona.workflows.cluster.queue import open_queue, prepare_queue, release
from trona.workflows.cluster.submission import Placement, name_for_workers, submit
from trona.workflows.cluster.tracking import retry, standings
from trona.workflows.jobs.backends import find_backend
from trona.workflows.local.screening import plan, record
from trona.workflows.mock_vasp.faults import FAULTS_VARIABLE

PATIENCE = 900
FORMULAS = ("Na3PS4", "Na2S", "Na3SbS4", "Na2ZrCl6", "Na3P")
SICK_FORMULA = "Na2Te"  # no tellurium in the set of CHGNet
LOST_MODULE = "from jobflow import job\n@job\ndef lost():\n    return 1\n"


def crystal(formula, length):
    """A small salt: rock salt, or antifluorite."""
    cation, anion = ("Na", formula.removeprefix("Na2").removeprefix("Na"))
    cell = Lattice.from_parameters(*[length / 2**0.5] * 3, 60, 60, 60)
    sites = [[0.25] * 3, [0.75] * 3] if formula.startswith("Na2") else [[0.5] * 3]
    species = [cation] * len(sites) + [anion]
    return Candidate(formula, formula, "test", Structure(cell, species, [*sites, [0, 0, 0]]))


CRYSTALS = [crystal("NaCl", 5.6), crystal("Na2O", 5.5), crystal("Na2S", 6.5), crystal("Na2Se", 6.8)]
FAULTS = "crash:always:relax:Na2O,crash:always:static:Na2S,zbrent:static:Na2Se"
HEALTHY = {"Na3PS4", "NaCl", "Na2Se"}


@pytest.fixture(scope="module")
def folder():
    with project_folder() as found:
        yield found


def put(controller, results, candidates, faults=(), on="laptop", backend="chgnet"):
    """Submit candidates; gives the outcome of each."""
    source, reference = find_backend(backend), load_reference("bundled-chgnet")
    todo = plan(candidates, results, reference, source)
    work = FaultyWork(source, reference.name, reference.correction, faults=tuple(faults))
    call = record(todo, reference, source)
    results.save([call])
    told = submit(controller, todo, reference, work, Placement(on), call.id)
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


@pytest.fixture(scope="module")
def screened(folder, mongo_server):
    """A screening through the runner, workers and mock VASP: some candidates have a fault."""
    with temporary(mongo_server) as uri, warm(folder / "w.sock") as command:
        made = project(uri, folder, "mock", f"export {FAULTS_VARIABLE}={FAULTS}", command)
        results = Results(str(folder / "results.sqlite"))
        candidates = [named("Na3PS4"), named(SICK_FORMULA), *CRYSTALS]
        candidates += [replace(CRYSTALS[0], label=label) for label in ("dies", "lost")]
        faults = {"dies": dies, "lost": lost_job(folder)}
        with open_queue(made) as controller:
            prepare_queue(controller)
            given = (controller, results, candidates)
            told = put(*given, faults.items(), on="mock", backend="mock")
            assert set(told.values()) == {"submitted"}
            assert set(put(*given, on="mock", backend="mock").values()) == {"queued"}
            assert set(states(controller).values()) == {"waiting"}
            assert start_runner().wait(timeout=PATIENCE) == 0
            yield given


def test_healthy_candidates_are_documented_and_sick_ones_fail_with_their_reason(screened):
    controller, results, candidates = screened
    ends = {one.label: one for one in standings(controller)}
    assert {label for label, one in ends.items() if one.state == "done"} == HEALTHY
    reasons = {label: one.reason for label, one in ends.items() if one.state == "failed"}
    assert reasons.keys() == {candidate.label for candidate in candidates} - HEALTHY
    for label, words in {
        SICK_FORMULA: "no reference phase for Te",
        "Na2O": "relax 1 Na2O: .*SIGSEGV",
        "Na2S": "static Na2S: .*SIGSEGV",
        "dies": "process was killed",
        "lost": "install the same trona",
    }.items():
        assert re.search(words, reasons[label])
    collected = collect_results(controller, results)
    assert len(collected.screenings) == len(candidates)
    assert (collected.relaxations, collected.differing) == (2, ())
    docs = {doc.label: doc for doc in results.screenings()}
    assert {label for label, doc in docs.items() if doc.state == "completed"} == HEALTHY
    assert {label: docs[label].reason for label in reasons} == reasons
    (corrected,) = (one for one in results.relaxations() if one.label == "Na2Se")
    assert "zbrent" in str(corrected.corrections)
    assert corrected.method == "MOCK VASP PBE"
    counted = [
        (one["completed"], one["rejected"] + one["failed"])
        for one in open_store(results.location, "runs").query(sort={"started": 1})
    ]
    assert counted == [(len(HEALTHY), len(reasons)), (0, 0)]  # of the second, all was queued


def test_what_was_collected_is_not_collected_or_computed_again(screened):
    controller, results, candidates = screened
    collect_results(controller, results)
    again = collect_results(controller, results)
    assert (again.screenings, again.known) == ((), len(candidates))
    healthy = [candidate for candidate in candidates if candidate.label in HEALTHY]
    assert put(controller, results, healthy, on="mock", backend="mock") == dict.fromkeys(
        HEALTHY, "done"
    )


def test_a_failed_candidate_that_is_let_go_on_waits_and_its_old_failure_is_no_result(screened):
    controller, results, candidates = screened
    failed = [one for one in standings(controller) if one.label in {"Na2S", SICK_FORMULA}]
    assert retry(controller, failed, again=False) == [(one.label, None) for one in failed]
    assert states(controller)[SICK_FORMULA] == "waiting"
    assert states(controller)["Na2S"] == "running"  # two of its three calculations are done
    assert collect_results(controller, results).known == len(candidates) - len(failed)


def test_a_reference_that_cannot_be_loaded_costs_nothing_else(screened, monkeypatch, tmp_path):
    controller, *_ = screened

    def unreadable(*_):
        raise ReferenceDataError("no such table")

    monkeypatch.setattr("trona.workflows.cluster.collecting.load_once", unreadable)
    results = Results(str(tmp_path / "other.sqlite"))
    collected = collect_results(controller, results)
    assert collected.relaxations == 2
    assert {doc.label for doc in collected.screenings if doc.state == "completed"} == HEALTHY
    assert set(collected.unloaded.values()) == {"no such table"}
    ended = {one.label for one in standings(controller) if one.state in {"done", "failed"}}
    assert ended <= {doc.label for doc in collected.screenings} | collected.unloaded.keys()
    monkeypatch.undo()
    assert collect_results(controller, results).unloaded == {}


def wait_for(condition):
    """Wait until something is true."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_runner_and_a_worker_that_are_killed_cost_nothing_that_was_finished(mongo, tmp_path):
    results = Results(str(tmp_path / "results.sqlite"))
    with project_folder() as folder, open_queue(project(mongo, folder)) as controller:
        prepare_queue(controller)
        candidates = [named(text) for text in (*FORMULAS, "NaCl")]
        put(controller, results, candidates)

        for finished in (1, 3):  # kill the runner twice in the middle
            runner = start_runner()
            wait_for(lambda least=finished: controller.count_jobs(
                query={"state": "COMPLETED"}) >= least)  # fmt: skip
            runner.send_signal(signal.SIGKILL)
            runner.wait()
            release(controller, controller.project, timedelta(0))

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
        reasons = [one.reason for one in failed]
        assert all(any(word in one for word in _KILLED) for one in reasons), reasons
        retry(controller, failed, again=False)
        assert start_runner().wait(timeout=PATIENCE) == 0

        assert set(states(controller).values()) == {"done"}
        assert len(collect_results(controller, results).screenings) == len(candidates)
        ended = set()
        for word, name in executions(folder):
            assert (word, name) != ("begin", name) or name not in ended
            if word == "end" and name not in {f"{job['uuid']}_1" for job in victim}:
                ended.add(name)


_KILLED = ("killed", "never started")


def kill_group(pid):
    """Kill a worker's shell and what it started."""
    import psutil

    try:
        shell = psutil.Process(int(pid))
        for process in [shell, *shell.children(recursive=True)]:
            process.kill()
    except psutil.NoSuchProcess:  # it was quicker
        os.sync()


def test_a_worker_loads_the_energies_of_the_temperature_that_is_asked_for():
    warm = under_conditions(load_reference("bundled"), temperature="60C")
    for given in ("", "bundled"):
        name = name_for_workers(replace(warm, given=given))
        assert load_once(name, warm.correction).checksum == warm.checksum
    cold = load_reference("bundled")
    assert name_for_workers(cold) == "bundled"
