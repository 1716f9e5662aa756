"""Layout shared by all tables: frame, lists of facts, notes, and unknown values."""

from __future__ import annotations

import re
import textwrap
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rich import box
from rich.cells import cell_len
from rich.console import Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.console import RenderableType
    from rich.table import Column

    from trona.stores.documents.results import EnergyScaleDoc, ObservationDoc

__all__ = [
    "NARROW",
    "NONE",
    "WIDE",
    "counted",
    "energies_line",
    "fit",
    "framed",
    "in_pieces",
    "linked",
    "list_facts",
    "material_link",
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
_MARKUP = re.compile(r"[\[\\:]")  # brackets, escapes and names of emoji
_MATERIALS = "https://next-gen.materialsproject.org/materials/"
_LEAST = 20
"""Columns that a reaction needs."""
_BETWEEN = 2
"""Columns between two columns of a table."""


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


def fit(table: Table, width: int, spare: Sequence[str] = ()) -> RenderableType:
    """
    Make a table as narrow as a terminal: leave columns out, say which, and wrap reactions.

    Parameters
    ----------
    table
        Its columns either keep their lines, or may be wrapped and have a least width.
    width
        Columns of the terminal.
    spare
        Titles of columns that can be left out, first the least important.

    Returns
    -------
    rich.console.RenderableType
        The table; below it a line with what is left out.
    """
    gone: list[str] = []
    for title in spare:
        if _needed(table) <= width:
            break
        kept = [column for column in table.columns if _title(column) != title]
        if len(kept) < len(table.columns):
            gone.append(title)
            table = _copied(table, kept)
    table = _copied(table, table.columns, _room(table, width))
    if not gone:
        return table
    return Group(table, f"[dim]Left out at {width} columns: {', '.join(gone)} (--csv has all)[/]")


def _title(column: Column) -> str:
    """Write the head of a column in a line."""
    return " ".join(_read(str(column.header)).plain.split())


@lru_cache(maxsize=4096)
def _read(cell: str) -> Text:
    """Read markup once, although a table is measured and drawn several times."""
    if not _MARKUP.search(cell):
        return Text(cell)
    return Text.from_markup(cell, emoji=":" in cell)


@lru_cache(maxsize=4096)
def _width(cell: str) -> int:
    """Measure a cell that is not wrapped."""
    return max(map(cell_len, _read(cell).plain.split("\n")))


def _natural(column: Column) -> int:
    """Measure a column that is not wrapped."""
    return max(_width(str(cell)) for cell in (column.header, *column.cells))


def _least(column: Column) -> int:
    """Find how narrow a column may become."""
    natural = _natural(column)
    return natural if column.no_wrap else min(natural, column.min_width or _LEAST)


def _needed(table: Table) -> int:
    """Find how narrow a table may become."""
    return sum(_least(column) + _BETWEEN for column in table.columns)


def _room(table: Table, width: int) -> dict[str, int]:
    """Share what is left of a terminal among the columns that are wrapped."""
    room = {_title(column): _least(column) for column in table.columns if not column.no_wrap}
    left = width - _needed(table)
    for column in table.columns:
        if not column.no_wrap:
            more = max(min(_natural(column) - room[_title(column)], left), 0)
            room[_title(column)] += more
            left -= more
    return room


def _copied(
    table: Table, columns: Sequence[Column], room: Mapping[str, int] | None = None
) -> Table:
    """Copy some columns of a table; those with a room are wrapped to it, between terms."""
    new = framed(
        title=table.title,
        title_justify=table.title_justify,
        caption=table.caption,
        caption_justify=table.caption_justify,
    )
    cells: list[list[RenderableType]] = []
    for column in columns:
        given = (room or {}).get(_title(column))
        new.add_column(
            column.header,
            justify=column.justify,
            no_wrap=column.no_wrap,
            overflow=column.overflow,
            min_width=given or column.min_width,
            max_width=given or column.max_width,
        )
        cells.append([_wrapped(cell, given) for cell in column.cells])
        if room is not None:  # not copied again
            cells[-1] = [_read(cell) if isinstance(cell, str) else cell for cell in cells[-1]]
    for row, line in zip(table.rows, zip(*cells, strict=True), strict=True):
        new.add_row(*line, style=row.style, end_section=row.end_section)
    return new


def _wrapped(cell: RenderableType, room: int | None) -> RenderableType:
    """Wrap plain text so that an amount stays with its formula; markup is left to rich."""
    if room is None or not isinstance(cell, str) or _read(cell).plain != cell:
        return cell
    joined = re.sub(r"(?<![^ ])([\d.]+|->|\+) (?=\S)", "\\1\u00a0", cell)
    lines = [
        line
        for part in joined.split("\n")
        for line in textwrap.wrap(_loosened(part, room), room, break_on_hyphens=False) or [""]
    ]
    return "\n".join(lines).replace("\u00a0", " ")


def _loosened(line: str, room: int) -> str:
    """Part terms that are too long for a line: the sign, then the amount, then the formula."""
    terms: list[str] = []
    for term in line.split(" "):
        first, _, rest = term.partition("\u00a0")
        if cell_len(term) <= room:
            terms.append(term)
        elif rest:
            terms += [first, *_loosened(rest, room).split(" ")]
        else:
            terms += in_pieces(term, room).split("\n")
    return " ".join(terms)


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


def in_pieces(formula: str, width: int) -> str:
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
    >>> in_pieces("Na2.25Y0.25Zr0.75Cl6", 12).splitlines()
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


def material_link(text: str) -> str | None:
    """
    Find the page of a material in the Materials Project.

    Parameters
    ----------
    text
        An identifier such as ``"mp-28782"``, or a sentence that names one.

    Returns
    -------
    str or None
        Its address; None without an identifier.

    Examples
    --------
    >>> material_link("mp-28782"), material_link("Na3PS4")
    ('https://next-gen.materialsproject.org/materials/mp-28782', None)
    """
    found = re.search(r"(?<![\w-])(mp|mvc)-\d+(?![\w-])", text)
    return None if found is None else f"{_MATERIALS}{found.group()}"


def linked(text: str, identity: str) -> str:
    """
    Write a text as a link of the terminal where its identifier has a page.

    Parameters
    ----------
    text
        What is shown.
    identity
        Such as ``"mp-28782"``, or any other.

    Returns
    -------
    str
        Rich markup; a terminal without links shows the text alone.
    """
    address = material_link(identity)
    return escape(text) if address is None else f"[link={address}]{escape(text)}[/link]"


def notes(lines: Iterable[str]) -> list[str]:
    """
    Write caveats as notes.

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
    Write experimental observations, and whether trona agrees.

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


def counted(number: int, noun: str) -> str:
    """
    Write how many there are of something.

    Parameters
    ----------
    number
        Of them.
    noun
        In the singular; its plural ends in s.

    Returns
    -------
    str
        As ``"2 layers"``.

    Examples
    --------
    >>> counted(1, "candidate"), counted(12, "layer")
    ('1 candidate', '12 layers')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"
