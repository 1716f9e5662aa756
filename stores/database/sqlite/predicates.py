"""Pairs of SQL expressions that bracket the truth of a condition on JSON text; no SQL is run here.

The first of each pair holds wherever the answer may be yes, the second only where it certainly is.
Where both agree, SQL has decided; where they differ, the caller evaluates in Python. A translation
therefore does not need to be complete to be correct: whatever SQLite sees differently (a real
number whose last digit it rounds otherwise, a value that is not JSON, a nested list) is left
undecided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .text import DATE, ODD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = [
    "NO",
    "UNSURE",
    "Pair",
    "Place",
    "clear",
    "comparable",
    "crooked",
    "every",
    "is_present",
    "negated",
    "one",
    "quoted",
    "reach",
    "some",
    "spread",
    "traversable",
]

_ODD = f"char({ord(ODD)})"
_ODD_END = f"char({ord(ODD)}, {ord('z')})"
_DATE = f"char({ord(DATE)})"
_DATE_END = f"char({ord(DATE) + 1})"
_DEEPEST = 5
"""Names in a path; the expression doubles with each, and Python is as fast beyond."""


class Pair(NamedTuple):
    """
    Two SQL expressions, never null, that bracket a condition.

    Parameters
    ----------
    possible
        Holds wherever the answer is yes.
    certain
        Holds nowhere else.
    """

    possible: str
    certain: str


NO = Pair("0", "0")
UNSURE = Pair("1", "0")


class Place(NamedTuple):
    """
    Position of a value, as SQL.

    Parameters
    ----------
    type
        Its type in the words of SQLite; null where there is nothing.
    value
        Its value, text for lists and objects.
    elements
        A table of its elements, for a list.
    """

    type: str
    value: str
    elements: str

    @classmethod
    def at(cls, source: str, path: Sequence[str]) -> Place:
        """Point into a JSON text."""
        inside = f"({source}, {quoted(path)})"
        # SQLite remembers a text that it has taken apart, but json_each does not: it gets the list
        # alone. Whoever asks for elements must know that there is a list.
        value = f"json_extract{inside}"
        return cls(f"json_type{inside}", value, f"json_each({value})")

    @classmethod
    def element(cls, row: str) -> Place:
        """Point to a row of a table of elements."""
        return cls(f"{row}.type", f"{row}.value", f"json_each({row}.value)")

    @property
    def odd(self) -> str:
        """SQL: a value that only Python can compare."""
        return f"ifnull({self.value} BETWEEN {_ODD} AND {_ODD_END}, 0)"


def quoted(path: Sequence[str]) -> str:
    """
    Write a path as SQL text.

    Parameters
    ----------
    path
        Names that `traversable` lets pass.

    Returns
    -------
    str
        Quoted twice: names for the path, the path for SQL.

    Examples
    --------
    >>> print(quoted(["a", "b's"]))
    '$."a"."b''s"'
    """
    return "'$" + "".join(f'."{name}"' for name in path).replace("'", "''") + "'"


def traversable(path: Sequence[str]) -> bool:
    """
    Tell whether SQLite reads a path as MongoDB does.

    Parameters
    ----------
    path
        Names, from the outside in.

    Returns
    -------
    bool
        False for numbers, which may count list elements, and for names that JSON would escape.
    """
    return len(path) <= _DEEPEST and all(
        name and name.isprintable() and not set(name) & {'"', "\\"} and not _counts(name)
        for name in path
    )


def _counts(name: str) -> bool:
    """Tell whether a name may be the number of a list element."""
    try:
        int(name)
    except ValueError:
        return False
    return True


def every(pairs: Iterable[Pair]) -> Pair:
    """
    Join conditions that must all hold.

    Parameters
    ----------
    pairs
        At least one.

    Returns
    -------
    Pair
        Their conjunction.
    """
    return _joined(" AND ", pairs)


def some(pairs: Iterable[Pair]) -> Pair:
    """
    Join conditions of which one must hold.

    Parameters
    ----------
    pairs
        At least one.

    Returns
    -------
    Pair
        Their disjunction.
    """
    return _joined(" OR ", pairs)


def _joined(word: str, pairs: Iterable[Pair]) -> Pair:
    """Join both sides of some pairs."""
    possible, certain = zip(*pairs, strict=True)
    if len(possible) == 1:
        return Pair(possible[0], certain[0])
    return Pair(f"({word.join(possible)})", f"({word.join(certain)})")


def negated(pair: Pair) -> Pair:
    """
    Turn a condition round.

    Parameters
    ----------
    pair
        The condition.

    Returns
    -------
    Pair
        What is certainly so is not possibly otherwise, and the reverse.
    """
    return Pair(f"(NOT {pair.certain})", f"(NOT {pair.possible})")


def comparable(operator: str, value: str, kind: str, slack: str = "") -> Callable[[Place], Pair]:
    """
    Test how a value compares with a constant of its own kind.

    Parameters
    ----------
    operator
        ``=``, ``<``, ``<=``, ``>`` or ``>=``.
    value
        The constant as an SQL parameter.
    kind
        ``number``, ``text`` or ``date``.
    slack
        For a number, the parameter by which the reading of a real number may be off.

    Returns
    -------
    callable
        From a place to a pair.
    """

    def number(place: Place) -> Pair:
        whole = f"{place.type} IS 'integer'"
        if operator == "=":  # Python, and so mongomock, takes true for 1
            near = f"BETWEEN {value} - {slack} AND {value} + {slack}"
            whole = f"({whole} OR {place.type} IS 'true' OR {place.type} IS 'false')"
            real = f"({value} = 0 AND {place.type} IS 'real' AND {place.value} = 0)"
        else:
            away, back = ("+", "-") if operator[0] == "<" else ("-", "+")
            near = f"{operator} {value} {away} {slack}"
            sure = f"{place.value} {operator} {value} {back} {slack}"
            real = f"({place.type} IS 'real' AND {sure})"
        exact = f"({whole} AND {place.value} {operator} {value})"
        return Pair(f"(ifnull({place.value} {near}, 0) OR {place.odd})", f"({exact} OR {real})")

    def text(place: Place) -> Pair:
        compared = f"{place.value} {operator} {value}"
        sure = f"{place.type} IS 'text' AND {compared}"
        if kind == "date":
            sure += f" AND {place.value} >= {_DATE} AND {place.value} < {_DATE_END}"
        elif operator != "=":
            sure += f" AND ({place.value} < {_ODD} OR {place.value} >= {_DATE_END})"
        return Pair(f"(ifnull({compared}, 0) OR {place.odd})", f"({sure})")

    return number if kind == "number" else text


def is_present(place: Place) -> Pair:
    """
    Test whether there is anything, be it null.

    Parameters
    ----------
    place
        Where to look.

    Returns
    -------
    Pair
        Both sides are the same.
    """
    there = f"({place.type} IS NOT NULL)"
    return Pair(there, there)


def spread(test: Callable[[Place], Pair], row: str) -> Callable[[Place], Pair]:
    """
    Let a test of a value hold for a list too if it holds for an element.

    Parameters
    ----------
    test
        The test of one value.
    row
        A name for elements that is not in use.

    Returns
    -------
    callable
        The wider test.
    """

    def wider(place: Place) -> Pair:
        own, inner = test(place), test(Place.element(row))
        return Pair(
            *(
                f"CASE WHEN {place.type} IS 'array' THEN {_any_element(place, row, element)} "
                f"WHEN {value} THEN 1 ELSE 0 END"
                for value, element in zip(own, inner, strict=True)
            )
        )

    return wider


def _any_element(place: Place, row: str, condition: str) -> str:
    """Write that a condition holds for an element of a list."""
    return f"EXISTS (SELECT 1 FROM {place.elements} AS {row} WHERE {condition})"


def _if_object(row: str, condition: str) -> str:
    """Look into an element only if it is an object: SQLite refuses to read other text as JSON."""
    return f"CASE WHEN {row}.type = 'object' AND {condition} THEN 1 ELSE 0 END"


def reach(
    source: str, path: Sequence[str], test: Callable[[Place], Pair], rows: Callable[[], str]
) -> Pair:
    """
    Test what a path leads to, through lists of objects wherever they stand on the way.

    Parameters
    ----------
    source
        SQL of the JSON text.
    path
        Names that `traversable` lets pass.
    test
        Test of the value at the end; it must fail where there is nothing.
    rows
        Gives a new name for elements with each call.

    Returns
    -------
    Pair
        True if one of the values passes.
    """
    pairs = [test(Place.at(source, path))]
    for end in range(1, len(path)):
        place, row = Place.at(source, path[:end]), rows()
        inner = reach(f"{row}.value", path[end:], test, rows)
        listed = [_any_element(place, row, _if_object(row, condition)) for condition in inner]
        pairs.append(
            Pair(
                f"CASE {place.type} WHEN 'array' THEN {listed[0]} WHEN 'text' THEN 1 ELSE 0 END",
                f"CASE {place.type} WHEN 'array' THEN {listed[1]} ELSE 0 END",
            )
        )
    return some(pairs)


def one(source: str, path: Sequence[str], test: Callable[[Place], Pair]) -> Pair:
    """
    Test what a path leads to where no list stands on the way; elsewhere the answer is open.

    Parameters
    ----------
    source
        SQL of the JSON text.
    path
        Names that `traversable` lets pass.
    test
        Test of the place at the end, which may be empty.

    Returns
    -------
    Pair
        True if the value passes.
    """
    pair = test(Place.at(source, path))
    if len(path) == 1:
        return pair
    return Pair(
        f"({pair.possible} OR {crooked(source, path)})",
        f"({pair.certain} AND NOT {crooked(source, path)})",
    )


def crooked(source: str, path: Sequence[str]) -> str:
    """
    Write the condition that a path leads through a list, or through what was cut out.

    Parameters
    ----------
    source
        SQL of the JSON text.
    path
        Names that `traversable` lets pass.

    Returns
    -------
    str
        SQL, never null.
    """
    places = [Place.at(source, path[:end]) for end in range(1, len(path))]
    steps = [f"{place.type} IS 'array' OR {place.type} IS 'text'" for place in places]
    return f"({' OR '.join(steps) or '0'})"


def clear(source: str, path: Sequence[str]) -> str:
    """
    Write the condition that a path leads through objects, or ends for want of a name.

    Parameters
    ----------
    source
        SQL of the JSON text.
    path
        Names that `traversable` lets pass.

    Returns
    -------
    str
        SQL, never null. Exactly one value or nothing stands at the end of such a path.
    """
    places = [Place.at(source, path[:end]) for end in range(1, len(path))]
    steps = [f"({place.type} IS NULL OR {place.type} IS 'object')" for place in places]
    return f"({' AND '.join(steps) or '1'})"
