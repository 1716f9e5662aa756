"""Decisions of a campaign, recorded beside the queue; every action has an entry here."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from jobflow_remote import JobController

__all__ = ["Decision", "decisions", "record_decision", "taken"]

_COLLECTION = "trona_decisions"


@dataclass(frozen=True)
class Decision:
    """
    One decision.

    Parameters
    ----------
    label
        Candidate.
    rule
        Rule of the policy that was applied; each is applied to a job once.
    job
        Uuid of the job that it is about.
    text
        What was done, and why.
    time
        When, UTC.
    """

    label: str
    rule: str
    job: str
    text: str
    time: datetime = field(default_factory=lambda: datetime.now(UTC))


def record_decision(controller: JobController, decision: Decision) -> None:
    """
    Write a decision down.

    Parameters
    ----------
    controller
        Queue, in whose database it is kept.
    decision
        What is about to be done.
    """
    controller.db[_COLLECTION].insert_one(asdict(decision))


def decisions(controller: JobController, most: int = 0) -> list[Decision]:
    """
    Read decisions.

    Parameters
    ----------
    controller
        Queue.
    most
        Number of them; 0 for all.

    Returns
    -------
    list of Decision
        Latest first.
    """
    found = controller.db[_COLLECTION].find({}, {"_id": 0}, sort=[("time", -1)], limit=most)
    return [Decision(**{**one, "time": one["time"].replace(tzinfo=UTC)}) for one in found]


def taken(controller: JobController, jobs: Collection[str]) -> set[tuple[str, str]]:
    """
    Find which rules were applied to jobs.

    Parameters
    ----------
    controller
        Queue.
    jobs
        Uuids.

    Returns
    -------
    set of tuple
        Uuid and rule.
    """
    found = controller.db[_COLLECTION].find({"job": {"$in": sorted(jobs)}}, ["job", "rule"])
    return {(one["job"], one["rule"]) for one in found}
