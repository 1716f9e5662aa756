"""The command ``trona campaign``: submit, retry by the policy and collect, again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from trona.stores.defaults import BACKEND
from trona.workflows.cli.commands.clusters import (
    ExecConfig,
    Priority,
    ProjectName,
    Resources,
    Worker,
    key_values,
    opened,
    submitted,
    tell,
    warn_without_runner,
)
from trona.workflows.cli.options import (  # noqa: TC001 (typer reads annotations at run time)
    Correction,
    Reference,
    RelaxedBy,
    StoreAt,
    Unbalanced,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jobflow_remote import JobController
    from jobflow_remote.config.base import Project

    from trona.stores.collections.results import Results
    from trona.workflows.cluster.sending import Order

__all__ = ["campaign"]


def campaign(
    candidates: Annotated[
        list[str], typer.Argument(help="Folders and tables (CSV) that are looked at each round.")
    ],
    project: ProjectName = None,
    worker: Worker = None,
    backend: RelaxedBy = BACKEND,
    resources: Resources = None,
    exec_config: ExecConfig = None,
    priority: Priority = 0,
    reference: Reference = None,
    correction: Correction = None,
    store: StoreAt = None,
    unbalanced: Unbalanced = False,
    every: Annotated[
        float, typer.Option(min=0.1, help="Time between two rounds.", metavar="MINUTES")
    ] = 5.0,
    once: Annotated[bool, typer.Option("--once", help="One round, as for cron.")] = False,
) -> None:
    """
    Let a campaign go on by itself: submit what is new, retry what failed, collect what is done.

    What met its memory limit gets double the memory once, what met its time limit double the time
    once, what was lost on its way is repeated once; the rest is left to you. `trona status` shows
    the decisions.
    """
    from time import sleep  # noqa: PLC0415

    from trona.stores.collections.results import Results  # noqa: PLC0415
    from trona.stores.settings import Settings  # noqa: PLC0415
    from trona.workflows.cli.progress import Stopped  # noqa: PLC0415
    from trona.workflows.cluster.projects import require_jobflow_remote  # noqa: PLC0415
    from trona.workflows.jobs.backends import find_backend  # noqa: PLC0415

    require_jobflow_remote()
    from trona.workflows.cluster.sending import Order  # noqa: PLC0415
    from trona.workflows.cluster.submission import place_on_worker  # noqa: PLC0415

    source, given = find_backend(backend), key_values(resources)
    results, said = Results(store or Settings().store), set[str]()
    try:
        while True:
            with opened(project) as (found, controller):
                placement = place_on_worker(found, worker, given, exec_config, priority)
                order = Order(source, placement, reference, correction)
                _submit_new(candidates, controller, results, order, unbalanced, said)
                _go_on(controller, found, results)
            if once:
                return
            sleep(60 * every)
    except KeyboardInterrupt:
        raise Stopped("stopped: the same command goes on from there.") from None


def _submit_new(
    names: Sequence[str],
    controller: JobController,
    results: Results,
    order: Order,
    unbalanced: bool,
    said: set[str],
) -> None:
    """Submit candidates that are new; what cannot be read is said once and looked at again."""
    from trona.workflows.candidates.sources import gather  # noqa: PLC0415
    from trona.workflows.cluster.sending import send  # noqa: PLC0415
    from trona.workflows.tables.clusters import count  # noqa: PLC0415

    def tell_once(sentence: str) -> None:
        if sentence not in said:
            said.add(sentence)
            tell(sentence)

    gathered = gather(names, unbalanced=unbalanced)
    for reason in (*(f"left out: {one}" for one in gathered.left_out), *gathered.notes):
        tell_once(reason)
    chosen = gathered.candidates
    told = submitted(send(controller, chosen, results, order, tell_once), len(chosen))
    typer.echo(count(one.outcome for one in told) or "no candidate yet")


def _go_on(controller: JobController, project: Project, results: Results) -> None:
    """Treat failures, then collect; say what was done."""
    from trona.workflows.cluster.campaign import treat_failures  # noqa: PLC0415
    from trona.workflows.cluster.collecting import collect_results  # noqa: PLC0415
    from trona.workflows.cluster.counting import count_states  # noqa: PLC0415
    from trona.workflows.tables.clusters import count, say_counts  # noqa: PLC0415

    for one in treat_failures(controller, project):
        typer.echo(f"{one.label}: {one.text}")
    collected = collect_results(controller, results)
    typer.echo(f"collected: {count(doc.state for doc in collected.screenings) or 'nothing new'}")
    for label, reason in collected.unloaded.items():
        tell(f"{label}: not collected yet: {reason}")
    counts = count_states(controller)
    typer.echo(say_counts(counts))
    if counts.keys() & {"waiting", "running"}:
        warn_without_runner(controller, project)
