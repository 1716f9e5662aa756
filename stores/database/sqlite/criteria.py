"""MongoDB filters as SQL conditions on JSON text; what is not translated is evaluated in Python.

A filter becomes a pair of conditions as in `predicates`: rows that may match, and rows that
certainly do. Only the rows in between are evaluated by mongomock's own filter. For an indexed field
there is a third condition, which every match satisfies and which SQLite answers from the index.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import count
from math import isfinite
from typing import TYPE_CHECKING, Any

from .predicates import (
    NO,
    UNSURE,
    Pair,
    Place,
    clear,
    comparable,
    crooked,
    every,
    is_present,
    negated,
    one,
    reach,
    some,
    spread,
    traversable,
)
from .text import DATE, ODD, date_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

__all__ = ["EXACT", "Condition", "identified", "index_key", "translate"]

_HEAD, _BODY = "head", "body"
_ORDER = {"$gt": ">", "$gte": ">=", "$lt": "<", "$lte": "<="}
_OPTIONS = {"i": re.IGNORECASE, "m": re.MULTILINE, "x": re.VERBOSE, "s": re.DOTALL}
EXACT = 2**53
"""Integers below it are the same as integers and as real numbers."""
_SLACK = 1e-12
"""Relative error of SQLite in reading a real number from text, generously."""
_ANYTHING = "x''"
"""Key in an index of what an index cannot order; it is looked at with every question."""


@dataclass(frozen=True)
class Condition:
    """
    A filter as SQL.

    Parameters
    ----------
    possible
        SQL that holds for every match.
    certain
        SQL that holds for matches only.
    guard
        SQL that holds for every match and can be answered from an index; empty for none.
    parameters
        Values of the named parameters.
    """

    possible: str
    certain: str
    guard: str
    parameters: Mapping[str, object] = field(default_factory=dict)


def translate(
    criteria: Mapping[str, Any], indexed: Collection[str], listed: Mapping[str, str]
) -> Condition:
    """
    Translate a filter: what the head leaves open is asked of the body.

    Parameters
    ----------
    criteria
        In MongoDB's language; dates without a time zone.
    indexed
        Dotted paths that `index_key` indexes.
    listed
        Dotted paths whose values a table holds, as in `list_values`, with its quoted name.

    Returns
    -------
    Condition
        Of a form that never excludes a match.
    """
    translation = _Translation(indexed, listed)
    head = translation.document(criteria, _HEAD)
    guard = translation.guard(criteria)
    if head.possible == head.certain:
        certain = f"CASE WHEN {head.certain} THEN 1 ELSE 0 END"
        return Condition(head.possible, certain, guard, translation.parameters)
    body = translation.document(criteria, _BODY)
    # As a value SQLite computes both sides of AND and OR, within CASE no more than it must.
    whole = f"CASE WHEN {body.possible} THEN 1 ELSE 0 END"
    possible = f"({head.possible} AND ({head.certain} OR body IS NULL OR {whole}))"
    whole = f"CASE WHEN {body.certain} THEN 1 ELSE 0 END"
    certain = f"CASE WHEN {head.certain} THEN 1 WHEN body IS NULL THEN 0 ELSE {whole} END"
    return Condition(possible, certain, guard, translation.parameters)


def index_key(path: Sequence[str]) -> str:
    """
    Write the expression that an index of a path orders.

    Parameters
    ----------
    path
        Names that `traversable` lets pass.

    Returns
    -------
    str
        SQL: a number, text or null, and one and the same key for all that is neither, or that
        stands behind a list.
    """
    place = Place.at(_HEAD, path)
    special = f"{place.type} IN ('array', 'object') OR {place.odd}"
    if len(path) > 1:
        special = f"{crooked(_HEAD, path)} OR {special}"
    return f"CASE WHEN {special} THEN {_ANYTHING} ELSE {place.value} END"


@lru_cache
def identified(names: tuple[str, ...]) -> Condition:
    """
    Translate that some fields have values, which are text or integers.

    Parameters
    ----------
    names
        Dotted paths, in the order of their index.

    Returns
    -------
    Condition
        With the parameters ``k0``, ``k1`` and so on.
    """
    paths = [name.split(".") for name in names]
    if not all(traversable(path) for path in paths):
        return Condition("1", "0", "")
    keys = [index_key(path) for path in paths]
    possible = " AND ".join(f"{key} IN (:k{at}, {_ANYTHING})" for at, key in enumerate(keys))
    return Condition(possible, " AND ".join(f"({key} <> {_ANYTHING})" for key in keys), "")


class _Translation:
    """One filter on its way, with its parameters."""

    def __init__(self, indexed: Collection[str], listed: Mapping[str, str]) -> None:
        self.indexed = indexed
        self.listed = listed
        self.parameters: dict[str, object] = {}
        self._rows = count()

    def _row(self) -> str:
        """Name the elements of a list."""
        return f"e{next(self._rows)}"

    def _parameter(self, value: object) -> str:
        """Name a value."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"

    def document(self, criteria: object, source: str) -> Pair:
        """Translate a filter of a document."""
        if not isinstance(criteria, dict):
            return UNSURE
        pairs = [self._entry(name, wanted, source) for name, wanted in criteria.items()]
        return every(pairs) if pairs else Pair("1", "1")

    def _entry(self, name: object, wanted: Any, source: str) -> Pair:  # noqa: ANN401
        """Translate one entry of a filter."""
        if name in {"$and", "$or", "$nor"}:
            if not isinstance(wanted, list) or not wanted:
                return UNSURE
            pairs = [self.document(part, source) for part in wanted]
            if name == "$and":
                return every(pairs)
            return some(pairs) if name == "$or" else negated(some(pairs))
        if not isinstance(name, str) or name.startswith("$"):
            return UNSURE
        path = name.split(".")
        return self._field(path, wanted, source) if traversable(path) else UNSURE

    def _field(self, path: Sequence[str], wanted: Any, source: str) -> Pair:  # noqa: ANN401
        """Translate what is asked of a field."""
        if isinstance(wanted, re.Pattern):
            return self._matching(path, wanted.pattern, wanted.flags, source)
        if not isinstance(wanted, dict):
            return self._equal(path, wanted, source)
        if not wanted or not all(str(name).startswith("$") for name in wanted):
            return UNSURE
        asked = {name: value for name, value in wanted.items() if name != "$options"}
        pairs = [
            self._operator(path, name, value, wanted.get("$options"), source)
            for name, value in asked.items()
        ]
        joined = every(pairs) if pairs else UNSURE
        if len(asked) == 1:
            return joined
        # All must hold for the same value: sure only where one value stands there.
        sure = "0" if "$all" in asked else f"({joined.certain} AND {clear(source, path)})"
        return Pair(joined.possible, sure)

    def _operator(
        self,
        path: Sequence[str],
        name: str,
        value: Any,  # noqa: ANN401 (any value of a filter)
        options: object,
        source: str,
    ) -> Pair:
        """Translate an operator."""
        if name == "$regex":
            return self._expression(path, value, options, source)
        if options is not None:
            return UNSURE
        if name in _ORDER:
            return self._ordered(path, _ORDER[name], value, source)
        if name == "$not":
            pair = negated(self._field(path, value, source))
            return Pair(pair.possible, f"({pair.certain} AND {clear(source, path)})")
        known: dict[str, Callable[[Sequence[str], Any, str], Pair]] = {
            "$eq": self._equal,
            "$ne": lambda *asked: negated(self._equal(*asked)),
            "$in": self._among,
            "$nin": lambda *asked: negated(self._among(*asked)),
            "$exists": self._existing,
            "$all": self._all,
            "$size": self._size,
            "$elemMatch": self._element,
        }
        return known[name](path, value, source) if name in known else UNSURE

    def _test(self, operator: str, value: object) -> Callable[[Place], Pair] | None:
        """Make the test of one value against a constant; None where Python must compare."""
        if isinstance(value, bool):
            if operator != "=":
                return None
            value = int(value)
        if isinstance(value, int | float):
            if not isfinite(value) or (isinstance(value, int) and abs(value) >= EXACT):
                return None
            slack = self._parameter(abs(value) * _SLACK)
            return comparable(operator, self._parameter(value), "number", slack)
        if isinstance(value, datetime):
            return comparable(operator, self._parameter(date_text(value)), "date")
        if type(value) is str and _ordinary(value):
            return comparable(operator, self._parameter(value), "text")
        return None

    def _equal(self, path: Sequence[str], value: object, source: str) -> Pair:
        """Translate equality, with the value or with an element of it."""
        if value is None:
            return self._null(path, source)
        test = self._test("=", value)
        return UNSURE if test is None else self._reached(path, test, source)

    def _reached(self, path: Sequence[str], test: Callable[[Place], Pair], source: str) -> Pair:
        """Apply a test to all that a path leads to, and to the elements of lists there."""
        table = self.listed.get(".".join(path)) if source in {_HEAD, _BODY} else None
        if table is not None:
            row = self._row()
            found = test(Place.element(row))
            holds = (f"SELECT row FROM {table} AS {row} WHERE {condition}" for condition in found)
            return Pair(*(f"(row IN ({rows}))" for rows in holds))
        return reach(source, path, spread(test, self._row()), self._row)

    def _null(self, path: Sequence[str], source: str) -> Pair:
        """Translate equality with null, which is also true of nothing."""
        row = self._row()

        def test(place: Place) -> Pair:
            sure = f"({place.type} IS 'null')"
            return Pair(f"({sure} OR {place.odd})", sure)

        def empty(place: Place) -> Pair:
            nothing = f"({place.type} IS NULL AND {clear(source, path)})"
            return some([spread(test, row)(place), Pair(nothing, nothing)])

        return one(source, path, empty)

    def _ordered(self, path: Sequence[str], operator: str, value: object, source: str) -> Pair:
        """Translate a comparison, which is false between values of different kinds."""
        test = self._test(operator, value)
        return UNSURE if test is None else self._reached(path, test, source)

    def _among(self, path: Sequence[str], values: object, source: str) -> Pair:
        """Translate equality with one of several values."""
        if not isinstance(values, list):
            return UNSURE
        if not values:
            return NO
        kinds = _listed(values)
        if kinds:
            name = self._parameter(json.dumps(values))
            within = f"IN (SELECT value FROM json_each({name}))"

            def test(place: Place) -> Pair:
                known = " OR ".join(f"{place.type} IS '{kind}'" for kind in kinds)
                found = f"{place.value} {within}"
                return Pair(f"(ifnull({found}, 0) OR {place.odd})", f"(({known}) AND {found})")

            return self._reached(path, test, source)
        return some([self._equal(path, value, source) for value in values])

    def _existing(self, path: Sequence[str], value: object, source: str) -> Pair:
        """Translate the question whether there is anything."""
        if value:
            return reach(source, path, is_present, self._row)
        return one(source, path, lambda place: negated(is_present(place)))

    def _all(self, path: Sequence[str], values: object, source: str) -> Pair:
        """Translate that all of some values are there."""
        if not isinstance(values, list) or not values:
            return UNSURE
        if any(isinstance(value, dict | list | re.Pattern) for value in values):
            return UNSURE
        joined = every([self._equal(path, value, source) for value in values])
        apart = crooked(source, path)
        return Pair(f"({joined.possible} OR {apart})", f"({joined.certain} AND NOT {apart})")

    def _size(self, path: Sequence[str], value: object, source: str) -> Pair:
        """Translate the length of a list; mongomock also counts the names of an object."""
        if type(value) is not int or abs(value) >= EXACT:
            return UNSURE
        name = self._parameter(value)

        def test(place: Place) -> Pair:
            length = f"(SELECT count(*) FROM {place.elements})"
            sure = f"CASE WHEN {place.type} IS 'array' THEN {length} = {name} ELSE 0 END"
            return Pair(f"({sure} OR ({place.type} IS NOT NULL AND {place.type} <> 'array'))", sure)

        return reach(source, path, test, self._row)

    def _element(self, path: Sequence[str], wanted: object, source: str) -> Pair:
        """Translate conditions on one element of a list."""
        if not isinstance(wanted, dict) or not wanted:
            return UNSURE
        if any(str(name).startswith("$") for name in wanted):
            return UNSURE
        row = self._row()
        inner = self.document(wanted, f"{row}.value")

        def test(place: Place) -> Pair:
            found = [
                f"EXISTS (SELECT 1 FROM {place.elements} AS {row} WHERE {condition})"
                for condition in (
                    f"CASE WHEN {row}.type = 'object' THEN {inner.possible} ELSE 1 END",
                    f"CASE WHEN {row}.type = 'object' THEN {inner.certain} ELSE 0 END",
                )
            ]
            return Pair(
                f"CASE WHEN {place.type} IS 'array' THEN {found[0]} ELSE {place.odd} END",
                f"CASE WHEN {place.type} IS 'array' THEN {found[1]} ELSE 0 END",
            )

        return reach(source, path, test, self._row)

    def _expression(self, path: Sequence[str], value: object, options: object, source: str) -> Pair:
        """Translate a regular expression with its options."""
        flags = 0
        if options is not None:
            if not isinstance(options, str):
                return UNSURE
            for letter in options:
                flags |= _OPTIONS.get(letter, 0)
        if isinstance(value, re.Pattern):
            flags |= value.flags
            value = value.pattern
        return self._matching(path, value, flags, source)

    def _matching(self, path: Sequence[str], value: object, flags: int, source: str) -> Pair:
        """Translate a search in text."""
        try:
            re.compile(value, flags)  # type: ignore[call-overload]
        except (re.error, TypeError, ValueError):
            return UNSURE
        if not isinstance(value, str) or "\0" in value:
            return UNSURE
        found = f"matches({self._parameter(value)}, {self._parameter(int(flags))}, "

        def test(place: Place) -> Pair:
            plain = f"({place.value} < char(1) OR {place.value} >= char(3))"
            sure = f"({place.type} IS 'text' AND {plain} AND {found}{place.value}))"
            return Pair(f"({sure} OR {place.odd})", sure)

        return self._reached(path, test, source)

    def guard(self, criteria: Any) -> str:  # noqa: ANN401 (any filter)
        """Find conditions that indexes answer; empty where there are none."""
        if not isinstance(criteria, dict):
            return ""
        return " AND ".join(
            part for name, wanted in criteria.items() for part in self._guards(name, wanted) if part
        )

    def _guards(self, name: object, wanted: Any) -> Iterator[str]:  # noqa: ANN401
        """Find what an index answers of an entry of a filter."""
        if name in {"$and", "$or"} and isinstance(wanted, list) and wanted:
            parts = [self.guard(part) for part in wanted]
            if name == "$and":
                yield from parts
            elif all(parts):
                yield "(" + " OR ".join(f"({part})" for part in parts) + ")"
        elif isinstance(name, str) and name in self.indexed:
            key = index_key(name.split("."))
            asked = wanted if isinstance(wanted, dict) else {"$eq": wanted}
            ranges = [self._range(key, *item) for item in asked.items()]
            found = " AND ".join(part for part in ranges if part)
            if found:
                yield f"(({found}) OR {key} = {_ANYTHING})"

    def _range(self, key: str, operator: str, value: Any) -> str:  # noqa: ANN401
        """Write the range of keys among which an operator finds what it asks for."""
        if operator == "$in":
            if isinstance(value, list) and _listed(value):
                name = self._parameter(json.dumps(value))
                return f"{key} IN (SELECT value FROM json_each({name}))"
            if isinstance(value, list) and value:
                parts = [self._range(key, "$eq", one_value) for one_value in value]
                if all(parts):
                    return "(" + " OR ".join(parts) + ")"
            return ""
        if operator == "$eq" and value is None:
            return f"{key} IS NULL"
        if operator != "$eq" and operator not in _ORDER:
            return ""
        return self._bounds(key, _ORDER.get(operator, "="), value)

    def _bounds(self, key: str, operator: str, value: Any) -> str:  # noqa: ANN401
        """Write the bounds of a comparison, kept within the values of one kind."""
        if isinstance(value, bool):
            return f"{key} = {int(value)}" if operator == "=" else ""
        if isinstance(value, int | float):
            if not isfinite(value) or abs(value) >= EXACT:
                return ""
            slack = abs(value) * _SLACK
            low, high = self._parameter(value - slack), self._parameter(value + slack)
            bounds = {"<": f"{key} <= {high}", ">": f"{key} >= {low} AND {key} < ''"}
            return bounds.get(operator[0], f"{key} BETWEEN {low} AND {high}")
        if isinstance(value, datetime):
            text, low, high = date_text(value), f"char({ord(DATE)})", "char(3)"
        elif type(value) is str and _ordinary(value):
            text, low, high = value, "''", _ANYTHING
        else:
            return ""
        name = self._parameter(text)
        bounds = {
            "<": f"{key} <= {name} AND {key} >= {low}",
            ">": f"{key} >= {name} AND {key} < {high}",
        }
        return bounds.get(operator[0], f"{key} = {name}")


def _ordinary(text: str) -> bool:
    """Tell whether text is stored as it is, so that SQLite can compare it."""
    return text.isprintable() or (
        text.isascii() and "\0" not in text and not text.startswith((ODD, DATE))
    )


def _listed(values: list[Any]) -> tuple[str, ...]:
    """Name the types of values of which one is in a list of text or integers; none for others."""
    if all(type(value) is str and _ordinary(value) for value in values):
        return ("text",)
    if all(type(value) is int and abs(value) < EXACT for value in values):
        return ("integer", "true", "false")
    return ()
