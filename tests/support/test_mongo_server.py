"""The server of the tests answers the real pymongo as a MongoDB does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from pymongo import MongoClient, ReplaceOne, ReturnDocument
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure

THREE = [{"x": 1, "t": datetime(2026, 1, 2, 3)}, {"x": 2, "a": {"b": [1, 2]}}, {"x": 3}]  # noqa: DTZ001


@pytest.fixture
def collection(mongo):
    server, _, name = mongo.rpartition("/")
    with MongoClient(server) as client:
        found = client[name]["things"]
        found.create_index("x", unique=True)
        found.insert_many([dict(one) for one in THREE])
        yield found


def test_what_is_written_is_read(collection):
    assert list(collection.find({}, {"_id": 0}, sort=[("x", 1)])) == THREE
    assert [one["x"] for one in collection.find({"x": {"$gt": 1}}).sort("x", -1).limit(1)] == [3]
    assert collection.count_documents({"a.b": 2}) == 1
    assert sorted(collection.distinct("x")) == [1, 2, 3]
    assert list(collection.aggregate([{"$group": {"_id": None, "n": {"$sum": "$x"}}}])) == [
        {"_id": None, "n": 6}
    ]


def test_long_answers_come_in_parts(collection):
    collection.database["many"].insert_many({"n": n} for n in range(2345))
    found = [one["n"] for one in collection.database["many"].find().batch_size(100)]
    assert found == list(range(2345))


def test_a_second_document_with_a_unique_key_is_refused_and_no_other(collection):
    with pytest.raises(DuplicateKeyError):
        collection.insert_one({"x": 1})
    with pytest.raises(BulkWriteError) as caught:
        collection.insert_many([{"x": 4}, {"x": 2}, {"x": 5}], ordered=False)
    assert [error["code"] for error in caught.value.details["writeErrors"]] == [11000]
    assert collection.count_documents({}) == 5


def test_updates_say_what_they_did(collection):
    done = collection.bulk_write([ReplaceOne({"x": n}, {"x": n}, upsert=True) for n in (3, 7)])
    assert (done.matched_count, done.upserted_count) == (1, 1)
    assert collection.update_many({"x": {"$lt": 3}}, {"$set": {"y": 1}}).modified_count == 2
    assert collection.update_one({"x": 99}, {"$set": {"y": 1}}).matched_count == 0
    assert collection.delete_many({"y": 1}).deleted_count == 2


def test_find_and_modify_takes_pipelines_and_conditions(collection):
    condition = {"$cond": {"if": {"$gt": ["$lock", None]}, "then": "$lock", "else": "mine"}}
    for _ in range(2):
        found = collection.find_one_and_update(
            {"x": {"$in": [1, 2]}},
            [{"$set": {"lock": condition}}],
            sort=[("x", -1)],
            projection=["lock"],
            return_document=ReturnDocument.AFTER,
        )
        assert found["lock"] == "mine"
    assert collection.count_documents({"lock": "mine"}) == 1
    assert collection.find_one_and_update({"x": 99}, {"$set": {"y": 1}}) is None


def test_one_of_many_takers_gets_each_document(collection):
    def take(_):
        taken = collection.find_one_and_update({"taken": None}, {"$set": {"taken": True}})
        return None if taken is None else taken["x"]

    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(take, range(20)))
    assert sorted(x for x in taken if x is not None) == [1, 2, 3]


def test_indexes_are_listed_and_dropped(collection):
    collection.create_index([("a", 1), ("x", -1)])
    assert collection.index_information()["a_1_x_-1"]["key"] == [("a", 1), ("x", -1)]
    collection.drop_indexes()
    assert set(collection.index_information()) == {"_id_"}


def test_an_unknown_command_is_an_error_that_names_it(collection):
    with pytest.raises(OperationFailure, match="frobnicate"):
        collection.database.command("frobnicate")
