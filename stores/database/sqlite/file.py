"""One SQLite file shared by several processes: opening, transactions, tables, earlier formats.

Every change is one transaction in the write-ahead log: a process killed in the middle leaves the
file as it was before, and readers are not blocked. This module does not know about filters.
"""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from trona.screening.errors import StoreError

from .list_values import making_statements, path_of, reached, table_prefix, values_table
from .text import decode, encode, identity_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["FORMAT", "File"]

FORMAT = 2
"""Version of the file's layout, kept as its ``user_version``; 0 is the first, or a new file."""

_BUSY_SECONDS = 120.0
"""How long to wait for other processes' writes to end."""
_RETRY_SECONDS = 0.02
"""Between attempts to open a file that another process is opening."""
_CACHE_KIB = 32_000
"""Pages kept in memory by a connection that reads a whole collection."""
_LOG_BYTES = 64 * 2**20
"""Size to which the write-ahead log shrinks after a large update."""

_PIECE = 200
"""Documents in memory at a time where all are gone through."""

_COLLECTIONS = """
CREATE TABLE IF NOT EXISTS collections (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)
"""
_DOCUMENTS = """
CREATE TABLE IF NOT EXISTS {table} (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, head TEXT NOT NULL, body TEXT
)
"""
_FIRST_FORMAT = "SELECT collection, id, doc FROM documents ORDER BY collection, id"


class File:
    """
    A connection to a file, for one collection.

    Parameters
    ----------
    path
        The file; its folder is made if it is missing.
    collection
        Name of the collection, made if it is missing.

    Raises
    ------
    StoreError
        If the file cannot be opened, is no database, or cannot be written.
    """

    def __init__(self, path: str, collection: str) -> None:
        self.path = path
        self._lock = RLock()
        try:
            Path(path).expanduser().parent.mkdir(parents=True, exist_ok=True)
            self._connection = self._open()
        except (sqlite3.Error, OSError) as error:
            raise _failure(path, error) from None
        try:
            with self._translated():
                self._prepare()
            self.table = self._table(collection)
        except StoreError:
            self.close()
            raise

    def _open(self) -> sqlite3.Connection:
        """Open the file, again and again while another process opens it for the first time."""
        deadline = monotonic() + _BUSY_SECONDS
        while True:
            connection = sqlite3.connect(
                Path(self.path).expanduser(),
                timeout=_BUSY_SECONDS,
                check_same_thread=False,
                isolation_level=None,
            )
            try:
                connection.execute("PRAGMA journal_mode=WAL")
            except sqlite3.Error as error:
                connection.close()
                # SQLite does not wait by itself while two connections switch a file to its
                # write-ahead log: one of them is turned away at once.
                if not _busy(error) or monotonic() > deadline:
                    raise
                sleep(_RETRY_SECONDS)
            else:
                return connection

    def _prepare(self) -> None:
        """Set the connection up, and bring a file of the first format up to date."""
        self._connection.create_function("matches", 3, _matches, deterministic=True)
        # A process that is killed loses nothing with this setting; a power cut may lose the last
        # updates, but never the file.
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
        self._connection.execute(f"PRAGMA journal_size_limit={_LOG_BYTES}")
        found = self._format()
        if found > FORMAT:
            raise StoreError(
                f"the store {self.path!r} has format {found}, this version of trona reads "
                f"formats up to {FORMAT}: read it with the version that wrote it, or name "
                "another with --store."
            )
        if found < FORMAT:
            with self.transaction():
                if self._format() < FORMAT:  # nobody else was faster
                    self._connection.execute(_COLLECTIONS)
                    self._migrate()
                    self._connection.execute(f"PRAGMA user_version={FORMAT}")

    def _format(self) -> int:
        """Read the version of the layout."""
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    def _migrate(self) -> None:
        """Move documents of the first format, one table of all collections, to their tables."""
        names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'documents'"
        if self._connection.execute(names).fetchone() is None:
            return
        from bson import json_util  # noqa: PLC0415 (slow to import, and few files are so old)

        tables: dict[str, str] = {}
        for collection, identity, text in self._connection.execute(_FIRST_FORMAT):
            if collection not in tables:
                tables[collection] = self._made(collection)
            doc = json_util.loads(text)
            stored = encode(doc).identified(identity_text(doc.get("_id", identity)))
            insert = f"INSERT INTO {tables[collection]} (id, head, body) VALUES (?, ?, ?)"
            self._connection.execute(insert, stored)
        self._connection.execute("DROP TABLE documents")

    def _table(self, collection: str) -> str:
        """Name the table of a collection, made if it is missing."""
        number = "SELECT number FROM collections WHERE name = ?"
        found = self.rows(number, (collection,))
        if found:
            return f"documents_{found[0][0]}"
        with self.transaction():
            return self._made(collection)

    def _made(self, collection: str) -> str:
        """Make the table of a collection within a transaction."""
        insert = "INSERT OR IGNORE INTO collections (name) VALUES (?)"
        self._connection.execute(insert, (collection,))
        number = "SELECT number FROM collections WHERE name = ?"
        (found,) = self._connection.execute(number, (collection,)).fetchone()
        table = f"documents_{found}"
        self._connection.execute(_DOCUMENTS.format(table=table))
        return table

    def indexes(self) -> list[list[str]]:
        """
        List what is indexed.

        Returns
        -------
        list of list of str
            Dotted paths of each index, in its order.
        """
        names = "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ?"
        found = [name for (name,) in self.rows(names, (self.table,))]
        return [json.loads(name.partition(" ")[2]) for name in found if " " in name]

    def make_index(self, paths: Sequence[str], keys: Sequence[str], unique: bool) -> None:
        """
        Make an index.

        Parameters
        ----------
        paths
            Dotted paths that it is found by.
        keys
            Expressions that it orders.
        unique
            True to let no two documents have the same key.

        Raises
        ------
        StoreError
            If it cannot be made.
        """
        name = f"{self.table} {json.dumps(list(paths))}".replace('"', '""')
        kind = "UNIQUE INDEX" if unique else "INDEX"
        with self.transaction():
            if list(paths) not in self.indexes():
                self.run(f'CREATE {kind} "{name}" ON {self.table} ({", ".join(keys)})')

    def list_values(self) -> dict[str, str]:
        """
        List the paths whose values are kept beside the documents.

        Returns
        -------
        dict of str to str
            Dotted path to the name of the table, quoted for SQL.
        """
        names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name BETWEEN ? AND ?"
        prefix = table_prefix(self.table)
        found = self.rows(names, (prefix, f"{prefix}~"))
        paths = (path_of(name, self.table) for (name,) in found)
        return {path: values_table(self.table, path) for path in paths}

    def keep_list_values(self, path: str) -> None:
        """
        Keep the values of a path beside the documents, those that are there included.

        Parameters
        ----------
        path
            Dotted, of names that `predicates.traversable` lets pass.

        Raises
        ------
        StoreError
            If the file cannot be written.
        """
        with self.transaction():
            if path in self.list_values():
                return
            for statement in making_statements(self.table, path):
                self.run(statement)
            select = f"SELECT row, coalesce(body, head) FROM {self.table} WHERE row > ?"
            last = -1
            while found := self.rows(f"{select} ORDER BY row LIMIT {_PIECE}", (last,)):
                for last, text in found:
                    self.write_list_values(path, last, decode(text))

    def write_list_values(self, path: str, row: int, doc: object) -> None:
        """
        Write the values of a path in a document, within the transaction that wrote the document.

        Parameters
        ----------
        path
            Dotted, kept already.
        row
            Of the document.
        doc
            As it was stored.
        """
        table = values_table(self.table, path)
        values = [(row, *one) for one in reached(doc, path.split("."))]
        self.run(f"DELETE FROM {table} WHERE row = ?", [(row,)])
        self.run(f"INSERT INTO {table} VALUES (?, ?, ?)", values)

    def rows(
        self, statement: str, values: Mapping[str, object] | Sequence[object] = ()
    ) -> list[Any]:
        """
        Ask for rows.

        Parameters
        ----------
        statement
            SQL that changes nothing.
        values
            Its parameters.

        Returns
        -------
        list of tuple
            All rows, so that no reader keeps a writer from tidying the log up.

        Raises
        ------
        StoreError
            If the file cannot be read.
        """
        with self._lock, self._translated():
            return self._connection.execute(statement, values).fetchall()

    def run(self, statement: str, values: Iterable[Sequence[object]] = ((),)) -> None:
        """
        Change something, within a transaction.

        Parameters
        ----------
        statement
            SQL.
        values
            Its parameters, once for each time it is carried out.

        Raises
        ------
        StoreError
            If the file cannot be written.
        """
        with self._translated():
            for row in values:
                self._connection.execute(statement, row)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Execute the block as one transaction; other writers wait."""
        with self._lock, self._translated():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn SQLite's errors into trona's."""
        try:
            yield
        except sqlite3.Error as error:
            raise _failure(self.path, error) from None

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()


def _matches(pattern: str, flags: int, text: object) -> bool:
    """Search text, for SQL."""
    return isinstance(text, str) and re.search(pattern, text, flags) is not None


def _busy(error: Exception) -> bool:
    """Tell whether another process was in the way."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
    }


def _failure(path: str, error: Exception) -> StoreError:
    """Say in one sentence what went wrong with the file."""
    if _busy(error):
        return StoreError(
            f"the store {path!r} has been kept busy by another process for "
            f"{_BUSY_SECONDS:.0f} s: nothing was changed; end that process, or try again."
        )
    if isinstance(error, sqlite3.IntegrityError):
        return StoreError(
            f"the store {path!r} has another document of this key already: nothing was changed "
            f"({error})."
        )
    return StoreError(
        f"cannot use the store {path!r}: {error}. Name another file with --store, "
        "or make this one readable and writable."
    )
