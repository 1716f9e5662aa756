"""The commands of ``trona store``: overview, copy, import and export, checks, rebuilds."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 (typer reads annotations at run time)
from typing import Annotated

import typer

from trona.workflows.cli.groups import Group
from trona.workflows.cli.options import AsCsv, AsJson, Correction, Reference, StoreAt, StoreInto  # noqa: TC001 (typer reads annotations at run time)
from trona.workflows.cli.terminal import print_csv, print_json, print_parts

__all__ = ["app"]

app = typer.Typer(
    help="Stores: contents, copies, export and import, checks, rebuilds.",
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode=None,
)


def _location(store: str | None) -> str:
    """Choose the store."""
    from trona.stores.settings import Settings  # noqa: PLC0415

    return store or Settings().store


@app.command()
def info(store: StoreAt = None, as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """Show what a store contains."""
    from dataclasses import asdict  # noqa: PLC0415

    from trona.stores.collections.upkeep import holdings  # noqa: PLC0415
    from trona.stores.database.connect import redacted  # noqa: PLC0415

    location = _location(store)
    found = holdings(location)
    if as_json:
        print_json({"store": redacted(location), "collections": [asdict(one) for one in found]})
        return
    if as_csv:
        print_csv([asdict(one) | {"versions": " ".join(one.versions)} for one in found])
        return
    from trona.workflows.tables import store as store_tables  # noqa: PLC0415

    print_parts(*store_tables.holdings_table(redacted(location), found))


@app.command()
def copy(
    source: Annotated[str, typer.Argument(help="Store to copy: a path or a mongodb:// URI.")],
    target: Annotated[str, typer.Argument(help="Store to copy into.")],
) -> None:
    """Copy all documents of a store into another; an interrupted copy resumes."""
    from trona.stores.collections.transfer import copy_store  # noqa: PLC0415

    for one in copy_store(source, target):
        kept = f", {one.kept} newer there and kept" if one.kept else ""
        typer.echo(f"{one.collection}: {one.total} verified, {one.written} of them new{kept}")


@app.command()
def export(
    file: Annotated[
        Path,
        typer.Argument(
            help="File to write: .jsonl (everything), .csv or .parquet (table), .cif (relaxed "
            "structures), .json (the same with energies, as entries of pymatgen)."
        ),
    ],
    store: StoreAt = None,
) -> None:
    """Write a file: all documents, a table of the results, relaxed structures, or entries."""
    from trona.stores.collections.exchange import export_store  # noqa: PLC0415
    from trona.stores.collections.upkeep import require_store  # noqa: PLC0415
    from trona.stores.energies.computed.export import STRUCTURE_FORMATS  # noqa: PLC0415

    location = _location(store)
    require_store(location)
    number = export_store(location, file, STRUCTURE_FORMATS)
    kinds = {".jsonl": "documents", ".cif": "structures", ".json": "entries"}
    typer.echo(f"{number} {kinds.get(file.suffix.lower(), 'results')} in {file}")


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="JSON lines as written by 'trona store export'.")],
    store: StoreInto = None,
) -> None:
    """Read documents from a file; nothing is stored unless all of them validate."""
    from trona.stores.collections.exchange import import_file  # noqa: PLC0415

    for one in import_file(file, _location(store)):
        kept = f", {one.kept} newer there and kept" if one.kept else ""
        typer.echo(f"{one.collection}: {one.total} read, {one.written} of them new{kept}")


@app.command()
def check(store: StoreAt = None) -> None:
    """Read every document, and name those that cannot be read or are inconsistent."""
    from trona.screening.errors import StoreError  # noqa: PLC0415
    from trona.stores.collections.upkeep import Problem, check_store  # noqa: PLC0415

    read = wrong = 0
    for outcome in check_store(_location(store)):
        if isinstance(outcome, Problem):
            wrong += 1
            typer.echo(f"{outcome.collection} {outcome.id}: {outcome.reason}")
        else:
            read += outcome
    if wrong:
        raise StoreError(f"{wrong} problems are listed above; {read} documents can be read.")
    typer.echo(f"{read} documents can be read and are consistent.")


@app.command()
def reindex(store: StoreInto = None) -> None:
    """Make missing indexes, and the summaries that queries read."""
    from trona.stores.collections.upkeep import reindex as again  # noqa: PLC0415

    made, summaries = again(_location(store))
    for collection, fields in made.items():
        if fields:
            typer.echo(f"{collection}: indexed {', '.join(fields)}")
    typer.echo(f"{summaries} summaries made")


@app.command()
def rebuild(
    reference: Reference = None,
    correction: Correction = None,
    workers: Annotated[int, typer.Option(min=1, help="Number of processes.")] = 2,
    store: StoreInto = None,
) -> None:
    """Assess all candidates of a store again, where reference, correction or relaxation changed."""
    from trona.stores.assess.builders import rebuild as build  # noqa: PLC0415
    from trona.stores.collections.upkeep import require_store  # noqa: PLC0415
    from trona.stores.settings import Settings  # noqa: PLC0415

    location = _location(store)
    require_store(location)
    name = reference or Settings().reference
    entries, results = build(location, name, correction, workers)
    typer.echo(f"{entries} entries and {results} results made; see 'trona query'.")
