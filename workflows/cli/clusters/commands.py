"""Commands for clusters: create a project, submit, monitor, retry, collect."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trona.stores.defaults import BACKEND
from trona.workflows.cli.groups import Group
from trona.workflows.cli.options import (
    AsCsv,
    AsJson,
    Correction,
    Reference,
    RelaxedBy,
    StoreInto,
    Temperature,
    ToScreen,
    Unbalanced,
    comma_list,
)
from trona.workflows.cli.terminal import print_csv, print_json, print_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobflow_remote import JobController
    from jobflow_remote.config.base import Project

    from trona.workflows.cluster.submission import Submitted

__all__ = [
    "ExecConfig",
    "Priority",
    "ProjectName",
    "Resources",
    "Worker",
    "collect",
    "key_values",
    "opened",
    "print_submitted",
    "project_app",
    "retry",
    "status",
    "submit",
    "submitted",
    "tell",
    "warn_without_runner",
]

project_app = typer.Typer(
    help="Projects for clusters: queue, store of outputs, workers.",
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode=None,
)

_project = typer.Option(
    "--project",
    "-p",
    help="Project, by default the only one, or JFREMOTE_PROJECT; several for 'collect', joined by "
    "commas.",
)
ProjectName = Annotated[str | None, _project]
ProjectNames = Annotated[str | None, _project]
Worker = Annotated[
    str | None, typer.Option("--worker", "-w", help="Worker; by default the first of the project.")
]
Resources = Annotated[
    str | None,
    typer.Option(
        help="Scheduler options of the calculations, such as nodes=1,time=04:00:00.",
        metavar="KEY=VALUE,…",
    ),
]
ExecConfig = Annotated[
    str | None, typer.Option(help="Named modules and variables of the project, such as 'vasp'.")
]
Priority = Annotated[int, typer.Option(help="Jobs with a higher priority start earlier.")]
Labels = Annotated[list[str] | None, typer.Argument(help="Candidates by label; all by default.")]


@project_app.command()
def init(
    name: Annotated[str, typer.Argument(help="Name of the project.")],
    template: Annotated[
        str, typer.Option(help="mock, laptop, slurm or slurm-batch.", metavar="NAME")
    ],
    store: Annotated[
        str, typer.Option(help="mongodb://HOST/DATABASE for outputs; queue in DATABASE_queue.")
    ],
    work_dir: Annotated[
        str, typer.Option(help="Folder on the worker in which jobs run.", metavar="PATH")
    ],
    host: Annotated[
        str | None, typer.Option(help="Login node to reach by SSH; none if the runner is on it.")
    ] = None,
    user: Annotated[str | None, typer.Option(help="User name on that node.")] = None,
    activate: Annotated[
        str | None,
        typer.Option(help="Shell command that activates trona's Python on the worker."),
    ] = None,
) -> None:
    """Write a project from a template, and prepare its queue with all indexes."""
    from pathlib import Path  # noqa: PLC0415

    from trona.workflows.cluster.projects import require_jobflow_remote  # noqa: PLC0415

    require_jobflow_remote()
    from trona.workflows.cluster import project_templates as templates  # noqa: PLC0415
    from trona.workflows.cluster.queue import open_queue, prepare_queue  # noqa: PLC0415

    folder = Path(work_dir).expanduser() if host is None else Path(work_dir)
    choices = templates.Choices(name, template, store, folder, activate, host, user)
    with open_queue(templates.from_choices(choices)) as controller:
        path = templates.write_project(choices)
        prepare_queue(controller)
    typer.echo(f"wrote {path}; the queue is ready.")
    more = {"mock": " --backend mock", "laptop": ""}.get(
        template, " --backend vasp --exec-config vasp"
    )
    typer.echo(f"next: jf -p {name} runner start; trona submit my.cif --project {name}{more}")


@contextmanager
def opened(name: str | None) -> Iterator[tuple[Project, JobController]]:
    """
    Open a project.

    Parameters
    ----------
    name
        Its name; None for the only one.

    Yields
    ------
    tuple
        The project, and its queue.

    Raises
    ------
    ProjectError
        If there is none, or jobflow-remote is missing.
    """
    from trona.workflows.cluster.projects import find_project, require_jobflow_remote  # noqa: PLC0415

    require_jobflow_remote()
    from trona.workflows.cluster.queue import open_queue  # noqa: PLC0415

    project = find_project(name)
    with open_queue(project) as controller:
        yield project, controller


def submit(
    candidates: ToScreen = None,
    project: ProjectName = None,
    worker: Worker = None,
    backend: RelaxedBy = BACKEND,
    resources: Resources = None,
    exec_config: ExecConfig = None,
    priority: Priority = 0,
    reference: Reference = None,
    correction: Correction = None,
    temperature: Temperature = "0",
    store: StoreInto = None,
    unbalanced: Unbalanced = False,
    as_json: AsJson = False,
) -> None:
    """Submit candidates to a cluster, except those that are already done or queued."""
    from trona.stores.collections.results import Results  # noqa: PLC0415
    from trona.stores.settings import Settings  # noqa: PLC0415
    from trona.workflows.cluster.projects import require_jobflow_remote  # noqa: PLC0415

    require_jobflow_remote()
    from trona.workflows.candidates.sources import gather  # noqa: PLC0415
    from trona.workflows.cluster import sending  # noqa: PLC0415
    from trona.workflows.cluster.submission import place_on_worker  # noqa: PLC0415
    from trona.workflows.jobs.backends import find_backend  # noqa: PLC0415

    source = find_backend(backend)
    gathered = gather(candidates or [], unbalanced=unbalanced)
    given = key_values(resources)
    with opened(project) as (found, controller):
        placement = place_on_worker(found, worker, given, exec_config, priority)
        order = sending.Order(source, placement, reference, correction, temperature)
        for reason in (*(f"left out: {one}" for one in gathered.left_out), *gathered.notes):
            typer.echo(reason, err=True)
        results = Results(store or Settings().store)
        sent = sending.send(controller, gathered.candidates, results, order, tell)
        told = submitted(sent, len(gathered.candidates))
        warn_without_runner(controller, found)
    print_submitted(told, f"worker {placement.worker} of {found.name}", as_json)


def tell(sentence: str) -> None:
    """
    Print a sentence on standard error.

    Parameters
    ----------
    sentence
        For the user.
    """
    typer.echo(sentence, err=True)


def submitted(outcomes: Iterator[Submitted], total: int) -> list[Submitted]:
    """
    Submit, and show how far it is.

    Parameters
    ----------
    outcomes
        As `send` yields them.
    total
        How many to expect.

    Returns
    -------
    list of Submitted
        All of them.

    Raises
    ------
    Stopped
        If the user interrupts.
    """
    from trona.workflows.cli.progress import Stopped, track  # noqa: PLC0415

    told: list[Submitted] = []
    try:
        told.extend(track(outcomes, total, "submitting", lambda one: one.label))
    except KeyboardInterrupt:
        raise Stopped(
            f"stopped: {len(told)} of {total} candidates stand in the queue or are done; the same "
            "command goes on from there."
        ) from None
    return told


def print_submitted(told: list[Submitted], where: str, as_json: bool) -> None:
    """
    Print the outcome of a submission.

    Parameters
    ----------
    told
        Each with its outcome.
    where
        Worker and project, for people.
    as_json
        True for programs.
    """
    from trona.workflows.tables.clusters import count  # noqa: PLC0415

    if as_json:
        print_json([{"label": one.label, "outcome": one.outcome} for one in told])
    else:
        typer.echo(f"{count(one.outcome for one in told)}: {where}")
    if any(one.outcome == "queued" for one in told):
        typer.echo(
            "what is queued already is not submitted again: 'trona status' says where it stands, "
            "'trona retry' restarts failed candidates.",
            err=True,
        )


def key_values(text: str | None) -> dict[str, str | int] | None:
    """
    Read resources.

    Parameters
    ----------
    text
        As typed.

    Returns
    -------
    dict or None
        None where nothing was typed.

    Raises
    ------
    InputError
        If a part is not KEY=VALUE.
    """
    from trona.screening.errors import InputError  # noqa: PLC0415

    if text is None:
        return None
    found: dict[str, str | int] = {}
    for part in text.split(","):
        key, separator, value = (piece.strip() for piece in part.partition("="))
        if not (key and separator and value):
            raise InputError(f"cannot read the resource {part!r}: write nodes=1,time=04:00:00.")
        found[key] = int(value) if value.isdecimal() else value
    return found


def warn_without_runner(controller: JobController, project: Project) -> None:
    """
    Say that nothing will move, or not as the project file says now.

    Parameters
    ----------
    controller, project
        Queue.
    """
    from trona.workflows.cluster.projects import projects_folder  # noqa: PLC0415
    from trona.workflows.cluster.queue import (  # noqa: PLC0415
        runner_has_old_project,
        runner_is_active,
    )

    if runner_has_old_project(project, projects_folder() / f"{project.name}.yaml"):
        typer.echo(
            f"the project file was changed after the runner had read it: 'jf -p {project.name} "
            f"runner stop', then 'jf -p {project.name} runner start'.",
            err=True,
        )
    if not runner_is_active(controller, project):
        typer.echo(
            f"no runner is active: jobs wait until 'jf -p {project.name} runner start'.", err=True
        )


def status(
    labels: Labels = None,
    project: ProjectName = None,
    failed: Annotated[
        bool, typer.Option("--failed", help="Only candidates that failed, with their reasons.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Show counts until nothing moves any more; Ctrl-C ends.")
    ] = False,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show the state of submitted candidates: waiting, running, failed and why, done."""
    from trona.screening.errors import InputError  # noqa: PLC0415
    from trona.workflows.cli.clusters.standings import (  # noqa: PLC0415
        chosen_rows,
        print_decisions,
        watch_counts,
    )
    from trona.workflows.cluster.counting import count_states  # noqa: PLC0415
    from trona.workflows.tables import clusters as remote_tables  # noqa: PLC0415

    if watch and (labels or failed or as_json or as_csv):
        raise InputError("--watch shows the counts of a whole project: give no other choice.")
    with opened(project) as (found, controller):
        if watch:
            warn_without_runner(controller, found)
            watch_counts(controller)
            return
        counts = count_states(controller)
        whole = not (labels or failed or as_json or as_csv)
        long = whole and counts.total() > _MOST_ROWS
        rows = [] if long else chosen_rows(controller, labels or (), failed, found)
        if not (as_json or as_csv):
            print_decisions(controller)
        if counts.keys() & {"waiting", "running"}:
            warn_without_runner(controller, found)
    if as_json:
        print_json([remote_tables.as_row(row) for row in rows])
    elif as_csv:
        print_csv([remote_tables.as_row(row) for row in rows])
    elif rows:
        print_parts(*remote_tables.table(rows))
    elif counts:
        print_parts(remote_tables.say_counts(counts))
        if long:
            typer.echo("'--failed' names those that failed, '--csv' lists all.", err=True)
    else:
        typer.echo(f"Nothing was submitted to {found.name} yet: see 'trona submit'.", err=True)


_MOST_ROWS = 200
"""Candidates that are listed one by one unless more is asked for."""


def retry(
    labels: Labels = None,
    project: ProjectName = None,
    again: Annotated[
        bool,
        typer.Option("--again", help="Start again even if only the transfer to the worker failed."),
    ] = False,
    older: Annotated[
        float,
        typer.Option(min=0, help="Minimum age of locks to release.", metavar="MINUTES"),
    ] = 10.0,
    resources: Resources = None,
    as_json: AsJson = False,
) -> None:
    """Restart candidates that failed or wait for another attempt; release old locks."""
    from datetime import timedelta  # noqa: PLC0415

    from trona.screening.errors import ProjectError  # noqa: PLC0415
    from trona.workflows.cluster import tracking  # noqa: PLC0415
    from trona.workflows.cluster.queue import release  # noqa: PLC0415
    from trona.workflows.cluster.submission import check_resources  # noqa: PLC0415

    given = key_values(resources)
    with opened(project) as (found, controller):
        for worker in controller.jobs.distinct("worker") if given else ():
            check_resources(found, worker, given)
        rows = tracking.standings(controller, labels or (), found if given else None)
        released = release(controller, found, timedelta(minutes=older))
        told = tracking.retry(controller, rows, again, given, found)
        warn_without_runner(controller, found)
    if as_json:
        retried = [{"label": label, "refusal": refusal} for label, refusal in told]
        print_json({"released": released, "retried": retried})
    else:
        if released:
            typer.echo(f"released {released} documents that a killed runner left locked")
        for label, refusal in told:
            typer.echo(f"{label}: {'retried' if refusal is None else refusal}")
        if not told and not released:
            typer.echo("nothing has failed, and nothing waits for another attempt.")
    if told and all(refusal for _, refusal in told):
        raise ProjectError("none of them could be retried; the reasons are given above.")


def collect(project: ProjectNames = None, store: StoreInto = None, as_json: AsJson = False) -> None:
    """Copy finished results into the results store, and failures with their reasons."""
    from trona.screening.errors import InputError  # noqa: PLC0415
    from trona.stores.collections.results import Results  # noqa: PLC0415
    from trona.stores.settings import Settings  # noqa: PLC0415
    from trona.workflows.cluster.projects import require_jobflow_remote  # noqa: PLC0415
    from trona.workflows.tables.clusters import count  # noqa: PLC0415

    require_jobflow_remote()
    from trona.workflows.cluster.collecting import collect_results, summed_up  # noqa: PLC0415

    results, parts = Results(store or Settings().store), []
    for name in comma_list(project) or (None,):
        with opened(name) as (_, controller):
            parts.append(collect_results(controller, results))
    collected = summed_up(parts)
    states = count(doc.state for doc in collected.screenings) or "no result"
    if as_json:
        content: dict[str, Any] = {
            "new": collected.screenings,
            "relaxations": collected.relaxations,
            "known": collected.known,
            "differing": list(collected.differing),
            "unloaded": collected.unloaded,
        }
        print_json(content)
    else:
        typer.echo(f"new: {states}; {collected.relaxations} relaxations; {collected.known} known")
    if collected.differing:
        typer.echo(
            f"{', '.join(collected.differing[:5])}: the worker used other reference energies than "
            "this machine when it submitted; install the same trona on both.",
            err=True,
        )
    if collected.unloaded:
        reasons = dict.fromkeys(collected.unloaded.values())
        raise InputError(
            f"the reference of {', '.join(collected.unloaded)} cannot be loaded here; all else is "
            f"saved: make it available and collect again. {' '.join(reasons)}"
        )
