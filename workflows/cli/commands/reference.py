"""The commands of ``trona reference``: fetch, list, describe and compare reference energies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from trona.workflows.cli.completion import complete_reference
from trona.workflows.cli.groups import Group
from trona.workflows.cli.options import (  # noqa: TC001 (typer reads annotations at run time)
    AsCsv,
    AsJson,
    Correction,
    Device,
    KeepFiles,
    RelaxedBy,
    StoreInto,
    Workers,
)
from trona.workflows.cli.terminal import console, print_csv, print_json, print_parts

if TYPE_CHECKING:
    from trona.workflows.local.competing_phases import Settled

__all__ = ["app"]

app = typer.Typer(
    help="Reference energies: fetch, list, describe, compare.",
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode=None,
)

Name = Annotated[
    str,
    typer.Argument(
        help="'bundled', 'mp:Na-P-S', 'table:FILE.csv', 'store:PATH' or 'entries:FILE.json'.",
        autocompletion=complete_reference,
    ),
]


@app.command()
def fetch(
    system: Annotated[str, typer.Argument(help="Chemical system, such as Na-P-S-O.")],
    thermo_type: Annotated[
        str, typer.Option(help="Energies: GGA_GGA+U or R2SCAN.", metavar="TYPE")
    ] = "GGA_GGA+U",
    timeout: Annotated[
        float, typer.Option(min=1, help="Maximum time of one request, in seconds.")
    ] = 120.0,
    again: Annotated[
        bool,
        typer.Option("--again", help="Fetch again what was fetched from the current database."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """
    Fetch a chemical system with all its sub-systems from the Materials Project.

        Your key is read from MP_API_KEY. The data are kept on disk and can then be used offline.
    """
    from pathlib import Path  # noqa: PLC0415

    from trona.stores.assess.inventory import information  # noqa: PLC0415
    from trona.stores.energies.references import load_reference  # noqa: PLC0415
    from trona.stores.materials_project import client as mp_client  # noqa: PLC0415
    from trona.stores.materials_project import fetch as materials_project  # noqa: PLC0415
    from trona.stores.materials_project import snapshot_files  # noqa: PLC0415
    from trona.stores.settings import Settings  # noqa: PLC0415
    from trona.workflows.tables import reference as reference_tables  # noqa: PLC0415

    elements = snapshot_files.read_system(system)
    key = mp_client.find_key()
    typer.echo(f"querying the Materials Project for {'-'.join(elements)} …", err=True)
    fetched = materials_project.fetch(
        elements,
        key,
        Path(Settings().references).expanduser(),
        thermo_type=thermo_type,
        timeout=timeout,
        again=again,
    )
    document = information(load_reference(fetched.file.name))
    if as_json:
        content = {"new": fetched.new, "path": str(fetched.file.path)}
        print_json(content | document.model_dump(mode="json"))
        return
    if not fetched.new:
        typer.echo("Nothing new: a snapshot of the current database covers it (see --again).")
    print_parts(*reference_tables.reference_details(document))


@app.command()
def relax(
    structures: Annotated[
        list[str],
        typer.Argument(help="Structure files, folders of them, materials such as mp-28782."),
    ],
    store: StoreInto = None,
    backend: RelaxedBy = "vasp",
    workers: Workers = 2,
    device: Device = None,  # noqa: ARG001 (its callback sets it)
    keep_files: KeepFiles = None,
    as_json: AsJson = False,
) -> None:
    """Relax competing phases, including elements, into a store that can serve as a reference."""
    from dataclasses import asdict  # noqa: PLC0415

    from trona.screening.errors import InputError  # noqa: PLC0415
    from trona.stores.collections.results import Results  # noqa: PLC0415
    from trona.workflows.cli.progress import Stopped, track  # noqa: PLC0415
    from trona.workflows.jobs.backends import find_backend  # noqa: PLC0415
    from trona.workflows.jobs.kept_files import require_folder  # noqa: PLC0415
    from trona.workflows.local.competing_phases import gather_structures  # noqa: PLC0415
    from trona.workflows.local.competing_phases import relax as settle  # noqa: PLC0415
    from trona.workflows.local.pool import size  # noqa: PLC0415

    if store is None:
        raise InputError("name the store that becomes the reference, as in --store mine.sqlite.")
    source, phases = find_backend(backend), gather_structures(structures)
    files = None if keep_files is None else require_folder(keep_files, source)
    running: set[str] = set()
    found = settle(phases, Results(store), source, workers, files, running)
    done: list[Settled] = []
    costs = {one.label: float(size(one)) for one in phases}
    try:
        done.extend(
            track(
                found, len(phases), "relaxing", lambda one: one.label, lambda one: one.cached,
                costs=costs, running=running,
            )
        )  # fmt: skip
    except KeyboardInterrupt:
        raise Stopped("stopped: what is finished is kept; the same command resumes.") from None
    kept = sum(one.reason is None for one in done)
    if as_json:
        print_json([asdict(one) for one in done])
    else:
        for one in done:
            typer.echo(f"{one.label}: {one.reason or 'may enter a hull'}")
        typer.echo(f"{len(done)} phases: {kept} may enter a hull, {len(done) - kept} may not.")
    if not kept:
        raise InputError("no phase may enter a hull; the reasons are given above.")
    after = f"use them with --reference 'store:{store}#{source.method}'."
    if source.is_mock:
        after = "this was a dry run: energies of a mock are excluded from hulls."
    typer.echo(after, err=True)


@app.command(name="list")
def list_(as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """List the reference energies on this machine, each opened and checked."""
    from trona.stores.assess.inventory import available  # noqa: PLC0415

    rows = available()
    if as_json:
        print_json(rows)
        return
    if as_csv:
        print_csv([row.model_dump(mode="json") for row in rows])
        return
    from trona.workflows.tables import reference as reference_tables  # noqa: PLC0415

    print_parts(*reference_tables.listing(rows, console().width))


@app.command()
def info(
    name: Name,
    correction: Correction = None,
    as_json: AsJson = False,
) -> None:
    """Describe reference energies: scale, origin, elements, checksum."""
    from trona.stores.assess.inventory import information  # noqa: PLC0415
    from trona.stores.energies.references import load_reference  # noqa: PLC0415

    document = information(load_reference(name, correction))
    if as_json:
        print_json(document)
        return
    from trona.workflows.tables import reference as reference_tables  # noqa: PLC0415

    print_parts(*reference_tables.reference_details(document))


@app.command()
def compare(
    first: Annotated[str, typer.Argument(help="A reference: bundled, mp, table:FILE.csv.")],
    second: Annotated[str, typer.Argument(help="Another, as table:energies.csv.")],
    system: Annotated[str, typer.Argument(help="Chemical system, such as Na-P-S.")],
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Compare two references: formation energies, hulls and windows."""
    from trona.stores.energies.comparison import compare_references  # noqa: PLC0415
    from trona.stores.energies.references import load_reference  # noqa: PLC0415
    from trona.stores.materials_project.snapshot_files import read_system  # noqa: PLC0415

    elements = read_system(system)
    document = compare_references(
        load_reference(first, None, elements), load_reference(second, None, elements), elements
    )
    if as_json:
        print_json(document)
        return
    from trona.workflows.tables import reference as reference_tables  # noqa: PLC0415

    if as_csv:
        print_csv(reference_tables.comparison_rows(document), reference_tables.COMPARED)
        return
    print_parts(*reference_tables.reference_comparison(document, console().width))
