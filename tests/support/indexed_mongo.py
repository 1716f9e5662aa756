"""The server of the tests, taught to use indexes as MongoDB does, and to say what it examined.

An index leaves over the documents that have the value asked for; one that is sorted as the answer
shall be gives the first at once. Run as a program it prints its URI; when a line comes on its
standard input it prints how many documents each kind of question examined, and ends.
"""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter, defaultdict
from heapq import merge

import mongomock_ng.collection
from mongomock_ng.aggregate import process_pipeline
from mongomock_ng.filtering import filter_applies
from sortedcontainers import SortedKeyList

from tests.support.mongo_uniques import UniqueStore, look_uniques_up

NEXT_JOB = [("state", 1), ("priority", -1), ("created_on", 1)]
ORDER = [("priority", -1), ("created_on", 1)]


def values_at(document, path):
    """Values of a field; of a list, each."""
    found = [document]
    for part in path.split("."):
        found = [one.get(part) for one in found if isinstance(one, dict)]
    return [x for one in found for x in (one if isinstance(one, list) else [one])]


def plain(values):
    """Those values that a table can hold."""
    return [value for value in values if isinstance(value, (str, int, type(None)))]


class IndexedStore(UniqueStore):
    """Documents of a collection with a table for the first field of each index."""

    def __init__(self, name):
        super().__init__(name)
        self.tables, self.held, self.queues = {}, {}, None

    def create_index(self, index_name, index_dict):
        super().create_index(index_name, index_dict)
        self.tables.setdefault(next(iter(index_dict["key"]))[0], defaultdict(dict))
        if list(index_dict["key"]) == NEXT_JOB:
            self.queues = defaultdict(
                lambda: SortedKeyList(key=lambda d: (-d["priority"], d["created_on"], d["_id"]))
            )
        for key, document in list(self._documents.items()):
            self[key] = document

    def drop_index(self, index_name):
        super().drop_index(index_name)
        kept = {next(iter(index["key"]))[0] for index in self.indexes.values()}
        self.tables = {field: self.tables[field] for field in kept}

    def drop(self):
        super().drop()
        self.tables, self.held, self.queues = {}, {}, None

    def __setitem__(self, key, document):
        self._forget(key)
        super().__setitem__(key, document)
        held = {field: plain(values_at(document, field)) for field in self.tables}
        self.held[key] = held, document.get("state"), dict(document)
        for field, values in held.items():
            for value in values:
                self.tables[field][value][key] = document
        if self.queues is not None:
            self.queues[document["state"]].add(self.held[key][2])

    def __delitem__(self, key):
        self._forget(key)
        super().__delitem__(key)

    def _forget(self, key):
        held, state, copy = self.held.pop(key, ({}, None, None))
        for field, values in held.items():
            for value in values:
                self.tables.get(field, {}).get(value, {}).pop(key, None)
        if self.queues is not None and copy is not None and copy in self.queues[state]:
            self.queues[state].remove(copy)


def keys_of(condition):
    """Values that a condition allows; None if an index is of no use."""
    if isinstance(condition, dict):
        return condition.get("$in") if set(condition) == {"$in"} else None
    return [condition] if isinstance(condition, (str, int)) else None


class Examined(Counter):
    """Documents examined, by collection and question."""

    def candidates(self, collection, question):
        """Documents that the best index leaves over."""
        store = collection._store
        if keys_of(question.get("_id")) is None and "_id" in question:
            key = question["_id"]
            return [store._documents[key]] if key in store._documents else []
        choices = [
            [doc for key in keys for doc in store.tables[field].get(key, {}).values()]
            for field in store.tables
            if (keys := keys_of(question.get(field))) is not None
        ]
        found = min(choices, key=len) if choices else list(store._documents.values())
        self[collection.name, ",".join(sorted(question))] += len(found)
        return found


EXAMINED = Examined()


def _iter_documents(self, filter):  # noqa: A002
    return (one for one in EXAMINED.candidates(self, filter) if filter_applies(filter, one))


_FIND_ONE = mongomock_ng.collection.Collection.find_one


def find_one(self, filter=None, *args, **kwargs):  # noqa: A002
    states = keys_of((filter or {}).get("state"))
    if self._store.queues is None or states is None or kwargs.get("sort") != ORDER:
        return _FIND_ONE(self, filter, *args, **kwargs)
    lists = [self._store.queues[state] for state in states]
    for one in merge(*lists, key=lambda d: (-d["priority"], d["created_on"])):
        EXAMINED[self.name, "sorted index"] += 1
        if filter_applies(filter, self._store._documents[one["_id"]]):
            return _FIND_ONE(self, {"_id": one["_id"]})
    return None


def aggregate(self, pipeline, session=None, **_):
    first = pipeline[0].get("$match", {}) if pipeline else {}
    rest = pipeline[1:] if first else pipeline
    return process_pipeline(list(self.find(first)), self.database, rest, session)


def serve():
    """Serve until the standard input ends, then say what was examined."""
    look_uniques_up(IndexedStore)
    for patch in (_iter_documents, find_one, aggregate):
        setattr(mongomock_ng.collection.Collection, patch.__name__, patch)
    from tests.support.mongo_server import MongoServer

    server = MongoServer()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.uri, flush=True)  # noqa: T201
    sys.stdin.readline()
    print(json.dumps([[*key, count] for key, count in EXAMINED.items()]), flush=True)  # noqa: T201


if __name__ == "__main__":
    serve()
