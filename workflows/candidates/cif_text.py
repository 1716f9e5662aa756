"""CIF syntax: the text of a file as blocks of named values, parsed by gemmi.

Names are lower-cased, and the dots of second-generation dictionaries (``_cell.length_a``) are
replaced, so that one name finds a value in every dialect.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

from gemmi import cif

from trona.screening.errors import StructureInputError

__all__ = ["Block", "decode_text", "read_blocks"]

_QUOTED = r"^;.*?^;|'[^'\n]*'|\"[^\"\n]*\"|(?<!\S)#[^\n]*"
_TRIPLE = re.compile(r"('''|\"\"\")(.*?)\1", re.DOTALL)
_BRACKETS = re.compile(
    _QUOTED + r"|(?P<list>(?<!\S)[\[{](?:[^\[\]{}'\"]|'[^'\n]*'|\"[^\"\n]*\")*[\]}])",
    re.DOTALL | re.MULTILINE,
)
_SWALLOWED = re.compile(
    r"^(?:data_\S|loop_\s*$|_(?:cell|atom_site)[_.])", re.MULTILINE | re.IGNORECASE
)
_PLACE = re.compile(r":(\d+)(?::\d+\(\d+\))?")
_UNREADABLE = re.compile(r"[^\t\n\x20-\x7e]")


@dataclass(frozen=True)
class Block:
    """
    A data block.

    Parameters
    ----------
    name
        As written after ``data_``.
    values
        Name in small letters, without dots, to its values: one outside of loops.
    """

    name: str
    values: dict[str, list[str]]

    def first(self, *names: str) -> str | None:
        """
        Give the first value of the first of several names that has one.

        Parameters
        ----------
        *names
            In order of preference.

        Returns
        -------
        str or None
            None where all are absent, unknown (``?``) or not applicable (``.``).
        """
        for name in names:
            for value in self.values.get(name, []):
                if value:
                    return value
        return None

    def column(self, *names: str) -> list[str] | None:
        """
        Give all values of the first of several names that is there.

        Parameters
        ----------
        *names
            In order of preference.

        Returns
        -------
        list of str or None
            Empty texts stand for values that are unknown or not applicable.
        """
        return next((self.values[name] for name in names if name in self.values), None)


def decode_text(content: bytes) -> str:
    """
    Turn the bytes of a text file into text.

    Parameters
    ----------
    content
        UTF-8 or UTF-16 with or without a byte order mark, or Latin-1.

    Returns
    -------
    str
        With Unix line ends.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", errors="replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_blocks(text: str, name: str) -> list[Block]:
    """
    Read the blocks of a CIF.

    Parameters
    ----------
    text
        Content of the file.
    name
        What to call it.

    Returns
    -------
    list of Block
        In order, also those without atoms.

    Raises
    ------
    StructureInputError
        If it is not written as CIF; the line is named.
    """
    if re.match(r"\s*#\\#CIF_2", text):
        text = _without_lists(text)
    plain = _UNREADABLE.sub("_", text.replace("\x1a", " "))
    try:
        document = cif.read_string(plain, 0)
    except (ValueError, RuntimeError) as error:
        raise StructureInputError(_complaint(str(error), plain, name)) from None
    return [_block(block, name) for block in document]


def _without_lists(text: str) -> str:
    """Take out what only CIF 2 has: texts in triple quotes become plain, lists and tables go."""

    def plain(match: re.Match[str]) -> str:
        content = re.sub(r"['\"\s]+", " ", match[2]).strip()
        return f"'{content}'" + "\n" * match[2].count("\n")

    def absent(match: re.Match[str]) -> str:
        found = match.group("list")
        return match[0] if found is None else "." + "\n" * found.count("\n")

    text, before = _TRIPLE.sub(plain, text), ""
    while text != before:  # innermost lists first
        text, before = _BRACKETS.sub(absent, text), text
    return text


def _complaint(detail: str, text: str, name: str) -> str:
    """Put an objection of the parser into words."""
    place = _PLACE.search(detail)
    line = int(place[1]) if place else 1
    if "text field" in detail:
        line = [at for at, one in enumerate(text.split("\n"), 1) if one.startswith(";")][-1]
        what = "a text block opens with a semicolon and is not closed"
    elif "unterminated" in detail:
        what = "a quotation mark is not closed"
    elif "values in loop" in detail:
        what = "the number of values in the loop is no multiple of the number of its names"
    elif "block header" in detail:
        what = "no block begins with data_ before it"
    else:
        what = "a value has no name, or violates the syntax of CIF"
    return f"{name} cannot be read: line {line}: {what}; correct it, or give a complete CIF."


def _block(block: cif.Block, name: str) -> Block:
    """Collect the values of a block under plain names."""
    values: dict[str, list[str]] = {}
    label = block.name.strip() or "(no name)"
    for item in block:
        found: list[tuple[str, list[str]]] = []
        pair = cast("tuple[str, str] | None", item.pair)
        if pair is not None:
            found = [(pair[0], [pair[1]])]
        elif item.loop is not None:
            tags, cells = list(item.loop.tags), list(item.loop.values)
            found = [(tag, cells[at :: len(tags)]) for at, tag in enumerate(tags)]
        for tag, raw in found:
            plain = tag.lower().replace(".", "_")
            if plain in values and [_text(one, label, name) for one in raw] != values[plain]:
                raise StructureInputError(
                    f"{name} gives {tag} twice in block {label!r}: remove one of them."
                )
            values[plain] = [_text(one, label, name) for one in raw]
    return Block(label, values)


def _text(raw: str, label: str, name: str) -> str:
    """Take the quotes off a value; nothing is left of one that is unknown or not applicable."""
    if raw.startswith(";") and (inside := _SWALLOWED.search(raw)) is not None:
        raise StructureInputError(
            f"{name} has a text block in block {label!r} that swallows {inside[0].strip()!r}: "
            "close it with a semicolon at the beginning of a line."
        )
    return "" if cif.is_null(raw) else cif.as_string(raw).strip()
