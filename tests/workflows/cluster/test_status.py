"""A candidate stands where the jobs that can still move put it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.folders import DOCS
from trona.workflows.cluster.status import REMEDIES, STALE, is_lost, reason_of, standing

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def document(state, name="relax", **more):
    """A job as the queue holds it: times without a zone."""
    metadata = {"tag": {"id": "i", "label": "salt"}}
    job = {"name": name, "metadata": metadata}
    return {"state": state, "job": job, "updated_on": NOW.replace(tzinfo=None), **more}


def judged(*states, outcome=None):
    names = ("relax", "summarize", "analyze")
    jobs = [document(state, name) for state, name in zip(states, names, strict=False)]
    found = standing(jobs, outcome, NOW, "tag")
    return found.state, found.job


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (["READY", "WAITING", "WAITING"], ("waiting", "relax")),
        (["UPLOADED", "WAITING", "WAITING"], ("running", "relax")),
        (["BATCH_RUNNING", "WAITING"], ("running", "relax")),
        (["COMPLETED", "READY", "WAITING"], ("running", "summarize")),
        (["COMPLETED", "RUNNING", "WAITING"], ("running", "summarize")),
        (["FAILED", "WAITING", "WAITING"], ("failed", "relax")),
        (["COMPLETED", "REMOTE_ERROR", "WAITING"], ("failed", "summarize")),
        (["FAILED", "READY", "WAITING"], ("running", "summarize")),
        (["FAILED", "COMPLETED", "COMPLETED"], ("failed", "relax")),
        (["USER_STOPPED"], ("failed", "relax")),
        (["PAUSED", "WAITING"], ("waiting", "relax")),
        (["COMPLETED", "WAITING"], ("waiting", "summarize")),
        (["COMPLETED", "COMPLETED", "COMPLETED"], ("done", "")),
    ],
)
def test_the_state_is_that_of_the_job_that_matters(states, expected):
    assert judged(*states) == expected


def test_a_result_that_says_failed_is_a_failure_though_all_jobs_completed():
    outcome = {"state": "failed", "reason": "no iodine"}
    jobs = [document("COMPLETED", "relax"), document("COMPLETED", "analyze")]
    found = standing(jobs, outcome, NOW, "tag")
    assert (found.state, found.job, found.reason) == ("failed", "analyze", "no iodine")


def test_the_jobs_of_a_failed_candidate_are_counted_up_to_the_one_that_failed():
    """A summary and an assessment run all the same, to say that it failed."""
    states = ("COMPLETED", "COMPLETED", "FAILED", "COMPLETED", "COMPLETED")
    found = standing([document(state) for state in states], None, NOW, "tag")
    assert (found.state, found.done, found.total) == ("failed", 2, 5)


def test_what_the_scheduler_has_not_started_waits_and_says_why():
    jobs = [document("COMPLETED"), document("SUBMITTED", "static", db_id="7")]
    found = standing(jobs, None, NOW, "tag", {"7": "waits in Slurm: Priority"})
    assert (found.state, found.job, found.reason) == (
        "waiting",
        "static",
        "waits in Slurm: Priority",
    )


@pytest.mark.parametrize(("age", "stale"), [(STALE / 2, False), (STALE * 2, True)])
def test_a_lock_is_mentioned_when_it_is_older_than_that_of_a_living_runner(age, stale):
    lock = {"lock_id": "x", "lock_time": (NOW - age).replace(tzinfo=None)}
    found = standing([document("UPLOADED", **lock)], None, NOW, "tag")
    assert found.state == "running"
    assert ("'trona retry' releases it" in (found.reason or "")) == stale


def test_a_connection_that_will_be_tried_again_is_no_failure():
    found = standing(
        [document("CHECKED_OUT", remote={"error": "Traceback\nTimeoutError: host\n"})],
        None,
        NOW,
        "tag",
    )
    assert (found.state, found.reason) == ("running", "will be tried again: TimeoutError: host")


@pytest.mark.parametrize(
    ("job", "reason"),
    [
        ({"error": "Traceback:\n  x\nchgnet.errors.SomeError: too hot\n"}, "SomeError: too hot"),
        ({"error": None, "remote": {"error": "Remote error: lost"}}, "Remote error: lost"),
        ({"error": "ModuleNotFoundError: No module named 'chgnet'"}, "chgnet.*"),
        (
            {
                "error": "The output file jfremote_out.json was not present in the folder",
                "remote": {"queue_err": "submit.sh: line 9: jf: command not found\n"},
            },
            "never started.*PATH.*jf: command not found",
        ),
        (
            {
                "remote": {
                    "error": "RemoteError: file /w/remote_job_data.json for job 1 does not exist"
                }
            },
            "killed before its work began, or the worker could not import",
        ),
        (
            {
                "remote": {
                    "error": "RemoteError: the parsed output does not contain the required info"
                }
            },
            "output cannot be read.*killed process",
        ),
        ({"error": None}, "stopped by the user"),
    ],
)
def test_reasons_are_one_line_with_the_remedy_where_it_is_known(job, reason):
    assert re.search(reason, reason_of({"state": "USER_STOPPED", **job}))


@pytest.mark.parametrize(
    ("error", "lost"),
    [
        ("file /w/jfremote_out.json for job 1 does not exist", True),
        ("file /w/remote_job_data.json for job 1 does not exist", True),
        ("the parsed output does not contain the required info", True),
        ("TimeoutError: host", False),
    ],
)
def test_what_came_back_without_its_output_has_to_run_again(error, lost):
    assert is_lost({"remote": {"error": error}}) == lost


def test_the_time_of_the_last_change_is_that_of_the_last_job():
    late = document("RUNNING")
    late["updated_on"] = (NOW + timedelta(hours=1)).replace(tzinfo=None)
    assert standing([document("COMPLETED"), late], None, NOW, "tag").updated > NOW


def test_every_remedy_stands_in_the_table_of_the_documentation():
    document = DOCS / "clusters.md"
    rows = [row for row in document.read_text(encoding="utf-8").splitlines() if row[:2] == "| "]
    words = re.findall(r"`([^`]+)`", " ".join(row.split(" | ")[0] for row in rows))
    for remedy in REMEDIES.values():
        assert any(remedy.startswith(one) for one in words), remedy
