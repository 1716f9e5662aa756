"""Flows inserted into a queue in batches; no flow is left there without its jobs.

`JobController.add_flow` takes one flow in three round trips. Here a batch takes four. As there,
flows are inserted before their jobs, since a runner may read the queue in between.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from jobflow_remote.jobs.data import get_initial_flow_doc_dict, get_initial_job_doc_dict
from pymongo.errors import BulkWriteError

from trona.screening.errors import ProjectError

from .queue import BATCH, TAG

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jobflow import Flow
    from jobflow_remote import JobController

__all__ = ["FLOWS_AT_ONCE", "enqueue", "queued"]

FLOWS_AT_ONCE = 50
"""Few enough to show progress and to lose little to an interrupt."""
_HALF_SUBMITTED = timedelta(minutes=1)
"""A flow without its jobs is this old only where the process that inserted it was killed."""
_DUPLICATE = 11000


def enqueue(controller: JobController, flows: Sequence[Flow], where: Mapping[str, Any]) -> set[str]:
    """
    Put flows into the queue.

    Parameters
    ----------
    controller
        Queue, prepared.
    flows
        Tagged with the identity of their work; a few at a time.
    where
        Worker, exec_config, resources and priority of their jobs, as jobflow-remote names them.

    Returns
    -------
    set of str
        Uuids of those that stand there now. The others were submitted by someone else in this
        moment.

    Raises
    ------
    ProjectError
        If the queue was never prepared.
    """
    jobs = [list(flow.iterflow()) for flow in flows]  # type: ignore[no-untyped-call]
    number = _reserve(controller, sum(map(len, jobs)))
    project = controller.project
    prefix = "" if project is None else project.queue.db_id_prefix or ""
    heads: list[dict[str, Any]] = []
    bodies: dict[str, list[dict[str, Any]]] = {}
    for flow, members in zip(flows, jobs, strict=True):
        bodies[flow.uuid] = [
            get_initial_job_doc_dict(job, parents, f"{prefix}{number + at}", **where)
            for at, (job, parents) in enumerate(members)
        ]
        number += len(members)
        heads.append(get_initial_flow_doc_dict(flow, bodies[flow.uuid]))
    there: set[str] = set()
    try:
        controller.flows.insert_many(heads, ordered=False)
    except BulkWriteError as error:
        if any(one["code"] != _DUPLICATE for one in error.details["writeErrors"]):
            raise
    finally:  # also where the user interrupts: what the server took gets its jobs
        there |= set(controller.flows.distinct("uuid", {"uuid": {"$in": list(bodies)}}))
        if documents := [one for uuid in bodies if uuid in there for one in bodies[uuid]]:
            controller.jobs.insert_many(documents, ordered=False)
    return there


def _reserve(controller: JobController, count: int) -> int:
    """Take so many numbers for jobs; gives the first."""
    found = controller.auxiliary.find_one_and_update(
        {"next_id": {"$exists": True}}, {"$inc": {"next_id": count}}
    )
    if found is None:
        raise ProjectError(
            "the queue was emptied in this moment, with 'jf admin reset' perhaps: submit again."
        )
    return int(found["next_id"])


def queued(controller: JobController, identities: Sequence[str]) -> set[str]:
    """
    Find which work the queue knows; what a killed submission left without jobs is taken out.

    Parameters
    ----------
    controller
        Queue.
    identities
        Of the work.

    Returns
    -------
    set of str
        Those identities that need not be submitted.
    """
    key, found = f"metadata.{TAG}.id", set()
    for start in range(0, len(identities), BATCH):
        wanted = {key: {"$in": list(identities[start : start + BATCH])}}
        fields = [key, "uuid", "jobs", "state", "updated_on"]
        flows = list(controller.flows.find(wanted, projection=fields))
        half = _without_jobs(controller, flows)
        if half:
            controller.jobs.delete_many({"uuid": {"$in": [x for one in half for x in one["jobs"]]}})
            controller.flows.delete_many({"uuid": {"$in": [one["uuid"] for one in half]}})
        found |= {one["metadata"][TAG]["id"] for one in flows if one not in half}
    return found


def _without_jobs(
    controller: JobController, flows: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Find flows that no runner has begun and that lack jobs, though there was time for these."""
    before = datetime.now(UTC) - _HALF_SUBMITTED
    fresh = [
        flow
        for flow in flows
        if flow["state"] == "READY" and flow["updated_on"].replace(tzinfo=UTC) < before
    ]
    uuids = [uuid for flow in fresh for uuid in flow["jobs"]]
    there = set(controller.jobs.distinct("uuid", {"uuid": {"$in": uuids}})) if uuids else set()
    return [flow for flow in fresh if not there.issuperset(flow["jobs"])]
