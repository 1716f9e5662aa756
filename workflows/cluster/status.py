"""State of a candidate, from the states of its jobs; no database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from .slurm_words import ended

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["FAILED_STATES", "REMEDIES", "STALE", "Standing", "is_lost", "reason_of", "standing"]

FAILED_STATES = frozenset({"FAILED", "REMOTE_ERROR", "STOPPED", "USER_STOPPED"})
"""States of jobs from which nothing moves by itself."""
_IDLE = frozenset({"WAITING", "READY", "PAUSED"})
STALE = timedelta(minutes=10)
"""A living runner holds no lock for so long."""
_LONGEST_REASON = 300
"""Characters of an error's text that are shown."""

_INSTALL = "install the same trona there, with the extra of the backend"
_NEVER = "the job never started on the worker: see jf on its PATH, and 'pre_run' of the project"
REMEDIES = {
    "No module named": f"the worker lacks a package: {_INSTALL}",
    "could not be deserialized": f"the worker cannot import the job's function: {_INSTALL}",
    "remote_job_data.json": (
        "the job was killed before its work began, or the worker could not import what the job "
        f"needs: {_INSTALL}"
    ),
    "jfremote_out.json was not present": _NEVER,
    "jfremote_out.json for job": _NEVER,
    "likely killed before": (
        "its process was killed, as by a limit of time or memory, or a node that failed"
    ),
}
"""What jobflow-remote writes, and what it mostly means."""

_CUT_OFF = "its output cannot be read, as of a disk that was full or a killed process"
_LOST = (
    "jfremote_out.json for job", "remote_job_data.json for job", "JSONDecodeError",
    "does not contain the required info",
)  # fmt: skip
"""Of an output that is missing or cut off, so that to fetch it again is in vain."""
_UNFINISHED = ("jfremote_out.json was not present", "likely killed before", *_LOST[:3])
"""Of a job that came to an end before it could say how."""

_Judgement = tuple[str, "Mapping[str, Any] | None", str | None]


@dataclass(frozen=True)
class Standing:
    """
    One candidate in the queue.

    Parameters
    ----------
    id
        Identity of the result that is being computed.
    label
        Candidate.
    state
        Waiting, running, failed or done.
    job
        Job that matters now: the one that runs, failed or is next; empty if all are done.
    reason
        Why it failed, or waits for longer than it should.
    done, total
        Jobs completed, and all jobs so far; of a failed candidate, those completed before the
        one that failed.
    updated
        When something last changed, UTC.
    work
        What was submitted: formula, source, reference and its checksum.
    """

    id: str
    label: str
    state: str
    job: str
    reason: str | None
    done: int
    total: int
    updated: datetime
    work: Mapping[str, Any]


def standing(
    jobs: Sequence[Mapping[str, Any]],
    outcome: Mapping[str, Any] | None,
    now: datetime,
    tag: str,
    waits: Mapping[str, str] | None = None,
) -> Standing:
    """
    Sum up the jobs of a candidate.

    Parameters
    ----------
    jobs
        Documents of the queue, at least one, in the order of submission.
    outcome
        State and reason of the screening result, if there is one.
    now
        Time, UTC, to judge the age of locks by.
    tag
        Key of trona's metadata.
    waits
        Why the scheduler has not started jobs that it has, by their ids in the queue.

    Returns
    -------
    Standing
        Failed where the result says so, too: then all jobs may have completed.
    """
    work = jobs[0]["job"]["metadata"][tag]
    state, job, reason = _judge(jobs, outcome, now, waits or {})
    before = jobs[: jobs.index(job)] if state == "failed" and job is not None else jobs
    done = sum(one["state"] == "COMPLETED" for one in before)
    return Standing(
        id=work["id"],
        label=work["label"],
        state=state,
        job="" if job is None else job["job"]["name"],
        reason=reason,
        done=done,
        total=len(jobs),
        updated=max(job["updated_on"] for job in jobs).replace(tzinfo=UTC),
        work=work,
    )


def _judge(
    jobs: Sequence[Mapping[str, Any]],
    outcome: Mapping[str, Any] | None,
    now: datetime,
    waits: Mapping[str, str],
) -> _Judgement:
    """Find the state, the job that matters, and the reason."""
    idle = FAILED_STATES | _IDLE | {"COMPLETED"}
    moving = [job for job in jobs if job["state"] not in idle]
    ready = [job for job in jobs if job["state"] == "READY"]
    begun = any(job["state"] in FAILED_STATES | {"COMPLETED"} for job in jobs)
    locked = next((job for job in jobs if _is_stale(job, now)), None)
    if locked is not None:
        since = locked["lock_time"].strftime("%Y-%m-%d %H:%M UTC")
        reason = f"locked since {since} by a runner that was killed: 'trona retry' releases it"
        return "running", locked, reason
    if moving or (ready and begun):
        job = (moving or ready)[0]
        waiting = waits.get(job.get("db_id", ""))
        return ("waiting", job, waiting) if waiting else ("running", job, _trouble(job))
    return ("waiting", ready[0], None) if ready else _judge_settled(jobs, outcome)


def _judge_settled(
    jobs: Sequence[Mapping[str, Any]], outcome: Mapping[str, Any] | None
) -> _Judgement:
    """Judge a candidate of which no job moves, or will move by itself."""
    first = {job["state"]: job for job in reversed(jobs)}
    if failed := [job for job in jobs if job["state"] in FAILED_STATES]:
        return "failed", failed[0], reason_of(failed[0])
    if "PAUSED" in first:
        return "waiting", first["PAUSED"], "paused: 'jf job resume' continues it"
    if "WAITING" in first:
        return "waiting", first["WAITING"], None
    if outcome is not None and outcome["state"] == "failed":
        return "failed", jobs[-1], outcome["reason"]
    return "done", None, None if outcome is None else outcome["reason"]


def _is_stale(job: Mapping[str, Any], now: datetime) -> bool:
    """Tell whether a lock is older than any living runner's."""
    if job.get("lock_id") is None or job.get("lock_time") is None:
        return False
    return bool(now - job["lock_time"].replace(tzinfo=UTC) > STALE)


def _trouble(job: Mapping[str, Any]) -> str | None:
    """Say what the runner will try again, if anything."""
    error = (job.get("remote") or {}).get("error")
    return None if error is None else f"will be tried again: {_last_line(error)}"


def is_lost(job: Mapping[str, Any]) -> bool:
    """
    Tell whether a job came back without an output that can be read: only a new run gives one.

    Parameters
    ----------
    job
        Document of the queue.

    Returns
    -------
    bool
        False also for a job whose transfer failed.
    """
    error = (job.get("remote") or {}).get("error") or ""
    return any(words in error for words in _LOST)


def reason_of(job: Mapping[str, Any]) -> str:
    """
    State in one line why a job failed, with the usual remedy if there is one.

    Parameters
    ----------
    job
        Document of the queue.

    Returns
    -------
    str
        The last line of its error, without what only a programmer needs.
    """
    remote = job.get("remote") or {}
    error = job.get("error") or remote.get("error")
    if not error:
        return f"stopped by the user ({job['state'].lower()})"
    said = (remote.get("queue_err") or "").strip()
    if any(words in error for words in _UNFINISHED) and (how := ended(said)):
        return f"{how} ({_last_line(said)})"
    if not job.get("error") and any(words in error for words in _LOST[2:]):
        return f"{_CUT_OFF} ({_last_line(said or error)})"
    for words, remedy in REMEDIES.items():
        if words in error:
            return f"{remedy} ({_last_line(said or error)})"
    return _last_line(error)


def _last_line(text: str) -> str:
    """Last line of a traceback, its exception without the module."""
    line = text.strip().splitlines()[-1].strip()
    line = re.sub(r"^(?:\w+\.)+(?=\w+(?:Error|Exception|Warning)\b)", "", line)
    line = line.removeprefix("Remote error: ") if "Slurm took no job" in line else line
    line = line.removeprefix("CalculationError: ")  # its message begins with the calculation
    return line[:_LONGEST_REASON]
