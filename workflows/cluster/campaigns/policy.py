"""Policy of a campaign for failed jobs: one rule per cause, each applied once per job.

Nothing is retried indefinitely. A job that ran out of memory gets twice the memory once, one that
ran out of time gets twice the time once; one that was lost in transit, or whose process died
without an error message, with its node or by preemption, is repeated once unchanged. A job that
failed on its own, such as on a VASP error that no correction fixed, or that was stopped by a
person, is left to its owner.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trona.workflows.cluster.slurm_words import cause_of_end

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["LEFT", "RULES", "Remedy", "remedy"]

RULES = {
    "memory": "a job that met its memory limit: memory doubled, once",
    "time": "a job that met its time limit: time doubled, once",
    "way": "a job that was lost on the way to its worker or back: repeated, once",
    "killed": "a job whose process died without a word, or with its node: repeated, once",
}
"""Cause of a failure to what is done about it."""
LEFT = "left"
"""Rule of a decision to do nothing."""

_OF_SLURM = {
    "time": "time", "memory": "memory", "node": "killed", "preempted": "killed",
    "cancelled": "stopped",
}  # fmt: skip
"""Cause for which Slurm ended a job to that of the failure."""
_CAUSES = (
    ("memory", r"\bMemoryError\b"),
    ("killed", r"likely killed before|jfremote_out\.json was not present"),
)
"""What Python and jobflow-remote write."""
_SIZE = re.compile(r"(\d+)\s*([KMGT]?B?)", re.IGNORECASE)
_TIME = re.compile(r"(?:(\d+)-)?(\d+):(\d+):(\d+)")


@dataclass(frozen=True)
class Remedy:
    """
    What to do about a failed job.

    Parameters
    ----------
    rule
        Key of `RULES`, or `LEFT`.
    text
        What is done, and why.
    resources
        Those that change, as the scheduler names them; None where the job stays as it was.
    """

    rule: str
    text: str
    resources: Mapping[str, Any] | None = None


def remedy(
    job: Mapping[str, Any],
    resources: Mapping[str, Any],
    applied: Collection[str],
    *,
    in_batches: bool = False,
) -> Remedy:
    """
    Choose what to do about a failed job.

    Parameters
    ----------
    job
        Document of the queue: state, error, remote.
    resources
        What it had, its own or its worker's.
    applied
        Rules that were applied to it before.
    in_batches
        True if its worker runs jobs in batches, whose resources are not those of a job.

    Returns
    -------
    Remedy
        Its rule is not among those that were applied.

    Examples
    --------
    >>> late = {"state": "FAILED", "error": "slurmstepd: CANCELLED AT 03:04 DUE TO TIME LIMIT ***"}
    >>> remedy(late, {"time": "04:00:00"}, ())
    Remedy(rule='time', text='time doubled to 08:00:00', resources={'time': '08:00:00'})
    >>> remedy(late, {"time": "08:00:00"}, {"time"}).text
    'left: the rule for time was applied before'
    """
    cause = _cause(job)
    if cause not in RULES:
        why = "it was stopped by someone" if cause == "stopped" else "its own fault, not the way's"
        return Remedy(LEFT, f"left: {why}")
    if cause in applied:
        return Remedy(LEFT, f"left: the rule for {cause} was applied before")
    if cause in {"way", "killed"}:
        lost = "it was lost on the way" if cause == "way" else "its process was killed"
        return Remedy(cause, f"repeated: {lost}")
    if in_batches:
        return Remedy(LEFT, f"left: the {cause} of a batch stands in the project file")
    more = _doubled(cause, resources)
    if more is None:
        return Remedy(
            LEFT, f"left: no {cause} to double was stated, see 'trona submit --resources'"
        )
    (value,) = more.values()
    return Remedy(cause, f"{cause} doubled to {value}", more)


def _cause(job: Mapping[str, Any]) -> str:
    """Find why a job failed."""
    if job["state"] in {"STOPPED", "USER_STOPPED"}:
        return "stopped"
    remote = job.get("remote") or {}
    said = "\n".join(
        str(one) for one in (job.get("error"), remote.get("error"), remote.get("queue_err")) if one
    )
    if of_slurm := cause_of_end(said):
        return _OF_SLURM[of_slurm]
    for cause, words in _CAUSES:
        if re.search(words, said, re.IGNORECASE):
            return cause
    return "way" if job["state"] == "REMOTE_ERROR" else "own"


def _doubled(cause: str, resources: Mapping[str, Any]) -> dict[str, Any] | None:
    """Double the memory or the time of a job; None where there is none, or it cannot be read."""
    if cause == "time":
        found = _TIME.fullmatch(str(resources.get("time", "")))
        if found is None:
            return None
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        total = 2 * (((days * 24 + hours) * 60 + minutes) * 60 + seconds)
        hours, rest = divmod(total, 3600)
        return {"time": f"{hours:02}:{rest // 60:02}:{rest % 60:02}"}
    for key in ("mem", "mem_per_cpu"):
        if size := _SIZE.fullmatch(str(resources.get(key, ""))):
            doubled = f"{2 * int(size[1])}{size[2]}"
            return {key: int(doubled) if doubled.isdecimal() else doubled}
    return None
