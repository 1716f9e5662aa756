"""Figures of commands, written to a file whose path is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from trona.workflows.drawings import save_drawing

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["save_figure_file"]


def save_figure_file(name: str, path: Path, *asked: object) -> None:
    """
    Draw a figure into a file, and say where, beside what is printed.

    Parameters
    ----------
    name
        Key of `trona.workflows.drawings.FIGURES`.
    path
        File to write.
    *asked
        What the figure takes.

    Raises
    ------
    InputError
        If what is asked for cannot be used, a package is missing, or the file cannot be written.
    """
    save_drawing(name, path, *asked)
    typer.echo(f"figure: {path}", err=True)
