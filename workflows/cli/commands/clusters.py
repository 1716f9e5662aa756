"""The commands for clusters: make a project, submit, follow, retry, collect."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trona.stores.defaults import BACKEND
from trona.workflows.cli.options import (  # noqa: TC001 (typer reads annotations at run time)
    AsCsv,
    AsJson,
    Correction,
    Reference,
    RelaxedBy,
    StoreAt,
    Temperature,
    ToScreen,
    Unbalanced,
)
from trona.workflows.cli.terminal import print_csv, print_json, print_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobflow_remote import JobController
    from jobflow_remote.config.base import Project

    from trona.workflows.cluster.submission import Submitted

__all__ = ["collect", "project_app", "retry", "status", "submit"]

project_app = typer.Typer(
    help="Projects for clusters: queue, store of outputs, workers.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ProjectName = Annotated[
    str | None,
    typer.Option("--project", "-p", help="Project; by default the only one, or JFREMOTE_PROJECT."),
]
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
def _opened(name: str | None) -> Iterator[tuple[Project, JobController]]:
    """Open a project by name; jobflow-remote may be missing."""
    from trona.workflows.cluster.projects import find_project, require_jobflow_remote  # noqa: PLC0415

    require_jobflow_remote()
    from trona.workflows.cluster.queue import open_queue  # noqa: PLC0415

    project = find_project(name)
    with open_queue(project) as controller:
        yield project, controller


def submit(
    candidates: ToScreen = None,
    project: ProjectName = None,
    worker: Annotated[
        str | None,
        typer.Option("--worker", "-w", help="Worker; by default the first of the project."),
    ] = None,
    backend: RelaxedBy = BACKEND,
    resources: Annotated[
        str | None,
        typer.Option(
            help="Scheduler options, such as nodes=1,time=04:00:00.", metavar="KEY=VALUE,…"
        ),
    ] = None,
    exec_config: Annotated[
        str | None, typer.Option(help="Named modules and variables of the project, such as 'vasp'.")
    ] = None,
    priority: Annotated[int, typer.Option(help="Jobs with a higher priority start earlier.")] = 0,
    reference: Reference = None,
    correction: Correction = None,
    temperature: Temperature = "0",
    store: StoreAt = None,
    unbalanced: Unbalanced = False,
    as_json: AsJson = False,
) -> None:
    """Submit candidates to a cluster, except those that are already done or queued."""
    from trona.stores.collections.results import Results  # noqa: PLC0415
    from trona.stores.documents.results import now  # noqa: PLC0415
    from trona.stores.energies.bundled import default_reference  # noqa: PLC0415
    from trona.stores.energies.conditions import under_conditions  # noqa: PLC0415
    from trona.stores.energies.references import load_reference  # noqa: PLC0415
    from trona.stores.settings import Settings  # noqa: PLC0415
    from trona.workflows.cluster.projects import require_jobflow_remote  # noqa: PLC0415

    require_jobflow_remote()
    from trona.workflows.candidates.sources import gather  # noqa: PLC0415
    from trona.workflows.cluster import submission as remote  # noqa: PLC0415
    from trona.workflows.jobs.backends import find_backend, require_installed  # noqa: PLC0415
    from trona.workflows.local.pool import Work  # noqa: PLC0415
    from trona.workflows.local.screening import plan, record, unrelaxed, written  # noqa: PLC0415

    settings, source = Settings(), find_backend(backend)
    gathered = gather(candidates or [], unbalanced=unbalanced)
    chosen, given = gathered.candidates, _key_values(resources)
    with _opened(project) as (found, controller):
        placement = remote.place_on_worker(found, worker, given, exec_config, priority)
        formulas = [candidate.formula for candidate in chosen]
        named = remote.absolute(reference or default_reference(source.method))
        energies = under_conditions(
            load_reference(named, correction, formulas), temperature=temperature
        )
        results = Results(store or settings.store)
        todo = plan(chosen, results, energies, source)
        if todo.relax:
            require_installed(source)
        for reason in (
            *(f"left out: {reason}" for reason in gathered.left_out),
            *gathered.notes,
            *energies.caveats,
            *filter(None, [unrelaxed(chosen, energies, source)]),
        ):
            typer.echo(reason, err=True)
        work = Work(source, remote.name_for_workers(energies), energies.correction)
        call = record(todo, energies, source)
        told = list(remote.submit(controller, todo, energies, work, placement, call.id))
        results.save([call.model_copy(update={"ended": now()}), *written(todo)])
        _warn_without_runner(controller, found)
    _print_submitted(told, f"worker {placement.worker} of {found.name}", as_json)


def _print_submitted(told: list[Submitted], where: str, as_json: bool) -> None:
    """Print what became of candidates."""
    from trona.workflows.tables.clusters import count  # noqa: PLC0415

    if as_json:
        print_json([{"label": one.label, "outcome": one.outcome} for one in told])
    else:
        typer.echo(f"{count(one.outcome for one in told)}: {where}")
    if any(one.outcome == "queued" for one in told):
        typer.echo(
            "what is queued already is not submitted again: 'trona status' shows its state, "
            "'trona retry' restarts failed candidates.",
            err=True,
        )


def _key_values(text: str | None) -> dict[str, str | int] | None:
    """Read resources."""
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


def _warn_without_runner(controller: JobController, project: Project) -> None:
    """Say that nothing will move."""
    from trona.workflows.cluster.queue import runner_is_active  # noqa: PLC0415

    if not runner_is_active(controller, project):
        typer.echo(
            f"no runner is active: jobs wait until 'jf -p {project.name} runner start'.", err=True
        )


def status(
    labels: Labels = None,
    project: ProjectName = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show the state of submitted candidates: waiting, running, failed and why, done."""
    from trona.workflows.cluster.tracking import standings  # noqa: PLC0415
    from trona.workflows.tables import clusters as remote_tables  # noqa: PLC0415

    with _opened(project) as (found, controller):
        rows = standings(controller, labels or ())
        if any(row.state in {"waiting", "running"} for row in rows):
            _warn_without_runner(controller, found)
    if as_json:
        print_json([remote_tables.as_row(row) for row in rows])
    elif as_csv:
        print_csv([remote_tables.as_row(row) for row in rows])
    elif rows:
        print_parts(*remote_tables.table(rows))
    else:
        typer.echo(f"Nothing was submitted to {found.name} yet: see 'trona submit'.", err=True)


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
    as_json: AsJson = False,
) -> None:
    """Restart failed candidates, and release the locks of a killed runner."""
    from datetime import timedelta  # noqa: PLC0415

    from trona.screening.errors import ProjectError  # noqa: PLC0415
    from trona.workflows.cluster import tracking  # noqa: PLC0415
    from trona.workflows.cluster.queue import release  # noqa: PLC0415

    with _opened(project) as (found, controller):
        rows = tracking.standings(controller, labels or ())
        released = release(controller, found, timedelta(minutes=older))
        failed = [row for row in rows if row.state == "failed"]
        told = tracking.retry(controller, failed, again)
        _warn_without_runner(controller, found)
    if as_json:
        retried = [{"label": label, "refusal": refusal} for label, refusal in told]
        print_json({"released": released, "retried": retried})
    else:
        if released:
            typer.echo(f"released {released} documents that a killed runner left locked")
        for label, refusal in told:
            typer.echo(f"{label}: {'retried' if refusal is None else refusal}")
        if not told and not released:
            typer.echo("nothing has failed.")
    if told and all(refusal for _, refusal in told):
        raise ProjectError("none of them could be retried; the reasons are given above.")


def collect(project: ProjectName = None, store: StoreAt = None, as_json: AsJson = False) -> None:
    """Copy finished results into the results store, and failures with their reasons."""
    from trona.screening.errors import InputError  # noqa: PLC0415
    from trona.stores.collections.results import Results  # noqa: PLC0415
    from trona.stores.settings import Settings  # noqa: PLC0415
    from trona.workflows.cluster import collecting as collection  # noqa: PLC0415
    from trona.workflows.tables.clusters import count  # noqa: PLC0415

    with _opened(project) as (_, controller):
        collected = collection.collect_results(controller, Results(store or Settings().store))
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
