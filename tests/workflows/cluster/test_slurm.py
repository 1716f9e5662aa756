"""Ready projects run on a real Slurm, the runner beside it or at the other end of SSH."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import pytest
from atomate2.vasp.jobs.mp import MPGGARelaxMaker

from tests.support.clusters import (
    StepWork,
    Turns,
    executions,
    named,
    project_folder,
    slurm_project,
    start_runner,
    waits_for,
)
from tests.support.folders import ROOT, SCRIPTS
from tests.support.slurm_cluster import until
from tests.support.sweeper import holders
from tests.support.vasp_flows import NA2S
from tests.support.warm_worker import warm
from tests.workflows.cluster.test_submission import CRYSTALS, PATIENCE
from trona.stores.collections.results import Results
from trona.stores.energies.references import load_reference
from trona.workflows.cluster.collecting import collect_results
from trona.workflows.cluster.queue import open_queue, prepare_queue
from trona.workflows.cluster.submission import place_on_worker, submit
from trona.workflows.cluster.tracking import retry, standings
from trona.workflows.jobs.backends import BACKENDS, find_backend
from trona.workflows.jobs.flows import ScreeningMaker
from trona.workflows.jobs.vasp import VaspRelaxMaker, mock_command
from trona.workflows.local.pool import Work
from trona.workflows.local.screening import Plan

HEADERS = SCRIPTS / "mock_potcars.py"
FORMULAS = ("Na3PS4", "Na2S", "NaCl", "Na3P", "Na3SbS4", "Na2ZrCl6", "NaBr", "NaI", "NaF", "Na2O")
BATCH = {
    "max_wait: 120": "max_wait: 5",
    "max_jobs: 4": "max_jobs: 1",
    "ntasks_per_node: 1,": "ntasks_per_node: 1, mem: 3000,",
}
"""One batch, which gives its node back soon."""


ACTIVATE = f"export PATH={Path(sys.executable).parent}:$PATH"
"""A login shell forgets the PATH."""


@pytest.fixture
def folder(slurm):
    """Folder of projects on a machine with Slurm."""
    assert slurm.processes
    with project_folder() as found:
        yield found


@pytest.fixture
def one_process(folder):
    """Change of a project whose jobs need not import everything anew."""
    with warm(folder / "warm") as command:
        yield {"work_dir": f"execution_cmd: {command}\n    work_dir"}


@dataclass(frozen=True)
class OneStep(Work):
    """Work of a single calculation, at which custodian looks often."""

    def flow(self, candidate):
        quick = {"custodian_kwargs": {"polling_time_step": 0.02, "monitor_freq": 5}}
        once = VaspRelaxMaker(
            backend=self.backend, vasp_maker=MPGGARelaxMaker(run_vasp_kwargs=quick)
        )
        return ScreeningMaker(reference=self.reference, relax_maker=once).make(candidate)


def test_vasp_runs_in_jobs_of_slurm_as_the_project_says(mongo, folder, one_process):
    library, reference = folder / "potcars", load_reference("bundled")
    command = [sys.executable, HEADERS, library, "Na_pv", "S"]
    subprocess.run(command, check=True, capture_output=True)
    mock = shlex.split(mock_command())
    changes = {
        "srun vasp_std": " ".join(mock),
        "srun vasp_gam": " ".join(mock),
        "  ATOMATE2_VASP_CMD": f"  PMG_VASP_PSP_DIR: {library}\n      ATOMATE2_VASP_CMD",
        "    modules: [vasp]\n": "",
    }
    made = slurm_project(mongo, folder, "slurm", changes | one_process)
    place = place_on_worker(made, None, {"nodes": 1, "time": "00:10:00"}, "vasp")
    results = Results(str(folder / "results.sqlite"))
    with open_queue(made) as controller:
        work = OneStep(BACKENDS["vasp"], reference.name)
        list(submit(controller, Plan((), (), (NA2S,)), reference, work, place))
        assert start_runner().wait(timeout=PATIENCE) == 0
        (one,) = standings(controller)
        assert (one.done, one.total) == (3, 3), one.reason
        assert collect_results(controller, results).relaxations == 1
    (relaxation,) = results.relaxations()
    assert relaxation.method == "MOCK VASP PBE"
    assert [title.split()[1] for title in relaxation.settings["potcar_titles"]] == ["Na_pv", "S"]


@pytest.mark.parametrize("host", [None, "login"], ids=["beside", "by SSH"])
def test_a_batch_runs_twelve_candidates_in_one_process_and_two_runners_do_no_harm(
    mongo, folder, host
):
    told = folder / "told"
    changes = BATCH | {"python -m trona": f"echo begin $(basename $PWD) >> {told}; python -m trona"}
    made = slurm_project(mongo, folder, "slurm-batch", changes, host=host, activate=ACTIVATE)
    assert made.workers["slurm-batch"].is_local == (host is None)
    reference = load_reference("bundled")
    bare = tuple((named(formula), None) for formula in FORMULAS)
    todo = Plan((), bare, tuple(replace(one, label=f"{one.label} made") for one in CRYSTALS[:2]))
    with open_queue(made) as controller:
        work = Work(BACKENDS["mock"], reference.name)
        list(submit(controller, todo, reference, work, place_on_worker(made, None)))
        runners = [start_runner() for _ in range(2 if host is None else 1)]
        assert all(runner.wait(timeout=PATIENCE) in {0, 1} for runner in runners)
        rows = standings(controller)
        assert {(one.state, one.reason) for one in rows} == {("done", None)}
        assert len(rows) == 12
        assert len(controller.get_batches(limit=0)) <= 2 * len(runners)
    assert set(Counter(job for _, job in executions(folder)).values()) == {1}


def test_what_a_killed_batch_was_doing_begins_again(mongo, folder):
    made, reference = slurm_project(mongo, folder, "slurm-batch", BATCH), load_reference("bundled")
    with open_queue(made) as controller:
        prepare_queue(controller)
        step = lambda: waits_for(str(folder / "go"))  # noqa: E731
        work = StepWork(find_backend("mock"), reference.name, steps=(("NaCl", step),))
        todo = Plan((), (), CRYSTALS[:1])
        list(submit(controller, todo, reference, work, place_on_worker(made, None)))
        runner = Turns()
        runner.until(lambda: controller.count_jobs({"state": "BATCH_RUNNING"}))
        (batch,) = controller.get_batches(limit=0)
        subprocess.run(["scancel", batch.process_id], check=True)
        runner.until(lambda: controller.count_jobs({"state": "REMOTE_ERROR"}))
        (row,) = standings(controller)
        assert row.state == "failed"
        assert "killed" in row.reason
        assert retry(controller, [row]) == [("NaCl", None)]
        (folder / "go").touch()
        runner.until(lambda: controller.count_jobs({"state": "COMPLETED"}))
        runner.close()


def test_a_login_node_that_does_not_answer_is_tried_again(mongo, folder, slurm):
    made = slurm_project(mongo, folder, host="login", activate=ACTIVATE)
    reference = load_reference("bundled")
    with open_queue(made) as controller:
        prepare_queue(controller)
        todo = Plan((), ((named("Na2S"), None),), ())
        work = Work(BACKENDS["chgnet"], reference.name)
        list(submit(controller, todo, reference, work, place_on_worker(made, None)))
        slurm.stop("sshd")
        try:
            runner = start_runner()
            until(lambda: standings(controller)[0].reason, PATIENCE)
            (row,) = standings(controller)
            assert row.state == "running"
            assert row.reason.startswith("will be tried again: ")
        finally:
            slurm.start("sshd")
        login = ["ssh", "-F", slurm.home / ".ssh" / "config", "login", "true"]
        until(lambda: subprocess.run(login, check=False, capture_output=True).returncode == 0)
        assert retry(controller, [row]) == [("Na2S", None)]
        assert runner.wait(timeout=PATIENCE) == 0
        assert standings(controller)[0].state == "done"


def test_a_batch_takes_no_resources_of_a_candidate(mongo, folder, trona):
    slurm_project(mongo, folder, "slurm-batch")
    done = trona("submit", "Na2S", "--resources", "nodes=1,time=08:00:00")
    assert done.returncode == 2
    assert "runs jobs in batches, whose resources stand in the project file" in done.stderr


def test_a_killed_run_of_the_tests_leaves_no_process():
    word = f"SWEPT={uuid4()}"
    script = f"""
import os, subprocess
from tests.support.sweeper import swept
with swept("{word}"):
    subprocess.Popen(["env", "{word}", "setsid", "sleep", "600"])
    input()
"""
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE) as run:
        until(lambda: holders(word))
        run.kill()
    until(lambda: not holders(word))
