"""Many candidates take few round trips; what was interrupted is repeated, nothing is doubled."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from emmet.core.tasks import TaskDoc
from pymongo import monitoring

from tests.support.clusters import project, project_folder
from tests.workflows.cluster.test_submission import CRYSTALS
from trona.stores.energies.references import load_reference
from trona.workflows.candidates.sources import Candidate
from trona.workflows.cluster import enqueuing
from trona.workflows.cluster.queue import open_queue
from trona.workflows.cluster.submission import Placement, submit
from trona.workflows.jobs.backends import find_backend
from trona.workflows.local.pool import Work
from trona.workflows.local.screening import Plan

FORMULAS = ("Na3PS4", "Na2S")


class _Commands(monitoring.CommandListener):
    """Counts what the driver sends."""

    def __init__(self):
        self.sent = Counter()

    def started(self, event):
        self.sent[event.command_name] += 1

    def succeeded(self, event):
        pass

    def failed(self, event):
        pass


@pytest.fixture
def sent():
    """Commands that drivers opened from now on send, by name."""
    listener = _Commands()
    monitoring.register(listener)
    yield listener.sent
    monitoring._LISTENERS.command_listeners.remove(listener)


@pytest.fixture
def queue(mongo, sent):
    with project_folder() as folder, open_queue(project(mongo, folder)) as controller:
        put(controller, [])
        sent.clear()
        yield controller


def compositions(count):
    return [Candidate(f"c{at}", FORMULAS[at % 2], "test", None) for at in range(count)]


def put(controller, candidates, most=None):
    """Submit compositions; gives how often there was each outcome, of the first so many."""
    reference = load_reference("bundled-chgnet")
    todo = Plan((), tuple((one, None) for one in candidates), ())
    work = Work(find_backend("chgnet"), reference.name, reference.correction)
    told = submit(controller, todo, reference, work, Placement("laptop"))
    return Counter(one.outcome for one, _ in zip(told, range(most or 10**6), strict=False))


def whole(controller):
    """Labels of the candidates that stand in the queue with all their jobs, each time they do."""
    flows = list(controller.flows.find({}))
    jobs = {one["uuid"] for one in controller.jobs.find({}, ["uuid"])}
    assert len(jobs) == sum(len(flow["jobs"]) for flow in flows)
    assert all(jobs.issuperset(flow["jobs"]) for flow in flows)
    return sorted(flow["metadata"]["trona"]["label"] for flow in flows)


def labels(count):
    return sorted(f"c{at}" for at in range(count))


def test_a_batch_of_candidates_takes_as_many_round_trips_as_one(queue, sent):
    counts = []
    for size in (1, enqueuing.FLOWS_AT_ONCE):
        sent.clear()
        assert put(queue, compositions(101 + size)[101:]) == {"submitted": size}
        counts.append(+sent)
        queue.flows.delete_many({})
        queue.jobs.delete_many({})
    assert counts[0] == counts[1]
    batches = 4
    sent.clear()
    put(queue, compositions(batches * enqueuing.FLOWS_AT_ONCE))
    most = {name: number + (batches - 1) * 2 for name, number in counts[0].items()}
    assert all(sent[name] <= most[name] for name in sent)
    assert len(whole(queue)) == batches * enqueuing.FLOWS_AT_ONCE


def test_a_vasp_flow_asks_for_no_schema_that_was_asked_for_before(monkeypatch):
    work, asked = Work(find_backend("mock"), "bundled"), []
    work.flow(CRYSTALS[0])
    monkeypatch.setattr(TaskDoc, "model_json_schema", lambda *_, **__: asked.append(1))
    for candidate in CRYSTALS:
        work.flow(candidate)
    assert asked == []


@pytest.mark.parametrize("place", ["flows", "jobs"])
def test_an_interrupt_leaves_no_candidate_in_halves_and_may_be_repeated(queue, monkeypatch, place):
    monkeypatch.setattr(enqueuing, "FLOWS_AT_ONCE", 3)
    collection = getattr(queue, place)
    insert, times = collection.insert_many, []

    def interrupted(*args, **kwargs):
        times.append(1)
        done = insert(*args, **kwargs)
        if len(times) == 2:
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(collection, "insert_many", interrupted)
    with pytest.raises(KeyboardInterrupt):
        put(queue, compositions(10))
    assert len(whole(queue)) == 6
    assert put(queue, compositions(10)) == {"queued": 6, "submitted": 4}
    assert whole(queue) == labels(10)


def test_a_submission_that_is_left_in_the_middle_goes_on_where_it_stopped(queue, monkeypatch):
    monkeypatch.setattr(enqueuing, "FLOWS_AT_ONCE", 3)
    put(queue, compositions(10), most=4)
    assert len(whole(queue)) in {3, 6}
    put(queue, compositions(10))
    assert whole(queue) == labels(10)


@pytest.mark.parametrize(("age", "outcome"), [(0, "queued"), (5, "submitted")])
def test_a_flow_whose_submission_was_killed_before_its_jobs_came_is_submitted_anew(
    queue, age, outcome
):
    put(queue, compositions(2))
    queue.jobs.delete_many({"job.metadata.trona.label": "c0"})
    then = datetime.now(UTC) - timedelta(minutes=age)
    queue.flows.update_many({}, {"$set": {"updated_on": then}})
    told = put(queue, compositions(2))
    assert told == (Counter(queued=2) if outcome == "queued" else Counter(queued=1, submitted=1))
    assert outcome == "queued" or whole(queue) == labels(2)
