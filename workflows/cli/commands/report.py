"""The command ``trona report``."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 (typer reads annotations at run time)
from typing import Annotated

import typer

from trona.workflows.cli.clusters.commands import ProjectName, opened
from trona.workflows.cli.filter_options import (
    FilterOptions,
    with_filters,
)
from trona.workflows.cli.options import (
    PAGE,
    StoreAt,
    written_to,
)

__all__ = ["report"]


@with_filters
def report(
    to: Annotated[
        Path,
        typer.Option(
            "-o",
            "--to",
            help="Page to write (HTML); an existing one is replaced.",
            metavar="FILE",
            callback=written_to(*PAGE),
        ),
    ],
    filters: FilterOptions,
    store: StoreAt = None,
    project: ProjectName = None,
) -> None:
    """
    Write screened candidates and stored cells, layers and interfaces to one HTML page.

    With --project, also the state of the candidates that were submitted to it.
    """
    from trona.screening.errors import InputError  # noqa: PLC0415
    from trona.workflows.cli.store_filters import open_results, read_filters, say_filters  # noqa: PLC0415
    from trona.workflows.report.page import render, write_page  # noqa: PLC0415
    from trona.workflows.tables.layout import counted  # noqa: PLC0415

    if project is not None:
        _write_campaign(project, to, chosen=filters != FilterOptions() or store is not None)
        return
    wanted = read_filters(filters)
    asked = say_filters(wanted)
    results = open_results(store, kept=not asked)
    docs, buffers, cells = results.screenings(wanted), results.buffers(), results.cells()
    interfaces = results.interfaces()
    if not docs and (asked or not (buffers or cells or interfaces)):
        raise InputError(f"no candidate passes ({asked}): ask for less; 'trona query' lists all.")
    write_page(render(docs, asked, buffers, cells, interfaces), to)
    size = to.stat().st_size / 1e6
    more = {
        "cell": len(cells), "ranking of layers": len(buffers), "interface": len(interfaces),
    }  # fmt: skip
    said = "".join(f", {name}: {number}" for name, number in more.items() if number)
    typer.echo(f"report of {counted(len(docs), 'candidate')}{said}: {to} ({size:.1f} MB)")


def _write_campaign(project: str, to: Path, *, chosen: bool) -> None:
    """Write the page of a project."""
    from trona.screening.errors import InputError  # noqa: PLC0415
    from trona.workflows.cluster.tracking import standings  # noqa: PLC0415
    from trona.workflows.report.page import write_page  # noqa: PLC0415
    from trona.workflows.tables.layout import counted  # noqa: PLC0415

    if chosen:
        raise InputError(
            "--project reports what was submitted: filters and --store are of results."
        )
    with opened(project) as (found, controller):
        from trona.workflows.cluster.campaigns.decisions import decisions  # noqa: PLC0415
        from trona.workflows.report.campaign import render_campaign  # noqa: PLC0415

        rows = standings(controller)
        write_page(render_campaign(found.name, rows, decisions(controller)), to)
    typer.echo(f"report of {counted(len(rows), 'candidate')} of {found.name}: {to}")
