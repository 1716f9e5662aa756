"""A project of jobflow-remote for tests, its runner as a process, and jobs that go wrong."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import jobflow_remote
import pytest
from jobflow import Flow, job

from tests.support.folders import ROOT
from tests.support.sweeper import swept
from trona.workflows.candidates.sources import from_argument
from trona.workflows.cluster.project_templates import Choices, write_project
from trona.workflows.cluster.projects import find_project
from trona.workflows.jobs.analysis import analyze
from trona.workflows.local.pool import Work

RUN = """
import sys, warnings
warnings.simplefilter("ignore")
from jobflow_remote.jobs.runner import Runner
from monty.json import MontyDecoder
Runner(sys.argv[1]).run_all_jobs(max_seconds=900)
"""


def named(formula):
    """The candidate of a formula."""
    (candidate,) = from_argument(formula).candidates
    return candidate


@job
def dies():
    """Die without a word, as of too little memory."""
    os.kill(os.getpid(), signal.SIGKILL)


@job
def waits_for(path):
    """Wait until there is a file, then write a few pages, as VASP does, to the folder of the job.

    The small files of a job that are there already can be written anew on a disk that is full.
    """
    while not Path(path).exists():
        time.sleep(0.1)
    Path("OUTCAR").write_bytes(bytes(20_000))


@dataclass(frozen=True)
class StepWork(Work):
    """Work of one step that needs no relaxation, and the assessment of the composition."""

    steps: tuple = ()

    def flow(self, candidate):
        step = dict(self.steps)[candidate.label]()
        step.append_name(f" {candidate.label}")
        known = (candidate.label, candidate.formula, candidate.source)
        result = analyze(*known, self.reference, self.correction, competing=[step.output])
        result.append_name(f" {candidate.label}")
        return Flow([step, result])


class Turns:
    """The real runner, in this process, that works when it is told to."""

    def __init__(self, name="lap"):
        from jobflow_remote.jobs.runner import Runner

        with warnings.catch_warnings(action="ignore"):
            self.runner = Runner(name)

    def turn(self):
        """Do once what a runner does every few seconds."""
        with (
            warnings.catch_warnings(action="ignore"),  # as those of a failed step
            pytest.MonkeyPatch.context() as patch,
        ):
            patch.delenv("PYTEST_CURRENT_TEST", raising=False)  # jobs would inherit it
            self.runner.checkout()
            self.runner.check_run_status()
            if self.runner.batch_workers:
                self.runner.update_batch_jobs()
            self.runner.advance_state(["CHECKED_OUT", "UPLOADED", "RUN_FINISHED", "DOWNLOADED"])

    def until(self, holds, patience=150):
        """Work until something holds, and return it."""
        ends = time.monotonic() + patience
        while not (found := holds()):
            assert time.monotonic() < ends, f"did not come about in {patience} s"
            self.turn()
            time.sleep(0.3)
        return found

    def close(self):
        """Close all connections."""
        for host in self.runner.hosts.values():
            host.close()
        self.runner.job_controller.close()


@dataclass(frozen=True)
class FaultyWork(Work):
    """Work in which the relaxation of some candidates is a job that goes wrong."""

    faults: tuple = ()

    def flow(self, candidate):
        fault = dict(self.faults).get(candidate.label)
        if fault is None:
            return super().flow(candidate)
        sick = fault()
        known = (candidate.label, candidate.formula, candidate.source)
        return Flow(
            [sick, analyze(*known, self.reference, self.correction, sick.output, relaxed=True)]
        )


@contextmanager
def project_folder():
    """Folder of projects with a path short enough for a socket, known to all processes."""
    temporary = tempfile.TemporaryDirectory(prefix="jf", dir="/tmp", ignore_cleanup_errors=True)
    with (
        temporary as folder,
        swept(f"JFREMOTE_PROJECTS_FOLDER={folder}"),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / ".src"), str(ROOT)]))
        patch.setenv("JFREMOTE_PROJECTS_FOLDER", folder)
        patch.setenv("JFREMOTE_CONFIG_FILE", str(Path(folder) / "none.yaml"))
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        patch.setattr(jobflow_remote.SETTINGS, "projects_folder", folder)
        yield Path(folder)


def slurm_project(uri, folder, template="slurm", changes=(), **choices):
    """Write a ready project for Slurm, in which some words are exchanged."""
    path = write_project(Choices("lap", template, uri, folder / "work", **choices))
    text = path.read_text(encoding="utf-8")
    for word, instead in dict(changes).items():
        assert word in text, word
        text = text.replace(word, instead)
    path.write_text(text, encoding="utf-8")
    quicken(path)
    return find_project("lap")


def project(uri, folder, template="laptop", before="true", command=None):
    """Write a ready project; its worker tells of every job that begins and ends."""
    path = write_project(Choices("lap", template, uri, folder / "work"))
    told = f"echo %s $(basename $PWD) >> {folder}/told"
    text = path.read_text(encoding="utf-8")
    text = text.replace('pre_run: "', f'pre_run: "{told % "begin"}; {before}; ')
    text = re.sub(r"max_jobs: \d+", f"max_jobs: 2\n    post_run: {told % 'end'}", text)
    path.write_text(text, encoding="utf-8")
    quicken(path, command)
    return find_project("lap")


def quicken(path, command=None):
    """Have the runner look every second, and another command run the jobs."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"(delay_\w+): \d+", r"\1: 1", text)
    if command is not None:
        text = re.sub(r"execution_cmd: .*", f"execution_cmd: {command}", text)
    path.write_text(text, encoding="utf-8")


def start_runner(name="lap"):
    """Start the real runner; it ends when no job is left that it can move."""
    silent = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    return subprocess.Popen([sys.executable, "-c", RUN, name], **silent)


def executions(folder):
    """What began and ended, in order: pairs of word and job."""
    path = folder / "told"
    return [line.split() for line in path.read_text().splitlines()] if path.exists() else []
