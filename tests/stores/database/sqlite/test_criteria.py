"""Filters mean in SQL what they mean in memory, whatever the documents and whatever is asked."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from maggma.stores import MemoryStore

from trona.stores.database.sqlite.store import SQLiteStore

LONG = "long " * 300
SCALARS = st.sampled_from(
    [
        *(None, True, False, 0, 1, 2, -1, 2**53 + 1, 2**62, 0.0, 1.0, 1.5, -2.5, 0.1 + 0.2, 1e300),
        *(float("nan"), float("inf"), -float("inf"), 123456.78901234567, 5e-324),
        *("", "a", "b", "ab", "é", "1", "\x01c", "\x01n1", "\x02", "a\0b", "\n", '"', "\\u0001"),
        *(LONG, "['a']", '["a"]', b"bytes", datetime(2026, 1, 2, 3, 4, 5, 678000)),  # noqa: DTZ001
        *(datetime(1999, 12, 31), datetime(2026, 1, 2, 3, 4, 6)),  # noqa: DTZ001
    ]
)
KEYS = st.sampled_from(["a", "b", "c", "d"])
ODD_KEYS = st.sampled_from(["a", "b", "0", "x y", 'q"', "é", "a'b"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(KEYS, inner, max_size=3),
        st.dictionaries(ODD_KEYS, inner, max_size=2),
        st.just([{"a": 1, "b": LONG}] * 2),
    ),
    max_leaves=6,
)
DOCUMENTS = st.lists(st.dictionaries(KEYS, VALUES, max_size=4), min_size=1, max_size=5)
PATHS = st.sampled_from(["a", "b", "a.b", "b.a", "a.b.c", "c.d", "a.0", "a.0.b", "b.é", "a.x y"])
ORDERS = ["$gt", "$gte", "$lt", "$lte", "$eq", "$ne"]
CONDITIONS = st.recursive(
    st.one_of(
        st.dictionaries(st.sampled_from(ORDERS), SCALARS, min_size=1, max_size=2),
        st.dictionaries(st.sampled_from(["$eq", "$ne"]), VALUES, min_size=1, max_size=1),
        st.dictionaries(
            st.sampled_from(["$in", "$nin"]), st.lists(SCALARS, max_size=3), min_size=1
        ),
        st.builds(lambda some: {"$in": some}, st.lists(st.integers(-1, 2), max_size=3)),
        st.builds(lambda some: {"$nin": some}, st.lists(st.sampled_from("ab1"), max_size=3)),
        st.builds(lambda yes: {"$exists": yes}, st.booleans()),
        st.builds(lambda yes, no: {"$exists": yes, "$ne": no}, st.booleans(), SCALARS),
        st.builds(lambda some: {"$all": some}, st.lists(SCALARS, min_size=1, max_size=2)),
        st.builds(lambda size: {"$size": size}, st.integers(0, 3)),
        st.builds(lambda text: {"$regex": text}, st.sampled_from(["a", "^b$", "", "LONG", "1"])),
        st.just({"$regex": "LONG", "$options": "i"}),
        st.just({"$type": "string"}),
    ),
    lambda inner: st.one_of(
        st.builds(lambda one: {"$not": one}, inner),
        st.builds(lambda path, one: {"$elemMatch": {path: one}}, KEYS, inner),
        st.builds(lambda one: {"$elemMatch": one}, inner),
    ),
    max_leaves=3,
)
FIELDS = st.dictionaries(PATHS, st.one_of(SCALARS, VALUES, CONDITIONS), min_size=1, max_size=2)
CRITERIA = st.recursive(
    st.one_of(FIELDS, st.builds(lambda path: {path: re.compile("A", re.IGNORECASE)}, PATHS)),
    lambda inner: st.builds(
        lambda word, some: {word: some},
        st.sampled_from(["$and", "$or", "$nor"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=4,
)


@pytest.fixture(scope="module")
def embedded(tmp_path_factory):
    """A store with indexes, and one without."""
    stores = {}
    for indexed in (True, False):
        stores[indexed] = SQLiteStore(tmp_path_factory.mktemp("criteria") / "s.sqlite", key="id")
        stores[indexed].connect()
    for path in ("a", "a.b", "b"):
        assert stores[True].ensure_index(path)
    for path in ("a", "a.b", "a.b.c", "c.d"):
        assert stores[True].keep_list_values(path)
    return stores


def in_memory(docs):
    store = MemoryStore(key="id")
    store.connect()
    store.update(docs)
    return store


def answer(ask):
    """What a question gives, or that it is refused."""
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 (memory refuses in many ways)
        return type(error).__name__


@pytest.mark.long
@settings(max_examples=400)
@given(docs=DOCUMENTS, criteria=CRITERIA, indexed=st.booleans())
@example(
    docs=[{"a": []}, {"a": None}, {}, {"a": {}}], criteria={"a.b": {"$ne": None}}, indexed=True
)
@example(docs=[{"a": [{"b": [1, 2]}, 3]}], criteria={"a.b": {"$gte": 2}}, indexed=True)
@example(docs=[{"a": 0.1 + 0.2}, {"a": 0.3}], criteria={"a": {"$lte": 0.3}}, indexed=True)
@example(
    docs=[{"a": {"b": LONG}}, {"a": [LONG] * 3}], criteria={"a": {"$regex": "LONG"}}, indexed=False
)
def test_filters_find_the_same_documents_as_in_memory(embedded, docs, criteria, indexed):
    store = embedded[indexed]
    store.remove_docs({})
    numbered = [{**doc, "id": number} for number, doc in enumerate(docs)]
    store.update(numbered)

    def ids(store):
        return [doc["id"] for doc in store.query(criteria)]

    expected = answer(lambda: ids(in_memory(numbered)))
    if isinstance(expected, list):
        assert ids(store) == expected
        assert store.count(criteria) == len(expected)


def nested(depth):
    """A condition within a condition, and so on."""
    condition = {"$gt": 1}
    for _ in range(depth):
        condition = {"$not": condition}
    return condition


@pytest.mark.parametrize(
    "criteria",
    [
        {"a": nested(40)},
        {"$or": [{"a": number} for number in range(2, 3000)]},
        {"a": {"$in": list(range(2, 50_000))}},
        {"a": {"$in": [*range(2, 3000), "x"]}},
    ],
    ids=["deep", "wide", "long", "mixed"],
)
def test_a_filter_may_be_as_large_as_it_likes(embedded, criteria):
    store = embedded[True]
    store.remove_docs({})
    store.update([{"id": number, "a": number} for number in range(4)])
    assert [doc["id"] for doc in store.query(criteria)] == [2, 3]
