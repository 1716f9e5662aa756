"""Unique indexes looked up, where mongomock-ng compares each new document with all the others.

With that, a queue of 10,000 candidates took minutes to write, longer than the driver waits.
"""

from __future__ import annotations

from collections import defaultdict

import mongomock_ng.collection
import mongomock_ng.store
from mongomock_ng.collection import Collection, DuplicateKeyError


class UniqueStore(mongomock_ng.store.CollectionStore):
    """Documents of a collection, with a table for each unique index."""

    def __init__(self, name):
        super().__init__(name)
        self.owners, self.entries = {}, {}

    def create_index(self, index_name, index_dict):
        super().create_index(index_name, index_dict)
        if index_dict.get("unique"):
            self.owners[index_name] = defaultdict(set)
            for key, document in self._documents.items():
                self._enter(index_name, key, document)

    def drop_index(self, index_name):
        super().drop_index(index_name)
        self.owners.pop(index_name, None)
        self.entries = {at: found for at, found in self.entries.items() if at[0] != index_name}

    def drop(self):
        super().drop()
        self.owners, self.entries = {}, {}

    def __setitem__(self, key, document):
        super().__setitem__(key, document)
        for name in self.owners:
            self._enter(name, key, document)

    def __delitem__(self, key):
        super().__delitem__(key)
        for name in self.owners:
            self._leave(name, key)

    def _enter(self, name, key, document):
        self._leave(name, key)
        self.entries[name, key] = found = entries_of(self.indexes[name], document)
        for entry in found:
            self.owners[name][entry].add(key)

    def _leave(self, name, key):
        for entry in self.entries.pop((name, key), ()):
            self.owners[name][entry].discard(key)


def entries_of(index, document):
    """What a document has at the fields of an index, each way that it has it."""
    found = Collection._compute_index_entries(document, index["key"], index.get("sparse"))
    return {one if _hashable(one) else repr(one) for one in found or ()}


def _hashable(entry):
    try:
        hash(entry)
    except TypeError:
        return False
    return True


def _ensure_uniques(self, new):
    for name, owners in self._store.owners.items():
        for entry in entries_of(self._store.indexes[name], new):
            if owners.get(entry, set()) - {new["_id"]}:
                raise DuplicateKeyError("E11000 Duplicate Key Error", 11000)


def look_uniques_up(store=UniqueStore):
    """Have all collections of this process keep such tables."""
    mongomock_ng.store.CollectionStore = store
    mongomock_ng.collection.Collection._ensure_uniques = _ensure_uniques
