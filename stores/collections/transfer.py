"""Copying of documents from one store to another: resumable, verified by counts and hashes.

A document that already exists is read, compared and not written again, so an interrupted copy
resumes where it stopped. A document that is newer in the destination is kept.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from trona.screening.errors import StoreError
from trona.stores.database.connect import exists, open_store, redacted, resolved
from trona.stores.database.indexes import UNIQUE
from trona.stores.documents.migration import COLLECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from maggma.core import Store

__all__ = ["ALL_COLLECTIONS", "Copied", "content_hash", "copy_store", "merge", "open_collection"]

ALL_COLLECTIONS = (*COLLECTIONS, *UNIQUE)
"""Of the data dictionary, and jobflow's jobs with their large objects."""

_BATCH = 500
"""Documents that are in memory at a time."""
_AGES = ("created", "started", "completed_at", "last_updated")
"""Fields that tell which of two versions of a document is newer; the first that both have."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Copied:
    """
    Outcome of copying the documents of a collection.

    Parameters
    ----------
    collection
        Its name.
    total
        Documents that were to be there.
    written
        Of these, new or replaced.
    kept
        Of these, newer where they were to go, and left alone.
    """

    collection: str
    total: int
    written: int
    kept: int


def open_collection(location: str, collection: str) -> Store:
    """
    Open any collection of a store by what identifies its documents.

    Parameters
    ----------
    location
        Path or URI.
    collection
        Of `ALL_COLLECTIONS`.

    Returns
    -------
    maggma.core.Store
        Connected.

    Raises
    ------
    StoreError
        If it cannot be opened.
    """
    return open_store(location, collection, UNIQUE.get(collection, ("id",))[0])


def content_hash(row: Mapping[str, Any]) -> str:
    """
    Identify the content of a stored document, independent of its store.

    Parameters
    ----------
    row
        As stored; ``_id`` is of the store and does not count.

    Returns
    -------
    str
        16 hexadecimal digits.
    """
    plain = {name: value for name, value in row.items() if name != "_id"}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: object) -> str:
    """Write what JSON cannot: a time in UTC to the millisecond, as MongoDB keeps it; ids."""
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat(timespec="milliseconds")
    return str(value)


def copy_store(source: str, target: str) -> Iterator[Copied]:
    """
    Copy all documents of a store into another.

    Parameters
    ----------
    source, target
        Paths or URIs; the target is made where it is missing.

    Yields
    ------
    Copied
        One for each collection that holds documents.

    Raises
    ------
    StoreError
        If there is no such store, both are the same, or a document differs after it was written.
    """
    if not exists(source):
        raise StoreError(f"there is no store {redacted(source)!r} to copy from: name another.")
    if resolved(source) == resolved(target):
        raise StoreError(f"{redacted(source)!r} cannot be copied into itself: name another store.")
    for collection in ALL_COLLECTIONS:
        origin = open_collection(source, collection)
        try:
            if origin.count():
                yield _copied(origin, target, collection)
        finally:
            origin.close()  # type: ignore[no-untyped-call]


def _copied(origin: Store, target: str, collection: str) -> Copied:
    """Copy a collection, some documents at a time."""
    goal = open_collection(target, collection)
    try:
        keys = sorted(origin.distinct(origin.key))
        total = written = kept = 0
        for at in range(0, len(keys), _BATCH):
            rows = list(origin.query({origin.key: {"$in": keys[at : at + _BATCH]}}))
            new, newer = merge(goal, collection, rows)
            total, written, kept = total + len(rows), written + new, kept + newer
        count = int(goal.count())
        if count < total:
            raise StoreError(
                f"{count} {collection} are in {redacted(target)!r} after copying {total}: "
                "something else removed some; copy again."
            )
        return Copied(collection, total, written, kept)
    finally:
        goal.close()  # type: ignore[no-untyped-call]


def merge(goal: Store, collection: str, rows: Sequence[Row]) -> tuple[int, int]:
    """
    Write the documents that are not there yet, and verify them.

    Parameters
    ----------
    goal
        Connected.
    collection
        Its name.
    rows
        Documents; their ``_id`` does not count.

    Returns
    -------
    tuple of int
        How many were written, and how many are newer there.

    Raises
    ------
    StoreError
        If one differs after it was written.
    """
    fields = UNIQUE.get(collection, (goal.key,))
    there = _by_identity(goal, fields, rows)
    wanted, kept = {}, 0
    for row in rows:
        identity = tuple(row[field] for field in fields)
        other = there.get(identity)
        if other is not None and content_hash(other) == content_hash(row):
            continue
        if other is not None and _is_newer(other, row):
            kept += 1
            continue
        wanted[identity] = {name: value for name, value in row.items() if name != "_id"}
    if wanted:
        goal.update(list(wanted.values()), key=list(fields))
        after = _by_identity(goal, fields, list(wanted.values()))
        for identity, row in wanted.items():
            if identity not in after or content_hash(after[identity]) != content_hash(row):
                raise StoreError(
                    f"the document {identity} of {collection} differs after it was written: the "
                    "store cannot hold it as it is, or something else changed it; copy again."
                )
    return len(wanted), kept


def _by_identity(
    store: Store, fields: Sequence[str], rows: Sequence[Row]
) -> dict[tuple[Any, ...], Row]:
    """Read the versions that a store has of some documents."""
    keys = sorted({row[store.key] for row in rows})
    found = store.query({store.key: {"$in": keys}})
    return {tuple(row[field] for field in fields): row for row in found}


def _is_newer(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether a version of a document is newer than another."""
    for field in _AGES:
        if one.get(field) is not None and other.get(field) is not None:
            return _time(one[field]) > _time(other[field])
    return False


def _time(value: datetime | str) -> datetime:
    """Read a time."""
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
