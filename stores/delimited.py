"""User tables as spreadsheets of any locale write them: CSV with commas, semicolons or tabs.

A table that cannot be read unambiguously is refused as a whole, with the line number.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trona.screening.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["TABLES", "Line", "decimal_point", "none_usable", "read_list", "read_table"]

TABLES = frozenset({".csv", ".tsv"})
"""Endings of the names of tables."""

_DELIMITERS = (",", ";", "\t", "|")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
_SPACES = re.compile(r"[\s_-]+")
_MOST_REASONS = 10
"""Lines that are named where none can be used; the others are counted."""


@dataclass(frozen=True)
class Line:
    """
    A row of a table.

    Parameters
    ----------
    number
        Of the line of the file on which it begins.
    cells
        Name of a column, in small letters, to its cell without spaces around.
    header
        Names of the columns as they are written.
    """

    number: int
    cells: dict[str, str]
    header: tuple[str, ...] = ()


def decimal_point(text: str) -> str:
    """
    Write a number with a decimal point.

    Parameters
    ----------
    text
        A number or a formula, with a decimal comma or a typographic minus.

    Returns
    -------
    str
        Unchanged where it has more than one comma and is no formula.

    Examples
    --------
    >>> decimal_point("-1,29"), decimal_point("−3.5"), decimal_point("Na2,25Y0,25Zr0,75Cl6")
    ('-1.29', '-3.5', 'Na2.25Y0.25Zr0.75Cl6')
    """
    return _DECIMAL_COMMA.sub(".", text.replace("−", "-"))


def read_table(path: Path, aliases: Mapping[str, str], raw: bytes | None = None) -> list[Line]:
    """
    Read a table with a header.

    Parameters
    ----------
    path
        CSV file; lines that begin with ``#`` and empty lines are passed over.
    aliases
        Other names of columns, in small letters, to the name that stands for them where that is
        absent.
    raw
        Content of the file, where it was read before.

    Returns
    -------
    list of Line
        In order.

    Raises
    ------
    InputError
        If it cannot be read, names a column twice, or a quotation mark is not closed.
    """
    lines = _lines(path, raw)
    header_at = next((at for at, line in enumerate(lines) if line), None)
    if header_at is None:
        raise InputError(f"the table {str(path)!r} is empty: give a header and at least one row.")
    delimiter = _delimiter(lines[header_at])
    rows = _rows(lines, delimiter, path)
    _, header = next(rows)
    names = _names(header, aliases, path)
    written = tuple(cell.strip() for cell in header)
    return [Line(number, _cells(row, names, number, path), written) for number, row in rows]


def read_list(path: Path) -> list[tuple[int, str]]:
    """
    Read a text file with one name a line.

    Parameters
    ----------
    path
        What follows ``#`` is a comment; empty lines are passed over.

    Returns
    -------
    list of tuple
        Number of each line, and the name on it.

    Raises
    ------
    InputError
        If it cannot be read, or holds no name.
    """
    names = [line.partition("#")[0].strip() for line in _lines(path, None)]
    found = [(number, name) for number, name in enumerate(names, start=1) if name]
    if not found:
        raise InputError(f"{path} contains no name: write one formula per line.")
    return found


def none_usable(name: str, reasons: Sequence[str]) -> str:
    """
    Say why nothing of a file can be used.

    Parameters
    ----------
    name
        Of the file or folder.
    reasons
        One sentence for each line or file in it.

    Returns
    -------
    str
        The reason itself where there is one only; else their number, and a line for each of the
        first.
    """
    if len(reasons) == 1:
        return reasons[0]
    shown = list(reasons[:_MOST_REASONS])
    if len(reasons) > len(shown):
        shown.append(f"and {len(reasons) - len(shown):,} more")
    return "\n  ".join([f"nothing in {name} can be used, for {len(reasons):,} reasons:", *shown])


def _lines(path: Path, raw: bytes | None) -> list[str]:
    """Read the lines of a text; comments become empty lines, so that numbers stay right."""
    try:
        raw = path.read_bytes() if raw is None else raw
        wide = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
        text = raw.decode("utf-16" if wide else "utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InputError(
            f"cannot read the table {str(path)!r}: {reason}. Give a CSV file in UTF-8."
        ) from None
    lines = text.replace("\x00", " ").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if re.fullmatch(r"sep=.", lines[0].strip()):
        lines[0] = ""
    return ["" if not line.strip() or line.lstrip().startswith("#") else line for line in lines]


def _delimiter(header: str) -> str:
    """Choose what separates the names of the columns."""
    plain = re.sub(r'"[^"]*"', "", header)
    return max(_DELIMITERS, key=plain.count)


def _rows(lines: list[str], delimiter: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Split lines into cells."""
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter, strict=True)
    begin = 1
    try:
        for row in reader:
            swallowed = any("\n" in cell.rstrip("\n") and delimiter in cell for cell in row)
            if swallowed:
                raise InputError(_unclosed(begin, path))
            if any(cell.strip() for cell in row):
                yield begin, row
            begin = reader.line_num + 1
    except csv.Error:
        raise InputError(_unclosed(begin, path)) from None


def _unclosed(line: int, path: Path) -> str:
    """Say where a quotation mark is missing."""
    return (
        f"line {line} of {str(path)!r}: a quotation mark is not closed, or text follows it: "
        "correct the line; nothing of the table is used."
    )


def _names(header: list[str], aliases: Mapping[str, str], path: Path) -> list[str]:
    """Read the header: names in small letters, aliases where the name itself is absent."""
    written = [_SPACES.sub("_", cell.strip().lower()) for cell in header]
    names = [
        aliases[name] if name in aliases and aliases[name] not in written else name
        for name in written
    ]
    for name, times in Counter(name for name in names if name).items():
        if times > 1:
            raise InputError(
                f"the table {str(path)!r} has {times} columns {name!r} "
                f"({', '.join(cell.strip() for cell in header)}): keep one of them."
            )
    return names


def _cells(row: list[str], names: list[str], number: int, path: Path) -> dict[str, str]:
    """Give each cell the name of its column."""
    if any(cell.strip() for cell in row[len(names) :]):
        raise InputError(
            f"line {number} of {str(path)!r} has {len(row)} cells for {len(names)} columns: put "
            "texts and numbers with commas in quotation marks, or separate cells by semicolons."
        )
    cells = [cell.strip() for cell in row] + [""] * (len(names) - len(row))
    return dict(zip(names, cells, strict=False))
