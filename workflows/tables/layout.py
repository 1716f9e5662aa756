"""What all tables of a terminal share: their frame, lists of facts, notes, and what is unknown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rich import box
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trona.stores.documents.results import EnergyScaleDoc, ObservationDoc

__all__ = [
    "NARROW",
    "NONE",
    "WIDE",
    "broken",
    "energies_line",
    "framed",
    "list_facts",
    "notes",
    "observed",
    "share",
]

NONE = "–"
"""Stands where there is no value."""
WIDE = 100
"""Columns from which a terminal is wide."""
NARROW = 76
"""Columns below which tables leave out what can be spared."""


def framed(**options: Any) -> Table:  # noqa: ANN401 (as rich takes them)
    """
    Begin a table in the frame that all have.

    Parameters
    ----------
    **options
        As for `rich.table.Table`.

    Returns
    -------
    rich.table.Table
        Without columns.
    """
    return Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, **options)


def list_facts(facts: Iterable[tuple[str, str | None]]) -> Table:
    """
    Lay out names beside values.

    Parameters
    ----------
    facts
        Name and value; what has no value is left out.

    Returns
    -------
    rich.table.Table
        One row for each.
    """
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts:
        if value:
            table.add_row(f"[dim]{name}[/]", escape(value))
    return table


def broken(formula: str, width: int) -> str:
    """
    Break a long formula into lines, never inside an element or a number.

    Parameters
    ----------
    formula
        Or a label; one without capital letters is left whole.
    width
        Columns that a line may have.

    Returns
    -------
    str
        With line breaks.

    Examples
    --------
    >>> broken("Na2.25Y0.25Zr0.75Cl6", 12).splitlines()
    ['Na2.25Y0.25', 'Zr0.75Cl6']
    """
    lines = [""]
    for part in re.findall(r"[^A-Z(·]+|[A-Z(·][^A-Z(·]*", formula):
        if lines[-1] and len(lines[-1]) + len(part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def energies_line(reference: str, scale: EnergyScaleDoc, more: str = "corrections: --json") -> str:
    """
    Say in a line which energies an answer rests on.

    Parameters
    ----------
    reference
        Name of the reference energies.
    scale
        Scale that they are on.
    more
        Where the rest is found.

    Returns
    -------
    str
        Rich markup.
    """
    return f"[dim]Energies: {escape(reference)} ({escape(scale.method)}); {more}.[/]"


def notes(lines: Iterable[str]) -> list[str]:
    """
    Write what to bear in mind.

    Parameters
    ----------
    lines
        Plain sentences.

    Returns
    -------
    list of str
        One line in rich markup for each.
    """
    return [f"[dim]• {escape(line)}[/]" for line in lines]


def observed(found: Iterable[ObservationDoc], of: str = "") -> list[str]:
    """
    Write what experiments say, and whether trona agrees.

    Parameters
    ----------
    found
        What is known.
    of
        Name of the candidate where several stand together, else empty.

    Returns
    -------
    list of str
        One line in rich markup for each.
    """
    before = f"{escape(of)}: " if of else ""
    return [f"{before}{escape(one.sentence)}" for one in found]


def share(fraction: float, basis: str) -> str:
    """
    Write how much of the products something is.

    Parameters
    ----------
    fraction
        Of 1.
    basis
        ``"volume"`` or ``"atoms"``.

    Returns
    -------
    str
        For example ``"43 vol%"``.

    Examples
    --------
    >>> share(0.426, "volume"), share(0.5, "atoms")
    ('43 vol%', '50 at%')
    """
    return f"{fraction * 100:.0f} {'vol%' if basis == 'volume' else 'at%'}"
