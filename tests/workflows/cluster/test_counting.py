"""Counts by the server are those of the candidates looked at one by one, for any mixture."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from pymongo import monitoring

from tests.support.clusters import project, project_folder
from trona.workflows.cluster.campaigns.decisions import Decision, record_decision
from trona.workflows.cluster.counting import count_states, failed_labels
from trona.workflows.cluster.queue import TAG, open_queue, prepare_queue
from trona.workflows.cluster.tracking import standings

STATES = ("READY", "WAITING", "RUNNING", "COMPLETED", "FAILED", "REMOTE_ERROR", "PAUSED")
NOW = datetime.now(UTC)


def job(candidate, at, state, locked):
    tag = {"id": f"i{candidate:06}", "label": f"c{candidate}"}
    lock = {"lock_id": "x", "lock_time": NOW - timedelta(hours=1)} if locked else {}
    return {
        "uuid": f"{candidate}-{at}", "index": 1, "db_id": f"{candidate}-{at}", "state": state,
        "created_on": NOW, "updated_on": NOW, "priority": 0, "lock_id": None, "lock_time": None,
        "job": {"name": "relax", "metadata": {TAG: tag}}, **lock,
    }  # fmt: skip


def result(candidate, state):
    tag = {TAG: {"id": f"i{candidate:06}"}}
    output = {"@class": "ScreeningDoc", "state": state, "reason": "no iodine"}
    return {"uuid": f"r{candidate}", "index": 1, "metadata": tag, "output": output}


def fill(controller, number, seed=0):
    """A queue of so many candidates, each with up to three jobs of any state."""
    chance = Random(seed)  # noqa: S311
    kinds = [
        (
            [(chance.choice(STATES), chance.random() < 0.1) for _ in range(chance.randint(1, 3))],
            chance.choice([None, None, "completed", "failed"]),
        )
        for _ in range(number)
    ]
    controller.jobs.insert_many(
        job(one, at, *each) for one, (jobs, _) in enumerate(kinds) for at, each in enumerate(jobs)
    )
    results = [result(one, state) for one, (_, state) in enumerate(kinds) if state]
    controller.jobstore.docs_store._collection.insert_many(results)


@pytest.fixture
def queue(mongo):
    with project_folder() as folder, open_queue(project(mongo, folder)) as controller:
        prepare_queue(controller)
        yield controller


def test_counts_are_those_of_the_candidates_one_by_one(queue):
    assert count_states(queue) == Counter()
    fill(queue, 300)
    rows = standings(queue)
    assert count_states(queue) == Counter(row.state for row in rows)
    failed = {row.label for row in rows if row.state == "failed"}
    assert failed <= set(failed_labels(queue))


class _Wire(monitoring.CommandListener):
    """Counts commands by name, and documents and values that came back."""

    def __init__(self):
        self.commands, self.documents = Counter(), 0

    def started(self, event):
        self.commands[event.command_name] += 1

    def succeeded(self, event):
        cursor = event.reply.get("cursor", {})
        found = cursor.get("firstBatch", cursor.get("nextBatch", event.reply.get("values", [])))
        self.documents += len(found)

    def failed(self, event):
        pass

    def clear(self):
        self.__init__()


@pytest.fixture
def wire():
    """What drivers opened from now on send and get."""
    listener = _Wire()
    monitoring.register(listener)
    yield listener
    monitoring._LISTENERS.command_listeners.remove(listener)


def test_what_comes_over_the_wire_does_not_grow_with_the_candidates(wire, mongo):
    seen = []
    with project_folder() as folder, open_queue(project(mongo, folder)) as controller:
        prepare_queue(controller)
        for number in (20, 2000):
            controller.jobs.delete_many({})
            states = ("COMPLETED", "READY")
            jobs = [job(one, 0, states[one % 2], locked=False) for one in range(number)]
            controller.jobs.insert_many(jobs)
            wire.clear()
            assert count_states(controller) == {"done": number / 2, "waiting": number / 2}
            seen.append((dict(wire.commands), wire.documents))
    assert seen[0] == seen[1] == ({"aggregate": 1, "distinct": 1}, 2)


def test_status_of_many_candidates_takes_as_many_commands_as_of_few(wire, mongo, trona):
    seen = []
    with project_folder() as folder, open_queue(project(mongo, folder)) as controller:
        prepare_queue(controller)
        for number in (300, 1200):
            controller.jobs.delete_many({})
            jobs = [job(one, at, "READY", locked=False) for one in range(number) for at in (0, 1)]
            controller.jobs.insert_many(jobs)
            wire.clear()
            assert f"{number} waiting: {number} candidates" in trona("status").stdout
            seen.append((dict(wire.commands), wire.documents))
    assert seen[0] == seen[1]
    assert seen[0][1] < 20


def test_the_commands_show_a_long_queue_by_counts_and_name_what_failed(mongo, trona, tmp_path):
    with project_folder() as folder, open_queue(project(mongo, folder)) as controller:
        prepare_queue(controller)
        fill(controller, 250, seed=1)
        controller.jobs.update_many({}, {"$set": {f"job.metadata.{TAG}.{key}": "x" for key in
            ("formula", "backend", "reference", "correction")}})  # fmt: skip
        failed = sorted(row.label for row in standings(controller) if row.state == "failed")
        record_decision(controller, Decision("c1", "memory", "u", "memory doubled: <8 GB>"))
        shown = trona("status")
        assert "250 candidates" in shown.stdout
        assert f"{len(failed)} failed" in shown.stdout
        assert "c1: memory doubled: <8 GB>" in shown.stderr
        assert len(shown.stdout.splitlines()) == 1
        rows = json.loads(trona("status", "--failed", "--json").stdout)
        assert sorted(row["label"] for row in rows) == failed
        assert trona("status", "--failed", "--watch").returncode == 2
        page = tmp_path / "page.html"
        assert trona("report", "--project", "lap", "-o", page).returncode == 0
        text = page.read_text(encoding="utf-8")
        assert "memory doubled: &lt;8 GB&gt;" in text
        assert f"{len(failed)} failed" in text
        assert "<script" not in text
        assert trona("report", "--project", "lap", "-o", page, "--anions", "S").returncode == 2


def test_watching_ends_when_nothing_moves(mongo, trona, monkeypatch):
    with project_folder() as folder, open_queue(project(mongo, folder)) as controller:
        prepare_queue(controller)
        states = ("READY", "COMPLETED")
        controller.jobs.insert_many(job(at, 0, one, locked=False) for at, one in enumerate(states))
        looks = []

        def look(*_):
            found = count_states(controller)
            looks.append(found)
            controller.jobs.update_many({}, {"$set": {"state": "COMPLETED"}})
            return found

        monkeypatch.setattr("trona.workflows.cluster.counting.count_states", look)
        monkeypatch.setattr("trona.workflows.cli.clusters.standings._WATCH_SECONDS", 0)
        shown = trona("status", "--watch").stdout
        assert len(looks) == 2
        assert "1 waiting" in shown
        assert shown.rstrip().endswith("2 done: 2 candidates")
