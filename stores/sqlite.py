"""An embedded maggma store: one SQLite file, queried in memory, written through at each update.

Every update is one transaction, so a kill in the middle leaves the file as it was before. Several
processes may write; a process sees what others wrote when it connects again.
"""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bson import json_util
from maggma.stores import MemoryStore

from trona.screening.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["SQLiteStore"]

_BUSY_SECONDS = 60.0
"""How long to wait for another process's write to end."""

_CREATE = """
CREATE TABLE IF NOT EXISTS documents (
    collection TEXT NOT NULL, id TEXT NOT NULL, doc TEXT NOT NULL,
    PRIMARY KEY (collection, id)
) WITHOUT ROWID
"""


class SQLiteStore(MemoryStore):
    """
    A maggma store in one SQLite file.

    Parameters
    ----------
    path
        The file; its folder is made if it is missing.
    collection_name
        Documents of several stores share a file under different names.
    **kwargs
        As for any maggma store: ``key``, ``last_updated_field`` and so on.

    Raises
    ------
    StoreError
        On connection, if the file cannot be opened, is no database, or cannot be written.
    """

    def __init__(
        self, path: str | Path, collection_name: str = "documents", **kwargs: object
    ) -> None:
        self.path = str(path)
        self._connection: sqlite3.Connection | None = None
        super().__init__(collection_name=collection_name, **kwargs)

    @property
    def name(self) -> str:
        """Name of the store."""
        return f"sqlite://{self.path}#{self.collection_name}"

    def connect(self, force_reset: bool = False) -> None:
        """
        Open the file and read the collection.

        Parameters
        ----------
        force_reset
            Read again what other processes may have written.
        """
        if self._coll is not None and not force_reset:
            return
        if self._connection is not None:
            self._connection.close()
        try:
            Path(self.path).expanduser().parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                Path(self.path).expanduser(), timeout=_BUSY_SECONDS, check_same_thread=False
            )
            self._connection.execute("PRAGMA journal_mode=WAL")
            with self._connection:
                self._connection.execute(_CREATE)
            rows = list(self._rows())
        except (sqlite3.Error, OSError) as error:
            self._connection = None
            raise _failure(self.path, error) from None
        self._coll = None
        super().connect(force_reset=True)
        if rows:
            self._collection.insert_many(rows)

    def _rows(self) -> Iterator[dict[str, Any]]:
        """Read all documents of the collection."""
        query = "SELECT doc FROM documents WHERE collection = ?"
        for (text,) in self._opened().execute(query, (self.collection_name,)):
            yield json_util.loads(text)

    def _opened(self) -> sqlite3.Connection:
        """Return the open connection."""
        if self._connection is None:
            raise StoreError(f"the store {self.path!r} is not connected: call connect() first.")
        return self._connection

    def update(
        self, docs: list[dict[str, Any]] | dict[str, Any], key: list[str] | str | None = None
    ) -> None:
        """
        Insert or replace documents, on disk when the call returns.

        Parameters
        ----------
        docs
            One document or several.
        key
            Fields that identify a document; the store's key by default.
        """
        chosen = key or self.key
        keys = [chosen] if isinstance(chosen, str) else list(chosen)
        identified = [
            {**doc, "_id": _identity(doc, keys)}
            for doc in (docs if isinstance(docs, list) else [docs])
        ]
        super().update(identified, key=key)
        stored = self._collection.find({"_id": {"$in": [doc["_id"] for doc in identified]}})
        rows = [(self.collection_name, doc["_id"], json_util.dumps(doc)) for doc in stored]
        self._write("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", rows)

    def remove_docs(self, criteria: dict[str, Any]) -> None:
        """
        Remove the documents that match.

        Parameters
        ----------
        criteria
            A Mongo filter.
        """
        found = self._collection.find(criteria, {"_id": 1})
        rows = [(self.collection_name, doc["_id"]) for doc in found]
        super().remove_docs(criteria)
        self._write("DELETE FROM documents WHERE collection = ? AND id = ?", rows)

    def _write(self, statement: str, rows: Sequence[tuple[str, ...]]) -> None:
        """Carry out a statement for all rows in one transaction."""
        connection = self._opened()
        try:
            with connection:
                connection.executemany(statement, rows)
        except sqlite3.Error as error:
            raise _failure(self.path, error) from None

    def close(self) -> None:
        """Close the file; the store can be connected again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._coll = None

    def __hash__(self) -> int:
        return hash((self.path, self.collection_name))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SQLiteStore) and (
            (self.path, self.collection_name) == (other.path, other.collection_name)
        )


def _identity(doc: dict[str, Any], keys: list[str]) -> str:
    """Derive the row of a document from its key, so that two processes agree on it."""
    text = json_util.dumps([doc[key] for key in keys])
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _failure(path: str, error: Exception) -> StoreError:
    """Say in one sentence what went wrong with the file."""
    return StoreError(
        f"cannot use the store {path!r}: {error}. Name another file with --store, "
        "or make this one readable and writable."
    )
