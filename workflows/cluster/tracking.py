"""Candidates on clusters: where each stands, and failed ones let go on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from trona.screening.errors import ProjectError

from .queue import BATCH, TAG
from .status import FAILED_STATES, Standing, standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jobflow_remote import JobController

__all__ = ["retry", "standings"]

_JOB_FIELDS = (
    "uuid", "index", "db_id", "state", "error", "remote.error", "remote.queue_err", "lock_id",
    "lock_time", "updated_on", "job.name", f"job.metadata.{TAG}",
)  # fmt: skip


def standings(controller: JobController, labels: Sequence[str] = ()) -> list[Standing]:
    """
    Say where candidates stand.

    Parameters
    ----------
    controller
        Queue.
    labels
        Only these candidates; all by default.

    Returns
    -------
    list of Standing
        Sorted by label.

    Raises
    ------
    ProjectError
        If the queue knows no candidate of a label.
    """
    query: dict[str, Any] = {f"job.metadata.{TAG}.id": {"$exists": True}}
    if labels:
        query[f"job.metadata.{TAG}.label"] = {"$in": list(labels)}
    groups: dict[str, list[dict[str, Any]]] = {}
    for job in controller.jobs.find(query, projection=list(_JOB_FIELDS), sort=[("created_on", 1)]):
        groups.setdefault(job["job"]["metadata"][TAG]["id"], []).append(job)
    outcomes = _outcomes(controller, list(groups))
    now = datetime.now(UTC)
    found = [standing(jobs, outcomes.get(key), now, TAG) for key, jobs in groups.items()]
    if missing := set(labels) - {one.label for one in found}:
        raise ProjectError(
            f"the queue knows no candidate {min(missing)!r}: 'trona status' lists them."
        )
    return sorted(found, key=lambda one: (one.label, one.updated))


def _outcomes(controller: JobController, identities: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Read state and reason of the results that are there, by identity."""
    key, found = f"metadata.{TAG}.id", {}
    for start in range(0, len(identities), BATCH):
        wanted = {"$in": list(identities[start : start + BATCH])}
        for one in controller.jobstore.docs_store.query(
            {key: wanted, "output.@class": "ScreeningDoc"},
            properties=[key, "output.state", "output.reason"],
        ):
            found[one["metadata"][TAG]["id"]] = one["output"]
    return found


def retry(
    controller: JobController, failed: Sequence[Standing], again: bool
) -> list[tuple[str, str | None]]:
    """
    Let failed candidates go on.

    A step that failed on the way to the worker or back is repeated; a job that failed on the worker
    begins again, and what depends on it after it.

    Parameters
    ----------
    controller
        Queue.
    failed
        Candidates.
    again
        True to begin a job again even where only its way failed.

    Returns
    -------
    list of tuple
        Label, and why it cannot be retried, or None.
    """
    from jobflow_remote.utils.db import LockedDocumentError  # noqa: PLC0415 (optional)

    told: list[tuple[str, str | None]] = []
    for candidate in failed:
        try:
            _retry_one(controller, candidate.id, again)
        except (LockedDocumentError, ValueError) as error:
            told.append((candidate.label, " ".join(str(error).split())))
        else:
            told.append((candidate.label, None))
    return told


def _retry_one(controller: JobController, identity: str, again: bool) -> None:
    """Retry the jobs of a candidate that failed, or else its last."""
    wanted = {f"job.metadata.{TAG}.id": identity}
    jobs = list(controller.jobs.find(wanted, ["db_id", "state"], sort=[("created_on", 1)]))
    failed = [job for job in jobs if job["state"] in FAILED_STATES]
    for job in failed or jobs[-1:]:
        # One that depends on another may have been reset with it.
        current = controller.jobs.find_one({"db_id": job["db_id"]}, ["state"])
        if current is None or current["state"] != job["state"]:
            continue
        if job["state"] == "REMOTE_ERROR" and not again:
            controller.retry_job(db_id=job["db_id"])
        else:
            controller.rerun_job(db_id=job["db_id"], force=True)
