"""An embedded maggma store: one SQLite file, of which only what a question needs is in memory.

Every update is one transaction, so a kill in the middle leaves the file as it was before. Several
processes may write; each question reads what all of them wrote until then.
"""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from bson import json_util
from maggma.stores import MemoryStore

from trona.screening.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["SQLiteStore"]

_BUSY_SECONDS = 60.0
"""How long to wait for another process's write to end."""
_RETRY_SECONDS = 0.02
"""Between attempts to open a file that another process is opening."""

_CREATE = """
CREATE TABLE IF NOT EXISTS documents (
    collection TEXT NOT NULL, id TEXT NOT NULL, doc TEXT NOT NULL, key TEXT,
    PRIMARY KEY (collection, id)
) WITHOUT ROWID
"""
_CREATE_INDEX = "CREATE INDEX IF NOT EXISTS documents_by_key ON documents (collection, key)"
_COUNT = "SELECT count(*) FROM documents WHERE collection = ?"
_SELECT = "SELECT doc FROM documents WHERE collection = ?"
_SELECT_KEY = "SELECT doc FROM documents WHERE collection = ? AND key = ?"
_INSERT = "INSERT OR REPLACE INTO documents (collection, id, doc, key) VALUES (?, ?, ?, ?)"
_DELETE = "DELETE FROM documents WHERE collection = ? AND id = ?"
_WITHOUT_KEY = "SELECT collection, id, doc FROM documents WHERE collection = ? AND key IS NULL"
_SET_KEY = "UPDATE documents SET key = ? WHERE collection = ? AND id = ?"


class SQLiteStore(MemoryStore):
    """
    A maggma store in one SQLite file.

    A question that names the store's key reads the documents with these keys; any other reads the
    collection for as long as it takes to answer.

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

    @property
    def _collection(self) -> object:
        """A copy of the whole collection, of which maggma's other methods ask."""
        return self._memory()._collection  # noqa: SLF001 (the same class)

    def connect(self, force_reset: bool = False) -> None:
        """
        Open the file.

        Parameters
        ----------
        force_reset
            Open it again where it is open.
        """
        if self._connection is not None and not force_reset:
            return
        self.close()
        try:
            Path(self.path).expanduser().parent.mkdir(parents=True, exist_ok=True)
            self._connection = self._open()
        except (sqlite3.Error, OSError) as error:
            raise _failure(self.path, error) from None

    def _open(self) -> sqlite3.Connection:
        """Open the file, again and again while another process opens it for the first time."""
        deadline = monotonic() + _BUSY_SECONDS
        while True:
            connection = sqlite3.connect(
                Path(self.path).expanduser(), timeout=_BUSY_SECONDS, check_same_thread=False
            )
            try:
                self._prepare(connection)
            except sqlite3.Error as error:
                connection.close()
                # SQLite does not wait by itself while two connections switch a file to its
                # write-ahead log: one of them is turned away at once.
                busy = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
                if not busy or monotonic() > deadline:
                    raise
                sleep(_RETRY_SECONDS)
            else:
                return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Make the table where there is none; give rows of earlier versions their keys."""
        connection.execute("PRAGMA journal_mode=WAL")
        if "key" in _columns(connection):
            without = connection.execute(_WITHOUT_KEY, (self.collection_name,)).fetchone()
            if without is None:
                return
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_CREATE)
            if "key" not in _columns(connection):
                connection.execute("ALTER TABLE documents ADD COLUMN key TEXT")
            connection.execute(_CREATE_INDEX)
            rows = connection.execute(_WITHOUT_KEY, (self.collection_name,)).fetchall()
            keys = [(self._key_of(json_util.loads(doc)), *row) for *row, doc in rows]
            connection.executemany(_SET_KEY, keys)

    def _key_of(self, doc: dict[str, Any]) -> str:
        """Derive what a document is looked up by; empty where its key is no text."""
        value = doc.get(self.key)
        return _digest([value]) if isinstance(value, str) else ""

    def _opened(self) -> sqlite3.Connection:
        """Return the open connection."""
        if self._connection is None:
            raise StoreError(f"the store {self.path!r} is not connected: call connect() first.")
        return self._connection

    def _rows(self, criteria: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
        """Read the documents that may match: by key where the criteria name keys, else all."""
        keys = _named((criteria or {}).get(self.key))
        if keys is None:
            for (text,) in self._opened().execute(_SELECT, (self.collection_name,)):
                yield json_util.loads(text)
            return
        for key in {*map(_digest, ([key] for key in keys)), ""}:
            for (text,) in self._opened().execute(_SELECT_KEY, (self.collection_name, key)):
                yield json_util.loads(text)

    def _memory(self, criteria: dict[str, Any] | None = None) -> MemoryStore:
        """Put the documents that may match into memory, where Mongo's language is understood."""
        memory = MemoryStore(self.collection_name, **self.kwargs)
        memory.connect()
        try:
            for row in self._rows(criteria):
                memory._collection.insert_one(row)  # noqa: SLF001 (the way in without a key)
        except sqlite3.Error as error:
            raise _failure(self.path, error) from None
        return memory

    def query(
        self,
        criteria: dict[str, Any] | None = None,
        *args: Any,  # noqa: ANN401 (passed on)
        **kwargs: Any,  # noqa: ANN401
    ) -> Iterator[dict[str, Any]]:
        """
        Find documents.

        Parameters
        ----------
        criteria
            A Mongo filter; all documents by default.
        *args, **kwargs
            Properties, sorting and limits, as for any maggma store.

        Yields
        ------
        dict
            The documents.
        """
        yield from self._memory(criteria).query(criteria, *args, **kwargs)

    def count(
        self, criteria: dict[str, Any] | None = None, hint: dict[str, Any] | None = None
    ) -> int:
        """
        Count documents.

        Parameters
        ----------
        criteria
            A Mongo filter; all documents by default.
        hint
            Of no use here.

        Returns
        -------
        int
            How many match.
        """
        if criteria:
            return int(self._memory(criteria).count(criteria, hint))
        (number,) = self._opened().execute(_COUNT, (self.collection_name,)).fetchone()
        return int(number)

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
            {**doc, "_id": _digest([doc[key] for key in keys])}
            for doc in (docs if isinstance(docs, list) else [docs])
        ]
        memory = MemoryStore(self.collection_name, **self.kwargs)
        memory.connect()
        memory.update(identified, key=chosen)  # makes plain values, and validates where asked to
        rows = [
            (self.collection_name, doc["_id"], json_util.dumps(doc), self._key_of(doc))
            for doc in memory.query()
        ]
        self._write(_INSERT, rows)

    def remove_docs(self, criteria: dict[str, Any]) -> None:
        """
        Remove the documents that match.

        Parameters
        ----------
        criteria
            A Mongo filter.
        """
        rows = [(self.collection_name, doc["_id"]) for doc in self.query(criteria, {"_id": 1})]
        self._write(_DELETE, rows)

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

    def __hash__(self) -> int:
        return hash((self.path, self.collection_name))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SQLiteStore) and (
            (self.path, self.collection_name) == (other.path, other.collection_name)
        )


def _columns(connection: sqlite3.Connection) -> set[str]:
    """Name the columns of the table; none where there is no table."""
    return {str(row[1]) for row in connection.execute("PRAGMA table_info(documents)")}


def _named(wanted: object) -> list[str] | None:
    """List the keys that a filter asks for; None where it says it in another way."""
    values = [wanted]
    if isinstance(wanted, dict) and wanted.keys() == {"$in"}:
        values = list(wanted["$in"])
    keys = [value for value in values if isinstance(value, str)]
    return keys if len(keys) == len(values) else None


def _digest(values: list[Any]) -> str:
    """Derive the row of a document from its key, so that two processes agree on it."""
    return hashlib.sha256(json_util.dumps(values).encode()).hexdigest()[:24]


def _failure(path: str, error: Exception) -> StoreError:
    """Say in one sentence what went wrong with the file."""
    return StoreError(
        f"cannot use the store {path!r}: {error}. Name another file with --store, "
        "or make this one readable and writable."
    )
