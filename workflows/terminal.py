"""How commands print."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

__all__ = ["console", "print_json", "print_parts"]


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
        terminal.print(part)


def print_json(content: object) -> None:
    """
    Print JSON with two spaces.

    Parameters
    ----------
    content
        Anything that JSON can write.
    """
    typer.echo(json.dumps(content, indent=2, ensure_ascii=False))
