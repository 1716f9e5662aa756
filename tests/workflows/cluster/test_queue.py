"""What a killed runner leaves is brought into a state from which it goes on, without a runner."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.clusters import named, project, project_folder
from trona.workflows.cluster.queue import open_queue, prepare_queue, release
from trona.workflows.cluster.submission import Placement, submit
from trona.workflows.cluster.tracking import standings
from trona.workflows.jobs.backends import find_backend
from trona.workflows.local.pool import Work
from trona.workflows.local.screening import Plan
from trona.workflows.tables.clusters import as_row


@pytest.fixture(scope="module")
def folder():
    with project_folder() as found:
        yield found


@pytest.fixture
def queue(folder, mongo, reference):
    """A queue with one candidate of one job, and the project."""
    (folder / "lap.yaml").unlink(missing_ok=True)
    made = project(mongo, folder)
    work = Work(find_backend("chgnet"), reference.name)
    todo = Plan((), ((named("Na3PS4"), None),), ())
    with open_queue(made) as controller:
        prepare_queue(controller)
        told = list(submit(controller, todo, reference, work, Placement("laptop")))
        assert [one.outcome for one in told] == ["submitted"]
        yield controller, made


def lock(collection, age=timedelta(hours=1), **more):
    """Leave a lock as a killed runner does."""
    left = {"lock_id": "dead", "lock_time": datetime.now(UTC) - age, **more}
    collection.update_one({}, {"$set": left})


@pytest.mark.parametrize(
    ("output", "state"),
    [
        (None, "UPLOADED"),  # never handed over: that comes now
        ({"start_time": 0}, "READY"),  # begun, then lost
        ({"response": {"output": None}, "error": None}, "DOWNLOADED"),  # finished: not again
        ({"response": None, "error": "Traceback"}, "DOWNLOADED"),
        ("{", "READY"),
    ],
)
def test_a_job_that_finished_while_nobody_looked_is_not_run_again(queue, tmp_path, output, state):
    controller, project = queue
    lock(controller.jobs, state="UPLOADED", run_dir=str(tmp_path))
    if output is not None:
        text = output if isinstance(output, str) else json.dumps(output)
        (tmp_path / "jfremote_out.json").write_text(text)
    assert release(controller, project, timedelta(minutes=10)) == 1
    job = controller.jobs.find_one({})
    assert (job["state"], job["lock_id"]) == (state, None)
    assert job["remote"]["prerun_cleanup"] == (state == "READY")


def test_a_fresh_lock_belongs_to_a_living_runner(queue):
    controller, project = queue
    lock(controller.jobs, age=timedelta(seconds=5))
    assert release(controller, project, timedelta(minutes=10)) == 0
    assert controller.jobs.find_one({})["lock_id"] == "dead"
    assert release(controller, project, timedelta(0)) == 1


def test_jobs_that_wait_for_one_that_completed_in_the_moment_of_the_kill_are_told(queue):
    controller, project = queue
    parent = controller.jobs.find_one({})
    child = {**parent, "uuid": "c", "db_id": "c", "parents": [parent["uuid"]], "state": "WAITING"}
    controller.jobs.insert_one({key: child[key] for key in child if key != "_id"})
    controller.flows.update_one({}, {"$push": {"jobs": "c"}})
    lock(controller.jobs, state="COMPLETED")
    lock(controller.flows)
    assert release(controller, project, timedelta(minutes=10)) == 2
    assert controller.jobs.find_one({"uuid": "c"})["state"] == "READY"
    assert controller.flows.find_one({})["lock_id"] is None


def test_a_queue_with_content_keeps_it_and_has_its_indexes(queue):
    controller, _ = queue
    prepare_queue(controller)
    assert [one.state for one in standings(controller)] == ["waiting"]
    indexed = [index["key"] for index in controller.jobs.index_information().values()]
    for keys in (
        [("uuid", 1), ("index", 1)],
        [("db_id", 1)],
        [("state", 1), ("priority", -1), ("created_on", 1)],
        [("job.hosts", 1)],
        [(name, 1) for name in ("job.metadata.trona.id", "state", "lock_id", "lock_time")],
    ):
        assert keys in indexed
    outputs = controller.jobstore.docs_store._collection.index_information().values()
    assert [("uuid", 1), ("index", -1)] in [index["key"] for index in outputs]
    unique = controller.flows.index_information()["metadata.trona.id_1"]
    assert unique["unique"]


def test_two_who_submit_the_same_at_once_make_one_flow(queue, reference, monkeypatch):
    controller, _ = queue
    monkeypatch.setattr("trona.workflows.cluster.enqueuing.queued", lambda *_: set())
    todo = Plan((), ((named("Na3PS4"), None),), ())
    work = Work(find_backend("chgnet"), reference.name)
    told = list(submit(controller, todo, reference, work, Placement("laptop")))
    assert [one.outcome for one in told] == ["queued"]
    assert controller.count_jobs(query={}) == 1


def test_a_reference_in_a_store_is_shown_without_its_password(queue, reference):
    controller, _ = queue
    hidden = "store:mongodb://user:secret@host/group"
    shown = replace(reference, name="store:mongodb://host/group", given=hidden)
    todo = Plan((), ((named("Na2S"), None),), ())
    work = Work(find_backend("chgnet"), shown.given)
    list(submit(controller, todo, shown, work, Placement("laptop")))
    (row,) = (as_row(one) for one in standings(controller, ["Na2S"]))
    assert row["reference"] == shown.name
    assert "secret" not in json.dumps(row)
