"""Screenings on clusters: submitted through jobflow-remote, followed, retried and collected.

A candidate is one flow. Its identity is that of the result, so what the results store holds or the
queue knows is not submitted again, and collecting twice changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from trona.screening.errors import ProjectError
from trona.stores.documents import RelaxationDoc, ScreeningDoc
from trona.stores.references import load
from trona.stores.screenings import failed_document, screening_id

from .backends import relaxation_id
from .job_queue import TAG
from .standing import FAILED_STATES, Standing, standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from jobflow import Flow, Job
    from jobflow_remote import JobController
    from jobflow_remote.config.base import Project, WorkerBase

    from trona.stores.references import Reference
    from trona.stores.results import Results

    from .candidates import Candidate
    from .local import Plan
    from .pool import Work

__all__ = [
    "Collected",
    "Placement",
    "Submitted",
    "check_exec_config",
    "check_resources",
    "collect",
    "retry",
    "standings",
    "submit",
]

_JOB_FIELDS = (
    "uuid", "index", "db_id", "state", "error", "remote.error", "remote.queue_err", "lock_id",
    "lock_time", "updated_on", "job.name", f"job.metadata.{TAG}",
)  # fmt: skip
_BATCH = 500
"""Identities in one question to the server."""


@dataclass(frozen=True)
class Placement:
    """
    Where jobs run, and with what.

    Parameters
    ----------
    worker
        Name of the worker.
    resources
        For the scheduler; the worker's own if None.
    exec_config
        Name of a configuration of the project: modules and variables.
    priority
        Jobs with more begin earlier.
    """

    worker: str
    resources: Mapping[str, Any] | None = None
    exec_config: str | None = None
    priority: int = 0


@dataclass(frozen=True)
class Submitted:
    """
    What became of a candidate that was to be submitted.

    Parameters
    ----------
    label
        Candidate.
    outcome
        'submitted'; 'queued' where the queue has it already; 'done' where the results have it.
    """

    label: str
    outcome: str


@dataclass(frozen=True)
class Collected:
    """
    What a collection brought.

    Parameters
    ----------
    screenings
        Results that were new, failures among them.
    relaxations
        Number of relaxations that were new.
    known
        Number of results that the store had already.
    differing
        Candidates that a worker held against other reference energies than were meant.
    """

    screenings: tuple[ScreeningDoc, ...]
    relaxations: int
    known: int
    differing: tuple[str, ...]


def check_resources(name: str, worker: WorkerBase, resources: Mapping[str, Any] | None) -> None:
    """
    Make sure that a worker's scheduler understands the resources.

    Parameters
    ----------
    name, worker
        Where jobs will run.
    resources
        As the user writes them; None for the worker's own.

    Raises
    ------
    ProjectError
        If it does not.
    """
    from qtoolkit.core.exceptions import QTKError  # noqa: PLC0415 (comes with jobflow-remote)

    try:
        worker.get_scheduler_io().generate_header(dict(resources or {}))
    except (QTKError, ValueError, TypeError) as error:
        detail = " ".join(str(error).split()).rstrip(".")
        raise ProjectError(f"the worker {name!r} cannot use these resources: {detail}.") from None


def check_exec_config(project: Project, name: str | None) -> None:
    """
    Make sure that a project has a configuration of modules and variables.

    Parameters
    ----------
    project
        Where to look.
    name
        None passes.

    Raises
    ------
    ProjectError
        If it has none of that name.
    """
    if name is not None and name not in project.exec_config:
        there = ", ".join(project.exec_config) or "none"
        raise ProjectError(
            f"no exec_config {name!r} in the project {project.name!r} ({there}): add it there."
        )


def submit(
    controller: JobController, todo: Plan, reference: Reference, work: Work, placement: Placement
) -> Iterator[Submitted]:
    """
    Put the flows of a plan into the queue; each candidate stands there before the next is made.

    Parameters
    ----------
    controller
        Queue, prepared.
    todo
        What is to be done, and what the results have already.
    reference
        Energies of competing phases, as they are here.
    work
        What the worker does with each candidate.
    placement
        Where.

    Yields
    ------
    Submitted
        For each candidate of the plan.
    """
    yield from (Submitted(doc.label, "done") for doc in todo.done)
    flows: dict[str, tuple[Candidate, Callable[[], Flow | Job]]] = {}
    for candidate in todo.relax:
        own = relaxation_id(candidate.structure, work.backend)  # type: ignore[arg-type]
        identity = screening_id(candidate.label, candidate.formula, own, reference)
        flows[identity] = candidate, partial(work.flow, candidate)
    for candidate, relaxation in todo.assess:
        known = None if relaxation is None else relaxation.id
        identity = screening_id(candidate.label, candidate.formula, known, reference)
        flows[identity] = candidate, partial(_assessment, candidate, relaxation, work)
    queued = _queued(controller, list(flows))
    for identity, (candidate, make) in flows.items():
        if identity not in queued:
            flow = _tagged(make(), identity, candidate, reference, work)
            queued = queued | (set() if _added(controller, flow, placement) else {identity})
        yield Submitted(candidate.label, "queued" if identity in queued else "submitted")


def _assessment(candidate: Candidate, relaxation: RelaxationDoc | None, work: Work) -> Flow:
    """Make the flow of a candidate that needs no relaxation, or has one."""
    from jobflow import Flow  # noqa: PLC0415

    from .analysis import analyze  # noqa: PLC0415
    from .screen import ScreeningMaker  # noqa: PLC0415 (imports atomate2)

    reference = work.reference or "bundled"
    if relaxation is None:
        maker = ScreeningMaker(reference=reference, correction=work.correction)
        return maker.make(replace(candidate, structure=None))
    known = (candidate.label, candidate.formula, candidate.source)
    result = analyze(*known, reference, work.correction, relaxation)
    return Flow([result], output=result.output, name=f"trona screen {candidate.label}")


def _queued(controller: JobController, identities: Sequence[str]) -> set[str]:
    """Find which identities the queue knows."""
    key, found = f"metadata.{TAG}.id", set()
    for start in range(0, len(identities), _BATCH):
        wanted = {key: {"$in": list(identities[start : start + _BATCH])}}
        found |= {
            one["metadata"][TAG]["id"] for one in controller.flows.find(wanted, projection=[key])
        }
    return found


def _tagged(
    flow: Flow | Job, identity: str, candidate: Candidate, reference: Reference, work: Work
) -> Flow:
    """Write into the metadata of a flow and of its jobs what they belong to."""
    from jobflow.core.flow import get_flow  # noqa: PLC0415

    whole = get_flow(flow)
    whole.update_metadata(
        {
            TAG: {
                "id": identity,
                "label": candidate.label,
                "formula": candidate.formula,
                "source": candidate.source,
                "backend": work.backend.name,
                "reference": work.reference,
                "correction": work.correction,
                "checksum": reference.checksum,
            }
        }
    )
    return whole


def _added(controller: JobController, flow: Flow, placement: Placement) -> bool:
    """
    Add a flow; False if someone else submitted the same work in this moment.

    Not through `jobflow_remote.submit_flow`, which opens three more connections for each flow.
    """
    try:
        controller.add_flow(
            flow,
            worker=placement.worker,
            exec_config=placement.exec_config,  # type: ignore[arg-type] # a name will do
            resources=None if placement.resources is None else dict(placement.resources),
            priority=placement.priority,
        )
    except ValueError as error:
        if "duplicate key" not in str(error).lower():
            raise
        return False
    return True


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
    for start in range(0, len(identities), _BATCH):
        wanted = {"$in": list(identities[start : start + _BATCH])}
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


def collect(controller: JobController, results: Results) -> Collected:
    """
    Copy what the workers computed into the results store, and record what failed.

    Parameters
    ----------
    controller
        Queue and outputs.
    results
        Store to save in; what it has already is left as it is.

    Returns
    -------
    Collected
        Counts, and the new results.

    Raises
    ------
    InputError
        If a reference that a failed candidate was to be held against cannot be loaded here.
    """
    relaxations, known, saved, differing = 0, 0, [], []
    for _, output in _outputs(controller, "RelaxationDoc"):
        relaxation = RelaxationDoc.model_validate(output)
        if results.relaxation(relaxation.id) is None:
            results.save_relaxation(relaxation)
            relaxations += 1
    documented, docs = set(), []
    for work, output in _outputs(controller, "ScreeningDoc"):
        doc = ScreeningDoc.model_validate(output)
        documented.add(work["id"])
        docs.append(doc)
        if doc.reference.checksum != work["checksum"]:
            differing.append(doc.label)
    docs += _failures(controller, documented)
    for doc in docs:
        if _is_new(results, doc):
            results.save_screening(doc)
            saved.append(doc)
        else:
            known += 1
    return Collected(tuple(saved), relaxations, known, tuple(differing))


def _outputs(
    controller: JobController, kind: str
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Read what was submitted and the document of one kind that came of it."""
    key = f"metadata.{TAG}"
    wanted = {f"{key}.id": {"$exists": True}, "output.@class": kind}
    for found in controller.jobstore.docs_store.query(wanted, properties=["output", key]):
        yield found["metadata"][TAG], _plain(found["output"])


def _plain(value: Any) -> Any:  # noqa: ANN401 (any JSON)
    """Leave out the keys by which monty would find the class again."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items() if not key.startswith("@")}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _is_new(results: Results, doc: ScreeningDoc) -> bool:
    """Tell whether a result says something that the store does not know."""
    found = results.screening(doc.id)
    return found is None or (found.state, found.reason) != (doc.state, doc.reason)


def _failures(controller: JobController, documented: set[str]) -> Iterator[ScreeningDoc]:
    """Write documents of candidates that failed without leaving one."""
    references: dict[tuple[str, str | None], Reference] = {}
    for one in standings(controller):
        if one.state != "failed" or one.id in documented:
            continue
        name = (one.work["reference"], one.work["correction"])
        if name not in references:
            references[name] = load(*name)
        known = (one.label, one.work["formula"], one.work["source"], references[name])
        yield failed_document(*known, one.reason or "unknown")
