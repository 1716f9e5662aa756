"""The command ``trona report``: parse, call, print."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 (typer reads annotations at run time)
from typing import Annotated

import typer

from trona.workflows.cli.options import (  # noqa: TC001 (typer reads annotations at run time)
    AgainstReference,
    AtMetal,
    HullBelow,
    InState,
    Mentioning,
    OfAnions,
    OfBackend,
    OxidationAbove,
    ReductionBelow,
    StoreAt,
    Where,
    WithElements,
    WithoutElements,
    WithProducts,
)

__all__ = ["report"]


def report(
    to: Annotated[
        Path,
        typer.Option(
            "-o", "--to", help="Page to write (HTML); what is there is replaced.", metavar="FILE"
        ),
    ],
    interphase: AtMetal = None,
    hull_below: HullBelow = None,
    reduction_below: ReductionBelow = None,
    oxidation_above: OxidationAbove = None,
    elements: WithElements = None,
    without: WithoutElements = None,
    anions: OfAnions = None,
    products: WithProducts = None,
    reference: AgainstReference = None,
    backend: OfBackend = None,
    state: InState = None,
    text: Mentioning = None,
    where: Where = None,
    store: StoreAt = None,
) -> None:
    """Write screened candidates into one page that opens in a browser, offline."""
    from trona.screening.errors import InputError  # noqa: PLC0415
    from trona.workflows.cli.store_filters import open_results, read_filters, say_filters  # noqa: PLC0415
    from trona.workflows.report.page import render, write_page  # noqa: PLC0415

    filters = read_filters(
        interphase=interphase,
        hull_below=hull_below,
        reduction_below=reduction_below,
        oxidation_above=oxidation_above,
        elements=elements,
        without=without,
        anions=anions,
        products=products,
        reference=reference,
        backend=backend,
        state=state,
        text=text,
        where=where,
    )
    asked = say_filters(filters)
    docs = open_results(store).screenings(filters)
    if not docs:
        raise InputError(f"no candidate passes ({asked}): ask for less; 'trona query' lists all.")
    write_page(render(docs, asked), to)
    size = to.stat().st_size / 1e6
    typer.echo(f"report of {len(docs)} candidates: {to} ({size:.1f} MB)")
