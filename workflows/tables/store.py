"""Tables of the contents of a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from .layout import framed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from trona.stores.collections.upkeep import Holding

__all__ = ["holdings_table"]


def holdings_table(location: str, found: Sequence[Holding]) -> list[RenderableType]:
    """
    Lay out what a store holds.

    Parameters
    ----------
    location
        Where it is, without credentials.
    found
        One for each collection.

    Returns
    -------
    list
        Parts to print in order.
    """
    if not found:
        return [f"[bold]{escape(location)}[/] is empty."]
    table = framed()
    table.add_column("collection")
    table.add_column("documents", justify="right")
    table.add_column("schema")
    table.add_column("newest")
    for one in found:
        versions = ", ".join(one.versions)
        table.add_row(one.collection, f"{one.count:,}", versions, (one.newest or "")[:16])
    return [f"[bold]{escape(location)}[/]", table]
