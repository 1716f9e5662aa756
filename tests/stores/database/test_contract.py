"""Every home of documents keeps the contract of a maggma store: SQLite, memory, MongoDB.

A home is a function that makes an unconnected store.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from functools import partial
from uuid import uuid4

import numpy as np
import pytest
from bson.errors import BSONError
from hypothesis import given, settings
from hypothesis import strategies as st
from jobflow import Flow, JobStore, job, run_locally
from maggma.builders import MapBuilder
from maggma.core import StoreError as MaggmaStoreError
from maggma.core.validator import Validator
from maggma.stores import MemoryStore, MongoStore
from monty.json import MontyDecoder, MSONable
from pymatgen.core import Lattice, Structure
from pymongo.errors import PyMongoError

from trona.screening.errors import StoreError
from trona.stores.database.sqlite.store import SQLiteStore

WHEN = datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001 (stores keep UTC without a zone)


def embedded(folder, name="contract", **options):
    return SQLiteStore(folder / "s.sqlite", name, **options)


def in_memory(folder, name="contract", **options):
    return MemoryStore(f"{folder.name}-{name}", **options)


@pytest.fixture
def on_a_server(mongo, monkeypatch):
    """Make stores of a MongoDB; maggma leaves their connections open."""
    clients = []

    def connected(store, force_reset=False):
        connect(store, force_reset)
        clients.append(store._collection.database.client)

    connect = MongoStore.connect
    monkeypatch.setattr(MongoStore, "connect", connected)
    yield lambda name="contract", **options: MongoStore.from_uri(mongo, name, **options)
    for client in clients:
        client.close()


@pytest.fixture(params=["sqlite", "memory", "server"])
def home(request, tmp_path):
    """Make stores of one home: `home()`, or with a name and the options of a store."""
    if request.param == "server":
        return request.getfixturevalue("on_a_server")
    return partial({"sqlite": embedded, "memory": in_memory}[request.param], tmp_path)


@pytest.fixture
def store(home):
    found = home(key="id")
    found.connect()
    return found


@pytest.fixture
def filled(store):
    store.update(
        [
            {"id": "a", "n": 3, "kind": "x", "in": {"side": 1}, "tags": ["p", "q"]},
            {"id": "b", "n": 1, "kind": "y", "in": {"side": 2}, "tags": []},
            {"id": "c", "n": 2, "kind": "x", "in": {"side": 1}, "tags": ["q"]},
            {"id": "d", "kind": None, "in": None, "tags": "q"},
        ]
    )
    return store


def ids(found):
    return [doc["id"] for doc in found]


# Connecting


def test_a_store_that_is_not_connected_says_so(home):
    with pytest.raises((StoreError, MaggmaStoreError)):
        list(home(key="id").query())


def test_connecting_twice_changes_nothing(filled):
    filled.connect()
    assert filled.count() == 4


def test_a_store_is_a_context(home):
    with home(key="id") as store:
        store.update({"id": "a"})
        assert store.count() == 1


def test_a_store_survives_being_written_down(home):
    store = home(key="id", last_updated_field="when")
    again = MontyDecoder().process_decoded(store.as_dict())
    assert again == store
    assert (again.key, again.last_updated_field) == ("id", "when")
    assert hash(again) == hash(store)
    assert home("other") != store
    assert store.name


# What goes in comes out


def test_documents_come_back_as_they_went_in(store):
    doc = {"id": "a", "true": True, "int": 2**53 + 1, "real": 0.1 + 0.2, "none": None, "empty": {},
           "text": 'Na⁺ "β" \\ \n\t\x01\x02', "list": [1, [2.0, [None]], {"x": []}], "when": WHEN,
           "bytes": b"\x00\xff", "inf": float("inf"), "long": "text" * 1000}  # fmt: skip
    store.update(doc)
    found = store.query_one({"id": "a"})
    found.pop("_id")
    assert found == doc
    assert type(found["real"]) is float
    assert found["true"] is True


def test_a_number_that_is_none_comes_back_as_such(store):
    store.update({"id": "a", "x": float("nan"), "y": -float("inf")})
    found = store.query_one()
    assert np.isnan(found["x"])
    assert found["y"] == -float("inf")


def test_dates_are_kept_in_utc_to_the_millisecond(store):
    zoned = datetime.fromisoformat("2026-01-02T05:04:05.678901+02:00")
    store.update({"id": "a", "when": zoned})
    assert store.query_one()["when"] == WHEN + timedelta(milliseconds=678)
    assert store.count({"when": zoned}) == store.count({"when": {"$gt": WHEN}}) == 1


class Colour(Enum):
    RED = "red"


class Thing(MSONable):
    def __init__(self, size):
        self.size = size


def test_objects_are_kept_as_their_dictionaries(store):
    cell = Structure(Lattice.cubic(4), ["Na"], [[0, 0, 0]])
    store.update(
        {"id": "a", "cell": cell, "things": [Thing(2)], "array": np.arange(3), "number": np.int8(7),
         "colour": Colour.RED, "tuple": (1, 2), 5: "five"}
    )  # fmt: skip
    found = store.query_one()
    assert Structure.from_dict(found["cell"]) == cell
    assert found["things"][0]["size"] == 2
    assert (found["array"], found["number"], found["tuple"]) == ([0, 1, 2], 7, [1, 2])
    assert found["colour"]["value"] == "red"
    assert found["5"] == "five"


def test_what_is_returned_may_be_changed(filled):
    filled.query_one({"id": "a"})["in"]["side"] = 99
    assert filled.query_one({"id": "a"})["in"]["side"] == 1


def test_an_object_given_is_not_changed(store):
    doc = {"id": "a", "x": [1]}
    store.update(doc)
    assert doc == {"id": "a", "x": [1]}


@pytest.mark.parametrize("doc", [{"x": 2**70}, {"x": {"y\0": 1}}])
def test_what_mongodb_refuses_is_refused_by_all(store, doc):
    with pytest.raises((StoreError, OverflowError, ValueError, BSONError, PyMongoError)):
        store.update([{"id": "a", **doc}])
    assert store.count() == 0


def test_a_document_without_its_key_is_refused(store):
    with pytest.raises(KeyError):
        store.update({"x": 1})
    assert store.count() == 0


class OnlyPositive(Validator):
    def __init__(self, strict):
        self.strict = strict

    def is_valid(self, doc):
        return doc["n"] > 0

    def validation_errors(self, doc):
        return [f"{doc['n']} is not positive"]


def test_a_validator_keeps_documents_out(home):
    store = home(key="id", validator=OnlyPositive(strict=False))
    store.connect()
    store.update([{"id": "a", "n": 1}, {"id": "b", "n": -1}])
    assert ids(store.query()) == ["a"]
    store = home("strict", key="id", validator=OnlyPositive(strict=True))
    store.connect()
    with pytest.raises(ValueError, match="not positive"):
        store.update([{"id": "b", "n": -1}])


# Updating


def test_an_update_replaces_the_whole_document_and_keeps_its_identity(filled):
    before = filled.query_one({"id": "b"})["_id"]
    filled.update({"id": "b", "new": 1})
    assert filled.query_one({"id": "b"}) == {"_id": before, "id": "b", "new": 1}
    assert ids(filled.query()) == ["a", "b", "c", "d"]


def test_what_was_read_can_be_stored_again(filled):
    doc = filled.query_one({"id": "b"})
    doc["n"] = 10
    filled.update(doc)
    assert filled.query_one({"id": "b"}) == doc


def test_the_key_of_an_update_may_be_another_field(filled):
    filled.update({"id": "new", "n": 2}, key="n")
    assert ids(filled.query()) == ["a", "b", "new", "d"]
    filled.update({"id": "newer", "kind": "x", "n": 3}, key=["kind", "n"])
    assert ids(filled.query()) == ["newer", "b", "new", "d"]
    filled.update({"id": "newest", "kind": "x", "n": 4}, key=["kind", "n"])
    assert ids(filled.query()) == ["newer", "b", "new", "d", "newest"]


@pytest.mark.parametrize("key", [7, 1.5, True, None, WHEN, ["list"], {"a": 1}])
def test_keys_need_not_be_text(store, key):
    store.update([{"id": key, "n": 1}, {"id": "other", "n": 1}])
    store.update({"id": key, "n": 2})
    assert [(doc["id"], doc["n"]) for doc in store.query()] == [(key, 2), ("other", 1)]


def test_the_last_of_equal_keys_in_one_update_stays(store):
    store.update([{"id": "a", "n": 1}, {"id": "a", "n": 2}])
    assert [doc["n"] for doc in store.query()] == [2]


def test_removed_documents_are_gone(filled):
    filled.remove_docs({"kind": "x"})
    assert ids(filled.query()) == ["b", "d"]
    filled.remove_docs({"kind": "none"})
    filled.remove_docs({})
    assert filled.count() == 0


# Asking


def test_properties_choose_fields(filled):
    one = filled.query_one({"id": "a"}, properties=["n", "in.side", "missing"])
    one.pop("_id")
    assert one == {"n": 3, "in": {"side": 1}}
    assert filled.query_one({"id": "a"}, properties={"n": 1, "_id": 0}) == {"n": 3}
    rest = filled.query_one({"id": "a"}, properties={"in": 0, "_id": 0, "tags": 0})
    assert rest == {"id": "a", "n": 3, "kind": "x"}


def test_properties_reach_into_lists_and_long_fields(store):
    steps = [{"volt": n, "text": "long " * 100} for n in range(5)]
    store.update({"id": "a", "deep": {"steps": steps, "n": 1}})
    found = store.query_one(properties={"deep.steps.volt": 1, "_id": 0})
    assert found == {"deep": {"steps": [{"volt": n} for n in range(5)]}}
    assert store.query_one(properties={"deep": 1, "_id": 0})["deep"]["steps"] == steps
    store.update({"id": "a", "deep": {"steps": steps, "n": 1}, "steps": steps})
    sliced = store.query_one(properties={"id": 1, "steps": {"$slice": 1}})
    assert sliced["steps"] == steps[:1]
    assert store.count({"deep.steps.volt": 4}) == store.count({"deep.steps": {"$size": 5}}) == 1


def test_sorting_skipping_and_limiting(filled):
    assert ids(filled.query(sort={"n": 1})) == ["d", "b", "c", "a"]
    assert ids(filled.query(sort={"n": -1}, skip=1, limit=2)) == ["c", "b"]
    assert ids(filled.query(sort={"kind": 1, "n": -1})) == ["d", "a", "c", "b"]
    assert ids(filled.query(sort={"in.side": -1, "id": -1})) == ["b", "c", "a", "d"]
    assert ids(filled.query({"kind": "x"}, limit=1)) == ["a"]
    assert ids(filled.query(skip=3)) == ["d"]
    assert ids(filled.query(skip=9)) == []


def test_counting(filled):
    assert filled.count() == 4
    assert filled.count({}) == 4
    assert filled.count({"tags": "q"}) == 3
    assert filled.count({"in.side": {"$lt": 2}, "n": {"$gt": 2}}) == 1


def test_one_document_or_none(filled):
    assert filled.query_one({"n": 1})["id"] == "b"
    assert filled.query_one({"n": 17}) is None


def test_distinct_values(filled):
    assert sorted(filled.distinct("n")) == [1, 2, 3]
    assert sorted(filled.distinct("tags")) == ["p", "q"]
    assert sorted(filled.distinct("in.side", {"kind": "x"})) == [1]
    assert filled.distinct("missing") == []
    assert sorted(map(repr, filled.distinct("in"))) == ["None", "{'side': 1}", "{'side': 2}"]


def test_groups(filled):
    groups = {
        group["kind"]: sorted(ids(docs))
        for group, docs in filled.groupby("kind", {"n": {"$exists": True}}, properties=["id"])
    }
    assert groups == {"x": ["a", "c"], "y": ["b"]}
    nested = list(filled.groupby(["kind", "in.side"], {"n": {"$gt": 0}}, properties=["id"]))
    assert [group for group, _ in sorted(nested, key=str)] == [
        {"kind": "x", "in": {"side": 1}},
        {"kind": "y", "in": {"side": 2}},
    ]


def test_an_unknown_operator_is_refused(filled):
    with pytest.raises(Exception, match=r"\$nonsense"):
        list(filled.query({"n": {"$nonsense": 1}}))


def test_a_query_may_be_interrupted_by_an_update(filled):
    for doc in filled.query():
        filled.update({**doc, "n": 0})
        filled.update({"id": f"{doc['id']}-copy"})
    assert filled.count({"n": 0}) == 4


# Indexes and dates


@pytest.mark.parametrize("path", ["n", "in.side", "tags"])
def test_an_index_is_made_once_and_changes_no_answer(filled, path):
    questions = [{path: 1}, {path: {"$gte": 1}}, {path: "q"}, {path: None}, {path: {"$ne": 1}},
                 {path: {"$in": [1, "q"]}}, {"$or": [{path: 2}, {path: "p"}]}]  # fmt: skip
    before = [ids(filled.query(question)) for question in questions]
    assert filled.ensure_index(path)
    assert filled.ensure_index(path)
    assert [ids(filled.query(question)) for question in questions] == before
    top, _, rest = path.partition(".")
    filled.update({"id": "e", top: [{rest: 2}] if rest else [1, "q"]})
    assert "e" in ids(filled.query({path: 2 if rest else "q"}))


def test_last_updated_is_that_of_the_newest(store):
    assert store.last_updated == datetime.min  # noqa: DTZ901
    docs = [{"id": n, "last_updated": WHEN + timedelta(seconds=n)} for n in (1, 3, 2)]
    store.update(docs)
    assert store.last_updated == WHEN + timedelta(seconds=3)


def test_what_is_newer_elsewhere_is_found(home):
    old, new = home("old", key="id"), home("new", key="id")
    for one in (old, new):
        one.connect()
    old.update([{"id": n, "last_updated": WHEN} for n in "ab"])
    later = WHEN + timedelta(days=1)
    new.update([{"id": "a", "last_updated": WHEN}, {"id": "b", "last_updated": later},
                {"id": "c", "last_updated": later}])  # fmt: skip
    assert sorted(old.newer_in(new)) == ["b", "c"]
    assert sorted(old.newer_in(new, exhaustive=True)) == ["b", "c"]


# Users of stores


class Double(MapBuilder):
    def unary_function(self, item):
        return {"doubled": 2 * item["n"]}


def test_builders_read_and_write(home):
    source, target = home("source", key="id"), home("target", key="id")
    for one in (source, target):
        one.connect()
    source.update([{"id": n, "n": n, "last_updated": WHEN} for n in range(5)])
    builder = Double(source, target)
    builder.chunk_size = 2
    for _ in range(2):
        items = list(builder.get_items())
        builder.update_targets([builder.process_item(item) for item in items])
    assert [doc["doubled"] for doc in target.query(sort={"id": 1})] == [0, 2, 4, 6, 8]


@job(data="big")
def produce(number):
    return {"small": number, "big": list(range(number))}


@job
def consume(given):
    return sum(given["big"])


def test_jobs_leave_outputs_and_large_objects(home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = JobStore(home("jobs", key="uuid"), additional_stores={"data": home("data")})
    store.additional_stores["data"].key = "blob_uuid"
    store.connect()
    first = produce(5)
    second = consume(first.output)
    answers = run_locally(Flow([first, second]), store=store, log=False)
    assert answers[second.uuid][1].output == 10
    assert store.get_output(first.uuid, load=True)["big"] == [0, 1, 2, 3, 4]
    assert "blob_uuid" in store.query_one({"uuid": first.uuid})["output"]["big"]
    assert store.additional_stores["data"].count() == 1
    assert store.count() == 2


# Against memory, at random

NAMES = st.sampled_from("abc")
VALUES = st.recursive(
    st.sampled_from([None, True, 0, 1, 2, 1.5, "a", "b", "", WHEN, "long " * 300]),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=5,
)
BATCHES = st.lists(
    st.tuples(
        st.lists(
            st.fixed_dictionaries({"id": st.integers(0, 4), "b": VALUES}, optional={"a": VALUES}),
            min_size=1,
            max_size=3,
        ),
        st.sampled_from(["id", ["id"], ["id", "b"], "b"]),
    ),
    min_size=1,
    max_size=4,
)
SORTS = st.dictionaries(st.sampled_from(["a", "b", "a.b", "id"]), st.sampled_from([1, -1]))
CHOICES = st.sampled_from(
    [None, ["a"], ["id", "b"], {"a": 1, "_id": 0}, {"b": 0}, {"_id": 0}, {"_id": 1}]
)


@pytest.fixture(scope="module")
def histories(tmp_path_factory):
    store = SQLiteStore(tmp_path_factory.mktemp("histories") / "s.sqlite", key="id")
    store.connect()
    return store


@pytest.mark.long
@settings(max_examples=150)
@given(batches=BATCHES, sort=SORTS, chosen=CHOICES, skip=st.integers(0, 2), limit=st.integers(0, 3))
def test_a_history_of_updates_ends_as_in_memory(histories, batches, sort, chosen, skip, limit):
    memory = MemoryStore(uuid4().hex, key="id")
    memory.connect()
    histories.remove_docs({})
    for docs, key in batches:
        for one in (memory, histories):
            one.update(docs, key=key)
    options = {"properties": chosen, "sort": sort, "skip": skip, "limit": limit}
    expected, found = (
        [{name: doc[name] for name in doc if name != "_id"} for doc in one.query({}, **options)]
        for one in (memory, histories)
    )
    assert found == expected
    assert sorted(histories.distinct("id")) == sorted(memory.distinct("id"))
