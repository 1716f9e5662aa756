"""The documents of a collection that match a filter: preselected by SQLite, completed by mongomock.

Read-only. Rows are selected in one statement and read in batches, each in its current state; a
document that was removed in the meantime, or changed so that it no longer matches, is left out.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import orjson

from trona.screening.errors import StoreError

from .criteria import EXACT, Condition, identified, translate
from .mongo_semantics import applies, sort_key
from .predicates import quoted
from .text import DATE, ODD, decode, holds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .file import File
    from .projections import Projection

__all__ = ["Selection", "first"]

_PIECE = 200
"""Documents read at once: a query holds no more in memory."""
_LONG = 500
"""Length of a condition from which it is tried before it is used."""
_WHOLE = "coalesce(body, head)"


class Selection:
    """
    What matches a filter.

    Parameters
    ----------
    file
        An open file.
    criteria
        A filter as `mongo_semantics.normal` returns it.
    """

    def __init__(self, file: File, criteria: Mapping[str, Any]) -> None:
        self._file = file
        self._criteria = criteria
        indexed = {paths[0] for paths in file.indexes()} if criteria else set()
        listed = file.list_values() if criteria else {}
        self._condition = translate(criteria, indexed, listed)
        if len(self._condition.possible) > _LONG and not self._accepted():
            self._condition = Condition("1", "0", "")

    def _accepted(self) -> bool:
        """Tell whether a filter is not nested too deeply for SQLite, whose parser has a limit."""
        try:
            self._select(f"EXPLAIN SELECT {self._condition.certain}")
        except StoreError:
            return False
        return True

    def _select(
        self, select: str, rest: str = "", values: Mapping[str, object] | None = None
    ) -> list[Any]:
        """Ask for columns of the rows that may match."""
        condition = self._condition
        where = f"{condition.possible} AND {condition.guard or 1}"
        statement = f"{select} FROM {self._file.table} WHERE {where} {rest}"
        return self._file.rows(statement, {**condition.parameters, **(values or {})})

    def candidates(self, number: int = 0) -> Iterator[int]:
        """
        Find the rows that may match, as they were inserted.

        Parameters
        ----------
        number
            How many will be wanted, if it is known; 0 for all.

        Yields
        ------
        int
            Row.
        """
        if not number or self._condition.guard:
            yield from sorted(row for (row,) in self._select("SELECT row"))
            return
        last, piece = -1, max(2 * number, 20)
        while True:
            values = {"last": last, "piece": piece}
            found = self._select("SELECT row", "AND row > :last ORDER BY row LIMIT :piece", values)
            yield from (row for (row,) in found)
            if len(found) < piece:
                return
            last, piece = found[-1][0], 2 * piece

    def ordered(self, order: Sequence[tuple[str, int]]) -> list[int]:
        """
        Sort the rows that may match by BSON's order.

        Parameters
        ----------
        order
            Dotted paths with 1 for ascending, -1 for descending.

        Returns
        -------
        list of int
            Rows.
        """
        names = [name for name, _ in order]
        keyed = [
            (row, [sort_key(name, doc) for name in names]) for row, _, doc in self._parts(names)
        ]
        for place in reversed(range(len(order))):
            keyed.sort(key=lambda item: item[1][place], reverse=order[place][1] < 0)
        return [row for row, _ in keyed]

    def read(self, rows: Iterable[int], projection: Projection) -> Iterator[dict[str, Any]]:
        """
        Read the documents that match.

        Parameters
        ----------
        rows
            Of `candidates` or `ordered`.
        projection
            What to return of each.

        Yields
        ------
        dict
            In the order of the rows.
        """
        condition, paths = self._condition, projection.paths
        select = (
            f"SELECT row, {_WHOLE if paths is None else 'head'}, {condition.certain} "
            f"FROM {self._file.table} WHERE row IN (SELECT value FROM json_each(:rows)) "
            f"AND {condition.possible}"
        )
        remaining = iter(rows)
        while piece := list(islice(remaining, _PIECE)):
            values = {**condition.parameters, "rows": str(piece)}
            found = {row: rest for row, *rest in self._file.rows(select, values)}
            for row in piece:
                if row in found:
                    text, certain = found[row]
                    doc = self._judged(row, decode(text), bool(certain), paths)
                    if doc is not None:
                        yield projection.apply(doc)

    def _judged(
        self, row: int, doc: dict[str, Any], certain: bool, paths: Sequence[str] | None
    ) -> dict[str, Any] | None:
        """Return a document if it matches: its head, if that is enough for some paths."""
        enough = paths is None or (certain and all(holds(doc, path.split(".")) for path in paths))
        whole = doc if enough else self.whole(row)
        if whole is not None and (certain or applies(self._criteria, whole)):
            return whole
        return None

    def whole(self, row: int) -> dict[str, Any] | None:
        """Read a document; None where it was removed meanwhile."""
        select = f"SELECT {_WHOLE} FROM {self._file.table} WHERE row = ?"
        found = self._file.rows(select, (row,))
        return decode(found[0][0]) if found else None

    def matching(self) -> Iterator[int]:
        """Find the rows that match, in no order."""
        for row, certain in self._select(f"SELECT row, {self._condition.certain}"):
            if certain or self._applies(row):
                yield row

    def _applies(self, row: int) -> bool:
        """Ask mongomock."""
        doc = self.whole(row)
        return doc is not None and applies(self._criteria, doc)

    def parts(self, paths: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Read of each document that matches at least what some paths lead to."""
        for row, certain, doc in self._parts(paths):
            if certain or self._applies(row):
                yield doc

    def values(self, names: Sequence[str]) -> Iterator[list[Any]]:
        """Read some fields of each document that matches, None where it has none of that name."""
        # Of two and more paths SQLite returns the JSON as it stands, each number with all digits.
        paths = ", ".join(quoted([name]) for name in (*names, names[0]))
        select = f"SELECT row, {self._condition.certain}, json_extract(head, {paths})"
        for row, certain, text in self._select(select, "ORDER BY +row"):
            if not certain and not self._applies(row):
                continue
            if "\\u0001" not in text and "\\u0002" not in text:
                yield orjson.loads(text)[:-1]
            elif (doc := self.whole(row)) is not None:
                yield [doc.get(name) for name in names]

    def _parts(self, paths: Sequence[str]) -> Iterator[tuple[int, bool, dict[str, Any]]]:
        """Read the same of each row that may match, and whether it certainly does."""
        split = [path.split(".") for path in paths]
        select = f"SELECT row, {self._condition.certain}, head"
        for row, certain, text in self._select(select, "ORDER BY +row"):
            doc: dict[str, Any] | None = decode(text)
            if not all(holds(doc, path) for path in split):
                doc = self.whole(row)
            if doc is not None:
                yield row, bool(certain), doc


def first(file: File, wanted: Mapping[str, Any]) -> tuple[int, str] | None:
    """
    Find the first document that has some values, by the index of the fields.

    Parameters
    ----------
    file
        An open file.
    wanted
        The values of some dotted paths.

    Returns
    -------
    tuple of int and str, or None
        Row, and ``_id`` as JSON text; None where there is no such document.
    """
    if not all(map(_indexed_as_it_is, wanted.values())):
        rows = sorted(Selection(file, wanted).matching())
        if not rows:
            return None
        select = f"SELECT row, id FROM {file.table} WHERE row = ?"
        return tuple(file.rows(select, (rows[0],))[0])
    condition = identified(tuple(wanted))
    values = {f"k{at}": value for at, value in enumerate(wanted.values())}
    select = f"SELECT row, id, {condition.certain}, {_WHOLE} FROM {file.table} "
    for row, identity, certain, text in sorted(
        file.rows(f"{select} WHERE {condition.possible}", values)
    ):
        if certain or applies(wanted, decode(text)):
            return row, identity
    return None


def _indexed_as_it_is(value: object) -> bool:
    """Tell whether an index finds a value, and nothing else that equals it in SQLite."""
    if type(value) is str:
        return not value.startswith((ODD, DATE))
    return type(value) is int and abs(value) < EXACT
