"""Submission of screenings to clusters through jobflow-remote.

A candidate is one flow. Its identity is that of the result, so a candidate that is in the results
store or in the queue is not submitted again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trona.screening.errors import ProjectError
from trona.stores.assess.screenings import screening_id
from trona.stores.defaults import REFERENCE
from trona.stores.thermochemistry.temperatures import cold_name, name_at
from trona.workflows.jobs.backends import relaxation_id

from .projects import find_worker
from .queue import TAG, prepare_queue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jobflow import Flow, Job
    from jobflow_remote import JobController
    from jobflow_remote.config.base import Project

    from trona.stores.documents.results import RelaxationDoc
    from trona.stores.energies.references import Reference
    from trona.workflows.candidates.sources import Candidate
    from trona.workflows.local.pool import Work
    from trona.workflows.local.screening import Plan

__all__ = [
    "Placement",
    "Submitted",
    "absolute",
    "check_resources",
    "is_small",
    "name_for_workers",
    "place_on_worker",
    "submit",
]


@dataclass(frozen=True)
class Placement:
    """
    Where jobs run, and with what.

    Parameters
    ----------
    worker
        Name of the worker.
    resources
        For the scheduler, of the relaxations; the worker's own if None.
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
    Outcome of the submission of a candidate.

    Parameters
    ----------
    label
        Candidate.
    outcome
        'submitted'; 'queued' where the queue has it already; 'done' where the results have it.
    """

    label: str
    outcome: str


def place_on_worker(
    project: Project,
    worker: str | None,
    resources: Mapping[str, Any] | None = None,
    exec_config: str | None = None,
    priority: int = 0,
) -> Placement:
    """
    Find the place that a user names in a project.

    Parameters
    ----------
    project
        Where to look.
    worker
        Name of a worker; None for the first.
    resources, exec_config, priority
        As for `Placement`.

    Returns
    -------
    Placement
        Its scheduler understands the resources, and the project has the configuration.

    Raises
    ------
    ProjectError
        If there is no such worker or configuration, or the resources cannot be used.
    """
    name, _ = find_worker(project, worker)
    check_resources(project, name, resources)
    if exec_config is not None and exec_config not in project.exec_config:
        there = ", ".join(project.exec_config) or "none"
        raise ProjectError(
            f"no exec_config {exec_config!r} in the project {project.name!r} ({there}): "
            "add it there."
        )
    return Placement(name, resources, exec_config, priority)


def check_resources(project: Project, name: str, resources: Mapping[str, Any] | None) -> None:
    """
    Make sure that the scheduler of a worker understands resources, and uses them.

    Parameters
    ----------
    project, name
        The worker.
    resources
        As `Placement` has them.

    Raises
    ------
    ProjectError
        If they cannot be used.
    """
    from qtoolkit.core.exceptions import QTKError  # noqa: PLC0415 (comes with jobflow-remote)

    worker = project.workers[name]
    if resources and worker.is_batch:
        raise ProjectError(
            f"the worker {name!r} runs jobs in batches, whose resources stand in the project file: "
            f"change them there, then 'jf -p {project.name} runner stop' and 'start'."
        )
    try:
        worker.get_scheduler_io().generate_header(dict(resources or worker.resources or {}))
    except (QTKError, ValueError, TypeError) as error:
        detail = " ".join(str(error).split()).rstrip(".")
        raise ProjectError(f"the worker {name!r} cannot use these resources: {detail}.") from None


_SMALL = frozenset(("summarize_vasp", "summarize_relaxation", "analyze"))


def is_small(name: str) -> bool:
    """
    Tell whether a job takes seconds, and so the worker's own resources.

    Parameters
    ----------
    name
        Of the job.

    Returns
    -------
    bool
        True for summaries and assessments, False for calculations.

    Examples
    --------
    >>> is_small("analyze Na3PS4")
    True
    """
    return name.partition(" ")[0] in _SMALL


def absolute(reference: str) -> str:
    """
    Write the paths in the name of a reference so that they lead to it from any folder.

    Parameters
    ----------
    reference
        As the user names it.

    Returns
    -------
    str
        The same for references without a path.

    Examples
    --------
    >>> absolute("bundled+store:/data/mine.sqlite#VASP PBE")
    'bundled+store:/data/mine.sqlite#VASP PBE'
    """

    def whole(found: re.Match[str]) -> str:
        kind, path = found.groups()
        return f"{kind}:{Path(path).expanduser().absolute()}"

    return re.sub(r"\b(table|store):(?!mongodb)([^+#]+)", whole, reference)


def name_for_workers(reference: Reference) -> str:
    """
    Name under which a worker loads reference energies again.

    Parameters
    ----------
    reference
        As loaded here.

    Returns
    -------
    str
        As the user gave it, with the temperature.
    """
    given = reference.given or reference.name
    cold, named = cold_name(given)
    return name_at(cold, reference.temperature) if reference.temperature > named else given


def submit(
    controller: JobController,
    todo: Plan,
    reference: Reference,
    work: Work,
    placement: Placement,
    run: str | None = None,
) -> Iterator[Submitted]:
    """
    Put the flows of a plan into the queue in batches, each flow with all its jobs.

    Parameters
    ----------
    controller
        Queue.
    todo
        What is to be done, and what the results have already.
    reference
        Energies of competing phases, as they are here.
    work
        What the worker does with each candidate.
    placement
        Where.
    run
        Id of the run document that counts what becomes of the candidates; None without one.

    Yields
    ------
    Submitted
        For each candidate of the plan, once it is true. What was interrupted may be repeated.
    """
    from . import enqueuing  # noqa: PLC0415 (jobflow-remote is optional, and takes a second)

    prepare_queue(controller)
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
    queued = enqueuing.queued(controller, list(flows))
    yield from (Submitted(flows[one][0].label, "queued") for one in flows if one in queued)
    where = {field.name: getattr(placement, field.name) for field in fields(placement)}
    where["resources"] = None  # those of the jobs that calculate stand in the jobs
    new = [identity for identity in flows if identity not in queued]
    for start in range(0, len(new), enqueuing.FLOWS_AT_ONCE):
        made = {}
        for identity in new[start : start + enqueuing.FLOWS_AT_ONCE]:
            candidate, make = flows[identity]
            made[identity] = _tagged(make(), identity, candidate, reference, work, run)
            _demand(made[identity], placement.resources)
        there = enqueuing.enqueue(controller, list(made.values()), where)
        for identity, flow in made.items():
            outcome = "submitted" if flow.uuid in there else "queued"
            yield Submitted(flows[identity][0].label, outcome)


def _assessment(candidate: Candidate, relaxation: RelaxationDoc | None, work: Work) -> Flow:
    """Make the flow of a candidate that needs no relaxation, or has one."""
    from jobflow import Flow  # noqa: PLC0415

    from trona.workflows.jobs.analysis import analyze  # noqa: PLC0415

    known = (candidate.label, candidate.formula, candidate.source)
    result = analyze(*known, work.reference or REFERENCE, work.correction, relaxation)
    result.append_name(f" {candidate.label}")
    return Flow([result], output=result.output, name=f"trona screen {candidate.label}")


def _tagged(
    flow: Flow | Job,
    identity: str,
    candidate: Candidate,
    reference: Reference,
    work: Work,
    run: str | None,
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
                "reference": reference.name,  # shown; the next one may hold a password
                "given": work.reference,
                "correction": work.correction,
                "checksum": reference.checksum,
                "run": run,
            }
        }
    )
    return whole


def _demand(flow: Flow, resources: Mapping[str, Any] | None) -> None:
    """Write resources into the jobs that calculate; summaries take the worker's own."""
    from jobflow_remote import set_run_config  # noqa: PLC0415 (optional)

    if resources is not None:
        for job, _ in flow.iterflow():  # type: ignore[no-untyped-call]
            if not is_small(job.name):
                set_run_config(job, resources=dict(resources))
