"""Maintenance of a store: an overview, checks, and rebuilding of indexes and summaries."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trona.screening.errors import StoreError
from trona.stores.database.connect import exists, redacted
from trona.stores.database.indexes import ensure_indexes
from trona.stores.defaults import SUMMARY_SCHEMA_VERSION
from trona.stores.documents.bookkeeping import SummaryDoc
from trona.stores.documents.migration import COLLECTIONS, collection_of, read_document
from trona.stores.documents.results import ScreeningDoc

from .results import Results
from .summaries import summarize_screening
from .transfer import ALL_COLLECTIONS, open_collection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from maggma.core import Store

    from trona.stores.documents.results import Document

__all__ = ["Holding", "Problem", "check_store", "holdings", "reindex", "require_store"]

_BATCH = 500
_SCREENINGS, _SUMMARIES = collection_of(ScreeningDoc), collection_of(SummaryDoc)


@dataclass(frozen=True)
class Holding:
    """
    What a store holds of one kind.

    Parameters
    ----------
    collection
        Its name.
    count
        Documents.
    versions
        Schema version to documents; empty for what is not of the data dictionary.
    newest
        When the last was written, ISO 8601; None where that is not known.
    """

    collection: str
    count: int
    versions: dict[str, int]
    newest: str | None


@dataclass(frozen=True)
class Problem:
    """
    Something that is wrong with a stored document.

    Parameters
    ----------
    collection
        Where it is.
    id
        Which it is.
    reason
        What is wrong, in one sentence.
    """

    collection: str
    id: str
    reason: str


def require_store(location: str) -> None:
    """
    Refuse a store that is not there.

    Parameters
    ----------
    location
        Path or URI.

    Raises
    ------
    StoreError
        If there is no such file.
    """
    if not exists(location):
        raise StoreError(
            f"there is no store {redacted(location)!r}: run 'trona screen' first, or name another."
        )


def holdings(location: str) -> list[Holding]:
    """
    Count what a store holds.

    Parameters
    ----------
    location
        Path or URI.

    Returns
    -------
    list of Holding
        Of the collections that are not empty.
    """
    require_store(location)
    found = []
    for collection in ALL_COLLECTIONS:
        store = open_collection(location, collection)
        try:
            if count := int(store.count()):
                versions, newest = _versions(store) if collection in COLLECTIONS else ({}, None)
                found.append(Holding(collection, count, versions, newest))
        finally:
            store.close()  # type: ignore[no-untyped-call]
    return found


def _versions(store: Store) -> tuple[dict[str, int], str | None]:
    """Count schema versions, and find the last time that something was written."""
    rows = list(store.query(properties=["schema_version", "created", "started"]))
    versions = Counter(str(row.get("schema_version")) for row in rows)
    times = [str(row.get("created") or row.get("started") or "") for row in rows]
    return dict(sorted(versions.items())), max(times) or None


def check_store(location: str) -> Iterator[int | Problem]:
    """
    Read every document of the data dictionary, and check the references between them.

    Parameters
    ----------
    location
        Path or URI.

    Yields
    ------
    int or Problem
        How many more documents were read, or what is wrong with one of them.
    """
    require_store(location)
    known: dict[str, set[str]] = {}
    faces: dict[str, SummaryDoc] = {}
    for collection in COLLECTIONS:
        known[collection] = set()
        for row in _rows(location, collection):
            identity = str(row.get("id"))
            known[collection].add(identity)
            if collection == _SUMMARIES and _is_outdated(row) and identity in faces:
                del faces[identity]  # the next question makes it again
                yield 1
                continue
            try:
                doc = read_document(COLLECTIONS[collection], row)
            except StoreError as error:
                yield Problem(collection, identity, str(error))
                continue
            yield 1
            yield from (
                Problem(collection, identity, reason) for reason in _objections(doc, known, faces)
            )
    for identity in sorted(faces):
        yield Problem(_SUMMARIES, identity, f"it is missing: {_REINDEX}")


_REINDEX = "run 'trona store reindex'."


def _objections(
    doc: Document, known: dict[str, set[str]], faces: dict[str, SummaryDoc]
) -> Iterator[str]:
    """Say what does not fit together; a summary takes its result off the list of those without."""
    if isinstance(doc, ScreeningDoc):
        faces[doc.id] = summarize_screening(doc)
        if doc.relaxation_id is not None and doc.relaxation_id not in known["relaxations"]:
            yield f"the relaxation {doc.relaxation_id!r} that it is based on is not in the store."
    if isinstance(doc, SummaryDoc):
        expected = faces.pop(doc.id, None)
        if expected is None:
            yield f"there is no such result: {_REINDEX}"
        elif expected != doc:
            yield f"it differs from its result: {_REINDEX}"


def _is_outdated(summary: dict[str, Any]) -> bool:
    """Tell whether a stored summary is of an older schema."""
    version = summary.get("schema_version")
    return isinstance(version, int) and version < SUMMARY_SCHEMA_VERSION


def _rows(location: str, collection: str) -> Iterator[dict[str, Any]]:
    """Read a collection, some documents at a time; those without an id too."""
    store = open_collection(location, collection)
    try:
        ids = sorted(store.distinct("id"), key=str)
        for at in range(0, len(ids), _BATCH):
            yield from store.query({"id": {"$in": ids[at : at + _BATCH]}})
    finally:
        store.close()  # type: ignore[no-untyped-call]


def reindex(location: str) -> tuple[dict[str, list[str]], int]:
    """
    Create missing indexes, and rebuild all summaries.

    Parameters
    ----------
    location
        Path or URI.

    Returns
    -------
    tuple
        Indexes made, by collection; and how many summaries there are.
    """
    require_store(location)
    made = {}
    for collection in ALL_COLLECTIONS:
        store = open_collection(location, collection)
        try:
            if store.count():
                made[collection] = ensure_indexes(store, collection)
            if collection == _SUMMARIES:
                store.remove_docs({})
        finally:
            store.close()  # type: ignore[no-untyped-call]
    results = Results(location)
    try:
        number = results.complete()
    finally:
        results.close()
    return made, number
