"""Jobs of a batch are copies of one process, each with its own variables and its own end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from jobflow import JobStore, job
from maggma.stores import MemoryStore
from monty.serialization import dumpfn

from tests.support.folders import ROOT
from tests.support.slurm_cluster import until
from tests.support.warm_worker import warm


@job
def tells():
    """Say in which process the job runs, and what a variable holds."""
    print("told", os.environ["WORD"], os.getpid())  # noqa: T201 (a job's own output)


@job
def lasts(path):
    """Note the process, and take long."""
    Path(path).write_text(str(os.getpid()), encoding="utf-8")
    time.sleep(120)


@job
def has_potential():
    """Say whether the potential was there, load it if not, and differentiate."""
    before = "trona.workflows.potentials.chgnet" in sys.modules
    from ase.build import bulk

    from trona.workflows.potentials.chgnet import chgnet_calculator

    crystal = bulk("NaCl", "rocksalt", 5.6)
    crystal.calc = chgnet_calculator()
    print("there", before, crystal.get_forces().shape)  # noqa: T201


@pytest.fixture
def begin(tmp_path, monkeypatch):
    """A function that begins a job in a folder of its own; gives the process and the folder."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / ".src"), str(ROOT)]))
    with warm(tmp_path / "warm") as command:

        def start(what, name, **variables):
            folder = tmp_path / name
            folder.mkdir()
            dumpfn({"job": what, "store": JobStore(MemoryStore())}, folder / "jfremote_in.json")
            words = [word.format(folder) for word in command.split()]
            environment = {**os.environ, **variables}
            pipe = subprocess.PIPE
            return subprocess.Popen(words, env=environment, stdout=pipe, stderr=pipe), folder

        yield start


def ended(folder):
    return "end_time" in json.loads((folder / "jfremote_out.json").read_text(encoding="utf-8"))


def test_jobs_share_a_server_of_their_environment_and_write_where_they_belong(begin, tmp_path):
    for name, word in (("a", "one"), ("b", "one"), ("c", "two")):
        process, folder = begin(tells(), name, WORD=word)
        said, _ = process.communicate(timeout=120)
        assert said.decode().splitlines()[-1].startswith(f"told {word} ")
        assert not said.decode().rstrip().endswith(f" {process.pid}")
        assert ended(folder)
    assert len([one for one in (tmp_path / "warm").iterdir() if not one.suffix]) == 2


def test_a_potential_is_loaded_once_for_all_jobs_that_follow(begin):
    for name, there in (("a", False), ("b", True)):
        process, folder = begin(has_potential(), name)
        said, _ = process.communicate(timeout=120)
        assert ended(folder)
        assert said.decode().splitlines()[-1] == f"there {there} (2, 3)"


def test_a_job_ends_with_the_command_that_asked_for_it(begin, tmp_path):
    process, _ = begin(lasts(str(tmp_path / "pid")), "long")
    path = tmp_path / "pid"
    until(lambda: path.exists() and path.read_text())
    running = int(path.read_text())
    assert running != process.pid
    process.kill()
    process.communicate()
    until(lambda: not Path(f"/proc/{running}").exists())


def test_without_a_batch_the_job_runs_in_the_process_itself(begin, monkeypatch):
    monkeypatch.delenv("TRONA_WARM")
    process, folder = begin(tells(), "alone", WORD="here")
    said, _ = process.communicate(timeout=120)
    assert ended(folder)
    assert said.decode().splitlines()[-1] == f"told here {process.pid}"
