"""Open a store from its location: a file path or a MongoDB URI."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from trona.screening.errors import StoreError
from trona.stores.database.sqlite.collection import Collection

from .indexes import FIELDS, ensure_indexes, keep_lists
from .locations import redacted

if TYPE_CHECKING:
    from jobflow import JobStore
    from maggma.core import Store

__all__ = [
    "SERVER_TIMEOUT",
    "check_answer",
    "database_of",
    "exists",
    "job_store",
    "open_documents",
    "open_store",
    "redacted",
    "require_writable",
    "resolved",
]

_MONGO = ("mongodb://", "mongodb+srv://")
SERVER_TIMEOUT = 10.0
"""Seconds to wait for a server; a wrong address is noticed before one loses patience."""


def _unconnected(location: str, collection: str, key: str) -> Store:
    """Make the store of a collection without touching it."""
    if not location.startswith(_MONGO):
        if "://" in location:
            raise StoreError(
                f"cannot use the store {redacted(location)!r}: give a file path, "
                "or a URI that starts with mongodb:// or mongodb+srv://."
            )
        from .sqlite.store import SQLiteStore  # noqa: PLC0415 (maggma is slow to import)

        return SQLiteStore(location, collection, key=key)
    from .mongodb import ServerStore  # noqa: PLC0415 (slow to import, and files need none)

    timeout = {"serverSelectionTimeoutMS": int(SERVER_TIMEOUT * 1000)}
    store: Store = ServerStore.from_uri(
        location, collection, database=database_of(location), key=key, mongoclient_kwargs=timeout
    )
    return store


def database_of(location: str) -> str:
    """
    Read the database that a MongoDB URI names.

    Parameters
    ----------
    location
        URI.

    Returns
    -------
    str
        Its name.

    Raises
    ------
    StoreError
        If it is no MongoDB URI, or names none.

    Examples
    --------
    >>> database_of("mongodb://host:27017/trona?tls=true")
    'trona'
    """
    if not location.startswith(_MONGO):
        raise StoreError(
            f"{redacted(location)!r} is not a MongoDB server: write mongodb://host/DATABASE."
        )
    database = urlsplit(location).path.strip("/")
    if not database:
        raise StoreError(
            f"the URI {redacted(location)!r} names no database: write mongodb://host/DATABASE."
        )
    return database


def check_answer(store: Collection | Store, location: str) -> None:
    """
    Check that the server of a connected store responds.

    Parameters
    ----------
    store
        Connected; a store that is no MongoDB passes.
    location
        As shown to the user, without its credentials.

    Raises
    ------
    StoreError
        If it does not answer within `SERVER_TIMEOUT`, or refuses.
    """
    if isinstance(store, Collection):
        return
    from maggma.stores import MongoStore  # noqa: PLC0415 (slow to import, and files need none)
    from pymongo.errors import PyMongoError  # noqa: PLC0415

    if not isinstance(store, MongoStore):
        return
    try:
        store._collection.database.command("ping")  # noqa: SLF001 (maggma has no other way)
    except PyMongoError as error:
        detail = str(error).split(" (configured")[0].split(", Timeout")[0].rstrip(".")
        raise StoreError(
            f"the MongoDB server of {redacted(location)!r} cannot be used: {detail}. Check that "
            "it runs, and that its address, port, user and password are right."
        ) from None


def exists(location: str) -> bool:
    """
    Tell whether a store may exist, without creating one.

    Parameters
    ----------
    location
        Path or URI.

    Returns
    -------
    bool
        False for a path without a file; a server is taken to be there.
    """
    return location.startswith(_MONGO) or Path(location).expanduser().is_file()


def resolved(location: str) -> str:
    """
    Write a store's location in its canonical form.

    Parameters
    ----------
    location
        Path or URI.

    Returns
    -------
    str
        An absolute path without links, or the URI as it is.

    Examples
    --------
    >>> resolved("mongodb://host/trona")
    'mongodb://host/trona'
    """
    return location if location.startswith(_MONGO) else str(Path(location).expanduser().resolve())


def open_store(location: str, collection: str, key: str = "id") -> Store:
    """
    Open a collection, connected and ready.

    Parameters
    ----------
    location
        Path of an embedded store file, or a MongoDB URI with a database name.
    collection
        Name of the collection, one of those that a copy takes along.
    key
        Field that identifies a document.

    Returns
    -------
    maggma.core.Store
        A connected store.

    Raises
    ------
    StoreError
        If it cannot be opened, its server does not answer, or there is no such collection.
    """
    store = _unconnected(location, _known(collection), key)
    _connect(store, location, collection)
    return store


def open_documents(location: str, collection: str, key: str = "id") -> Collection | Store:
    """
    Open a collection without maggma, which is slow to import, where it is in a file.

    Parameters
    ----------
    location, collection, key
        As for `open_store`.

    Returns
    -------
    Collection or maggma.core.Store
        Connected; both have the methods of a maggma store.

    Raises
    ------
    StoreError
        As `open_store` does.
    """
    if "://" in location:
        return open_store(location, collection, key)
    store = Collection(location, _known(collection), key=key)
    _connect(store, location, collection)
    return store


def _known(collection: str) -> str:
    """Refuse a collection that a copy would leave behind."""
    if collection not in FIELDS:
        raise StoreError(
            f"no collection {collection!r}: a copy of the store would leave it behind. Add its "
            f"document to COLLECTIONS, or choose from {', '.join(FIELDS)}."
        )
    return collection


def _connect(store: Collection | Store, location: str, collection: str) -> None:
    """Connect a store, and have its indexes made where questions need them."""
    store.connect()
    check_answer(store, location)
    if location.startswith(_MONGO):
        # One document for each key, however many processes write; questions find theirs at once.
        ensure_indexes(store, collection)
    keep_lists(store, collection)


def require_writable(location: str) -> None:
    """
    Refuse a store that cannot be written, without making one.

    Parameters
    ----------
    location
        Path or URI.

    Raises
    ------
    StoreError
        If it cannot be opened or written, or its server does not answer.
    """
    path = Path(location).expanduser()
    if "://" in location or path.exists():
        store = open_documents(location, "screenings")
        try:
            if isinstance(store, Collection):
                store.require_writable()
        finally:
            store.close()
        return
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    effective = os.access in os.supports_effective_ids
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK, effective_ids=effective):
        raise StoreError(
            f"cannot use the store {location!r}: no file can be made in {str(folder)!r}. Name "
            "another file with --store."
        )


def job_store(location: str) -> JobStore:
    """
    Job store of jobflow at a location, with the additional store ``data`` for large objects.

    Parameters
    ----------
    location
        As for `open_store`.

    Returns
    -------
    jobflow.JobStore
        Not connected yet.

    Raises
    ------
    StoreError
        If the location is none.
    """
    from jobflow import JobStore  # noqa: PLC0415 (slow to import, and queries need none)

    return JobStore(
        _unconnected(location, "jobs", "uuid"),
        additional_stores={"data": _unconnected(location, "data", "blob_uuid")},
    )
