r"""Documents as JSON text and back: what MongoDB would keep, in a form that SQLite can compare.

SQLite's JSON has null, booleans, numbers, text, lists and objects. Everything else becomes text
that begins with a control character, so that storing a document does not change it:

- ``\u0002`` and a time of fixed width: a date, UTC to the millisecond as in MongoDB. The text sorts
  as the dates do.
- ``\u0001`` and a letter: a value that only Python compares. NaN and infinities, object ids,
  bytes, other BSON types, and text that itself begins with one of these characters or contains NUL.

A document is stored as a body and, if it is long, a head: the same without its long lists and
texts. Queries use the head, which is a tenth of the size of a screening document.
"""

from __future__ import annotations

from datetime import UTC, datetime
from math import isfinite
from typing import Any, NamedTuple

import orjson

from trona.screening.errors import StoreError

__all__ = [
    "CUT",
    "DATE",
    "ODD",
    "Stored",
    "date_text",
    "decode",
    "encode",
    "holds",
    "identity_text",
    "plain_values",
    "stored_form",
]

ODD = "\x01"
"""Begins a value that SQLite cannot compare."""
DATE = "\x02"
"""Begins a date."""
CUT = f"{ODD}c"
"""Stands in a head for a list or text that only the body has."""

_OBJECT_ID = f"{ODD}o"
"""Begins an object id."""
_LONG = 1000
"""Length, in bytes of JSON, of what is left out of a head."""
_LARGEST = 2**63 - 1
"""Integers of MongoDB and of SQLite have 64 bits."""
_PLAIN = {bool, type(None)}
_SPECIAL = (ODD, DATE)
_SMALLEST = 1e-290
"""Real numbers nearer to zero are kept from SQLite, which may read them as zero."""
_ESCAPES = (b"\\u0000", b"\\u0001", b"\\u0002", b"e-3")
"""Signs in JSON that some value must be written in another way."""


class Stored(NamedTuple):
    """
    A document as stored in the file, without its ``_id``.

    Parameters
    ----------
    head
        JSON text without long lists and texts.
    body
        JSON text of the whole; None where the head is the whole.
    """

    head: str
    body: str | None

    def identified(self, identity: str) -> tuple[str, str, str | None]:
        """Put an ``_id``, as JSON text, first in both; return it with them."""
        body = None if self.body is None else _prefixed(identity, self.body)
        return identity, _prefixed(identity, self.head), body


def identity_text(identity: object) -> str:
    """
    Write an ``_id`` as JSON text.

    Parameters
    ----------
    identity
        Any value that a document may have as its ``_id``.

    Returns
    -------
    str
        The same for the same value.
    """
    return orjson.dumps(stored_form(identity)).decode()


def _prefixed(identity: str, text: str) -> str:
    """Put an ``_id`` first in the text of an object."""
    return f'{{"_id":{identity}{"," if len(text) > len("{}") else ""}{text[1:]}'


def plain_values(doc: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """
    Turn a document into plain values and BSON types, as maggma's other stores do.

    Parameters
    ----------
    doc
        May hold objects with ``as_dict``, arrays, enumerations and so on.

    Returns
    -------
    dict
        The same object where it was JSON already.
    bool
        True where it was.
    """
    if _is_plain(doc):
        return doc, True
    from monty.json import jsanitize  # noqa: PLC0415 (slow to import, and results are plain)

    return jsanitize(doc, allow_bson=True, recursive_msonable=True), False


def encode(doc: dict[str, Any], *, json: bool = False) -> Stored:
    """
    Write a document.

    Parameters
    ----------
    doc
        Of plain values and BSON types; an ``_id`` in it is left out.
    json
        True where it is known to be nothing but JSON.

    Returns
    -------
    Stored
        Its texts.

    Raises
    ------
    StoreError
        If MongoDB would not take it either: a number of more than 64 bits, a name with NUL.
    """
    if "_id" in doc:
        doc = {name: value for name, value in doc.items() if name != "_id"}
    try:
        text = orjson.dumps(doc) if json else _ESCAPES[0]
        if any(escape in text for escape in _ESCAPES):
            doc = stored_form(doc)
            text = orjson.dumps(doc)
        head = text if len(text) <= _LONG else orjson.dumps(_head(doc))
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise StoreError(f"a document cannot be stored: {error}.") from None
    return Stored(head.decode(), text.decode() if len(head) < len(text) else None)


def decode(text: str) -> dict[str, Any]:
    """
    Read a document.

    Parameters
    ----------
    text
        A head or a body.

    Returns
    -------
    dict
        As it was given to `encode`; dates without a time zone, as MongoDB gives them.
    """
    doc: dict[str, Any] = orjson.loads(text)
    identity = doc["_id"]
    ordinary = text.count('"\\u0001c"') + (type(identity) is str and identity[:2] == _OBJECT_ID)
    doc["_id"] = _read(identity)
    return _read(doc) if text.count("\\u0001") > ordinary or "\\u0002" in text else doc


def date_text(date: datetime) -> str:
    """
    Write a date such that text is ordered as dates are.

    Parameters
    ----------
    date
        UTC is meant where it has no time zone.

    Returns
    -------
    str
        Of fixed width, to the millisecond.

    Examples
    --------
    >>> date_text(datetime(2026, 1, 2, 3, 4, 5, 678901))[1:]
    '2026-01-02T03:04:05.678'
    """
    if date.tzinfo is not None:
        date = date.astimezone(UTC).replace(tzinfo=None)
    return DATE + date.isoformat(timespec="milliseconds")


def holds(head: object, path: list[str]) -> bool:
    """
    Tell whether a head is enough to read what a path leads to.

    Parameters
    ----------
    head
        A decoded head.
    path
        Names, from the outside in.

    Returns
    -------
    bool
        False where something there was cut out.
    """
    if isinstance(head, dict):
        if path:
            return holds(head.get(path[0]), path[1:])
        return all(holds(value, []) for value in head.values())
    return head != CUT


def _is_plain(doc: dict[str, Any]) -> bool:
    """Tell whether a document is nothing but JSON, without walking through it level by level."""
    containers: list[Any] = [doc]
    numbers: list[float] = []
    kinds: set[type] = set()
    names: set[type] = {str}
    for container in containers:
        values = container
        if type(container) is dict:
            values = container.values()
            names.update(map(type, container))
        for value in values:
            kind = type(value)
            if kind is dict or kind is list:
                containers.append(value)
            elif kind is float or kind is int:
                numbers.append(value)
            elif kind is not str:
                kinds.add(kind)
    return (
        kinds <= _PLAIN
        and len(names) == 1
        and (
            not numbers
            or (
                max(numbers) <= _LARGEST
                and min(numbers) >= -_LARGEST - 1
                and isfinite(sum(numbers))
            )
        )
    )


def _head(doc: dict[str, Any]) -> dict[str, Any]:
    """Leave out long lists and texts."""
    head = {}
    for name, value in doc.items():
        kind = type(value)
        if kind is dict:
            value = _head(value)  # noqa: PLW2901 (what is kept of it)
        elif (kind is list and len(orjson.dumps(value)) > _LONG) or (
            kind is str and len(value) > _LONG
        ):
            value = CUT  # noqa: PLW2901
        head[name] = value
    return head


def stored_form(value: Any) -> Any:  # noqa: ANN401 (any value of a document)
    """
    Write what is not JSON as text.

    Parameters
    ----------
    value
        Of plain values and BSON types.

    Returns
    -------
    object
        Of what JSON has.

    Raises
    ------
    ValueError
        If a name holds NUL.
    OverflowError
        If a number has more than 64 bits.
    """
    if isinstance(value, dict):
        if any("\0" in name for name in value):
            raise ValueError("a name holds the character NUL")
        return {name: stored_form(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [stored_form(one) for one in value]
    if isinstance(value, int) and not -_LARGEST - 1 <= value <= _LARGEST:
        raise OverflowError(f"{value} has more than 64 bits")
    special = _special(value)
    return value if special is None else special


def _special(value: object) -> str | None:
    """Write a value as text that begins with a control character; None where JSON has it."""
    text = None
    if isinstance(value, str):
        if value.startswith(_SPECIAL) or "\0" in value:
            text = f"{ODD}s{orjson.dumps(value).decode()}"
    elif isinstance(value, datetime):
        text = date_text(value)
    elif isinstance(value, float):
        ordinary = value == 0 or (isfinite(value) and abs(value) >= _SMALLEST)
        text = None if ordinary else f"{ODD}n{value}"
    elif not isinstance(value, int | None):
        from bson import ObjectId, json_util  # noqa: PLC0415 (see `_object_id`)

        options = json_util.CANONICAL_JSON_OPTIONS
        text = (
            f"{_OBJECT_ID}{value}"
            if isinstance(value, ObjectId)
            else f"{ODD}j{json_util.dumps(value, json_options=options)}"
        )
    return text


def _read(value: Any) -> Any:  # noqa: ANN401 (any value of a document)
    """Undo `stored_form`."""
    if isinstance(value, dict):
        return {name: _read(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_read(one) for one in value]
    if isinstance(value, str) and value.startswith(_SPECIAL) and value != CUT:
        return (
            datetime.fromisoformat(value[1:]) if value[0] == DATE else _READERS[value[1]](value[2:])
        )
    return value


def _object_id(text: str) -> object:
    """Read an object id; bson is slow to import, and queries of some fields need none."""
    from bson import ObjectId  # noqa: PLC0415

    return ObjectId(text)


def _other(text: str) -> Any:  # noqa: ANN401 (any value of BSON)
    """Read a value of another BSON type."""
    from bson import json_util  # noqa: PLC0415 (as above)

    return json_util.loads(text)


_READERS: dict[str, Any] = {"s": orjson.loads, "o": _object_id, "n": float, "j": _other}
