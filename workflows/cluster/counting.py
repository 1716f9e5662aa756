"""Number of candidates in each state, counted by the server without fetching any job.

Jobs are grouped by candidate, and candidates by the states of their jobs; one of each group is then
classified as `standing` does. The traffic grows with the number of groups, a dozen, and with the
number of failed candidates.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .queue import BATCH, TAG
from .status import STALE, standing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jobflow_remote import JobController

__all__ = ["count_states", "failed_labels"]

_KEY = f"job.metadata.{TAG}.id"
_EVERY = {_KEY: {"$gt": ""}}
"""Every job of trona's; unlike a question for existence, one that an index answers alone."""
_FAILED_RESULT = {"output.@class": "ScreeningDoc", "output.state": "failed"}


def count_states(controller: JobController) -> Counter[str]:
    """
    Count the candidates of a queue by state.

    Parameters
    ----------
    controller
        Queue.

    Returns
    -------
    collections.Counter
        State, as of `standings`, to number of candidates.
    """
    now = datetime.now(UTC)
    found: Counter[str] = Counter()
    for kind, number in _kinds(controller, _EVERY, now):
        found[_state(kind, None, now)] += number
    # All jobs of a candidate may have completed, and its result say that it failed.
    failed = _failed_results(controller)
    for start in range(0, len(failed), BATCH):
        wanted = {_KEY: {"$in": failed[start : start + BATCH]}}
        for kind, number in _kinds(controller, wanted, now):
            found[_state(kind, None, now)] -= number
            found[_state(kind, {"state": "failed", "reason": None}, now)] += number
    return +found


def failed_labels(controller: JobController) -> list[str]:
    """
    Name the candidates that may have failed; `standings` of these says which have, and why.

    Parameters
    ----------
    controller
        Queue.

    Returns
    -------
    list of str
        In alphabetical order.
    """
    from .status import FAILED_STATES  # noqa: PLC0415

    label = f"job.metadata.{TAG}.label"
    found = set(
        controller.jobs.distinct(label, {"state": {"$in": sorted(FAILED_STATES)}, **_EVERY})
    )
    failed = _failed_results(controller)
    for start in range(0, len(failed), BATCH):
        wanted = {_KEY: {"$in": failed[start : start + BATCH]}}
        found |= set(controller.jobs.distinct(label, wanted))
    return sorted(found)


def _failed_results(controller: JobController) -> list[str]:
    """Read the identities of results that say failed."""
    store = controller.jobstore.docs_store
    return sorted(store.distinct(f"metadata.{TAG}.id", _FAILED_RESULT))


def _kinds(
    controller: JobController, wanted: Mapping[str, Any], now: datetime
) -> list[tuple[Sequence[Mapping[str, Any]], int]]:
    """Count candidates by the different jobs that they have."""
    before = (now - STALE).replace(tzinfo=None)
    held = {"$ne": [{"$ifNull": ["$lock_id", None]}, None]}
    job = {
        "state": "$state",
        "stale": {"$and": [held, {"$lt": ["$lock_time", before]}]},
    }
    by_candidate = {"_id": f"${_KEY}", "jobs": {"$addToSet": job}}
    by_kind = {"_id": "$jobs", "number": {"$sum": 1}}
    steps = [{"$match": wanted}, {"$group": by_candidate}, {"$group": by_kind}]
    return [(one["_id"], one["number"]) for one in controller.jobs.aggregate(steps)]


def _state(
    kind: Sequence[Mapping[str, Any]], outcome: Mapping[str, Any] | None, now: datetime
) -> str:
    """Judge a candidate that has such jobs."""
    work = {"id": "", "label": ""}
    jobs = [
        {
            "state": one["state"],
            "lock_id": one["stale"] or None,
            "lock_time": now - 2 * STALE,
            "updated_on": now,
            "error": "unknown",
            "job": {"name": "", "metadata": {TAG: work}},
        }
        for one in kind
    ]
    return standing(jobs, outcome, now, TAG).state
