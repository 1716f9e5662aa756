"""MongoDB's semantics of filters, sort orders and paths: mongomock-ng's functions, typed.

mongomock-ng is imported only where it is needed: SQLite answers most queries alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["applies", "distinct_values", "normal", "sort_key", "value_key"]


_COMPARISONS = {"$eq", "$ne", "$gt", "$gte", "$lt", "$lte"}
_MEMBERSHIPS = {"$in", "$nin", "$all"}
_CONNECTIVES = {"$and", "$or", "$nor"}
_SCALARS = (str, int, float, type(None))


def _plain(criteria: Mapping[str, Any]) -> bool:
    """Tell whether a filter has nothing but well-known words and values that stay as they are."""
    return all(
        bool(wanted) and isinstance(wanted, list) and all(map(_plain, wanted))
        if name in _CONNECTIVES
        else not name.startswith("$") and _plain_condition(wanted)
        for name, wanted in criteria.items()
    )


def _plain_condition(wanted: object) -> bool:
    """Tell the same of what is wanted of one field."""
    if not isinstance(wanted, dict):
        return isinstance(wanted, _SCALARS)
    return bool(wanted) and all(
        isinstance(value, _SCALARS)
        if word in _COMPARISONS
        else word in _MEMBERSHIPS
        and isinstance(value, list)
        and all(isinstance(one, _SCALARS) for one in value)
        for word, value in wanted.items()
    )


def normal(criteria: Mapping[str, Any] | None) -> dict[str, Any]:
    """
    Write the dates of a filter as they are stored, UTC to the millisecond.

    Parameters
    ----------
    criteria
        A filter; None for all documents.

    Returns
    -------
    dict
        A new filter.

    Raises
    ------
    Exception
        As mongomock does, if an operator is unknown.
    """
    if _plain(criteria or {}):
        return dict(criteria or {})
    from mongomock_ng import helpers  # noqa: PLC0415 (slow to import)

    wanted: dict[str, Any] = helpers.patch_datetime_awareness_in_document(  # type: ignore[no-untyped-call]
        dict(criteria or {})
    )
    applies(wanted, {})
    return wanted


def applies(criteria: Mapping[str, Any], doc: Mapping[str, Any]) -> bool:
    """
    Tell whether a document matches.

    Parameters
    ----------
    criteria
        A filter as `normal` returns it.
    doc
        The whole document.

    Returns
    -------
    bool
        True if it does.
    """
    from mongomock_ng import filtering  # noqa: PLC0415 (slow to import)

    return bool(filtering.filter_applies(criteria, doc))  # type: ignore[no-untyped-call]


def sort_key(path: str, doc: Mapping[str, Any]) -> Any:  # noqa: ANN401 (it is only compared)
    """
    Derive what a document is sorted by.

    Parameters
    ----------
    path
        Dotted path.
    doc
        The document, or as much of it as the path leads through.

    Returns
    -------
    object
        Compares by BSON's order of types and values.
    """
    from mongomock_ng import filtering  # noqa: PLC0415 (slow to import)

    return filtering.resolve_sort_key(path, doc)  # type: ignore[no-untyped-call]


def value_key(value: object) -> Any:  # noqa: ANN401 (it is only compared)
    """
    Wrap a value for sorting.

    Parameters
    ----------
    value
        Of any type that a document may hold.

    Returns
    -------
    object
        Compares by BSON's order of types and values.
    """
    from mongomock_ng import filtering  # noqa: PLC0415 (slow to import)

    return filtering.BsonComparable(value)  # type: ignore[no-untyped-call]


def distinct_values(path: str, docs: Iterable[Mapping[str, Any]]) -> list[Any]:
    """
    List the different values of a field.

    Parameters
    ----------
    path
        Dotted path; the elements of a list count as values.
    docs
        Documents, or as much of them as the path leads through.

    Returns
    -------
    list
        Each value once, as it is first met.
    """
    from mongomock_ng import filtering  # noqa: PLC0415 (slow to import)

    found: dict[object, Any] = {}
    for doc in docs:
        for one in filtering.iter_key_candidates(path, doc):  # type: ignore[no-untyped-call]
            if one is not filtering.NOTHING:  # type: ignore[attr-defined]
                values = one if isinstance(one, list) else [one]
                found.update((_hashable(value), value) for value in values)
    return list(found.values())


def _hashable(value: object) -> object:
    """Make something that is the same for the same values."""
    if isinstance(value, dict):
        return frozenset((name, _hashable(one)) for name, one in value.items())
    return tuple(map(_hashable, value)) if isinstance(value, list) else value
