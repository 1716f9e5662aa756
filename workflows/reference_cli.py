"""The commands of ``trona reference``: fetch, list and describe reference energies, compare two."""

from __future__ import annotations

from typing import Annotated

import typer

from .options import AsCsv, AsJson  # noqa: TC001 (typer reads annotations at run time)
from .terminal import print_json, print_parts

__all__ = ["app"]

app = typer.Typer(
    help="Reference energies: fetch, list, describe, compare.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Name = Annotated[
    str, typer.Argument(help="'bundled', 'mp:Na-P-S', 'table:PATH.csv' or 'store:PATH'.")
]
Correction = Annotated[
    str | None, typer.Option(help="Correction scheme; by default the one that fits.")
]


@app.command()
def fetch(
    system: Annotated[str, typer.Argument(help="Chemical system, such as Na-P-S-O.")],
    thermo_type: Annotated[
        str, typer.Option(help="Energies: GGA_GGA+U or R2SCAN.", metavar="TYPE")
    ] = "GGA_GGA+U",
    timeout: Annotated[
        float, typer.Option(min=1, help="Seconds that one question may take.")
    ] = 120.0,
    again: Annotated[
        bool, typer.Option("--again", help="Fetch even what the current database gave before.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """
    Fetch a chemical system with all its sub-systems from the Materials Project.

    Your key is read from MP_API_KEY. What is fetched is kept on disk, and works offline from then
    on.
    """
    from pathlib import Path  # noqa: PLC0415

    from trona.stores import materials_project, snapshot_files  # noqa: PLC0415
    from trona.stores.reference_info import information  # noqa: PLC0415
    from trona.stores.references import load  # noqa: PLC0415
    from trona.stores.settings import Settings  # noqa: PLC0415

    from . import reference_tables  # noqa: PLC0415

    elements = snapshot_files.read_system(system)
    key = materials_project.find_key()
    typer.echo(f"asking the Materials Project for {'-'.join(elements)} …", err=True)
    fetched = materials_project.fetch(
        elements,
        key,
        Path(Settings().references).expanduser(),
        thermo_type=thermo_type,
        timeout=timeout,
        again=again,
    )
    document = information(load(fetched.file.name))
    if as_json:
        content = {"new": fetched.new, "path": str(fetched.file.path)}
        print_json(content | document.model_dump(mode="json"))
        return
    if not fetched.new:
        typer.echo("Nothing new: a snapshot of the current database covers it (see --again).")
    print_parts(*reference_tables.details(document))


@app.command(name="list")
def list_(as_json: AsJson = False) -> None:
    """List the reference energies on this machine, each opened and checked."""
    from trona.stores.reference_info import available  # noqa: PLC0415

    rows = available()
    if as_json:
        print_json([row.model_dump(mode="json") for row in rows])
        return
    from . import reference_tables  # noqa: PLC0415

    print_parts(*reference_tables.listing(rows))


@app.command()
def info(
    name: Name,
    correction: Correction = None,
    as_json: AsJson = False,
) -> None:
    """Describe reference energies: scale, origin, elements, checksum."""
    from trona.stores.reference_info import information  # noqa: PLC0415
    from trona.stores.references import load  # noqa: PLC0415

    document = information(load(name, correction))
    if as_json:
        print_json(document.model_dump(mode="json"))
        return
    from . import reference_tables  # noqa: PLC0415

    print_parts(*reference_tables.details(document))


@app.command()
def compare(
    first: Annotated[str, typer.Argument(help="A reference, such as bundled.")],
    second: Annotated[str, typer.Argument(help="Another, such as mp.")],
    system: Annotated[str, typer.Argument(help="Chemical system, such as Na-P-S.")],
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Compare two references: formation energies, hulls and windows."""
    from trona.stores.comparison import compare as beside  # noqa: PLC0415
    from trona.stores.references import load  # noqa: PLC0415
    from trona.stores.snapshot_files import read_system  # noqa: PLC0415

    elements = read_system(system)
    document = beside(load(first, None, elements), load(second, None, elements), elements)
    if as_json:
        print_json(document.model_dump(mode="json"))
        return
    from . import reference_tables  # noqa: PLC0415

    if as_csv:
        typer.echo(reference_tables.comparison_csv(document), nl=False)
        return
    print_parts(*reference_tables.comparison(document))
