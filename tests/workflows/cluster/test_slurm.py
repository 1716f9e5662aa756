"""Ready projects run through the commands of Slurm; VASP starts as the project says."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass

import pytest
from atomate2.vasp.jobs.mp import MPGGARelaxMaker

from tests.support.clusters import named, project_folder, quicken, start_runner
from tests.support.fake_slurm import install
from tests.support.folders import SCRIPTS
from tests.support.vasp_flows import NA2S
from tests.workflows.cluster.test_submission import PATIENCE
from trona.stores.collections.results import Results
from trona.stores.energies.references import load_reference
from trona.workflows.cluster.collecting import collect_results
from trona.workflows.cluster.project_templates import Choices, write_project
from trona.workflows.cluster.projects import find_project
from trona.workflows.cluster.queue import open_queue
from trona.workflows.cluster.submission import place_on_worker, submit
from trona.workflows.cluster.tracking import standings
from trona.workflows.jobs.backends import BACKENDS
from trona.workflows.jobs.flows import ScreeningMaker
from trona.workflows.jobs.vasp import VaspRelaxMaker, mock_command
from trona.workflows.local.pool import Work
from trona.workflows.local.screening import Plan

HEADERS = SCRIPTS / "mock_potcars.py"


@pytest.fixture
def folder(monkeypatch):
    """Folder of projects on a machine with Slurm."""
    with project_folder() as found:
        install(found / "bin")
        monkeypatch.setenv("PATH", f"{found / 'bin'}{os.pathsep}{os.environ['PATH']}")
        yield found


def project(template, uri, folder, changes):
    """Write a ready project, with some words exchanged."""
    path = write_project(Choices("lap", template, uri, folder / "work"))
    text = path.read_text(encoding="utf-8")
    for word, instead in changes.items():
        assert word in text
        text = text.replace(word, instead)
    path.write_text(text, encoding="utf-8")
    quicken(path)
    return find_project("lap")


@dataclass(frozen=True)
class OneStep(Work):
    """Work of a single calculation, at which custodian looks often."""

    def flow(self, candidate):
        quick = {"custodian_kwargs": {"polling_time_step": 0.02, "monitor_freq": 5}}
        once = VaspRelaxMaker(
            backend=self.backend, vasp_maker=MPGGARelaxMaker(run_vasp_kwargs=quick)
        )
        return ScreeningMaker(reference=self.reference, relax_maker=once).make(candidate)


def test_vasp_runs_in_jobs_of_slurm_as_the_project_says(mongo, folder):
    library, reference = folder / "potcars", load_reference("bundled")
    command = [sys.executable, HEADERS, library, "Na_pv", "S"]
    subprocess.run(command, check=True, capture_output=True)
    mock = shlex.split(mock_command())
    changes = {
        "srun vasp_std": " ".join(mock),
        "srun vasp_gam": " ".join(mock),
        "  ATOMATE2_VASP_CMD": f"  PMG_VASP_PSP_DIR: {library}\n      ATOMATE2_VASP_CMD",
    }
    made = project("slurm", mongo, folder, changes)
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


def test_batches_of_slurm_run_jobs_in_turn(mongo, folder):
    changes = {"max_wait: 120": "max_wait: 2\n      sleep_time: 0.5"}
    made, reference = project("slurm-batch", mongo, folder, changes), load_reference("bundled")
    todo = Plan((), tuple((named(formula), None) for formula in ("Na2S", "NaCl")), ())
    with open_queue(made) as controller:
        work = Work(BACKENDS["chgnet"], reference.name)
        list(submit(controller, todo, reference, work, place_on_worker(made, None)))
        assert start_runner().wait(timeout=PATIENCE) == 0
        assert {(one.state, one.reason) for one in standings(controller)} == {("done", None)}
        assert controller.get_batches()
