"""Commands for campaigns: run one unattended, and propose which candidates deserve DFT next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from trona.stores.defaults import BACKEND
from trona.workflows.cli.clusters.commands import (
    ExecConfig,
    Priority,
    ProjectName,
    Resources,
    Worker,
    key_values,
    opened,
    print_submitted,
    submitted,
    tell,
    warn_without_runner,
)
from trona.workflows.cli.options import (  # noqa: TC001 (typer reads annotations at run time)
    AsCsv,
    AsJson,
    Correction,
    Reference,
    RelaxedBy,
    StoreAt,
    StoreInto,
    Temperature,
    Unbalanced,
)
from trona.workflows.cli.terminal import print_csv, print_json, print_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jobflow_remote import JobController
    from jobflow_remote.config.base import Project

    from trona.stores.collections.results import Results
    from trona.stores.documents.results import ScreeningDoc
    from trona.stores.energies.references import Reference as ReferenceEnergies
    from trona.workflows.cluster.sending import Order
    from trona.workflows.proposals import Judged, Proposals

__all__ = ["campaign", "next_candidates"]


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
    temperature: Temperature = "0",
    store: StoreInto = None,
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
                order = Order(source, placement, reference, correction, temperature)
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
    from trona.workflows.cluster.campaigns.treatment import treat_failures  # noqa: PLC0415
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


def next_candidates(
    budget: Annotated[int, typer.Option(min=1, help="How many to propose.")] = 20,
    send: Annotated[bool, typer.Option("--submit", help="Submit them to the project.")] = False,
    project: ProjectName = None,
    worker: Worker = None,
    backend: RelaxedBy = "vasp",
    resources: Resources = None,
    exec_config: ExecConfig = None,
    priority: Priority = 0,
    reference: Reference = None,
    correction: Correction = None,
    temperature: Temperature = "0",
    store: StoreAt = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """
    Propose candidates of a screening with a potential whose own energy DFT should compute next.

    First come those of which it would tell most: the fall of the chance that two draws of the
    energies disagree on the class at 0 V, plus the places by which the candidate is expected to
    move, as a fraction of the list (docs/clusters.md). Each is judged with the energies and at the
    temperature of its result; --reference, --correction and --temperature are those of what
    --submit sends.
    """
    from trona.workflows.cli.store_filters import open_results  # noqa: PLC0415
    from trona.workflows.proposals import propose  # noqa: PLC0415

    results = open_results(store)
    found = propose(_judged(results), budget)
    if as_json:
        print_json(
            {"considered": found.considered, "left_out": found.left_out, "proposed": found.rows()}
        )
    elif as_csv:
        print_csv(found.rows())
    else:
        _print_proposals(found)
    if not send or not found.chosen:
        return
    from trona.workflows.candidates.sources import Candidate  # noqa: PLC0415
    from trona.workflows.cluster.projects import require_jobflow_remote  # noqa: PLC0415
    from trona.workflows.jobs.backends import find_backend  # noqa: PLC0415

    require_jobflow_remote()
    from trona.workflows.cluster import sending  # noqa: PLC0415
    from trona.workflows.cluster.submission import place_on_worker  # noqa: PLC0415

    chosen = []
    for one in found.chosen:
        relaxation = results.relaxation(one.relaxation_id)
        if relaxation is not None:
            source = f"{relaxation.method} structure {one.relaxation_id}"
            structure = relaxation.structure.to_structure()
            chosen.append(Candidate(one.label, one.formula, source, structure))
    with opened(project) as (where, controller):
        given = key_values(resources)
        placement = place_on_worker(where, worker, given, exec_config, priority)
        order = sending.Order(find_backend(backend), placement, reference, correction, temperature)
        told = submitted(sending.send(controller, chosen, results, order, tell), len(chosen))
        warn_without_runner(controller, where)
    if not (as_json or as_csv):
        print_submitted(told, f"worker {placement.worker} of {where.name}", as_json=False)


def _judged(results: Results) -> list[Judged]:
    """Judge the candidates of a store, and show how far it is."""
    from trona.workflows.cli.progress import track  # noqa: PLC0415
    from trona.workflows.proposals import judge_candidates  # noqa: PLC0415

    docs = results.screenings()
    return list(
        track(judge_candidates(docs, results, _loaded), len(docs), "judging", lambda x: x.doc.label)
    )


def _loaded(doc: ScreeningDoc) -> ReferenceEnergies:
    """Load the reference of a result, the same data as then."""
    from trona.screening.errors import InputError  # noqa: PLC0415
    from trona.stores.energies.kept import load_once  # noqa: PLC0415

    found = load_once(doc.reference.name, doc.reference.correction)
    if found.checksum != doc.reference.checksum:
        raise InputError(
            f"the reference {found.name} has changed since {doc.label} was screened: "
            "'trona store rebuild' assesses the results anew."
        )
    return found


def _print_proposals(found: Proposals) -> None:
    """Print a table, with a reason for each."""
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("candidate", "value", "why"):
        table.add_column(title, overflow="fold")
    for one in found.chosen:
        table.add_row(escape(one.label), f"{one.value:.3f}", escape(one.reason))
    print_parts(table, found.heading, *([f"[dim]{found.basis}[/]"] if found.chosen else []))
    for label, why in found.left_out.items():
        tell(f"{label}: not judged: {why}")
