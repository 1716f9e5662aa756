"""MongoDB commands that pymongo, maggma and jobflow-remote send, carried out by mongomock-ng."""

from __future__ import annotations

import bson
import mongomock_ng
from pymongo.errors import PyMongoError

BATCH = 1000


def is_replacement(change):
    """Tell a whole document from operators and from a pipeline."""
    return isinstance(change, dict) and not any(key.startswith("$") for key in change)


class Commands:
    """What the server can do: one method for each command, its name in lower case."""

    def __init__(self):
        self.client = mongomock_ng.MongoClient()
        self.cursors = {}

    def answer(self, command):
        """Carry a command out; an error is an answer too."""
        name = next(iter(command))
        method = getattr(self, f"do_{name.lower()}", None)
        if method is None:
            return {"ok": 0.0, "code": 59, "errmsg": f"no such command: '{name}'"}
        database = self.client[command["$db"]]
        target = database[command[name]] if isinstance(command[name], str) else database
        try:
            return {**method(command, target), "ok": 1.0}
        except (PyMongoError, NotImplementedError, TypeError, ValueError) as error:
            code = getattr(error, "code", None) or 2
            return {"ok": 0.0, "code": code, "errmsg": f"{type(error).__name__}: {error}"}

    def do_hello(self, *_):
        limits = {"maxBsonObjectSize": 16 * 2**20, "maxWriteBatchSize": 100_000}
        return limits | {"ismaster": True, "minWireVersion": 0, "maxWireVersion": 17}

    do_ismaster = do_hello

    def do_ping(self, *_):
        return {}

    do_endsessions = do_killcursors = do_ping

    def do_buildinfo(self, *_):
        return {"version": "6.0.0", "versionArray": [6, 0, 0, 0]}

    def do_insert(self, command, collection):
        def insert(document):
            collection.insert_one(document)
            return {"n": 1}

        return self._written(command, command["documents"], insert)

    def do_update(self, command, collection):
        def update(one):
            options = {"array_filters": one["arrayFilters"]} if one.get("arrayFilters") else {}
            act = collection.update_many if one.get("multi") else collection.update_one
            if is_replacement(one["u"]):
                act = collection.replace_one
            result = act(one["q"], one["u"], upsert=one.get("upsert", False), **options)
            if result.upserted_id is None:
                return {"n": result.matched_count, "nModified": result.modified_count}
            return {"n": 1, "upserted": result.upserted_id}

        return {"nModified": 0, **self._written(command, command["updates"], update)}

    def do_delete(self, command, collection):
        def delete(one):
            act = collection.delete_one if one.get("limit") else collection.delete_many
            return {"n": act(one["q"]).deleted_count}

        return self._written(command, command["deletes"], delete)

    def _written(self, command, operations, act):
        """Carry writes out one by one, and add their counts; failures are named by their place."""
        reply = {"n": 0}
        for index, operation in enumerate(operations):
            try:
                for key, value in act(operation).items():
                    if key == "upserted":
                        reply.setdefault(key, []).append({"index": index, "_id": value})
                    else:
                        reply[key] = reply.get(key, 0) + value
            except PyMongoError as error:
                failure = {"index": index, "code": error.code or 2, "errmsg": str(error)}
                reply.setdefault("writeErrors", []).append(failure)
                if command.get("ordered", True):
                    break
        return reply

    def do_find(self, command, collection):
        found = collection.find(command.get("filter", {}), command.get("projection") or None)
        if sort := command.get("sort"):
            found = found.sort(list(sort.items()))
        found = found.skip(command.get("skip", 0)).limit(abs(command.get("limit", 0)))
        return self._cursor(command, collection.full_name, found)

    def do_aggregate(self, command, collection):
        found = collection.aggregate(command["pipeline"])
        return self._cursor(command["cursor"], collection.full_name, found)

    def _cursor(self, options, namespace, documents):
        """Hand out the first documents and keep the rest."""
        rest, number = list(documents), len(self.cursors) + 1
        size = options.get("batchSize", BATCH)
        first, rest = rest[:size], rest[size:]
        if rest and not options.get("singleBatch"):
            self.cursors[number] = rest
        else:
            number = 0
        return {"cursor": {"id": bson.Int64(number), "ns": namespace, "firstBatch": first}}

    def do_getmore(self, command, *_):
        number, size = command["getMore"], command.get("batchSize", BATCH)
        rest = self.cursors[number]
        page, self.cursors[number] = rest[:size], rest[size:]
        left = number if self.cursors[number] else 0
        namespace = f"{command['$db']}.{command['collection']}"
        return {"cursor": {"id": bson.Int64(left), "ns": namespace, "nextBatch": page}}

    def do_findandmodify(self, command, collection):
        options = {"upsert": True} if command.get("upsert") else {}
        if sort := command.get("sort"):
            options["sort"] = list(sort.items())
        if fields := command.get("fields"):
            options["projection"] = fields
        if command.get("remove"):
            options.pop("upsert", None)
            document = collection.find_one_and_delete(command["query"], **options)
        else:
            act = collection.find_one_and_update
            if is_replacement(command["update"]):
                act = collection.find_one_and_replace
            options["return_document"] = command.get("new", False)
            document = act(command["query"], command["update"], **options)
        return {"value": document, "lastErrorObject": {"n": int(document is not None)}}

    def do_count(self, command, collection):
        return {"n": collection.count_documents(command.get("query") or {})}

    def do_distinct(self, command, collection):
        return {"values": collection.distinct(command["key"], command.get("query") or {})}

    def do_createindexes(self, command, collection):
        for index in command["indexes"]:
            known = {key: index[key] for key in ("name", "unique", "sparse") if key in index}
            collection.create_index(list(index["key"].items()), **known)
        return {}

    def do_listindexes(self, command, collection):
        found = [
            {"v": 2, "name": name, **content, "key": dict(content["key"])}
            for name, content in collection.index_information().items()
        ]
        return self._cursor(command.get("cursor", {}), collection.full_name, found)

    def do_dropindexes(self, command, collection):
        if command["index"] == "*":
            collection.drop_indexes()
        else:
            collection.drop_index(command["index"])
        return {}

    def do_drop(self, _, collection):
        collection.drop()
        return {}

    def do_dropdatabase(self, _, database):
        self.client.drop_database(database.name)
        return {}

    def do_listcollections(self, command, database):
        found = [{"name": n, "type": "collection"} for n in database.list_collection_names()]
        return self._cursor(command.get("cursor", {}), f"{database.name}.$cmd", found)
