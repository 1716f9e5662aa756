"""Each rule is applied once, doubles what the job had, and nothing is retried for ever."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trona.workflows.cluster.campaigns.policy import LEFT, RULES, remedy

SLURM = "slurmstepd: error: *** JOB 7 ON n1 CANCELLED AT 2026-01-02T03:04:05"
KILLED = "the job was likely killed before completing"
TIME = {"state": "REMOTE_ERROR", "error": KILLED, "remote": {"queue_err": f"{SLURM} DUE TO TIME LIMIT ***"}}  # fmt: skip # noqa: E501
MEMORY = {"state": "FAILED", "error": KILLED, "remote": {"queue_err": "error: Detected 1 oom_kill"}}
CANCELLED = {"state": "REMOTE_ERROR", "error": KILLED, "remote": {"queue_err": f"{SLURM} ***"}}
JOBS = {
    "time": TIME,
    "memory": MEMORY,
    "killed": {"state": "REMOTE_ERROR", "remote": {"error": KILLED}},
    "way": {"state": "REMOTE_ERROR", "remote": {"error": "Remote error: no route to host"}},
    LEFT: {"state": "FAILED", "error": "custodian saw: zbrent"},
}
RESOURCES = {"time": "04:00:00", "mem": "8G", "nodes": 1}


@pytest.mark.parametrize("rule", JOBS)
def test_each_cause_has_its_rule_and_no_rule_is_applied_twice(rule):
    first = remedy(JOBS[rule], RESOURCES, ())
    assert first.rule == rule
    assert remedy(JOBS[rule], RESOURCES, {rule}).rule == LEFT
    assert set(JOBS) == {*RULES, LEFT}


@pytest.mark.parametrize(
    ("job", "resources", "more"),
    [
        (TIME, {"time": "1-00:00:00"}, {"time": "48:00:00"}),
        (TIME, {"time": "00:45:30"}, {"time": "01:31:00"}),
        (TIME, {}, None),
        (TIME, {"time": "soon"}, None),
        (MEMORY, {"mem": "8G"}, {"mem": "16G"}),
        (MEMORY, {"mem": 4000}, {"mem": 8000}),
        (MEMORY, {"mem_per_cpu": "500MB"}, {"mem_per_cpu": "1000MB"}),
        (MEMORY, {}, None),
    ],
)
def test_what_the_job_had_is_doubled(job, resources, more):
    found = remedy(job, resources, ())
    assert found.resources == more
    assert (found.rule == LEFT) == (more is None)


@pytest.mark.parametrize("why", ["NODE FAILURE, SEE SLURMCTLD LOG FOR DETAILS", "PREEMPTION"])
def test_a_job_that_slurm_ended_by_no_fault_of_its_own_is_repeated(why):
    job = CANCELLED | {"remote": {"queue_err": f"{SLURM} DUE TO {why} ***"}}
    assert remedy(job, RESOURCES, ()).rule == "killed"


def test_what_someone_stopped_is_left():
    assert remedy(CANCELLED, RESOURCES, ()).rule == LEFT
    assert remedy({"state": "USER_STOPPED"}, RESOURCES, ()).rule == LEFT


def test_the_resources_of_a_batch_are_not_those_of_a_job():
    found = remedy(TIME, RESOURCES, (), in_batches=True)
    assert (found.rule, found.resources) == (LEFT, None)
    assert "project file" in found.text


@given(st.lists(st.sampled_from(sorted(JOBS)), max_size=40))
def test_a_job_that_fails_again_and_again_is_retried_a_few_times_at_most(fails):
    applied = set()
    for cause in fails:
        found = remedy(JOBS[cause], RESOURCES, applied)
        if found.rule != LEFT:
            assert found.rule not in applied
            applied.add(found.rule)
    assert len(applied) <= len(RULES)
