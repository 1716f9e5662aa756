"""Tables of candidate structures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from trona.screening.formulas import number

from .layout import NARROW, fit, framed, in_pieces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import RenderableType
    from rich.table import Table

    from trona.stores.documents.made_structures import ModelDoc

__all__ = ["inventory", "made"]


_NAME = 24
"""Columns that a label or formula takes before it is broken."""


def made(models: Sequence[ModelDoc], width: int = NARROW) -> RenderableType:
    """
    Lay out models that were made.

    Parameters
    ----------
    models
        In the order asked for.
    width
        Columns of the terminal.

    Returns
    -------
    rich.console.RenderableType
        One row for each.
    """
    table = _table(
        "candidate", "model", "off by\natoms/f.u.", "atoms", "tried\nof", "spread\nmeV/atom"
    )
    for model in models:
        relaxed = sum(trial.energy is not None for trial in model.trials)
        of = model.possible if model.distinct is None else model.distinct
        spread = model.spread
        table.add_row(
            escape(in_pieces(model.label, _NAME)),
            in_pieces(model.formula, _NAME),
            number(model.deviation, 2),
            str(len(model.structure.species)),
            f"{relaxed or len(model.trials)}" + (f" of {of}" if model.kind == "ordered" else ""),
            "" if spread is None else f"{spread * 1000:.1f}",
        )
    return fit(table, width, ("spread meV/atom", "tried of"))


def inventory(rows: Sequence[Mapping[str, str]], width: int = NARROW) -> RenderableType:
    """
    Lay out candidates that were checked.

    Parameters
    ----------
    rows
        Label, formula, atoms, space group and charges of each.
    width
        Columns of the terminal.

    Returns
    -------
    rich.console.RenderableType
        One row for each.
    """
    table = _table("candidate", "formula", "atoms", "space group", "charges")
    for row in rows:
        label, formula, *rest = row.values()
        names = (in_pieces(label, _NAME), in_pieces(formula, _NAME))
        table.add_row(*(escape(text) for text in (*names, *rest)))
    return fit(table, width, ("atoms", "space group"))


def _table(*titles: str) -> Table:
    """Make an empty table; the first column may be folded, numbers stand right."""
    table = framed()
    for place, title in enumerate(titles):
        right = title.startswith(("off", "atoms", "tried", "spread"))
        table.add_column(
            title,
            justify="right" if right else "left",
            overflow="fold",
            no_wrap=place > 1,
            min_width=14 if place <= 1 else None,
        )
    return table
