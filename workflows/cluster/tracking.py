"""Candidates on clusters: the state of each, and restarting of failed ones."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from trona.screening.errors import ProjectError

from .queue import BATCH, TAG
from .status import FAILED_STATES, Standing, is_lost, standing
from .submission import is_small

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jobflow_remote import JobController
    from jobflow_remote.config.base import Project

__all__ = ["retry", "standings"]

_JOB_FIELDS = (
    "uuid", "index", "db_id", "state", "error", "remote.error", "remote.queue_err", "lock_id",
    "remote.process_id", "worker", "lock_time", "updated_on", "job.name", f"job.metadata.{TAG}",
)  # fmt: skip
_HANDED_OVER = frozenset({"SUBMITTED", "BATCH_SUBMITTED"})
"""States of jobs that the scheduler has, and has not started as far as the runner knows."""


def standings(
    controller: JobController, labels: Sequence[str] = (), project: Project | None = None
) -> list[Standing]:
    """
    Say where candidates stand.

    Parameters
    ----------
    controller
        Queue.
    labels
        Only these candidates; all by default.
    project
        Whose schedulers are asked why they have not started jobs; none is asked without it.

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
    waits: dict[str, str] = {}
    if project is not None:
        waits = _waits(controller, project, (job for jobs in groups.values() for job in jobs))
    found = [standing(jobs, outcomes.get(key), now, TAG, waits) for key, jobs in groups.items()]
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


def _waits(
    controller: JobController, project: Project, jobs: Iterable[Mapping[str, Any]]
) -> dict[str, str]:
    """Ask the schedulers why they have not started jobs; reasons by the id of the job here."""
    from .slurm import in_queue  # noqa: PLC0415 (needs jobflow-remote)
    from .slurm_words import waiting  # noqa: PLC0415

    groups: dict[str, list[Mapping[str, Any]]] = {}
    for job in jobs:
        if job["state"] in _HANDED_OVER and job.get("worker") in project.workers:
            groups.setdefault(job["worker"], []).append(job)
    found: dict[str, str] = {}
    for name, handed_over in groups.items():
        queue = in_queue(project.workers[name])
        if queue is None:
            continue
        pending = {one: reason for one, state, reason in queue if state == "PD"}
        if project.workers[name].is_batch:
            batches = controller.get_batches(worker=name, limit=0)
            known = {batch.process_id for batch in batches} & {one[0] for one in queue}
            reasons = [waiting(pending[one]) for one in sorted(known) if one in pending]
            if known - set(pending):
                reason = "waits for its turn in a batch"
            else:
                reason = reasons[0] if reasons else _NO_BATCH.format(project.name)
            found |= {job["db_id"]: reason for job in handed_over}
        else:
            for job in handed_over:
                if (process := str((job.get("remote") or {}).get("process_id"))) in pending:
                    found[job["db_id"]] = waiting(pending[process])
    return found


_NO_BATCH = "no batch is in Slurm's queue: if that lasts, the log in ~/.jfremote/{}/log says why"


def retry(
    controller: JobController,
    rows: Sequence[Standing],
    again: bool = False,
    resources: Mapping[str, Any] | None = None,
    project: Project | None = None,
) -> list[tuple[str, str | None]]:
    """
    Restart candidates that failed or are waiting for another attempt.

    A step that failed on the way to the worker or back is repeated; a job that failed on the worker
    or left no readable output begins again, and what depends on it after it.

    Parameters
    ----------
    controller
        Queue.
    rows
        Candidates; those that are well are left alone.
    again
        True to begin a job again even where only its way failed.
    resources
        For the scheduler, in the place of those of the same name, in what remains to be done of
        these candidates; what waits in the scheduler's queue is handed over anew.
    project
        Of the queue; its workers say which resources a job had.

    Returns
    -------
    list of tuple
        Label, and why it cannot be retried, or None.
    """
    from jobflow_remote.utils.db import LockedDocumentError  # noqa: PLC0415 (optional)

    told: list[tuple[str, str | None]] = []
    for candidate in rows:
        if not (candidate.state == "failed" or (candidate.state != "done" and candidate.reason)):
            continue
        try:
            if resources and project is not None:
                _set_resources(controller, candidate.id, resources, project)
            acted = _retry_one(controller, candidate, again, project if resources else None)
        except (LockedDocumentError, ValueError) as error:
            told.append((candidate.label, " ".join(str(error).split())))
        else:
            told += [(candidate.label, None)] if acted else []
    return told


def _set_resources(
    controller: JobController, identity: str, resources: Mapping[str, Any], project: Project
) -> None:
    """Set the resources of the demanding jobs of a candidate that are not done."""
    wanted = {f"job.metadata.{TAG}.id": identity, "state": {"$ne": "COMPLETED"}}
    for job in controller.jobs.find(wanted, ["db_id", "worker", "resources", "job.name"]):
        if not is_small(job["job"]["name"]):
            worker = project.workers.get(job["worker"])
            had = job.get("resources") or (worker.resources if worker else None) or {}
            update = {"$set": {"resources": {**had, **resources}}}
            controller.jobs.update_one({"db_id": job["db_id"]}, update)


def _retry_one(
    controller: JobController, candidate: Standing, again: bool, anew: Project | None
) -> bool:
    """Retry the jobs of a candidate that failed or are to be tried again; False if none are."""
    wanted = {f"job.metadata.{TAG}.id": candidate.id}
    fields = ["db_id", "state", "previous_state", "worker", "remote"]
    jobs = list(controller.jobs.find(wanted, fields, sort=[("created_on", 1)]))
    failed = [job for job in jobs if job["state"] in FAILED_STATES]
    if not failed and candidate.state != "failed":
        return sum(_hurry(controller, job, anew) for job in jobs) > 0
    for job in failed or jobs[-1:]:
        # One that depends on another may have been reset with it.
        current = controller.jobs.find_one({"db_id": job["db_id"]}, ["state"])
        if current is None or current["state"] != job["state"]:
            continue
        # A job that was in a batch is in none any more: its way cannot be repeated.
        lost = str(job.get("previous_state")).startswith("BATCH_") or is_lost(job)
        if job["state"] == "REMOTE_ERROR" and not again and not lost:
            controller.retry_job(db_id=job["db_id"])
        else:
            controller.rerun_job(db_id=job["db_id"], force=True)
    return True


def _hurry(controller: JobController, job: Mapping[str, Any], anew: Project | None) -> bool:
    """Cut the wait of a job short: for the runner's next attempt, or in the scheduler's queue."""
    from .slurm import cancel  # noqa: PLC0415 (needs jobflow-remote)

    remote = job.get("remote") or {}
    if anew and job["state"] == "SUBMITTED" and job["worker"] in anew.workers:
        if not cancel(anew.workers[job["worker"]], str(remote["process_id"])):
            raise ValueError("it waits in Slurm, which did not cancel it: repeat this later.")
        controller.rerun_job(db_id=job["db_id"])
    elif remote.get("step_attempts"):
        controller.retry_job(db_id=job["db_id"])
    else:
        return False
    return True
