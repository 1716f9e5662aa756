"""Terminal output of the commands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console, RenderableType

__all__ = ["PAGE", "console", "print_csv", "print_json", "print_parts"]

PAGE = 100
"""Rows of a table that one can still look through; JSON and CSV have no such limit."""

_EMOJI = re.compile(r":\S*:")
"""What rich may take for the name of an emoji; reading the list of them takes time."""


def console() -> Console:
    """Return the terminal."""
    from rich.console import Console  # noqa: PLC0415

    return Console(highlight=False)


def print_parts(*parts: RenderableType) -> None:
    """
    Print on the terminal, in colour where there is one.

    Parameters
    ----------
    *parts
        Tables and lines of rich markup, in order.
    """
    terminal = console()
    for part in parts:
        terminal.print(part, emoji=not isinstance(part, str) or bool(_EMOJI.search(part)))


def print_json(content: object) -> None:
    """
    Print JSON with two spaces, numbers rounded to what is meant.

    Parameters
    ----------
    content
        Anything that JSON can write; documents may be in it.
    """
    import json  # noqa: PLC0415 (tables need none of these)

    from trona.stores.documents.printable import printable  # noqa: PLC0415

    typer.echo(json.dumps(printable(content), indent=2, ensure_ascii=False))


def print_csv(rows: Sequence[Mapping[str, object]], columns: Sequence[str] = ()) -> None:
    """
    Print rows as CSV with a header; what is unknown is empty.

    Parameters
    ----------
    rows
        All with the same columns; units are those of the data dictionary.
    columns
        Names of the columns, to have a header even where there is no row.
    """
    import csv  # noqa: PLC0415 (as above)
    import io  # noqa: PLC0415

    from trona.stores.documents.printable import printable  # noqa: PLC0415

    buffer = io.StringIO()
    names = columns or (list(rows[0]) if rows else [])
    writer = csv.DictWriter(buffer, names, lineterminator="\n")
    if names:
        writer.writeheader()
    writer.writerows(printable(list(rows)))
    typer.echo(buffer.getvalue(), nl=False)
