"""An unattended campaign: failed jobs are handled by the policy, and each decision is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from trona.workflows.cluster.counting import failed_labels
from trona.workflows.cluster.queue import TAG, release
from trona.workflows.cluster.status import FAILED_STATES, STALE
from trona.workflows.cluster.tracking import retry, standings

from .decisions import Decision, record_decision, taken
from .policy import LEFT, remedy

if TYPE_CHECKING:
    from jobflow_remote import JobController
    from jobflow_remote.config.base import Project

    from trona.workflows.cluster.status import Standing

__all__ = ["treat_failures"]

_FIELDS = ("uuid", "index", "state", "worker", "resources", "error", "remote.error",
           "remote.queue_err")  # fmt: skip


def treat_failures(controller: JobController, project: Project) -> list[Decision]:
    """
    Restart failed candidates where the policy allows, and release the locks of a killed runner.

    Parameters
    ----------
    controller, project
        Queue.

    Returns
    -------
    list of Decision
        New ones; each is recorded before it is carried out, so that no rule is applied twice.
    """
    release(controller, project, STALE)
    labels = failed_labels(controller)
    rows = standings(controller, labels) if labels else []
    found = (_treat(controller, project, row) for row in rows if row.state == "failed")
    return [decision for decisions in found for decision in decisions]


def _treat(controller: JobController, project: Project, row: Standing) -> list[Decision]:
    """Treat one candidate; gives what is decided anew."""
    job = _failed_job(controller, row)
    worker = project.workers.get(job["worker"])
    stated = job.get("resources") or (None if worker is None else worker.resources)
    had = dict(stated) if isinstance(stated, Mapping) else {}
    applied = {rule for _, rule in taken(controller, [job["uuid"]])}
    in_batches = worker is not None and worker.is_batch
    found = remedy(job, had, applied, in_batches=in_batches)
    if found.rule in applied:  # left to its owner before
        return []
    decided = [Decision(row.label, found.rule, job["uuid"], found.text)]
    record_decision(controller, decided[0])
    if found.rule == LEFT:
        return decided
    if found.resources is not None:
        this = {"uuid": job["uuid"], "index": job["index"]}
        controller.jobs.update_one(this, {"$set": {"resources": {**had, **found.resources}}})
    for _, refusal in retry(controller, [row], again=found.rule != "way"):
        if refusal is not None:
            refused = Decision(row.label, LEFT, job["uuid"], f"could not be retried: {refusal}")
            record_decision(controller, refused)
            decided.append(refused)
    return decided


def _failed_job(controller: JobController, row: Standing) -> dict[str, Any]:
    """Find the job that failed first; the last one where all completed and the result says so."""
    wanted = {f"job.metadata.{TAG}.id": row.id}
    jobs = list(controller.jobs.find(wanted, list(_FIELDS), sort=[("created_on", 1)]))
    failed = (job for job in jobs if job["state"] in FAILED_STATES)
    return next(failed, {**jobs[-1], "state": "FAILED", "error": row.reason, "remote": None})
