"""Ready projects pass jobflow-remote's own checks; mistakes are one sentence before any harm."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from stat import S_IMODE

import pytest
import yaml
from jobflow_remote.config.base import Project
from jobflow_remote.jobs.data import RemoteError

from tests.support.clusters import project_folder
from trona.screening.errors import ProjectError, StoreError
from trona.workflows.cluster.project_templates import (
    TEMPLATES,
    Choices,
    project_text,
    write_project,
)
from trona.workflows.cluster.projects import find_project, find_worker

URI = "mongodb://user:secret@host.example/group"
WORK = Path("/scratch/me")


@pytest.fixture
def folder():
    with project_folder() as found:
        yield found


def choices(**changed):
    given = {"name": "p", "template": "slurm", "store": URI, "work_dir": WORK}
    return Choices(**(given | changed))


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("host", [None, "login.example.org"])
def test_each_template_is_a_valid_project_that_shares_no_database_with_its_queue(template, host):
    if host is not None and not template.startswith("slurm"):
        pytest.skip("runs on this machine")
    text = project_text(choices(template=template, host=host, user=host and "me", activate="a b"))
    project = Project.model_validate(yaml.safe_load(text))
    worker = project.workers[template]
    assert worker.type == ("local" if host is None else "remote")
    assert worker.work_dir == WORK
    assert worker.pre_run.startswith("set -e\na b")  # and what fails is not silent
    queue, outputs = project.get_queue_store(), project.get_jobstore()
    assert (queue.database, outputs.docs_store.database) == ("group_queue", "group")
    assert "data" in outputs.additional_stores  # atomate2 needs it
    assert worker.max_jobs  # batches do not start without, and a laptop would drown


def test_batches_stop_beginning_jobs_before_their_time_is_up():
    worker = Project.model_validate(yaml.safe_load(project_text(choices(template="slurm-batch"))))
    worker = worker.workers["slurm-batch"]
    hours = int(worker.resources["time"].split(":")[0])
    assert worker.batch.max_time < hours * 3600
    assert worker.batch.jobs_handle_dir != worker.batch.work_dir != worker.work_dir


@pytest.mark.parametrize("template", ["slurm", "slurm-batch"])
def test_slurm_is_asked_for_a_folder_before_it_is_given_a_job(template):
    project = Project.model_validate(yaml.safe_load(project_text(choices(template=template))))
    scheduler = project.workers[template].get_scheduler_io()
    command = scheduler.get_submit_cmd("submit.sh")
    assert command.index("squeue") < command.index("sbatch submit.sh")
    assert "slurm_job_id" in scheduler.get_submission_script(["true"], {"nodes": 1})
    refused = (
        1,
        "",
        "sbatch: error: Batch job submission failed: Invalid partition name specified",
    )
    if template == "slurm":
        with pytest.raises(RemoteError) as caught:
            scheduler.parse_submit_output(*refused)
        assert (caught.value.msg[-12:], caught.value.no_retry) == ("me specified", True)
    else:  # nothing would catch it
        assert scheduler.parse_submit_output(*refused).status.value == "FAILED"


def test_an_outage_of_a_weekend_fails_no_campaign():
    runner = Project.model_validate(yaml.safe_load(project_text(choices()))).runner
    waits = [runner.get_delta_retry(attempt) for attempt in range(1, runner.max_step_attempts + 1)]
    assert sum(waits) > 48 * 3600


@pytest.mark.parametrize("template", ["slurm", "slurm-batch"])
def test_variables_survive_the_shell_script_into_which_they_are_written(template):
    exported = yaml.safe_load(project_text(choices(template=template)))["exec_config"]["vasp"]
    words = [shlex.split(value) for value in exported["export"].values()]
    assert words == [["srun vasp_std"], ["srun vasp_gam"]]


@pytest.mark.usefixtures("folder")
def test_a_project_is_written_for_its_owner_alone_and_found_again():
    path = write_project(choices())
    assert S_IMODE(path.stat().st_mode) == 0o600
    assert find_project("p").name == find_project(None).name == "p"
    with pytest.raises(ProjectError, match="already"):
        write_project(choices(template="mock"))
    assert "slurm" in find_project("p").workers


@pytest.mark.parametrize(
    ("changed", "error", "sentence"),
    [
        ({"template": "pbs"}, ProjectError, "'pbs'.*mock, laptop"),
        ({"name": "a/b"}, ProjectError, "letters"),
        ({"work_dir": Path("runs")}, ProjectError, "absolute"),
        ({"work_dir": Path("/my runs")}, ProjectError, "without spaces"),
        ({"template": "laptop", "host": "there"}, ProjectError, "leave the host out"),
        ({"store": "s.sqlite"}, StoreError, "mongodb://host/DATABASE"),
        ({"store": "mongodb://user:secret@host"}, StoreError, "names no database"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_written(folder, changed, error, sentence):
    with pytest.raises(error, match=sentence) as caught:
        write_project(choices(**changed))
    assert "secret" not in str(caught.value)
    assert list(folder.iterdir()) == []


def test_a_folder_too_deep_for_the_socket_is_refused_before_the_runner_trips(folder, monkeypatch):
    import jobflow_remote

    deep = folder / ("x" * 80)
    monkeypatch.setattr(jobflow_remote.SETTINGS, "projects_folder", str(deep))
    with pytest.raises(ProjectError, match="JFREMOTE_PROJECTS_FOLDER"):
        write_project(choices())


@pytest.mark.usefixtures("folder")
def test_missing_projects_and_workers_are_named_with_those_there_are():
    with pytest.raises(ProjectError, match="trona project init"):
        find_project(None)
    write_project(choices())
    write_project(choices(name="q", template="mock"))
    with pytest.raises(ProjectError, match=r"--project.*p, q"):
        find_project(None)
    with pytest.raises(ProjectError, match=r"'x'.*p, q"):
        find_project("x")
    assert find_worker(find_project("q"), None)[0] == "mock"
    with pytest.raises(ProjectError, match=r"'x'.*mock"):
        find_worker(find_project("q"), "x")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("change", "sentence"),
    [(("log_level", "loglevel"), "loglevel"), (("name:", "name: ["), "cannot read")],
)
def test_a_broken_project_says_where(change, sentence):
    path = write_project(choices())
    path.write_text(path.read_text().replace(*change), encoding="utf-8")
    with pytest.raises(ProjectError, match=sentence) as caught:
        find_project("p")
    assert str(path) in str(caught.value)
    assert "secret" not in str(caught.value)


def test_without_jobflow_remote_the_remedy_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "jobflow_remote", None)
    with pytest.raises(ProjectError, match="remote extra"):
        find_project(None)
