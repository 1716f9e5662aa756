"""How candidate structures look on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from trona.screening.formulas import number

from .layout import framed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.table import Table

    from trona.stores.documents.made_structures import ModelDoc

__all__ = ["inventory", "made"]


def made(models: Sequence[ModelDoc]) -> Table:
    """
    Lay out models that were made.

    Parameters
    ----------
    models
        In the order asked for.

    Returns
    -------
    rich.table.Table
        One row for each.
    """
    table = _table("candidate", "model", "off by\nat/f.u.", "atoms", "tried\nof", "spread\nmeV/at")
    for model in models:
        relaxed = sum(trial.energy is not None for trial in model.trials)
        of = model.possible if model.distinct is None else model.distinct
        spread = model.spread
        table.add_row(
            escape(model.label),
            model.formula,
            number(model.deviation, 2),
            str(len(model.structure.species)),
            f"{relaxed or len(model.trials)}" + (f" of {of}" if model.kind == "ordered" else ""),
            "" if spread is None else f"{spread * 1000:.1f}",
        )
    return table


def inventory(rows: Sequence[Mapping[str, str]]) -> Table:
    """
    Lay out candidates that were looked through.

    Parameters
    ----------
    rows
        Label, formula, atoms, space group and charges of each.

    Returns
    -------
    rich.table.Table
        One row for each.
    """
    table = _table("candidate", "formula", "atoms", "space group", "charges")
    for row in rows:
        table.add_row(*(escape(text) for text in row.values()))
    return table


def _table(*titles: str) -> Table:
    """Make an empty table; the first column may be folded, numbers stand right."""
    table = framed()
    for place, title in enumerate(titles):
        right = title.startswith(("off", "atoms", "tried", "spread"))
        table.add_column(
            title, justify="right" if right else "left", overflow="fold", no_wrap=place > 1
        )
    return table
