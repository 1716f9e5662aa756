"""What a path leads to through lists, kept beside the documents as an index of lists is in MongoDB.

A table of values has a row for each value that a path leads to in a document, with the columns of
SQLite's ``json_each``: what is asked of the elements of a list can be asked of it. With every
change of a document a trigger in the file puts a mark there instead, which says that only the
document itself tells; who knows the values replaces it. So the table is right whoever writes, a
trona that does not know of it too.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .text import ODD, stored_form

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["MARK", "making_statements", "path_of", "reached", "table_prefix", "values_table"]

MARK = ("text", ODD)
"""Type and value that stand for what only the document tells."""


def table_prefix(table: str) -> str:
    """
    Begin the names of the tables of values.

    Parameters
    ----------
    table
        Of the documents.

    Returns
    -------
    str
        What comes before the path.
    """
    return f"values of {table} "


def values_table(table: str, path: str) -> str:
    """
    Name the table of the values of a path.

    Parameters
    ----------
    table
        Of the documents.
    path
        Dotted.

    Returns
    -------
    str
        Quoted for SQL.
    """
    return '"' + f"{table_prefix(table)}{json.dumps(path)}".replace('"', '""') + '"'


def path_of(name: str, table: str) -> str:
    """
    Read the path out of the name of a table of values.

    Parameters
    ----------
    name
        As it stands in the file.
    table
        Of the documents.

    Returns
    -------
    str
        Dotted.
    """
    return str(json.loads(name.removeprefix(table_prefix(table))))


def making_statements(table: str, path: str) -> list[str]:
    """
    Write what makes a table of values and keeps it from being wrong; it is still to be filled.

    Parameters
    ----------
    table
        Of the documents.
    path
        Dotted.

    Returns
    -------
    list of str
        SQL, to be carried out in one transaction.
    """
    name = values_table(table, path)
    columns = "row INTEGER NOT NULL, type TEXT NOT NULL, value NOT NULL"
    remove = f"DELETE FROM {name} WHERE row = old.row;"
    mark = f"INSERT INTO {name} VALUES (new.row, '{MARK[0]}', char({ord(MARK[1])}));"

    def trigger(event: str, work: str) -> str:
        return f'CREATE TRIGGER "{event}, {name[1:]} AFTER {event} ON {table} BEGIN {work} END'

    return [
        f"CREATE TABLE {name} ({columns}, PRIMARY KEY (row, type, value)) WITHOUT ROWID",
        trigger("INSERT", mark),
        trigger("UPDATE", remove + mark),
        trigger("DELETE", remove),
    ]


def reached(doc: object, path: Sequence[str]) -> set[tuple[str, object]]:
    """
    Find what a path leads to in a document, the elements of lists one by one.

    Parameters
    ----------
    doc
        Of plain values and BSON types.
    path
        Names that `predicates.traversable` lets pass.

    Returns
    -------
    set of tuple of str and object
        Type and value as SQLite has them; without null, lists and objects, which equal no
        constant and are neither more nor less than one.
    """
    ends = [value for value in _ends(doc, path) if value is not None]
    words = {value for value in ends if type(value) is str}  # the same ones stand there many times
    return {_typed(value) for value in (*words, *(one for one in ends if type(one) is not str))}


def _ends(doc: object, path: Sequence[str]) -> list[Any]:
    """Follow a path through lists wherever they stand, but not through lists of lists."""
    level: list[Any] = [doc]
    for name in path:
        level = [one.get(name) for one in _elements(level) if isinstance(one, dict)]
    return [one for one in _elements(level) if not isinstance(one, dict | list | tuple)]


def _elements(values: Iterable[Any]) -> Iterator[Any]:
    """Give what lists hold in the place of the lists."""
    for value in values:
        if isinstance(value, list | tuple):
            yield from value
        else:
            yield value


def _typed(value: Any) -> tuple[str, object]:  # noqa: ANN401 (any value of a document)
    """Name the type of a value as SQLite does, and write it as it stands in the file."""
    stored = stored_form(value)
    if isinstance(stored, bool):
        return str(stored).lower(), int(stored)
    kinds = {int: "integer", float: "real"}
    return kinds.get(type(stored), "text"), stored
