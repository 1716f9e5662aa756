"""How reference energies look on a terminal; nothing is computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from trona.stores.reference_info import AvailableDoc, ReferenceInfoDoc

__all__ = ["details", "listing"]


def details(document: ReferenceInfoDoc) -> list[RenderableType]:
    """
    Lay out what is known of reference energies.

    Parameters
    ----------
    document
        One reference.

    Returns
    -------
    list
        Parts to print in order.
    """
    facts = Table(box=None, show_header=False, pad_edge=False)
    scale = document.energy_scale
    for name, value in (
        ("origin", document.origin),
        ("energies", scale.method),
        ("correction", scale.correction),
        ("phases", f"{document.n_phases}, {document.n_band_gaps} compositions with a band gap"),
        ("elements", "-".join(document.elements)),
        ("missing", ", ".join(document.missing)),
        ("checksum", document.checksum),
    ):
        if value:
            facts.add_row(f"[dim]{name}[/]", escape(value))
    return [f"[bold]{escape(document.name)}[/]", facts]


def listing(rows: Sequence[AvailableDoc]) -> list[RenderableType]:
    """
    Lay out the reference energies at hand.

    Parameters
    ----------
    rows
        One for each.

    Returns
    -------
    list
        A table, and a sentence for each file that is not used.
    """
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for column in ("name", "energies", "database", "date"):
        table.add_column(column, overflow="fold")
    table.add_column("phases", justify="right", no_wrap=True)
    for row in rows:
        count = "[red]damaged[/]" if row.n_phases is None else str(row.n_phases)
        cells = (row.name, row.method, row.version, row.date)
        table.add_row(*map(escape, cells), count)
    return [table, *(f"[red]! {escape(row.problem)}[/]" for row in rows if row.problem)]
