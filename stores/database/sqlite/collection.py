"""A collection in one SQLite file that answers MongoDB queries; maggma is not needed.

Every update is one transaction, so a process killed in the middle leaves the file as it was before.
Several processes may write; each query sees all writes committed before it. docs/stores.md states
what is guaranteed, and which test shows it.
"""

from __future__ import annotations

import logging
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

from trona.screening.errors import StoreError

from .criteria import index_key
from .file import File
from .matching import Selection, first
from .mongo_semantics import distinct_values, normal, value_key
from .predicates import traversable
from .projections import Projection
from .text import Stored, encode, identity_text, plain_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from maggma.core import Sort
    from maggma.core.validator import Validator

__all__ = ["Collection"]


class Collection:
    """
    A collection of documents in one SQLite file, with the methods of a maggma store.

    Parameters
    ----------
    path
        The file; its folder is made if it is missing.
    collection_name
        Several collections share a file under different names.
    key
        Field that identifies a document.

    Raises
    ------
    StoreError
        On connection, if the file cannot be opened, is no database, or cannot be written.
    """

    validator: Validator | None = None
    """Of a maggma store that was given one."""

    def __init__(
        self, path: str | Path, collection_name: str = "documents", *, key: str = "id"
    ) -> None:
        self.path = str(path)
        self.collection_name = collection_name
        self.key = key
        self.logger = logging.getLogger(__name__)
        self._file: File | None = None
        self._known: set[tuple[str, ...]] = set()

    @property
    def name(self) -> str:
        """Name of the store."""
        return f"sqlite://{self.path}#{self.collection_name}"

    @property
    def _collection(self) -> object:
        """Refuse what other stores give to reach round maggma to pymongo."""
        raise StoreError(f"the store {self.path!r} has no pymongo collection: query the store.")

    def connect(self, force_reset: bool = False) -> None:
        """
        Open the file.

        Parameters
        ----------
        force_reset
            Open it again where it is open.
        """
        if self._file is not None and not force_reset:
            return
        self.close()
        self._file = File(self.path, self.collection_name)
        self._known = set()

    def close(self) -> None:
        """Close the file; the store can be connected again."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _opened(self) -> File:
        """Return the open file."""
        if self._file is None:
            raise StoreError(f"the store {self.path!r} is not connected: call connect() first.")
        return self._file

    def query(
        self,
        criteria: dict[str, Any] | None = None,
        properties: dict[str, Any] | list[str] | None = None,
        sort: dict[str, Sort | int] | None = None,
        hint: dict[str, Any] | None = None,  # noqa: ARG002
        skip: int = 0,
        limit: int = 0,
    ) -> Iterator[dict[str, Any]]:
        """
        Find documents.

        Parameters
        ----------
        criteria
            A Mongo filter; all documents by default.
        properties
            What to return of each document, all by default.
        sort
            Fields to sort by, ascending for 1, descending for -1; as they were inserted by default.
        hint
            Of no use here.
        skip
            How many of the first to leave out.
        limit
            How many to return at most, 0 for all.

        Yields
        ------
        dict
            The documents.
        """
        selection = self._selection(criteria)
        rows: Iterable[int]
        if sort:
            rows = selection.ordered([(name, _way(way)) for name, way in sort.items()])
        else:
            rows = selection.candidates(skip + abs(limit) if limit else 0)
        found = selection.read(rows, Projection(properties))
        yield from islice(found, skip, skip + abs(limit) if limit else None)

    def _selection(self, criteria: Mapping[str, Any] | None) -> Selection:
        """Look for documents."""
        return Selection(self._opened(), normal(criteria))

    def query_one(
        self,
        criteria: dict[str, Any] | None = None,
        properties: dict[str, Any] | list[str] | None = None,
        sort: dict[str, Sort | int] | None = None,
    ) -> dict[str, Any] | None:
        """
        Find the first document.

        Parameters
        ----------
        criteria, properties, sort
            As for `query`.

        Returns
        -------
        dict or None
            None where nothing matches.
        """
        return next(self.query(criteria, properties, sort, limit=1), None)

    def values(
        self, names: Sequence[str], criteria: dict[str, Any] | None = None
    ) -> Iterator[list[Any]]:
        """
        Read some fields of the documents that match, and nothing else of them.

        Parameters
        ----------
        names
            Of fields at the top of the documents.
        criteria
            A Mongo filter; all documents by default.

        Returns
        -------
        iterator of list
            The values of each document, None where it has no such field, as they were inserted.
        """
        return self._selection(criteria).values(names)

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
        del hint
        file = self._opened()
        if not criteria:
            return int(file.rows(f"SELECT count(*) FROM {file.table}")[0][0])
        return sum(1 for _ in self._selection(criteria).matching())

    def distinct(
        self,
        field: str,
        criteria: dict[str, Any] | None = None,
        all_exist: bool = False,  # noqa: ARG002 (of no effect in maggma's stores either)
    ) -> list[Any]:
        """
        List the different values of a field.

        Parameters
        ----------
        field
            Dotted path; the elements of lists count as values.
        criteria
            A Mongo filter; all documents by default.
        all_exist
            Of no effect.

        Returns
        -------
        list
            Each value once.
        """
        return distinct_values(field, self._selection(criteria).parts([field]))

    def groupby(
        self,
        keys: list[str] | str,
        criteria: dict[str, Any] | None = None,
        properties: dict[str, Any] | list[str] | None = None,
        sort: dict[str, Sort | int] | None = None,
        skip: int = 0,
        limit: int = 0,
    ) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """
        Group documents by the values of some fields.

        Parameters
        ----------
        keys
            Dotted paths; documents that lack one are in no group.
        criteria, properties, sort, skip, limit
            As for `query`, before grouping; without properties only the keys are returned, as by
            maggma's store in memory.

        Yields
        ------
        tuple of dict and list of dict
            The values, and the documents that have them.
        """
        from pydash import get, has, set_  # noqa: PLC0415 (slow to import, and seldom needed)

        names = keys if isinstance(keys, list) else [keys]
        asked = [*names, *(properties or [])]
        docs = [
            doc
            for doc in self.query(criteria, asked, sort, skip=skip, limit=limit)
            if all(has(doc, name) for name in names)
        ]
        for name in reversed(names):
            docs.sort(key=lambda doc: value_key(get(doc, name)))
        for values, group in groupby(docs, key=lambda doc: [get(doc, name) for name in names]):
            found: dict[str, Any] = {}
            for name, value in zip(names, values, strict=True):
                set_(found, name, value)
            yield found, list(group)

    def update(
        self, docs: list[dict[str, Any]] | dict[str, Any], key: list[str] | str | None = None
    ) -> None:
        """
        Insert or replace documents, all or none; in the file when the call returns.

        Parameters
        ----------
        docs
            One document or several.
        key
            Fields that identify a document; the store's key by default.

        Raises
        ------
        StoreError
            If a document cannot be stored, or the file cannot be written.
        """
        chosen = key or self.key
        keys = [chosen] if isinstance(chosen, str) else list(chosen)
        ready = []
        for doc in docs if isinstance(docs, list) else [docs]:
            simple, json = plain_values(doc)
            if self._valid(simple):
                wanted = normal({name: simple[name] for name in keys})
                ready.append((wanted, simple, encode(simple, json=json)))
        if not ready:
            return
        self._index_keys(keys)
        file = self._opened()
        with file.transaction():
            listed = list(file.list_values())
            for wanted, simple, stored in ready:
                row = self._put(wanted, simple.get("_id"), stored)
                for path in listed:
                    file.write_list_values(path, row, simple)

    def _valid(self, doc: dict[str, Any]) -> bool:
        """Ask the validator, where there is one."""
        if self.validator is None or self.validator.is_valid(doc):
            return True
        if self.validator.strict:  # type: ignore[attr-defined]
            raise ValueError(self.validator.validation_errors(doc))
        self.logger.error(self.validator.validation_errors(doc))
        return False

    def _index_keys(self, keys: list[str]) -> None:
        """Index what documents are identified by, once."""
        if tuple(keys) not in self._known:
            self._make_index(keys)
            self._known.add(tuple(keys))

    def _make_index(self, paths: list[str], *, unique: bool = False) -> bool:
        """Index some paths; False where SQLite would read one in another way than MongoDB."""
        split = [path.split(".") for path in paths]
        if not all(traversable(path) for path in split):
            return False
        if unique or paths not in self._opened().indexes():
            columns = [index_key(path) for path in split]
            self._opened().make_index(paths, columns, unique)
        return True

    def ensure_index(self, key: str, unique: bool = False) -> bool:
        """
        Index a field.

        Parameters
        ----------
        key
            Dotted path.
        unique
            True to let no two documents have the same value.

        Returns
        -------
        bool
            True if the index is there.
        """
        try:
            return self._make_index([key], unique=unique)
        except StoreError as error:
            self.logger.warning("no index of %s: %s", key, error)
            return False

    def require_writable(self) -> None:
        """
        Refuse a file that cannot be written.

        Raises
        ------
        StoreError
            If the file system, or its permissions, do not let it.
        """
        with self._opened().transaction():
            pass

    def keep_list_values(self, path: str) -> bool:
        """
        Keep what a path leads to through lists beside the documents, so that filters find it soon.

        Parameters
        ----------
        path
            Dotted path, as in ``"window.ladder.interphase"``.

        Returns
        -------
        bool
            True if it is kept.
        """
        if path in self._opened().list_values():
            return True
        if not traversable(path.split(".")):
            return False
        try:
            self._opened().keep_list_values(path)
        except StoreError as error:
            self.logger.info("the values of %s are not kept: %s", path, error)
            return False
        return True

    def _put(self, wanted: Mapping[str, Any], identity: object, stored: Stored) -> int:
        """Replace the first document that matches, or insert one; return its row."""
        file, given = self._opened(), None if identity is None else identity_text(identity)
        found = first(file, wanted)
        if found is None:
            from bson import ObjectId  # noqa: PLC0415 (slow to import, and queries need none)

            row = stored.identified(given or identity_text(ObjectId()))
            file.run(f"INSERT INTO {file.table} (id, head, body) VALUES (?, ?, ?)", [row])
            return int(file.rows("SELECT last_insert_rowid()")[0][0])
        number, known = found
        if given not in {None, known}:
            raise StoreError(
                f"the document {dict(wanted)!r} has the _id {known}, which cannot become {given}: "
                "leave _id out of what you store."
            )
        _, head, body = stored.identified(known)
        change = f"UPDATE {file.table} SET head = ?, body = ? WHERE row = ?"
        file.run(change, [(head, body, number)])
        return number

    def remove_docs(self, criteria: dict[str, Any]) -> None:
        """
        Remove the documents that match.

        Parameters
        ----------
        criteria
            A Mongo filter.
        """
        file = self._opened()
        with file.transaction():
            rows = [(row,) for row in self._selection(criteria).matching()]
            file.run(f"DELETE FROM {file.table} WHERE row = ?", rows)


def _way(way: Sort | int) -> int:
    """Read an order, 1 or -1, or maggma's word for it."""
    value = way if isinstance(way, int) else int(way.value)
    if value not in {1, -1}:
        raise ValueError(f"{way!r} is no order: sort by 1, or by -1 to turn it round.")
    return value
