"""The commands of ``trona candidates``. Heavy imports happen inside the commands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trona.stores.defaults import BACKEND
from trona.workflows.cli.groups import Group
from trona.workflows.cli.options import (
    AsCsv,
    AsJson,
    Device,
    RelaxedBy,
    StoreInto,
    Unbalanced,
    Workers,
    comma_list,
)
from trona.workflows.cli.terminal import console, print_csv, print_json, print_parts
from trona.workflows.tables import csv_rows as rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trona.stores.documents.made_structures import ModelDoc

__all__ = ["app"]

app = typer.Typer(
    help="Make candidate structures, and check given ones.",
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode=None,
)

To = Annotated[Path, typer.Option("--to", help="New folder to write into.", metavar="FOLDER")]
Values = Annotated[
    str | None, typer.Option("--x", help="Values of x of a series, such as 0,0.25,0.5.")
]
Parent = Annotated[
    str | None,
    typer.Option(help="Crystal whose sites are substituted: bundled, a file, or a material."),
]
Seed = Annotated[int, typer.Option(min=0, help="Seed of all random choices.")]


@app.command()
def make(
    names: Annotated[
        list[str],
        typer.Argument(
            help="Formulas, series such as Na3PS{4-x}O{x}, files with partial occupancies, or "
            "materials such as mp-28782."
        ),
    ],
    to: To,
    x: Values = None,
    parent: Parent = None,
    max_atoms: Annotated[int, typer.Option(min=1, help="Maximum number of atoms per cell.")] = 144,
    relaxed: Annotated[
        int,
        typer.Option(min=0, help="Arrangements relaxed per candidate; 0 for electrostatics only."),
    ] = 8,
    seed: Seed = 0,
    backend: RelaxedBy = BACKEND,
    store: StoreInto = None,
    workers: Workers = 2,
    device: Device = None,  # noqa: ARG001 (its callback sets it)
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Make structures of doped, substituted, disordered and hydroborate candidates."""
    from trona.stores.collections.results import Results  # noqa: PLC0415
    from trona.stores.settings import Settings  # noqa: PLC0415
    from trona.workflows.candidates.folders import require_new  # noqa: PLC0415
    from trona.workflows.cli.progress import Stopped, track  # noqa: PLC0415
    from trona.workflows.jobs.backends import find_force_field  # noqa: PLC0415
    from trona.workflows.local.pool import size  # noqa: PLC0415
    from trona.workflows.ordering.arrangements import Search  # noqa: PLC0415
    from trona.workflows.ordering.local_models import Workbench  # noqa: PLC0415
    from trona.workflows.ordering.requests import read_blueprints  # noqa: PLC0415
    from trona.workflows.ordering.supercells import Bounds  # noqa: PLC0415
    from trona.workflows.ordering.trials import draft  # noqa: PLC0415

    require_new(to)
    source = find_force_field(backend)
    blueprints, left_out = read_blueprints(names, _numbers(x), parent)
    search = Search(bounds=Bounds(max_atoms=max_atoms), seed=seed)
    drafts = [draft(blueprint, search, relaxed) for blueprint in blueprints]
    bench = Workbench(drafts, Results(store or Settings().store), source)
    waiting = {one.label: float(size(one)) for one in bench.waiting()}
    running: set[str] = set()
    done: list[str] = []
    try:
        relaxed_one = bench.work(workers, running)
        done.extend(
            track(relaxed_one, len(waiting), "relaxing", str, costs=waiting, running=running)
        )
    except KeyboardInterrupt:
        raise Stopped(
            f"stopped: {len(done)} of {len(waiting)} relaxations are finished and kept; the same "
            "command resumes from there. Nothing was written."
        ) from None
    models, reasons = bench.models()
    _deliver(models, [*left_out, *reasons], to, as_json, as_csv)


def _numbers(text: str | None) -> list[float]:
    """Read numbers separated by commas."""
    from trona.screening.errors import InputError  # noqa: PLC0415

    try:
        return [float(part) for part in comma_list(text)]
    except ValueError:
        raise InputError(f"--x is {text!r}: give numbers, as in 0,0.25,0.5.") from None


def _deliver(
    models: Sequence[ModelDoc], reasons: Sequence[str], to: Path, as_json: bool, as_csv: bool
) -> None:
    """Write models, and say what became of all that was asked for."""
    from trona.screening.errors import InputError  # noqa: PLC0415
    from trona.workflows.candidates.folders import write_models  # noqa: PLC0415
    from trona.workflows.candidates.structure_checks import duplicates  # noqa: PLC0415
    from trona.workflows.tables.candidates import made  # noqa: PLC0415

    for reason in reasons:
        typer.echo(f"left out: {reason}", err=True)
    if not models:
        raise InputError("nothing was made; the reasons are given above.")
    write_models(models, to)
    same = duplicates({model.label: model.structure.to_structure() for model in models})
    if as_json:
        content = {
            "folder": str(to),
            "models": list(models),
            "duplicates": same,
        }
        print_json(content)
        return
    _report_duplicates(same)
    if as_csv:
        print_csv(rows.model_rows(models))
        return
    print_parts(made(models, console().width))
    typer.echo(f"{len(models)} in {to}: screen them with 'trona screen {to}'.")


@app.command()
def glass(
    names: Annotated[
        list[str], typer.Argument(help="Formulas, series, structure files, or materials.")
    ],
    to: To,
    x: Values = None,
    parent: Parent = None,
    quenches: Annotated[int, typer.Option(min=1, help="Independent runs per candidate.")] = 3,
    atoms: Annotated[int, typer.Option(min=1, help="Maximum number of atoms per cell.")] = 64,
    melt: Annotated[float, typer.Option(help="Temperature of the melt.", metavar="K")] = 1500.0,
    melt_time: Annotated[float, typer.Option(help="Time in the melt.", metavar="ps")] = 4.0,
    rate: Annotated[float, typer.Option(help="Cooling rate.", metavar="K/ps")] = 300.0,
    seed: Seed = 0,
    backend: Annotated[str, typer.Option(help="Potential.")] = BACKEND,
    store: StoreInto = None,
    workers: Workers = 2,
    device: Device = None,  # noqa: ARG001 (its callback sets it)
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Melt and quench: several glass models per candidate, with the spread of their energies."""
    from trona.stores.collections.results import Results  # noqa: PLC0415
    from trona.stores.settings import Settings  # noqa: PLC0415
    from trona.workflows.candidates.folders import require_new  # noqa: PLC0415
    from trona.workflows.cli.progress import Stopped, track  # noqa: PLC0415
    from trona.workflows.glass.local_glasses import Glassworks  # noqa: PLC0415
    from trona.workflows.glass.protocol import Protocol, prepare_batch  # noqa: PLC0415
    from trona.workflows.jobs.backends import find_force_field  # noqa: PLC0415
    from trona.workflows.ordering.requests import read_blueprints  # noqa: PLC0415

    require_new(to)
    protocol = Protocol(
        atoms=atoms,
        quenches=quenches,
        melt_temperature=melt,
        melt_time=melt_time,
        rate=rate,
        seed=seed,
    )
    source = find_force_field(backend)
    blueprints, left_out = read_blueprints(names, _numbers(x), parent)
    batches = [prepare_batch(blueprint, protocol) for blueprint in blueprints]
    works = Glassworks(batches, Results(store or Settings().store), source)
    running: set[str] = set()
    try:
        for _ in track(
            works.work(workers, running), works.total - works.done, "melting", str,
            costs=works.costs(), left=works.left(), running=running,
        ):  # fmt: skip
            pass
    except KeyboardInterrupt:
        raise Stopped(
            f"stopped: {works.done} of {works.total} pieces are finished and kept; the same "
            "command resumes from there. Nothing was written."
        ) from None
    models, reasons = works.models()
    _deliver(models, [*left_out, *reasons], to, as_json, as_csv)


@app.command()
def check(
    names: Annotated[
        list[str],
        typer.Argument(help="Structure files, folders, tables (CSV), materials, or formulas."),
    ],
    unbalanced: Unbalanced = False,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Check candidates: what can be screened, what cannot and why, which are duplicates."""
    from trona.workflows.candidates.sources import describe_candidate, gather  # noqa: PLC0415
    from trona.workflows.candidates.structure_checks import duplicates  # noqa: PLC0415
    from trona.workflows.tables.candidates import inventory  # noqa: PLC0415

    gathered = gather(names, unbalanced=unbalanced)
    described = [describe_candidate(candidate) for candidate in gathered.candidates]
    structures = {c.label: c.structure for c in gathered.candidates if c.structure is not None}
    same = duplicates(structures)
    if as_json:
        content = {
            "candidates": described,
            "left_out": gathered.left_out,
            "notes": gathered.notes,
            "duplicates": same,
        }
        print_json(content)
        return
    if as_csv:
        print_csv(described)
    else:
        print_parts(inventory(described, console().width))
    _report_duplicates(same)
    for reason in gathered.left_out:
        typer.echo(f"left out: {reason}", err=True)
    for note in gathered.notes:
        typer.echo(note, err=True)


def _report_duplicates(groups: Sequence[Sequence[str]]) -> None:
    """Name structures that are the same."""
    for group in groups:
        typer.echo(f"the same structure: {', '.join(group)}", err=True)
