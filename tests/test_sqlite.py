"""The embedded store keeps what it was given, across processes and accidents."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from threading import Timer

import pytest
from maggma.stores import MemoryStore

from trona.screening.errors import StoreError
from trona.stores.sqlite import SQLiteStore

WRITER = """
import sys
from trona.stores.sqlite import SQLiteStore
store = SQLiteStore(sys.argv[1], "c", key="id")
store.connect()
for n in range(int(sys.argv[3])):
    store.update({"id": f"{sys.argv[2]}-{n}", "n": n})
    print(n, flush=True)
"""


def opened(path, collection="c"):
    store = SQLiteStore(path, collection, key="id")
    store.connect()
    return store


def test_documents_come_back_as_they_went_in(tmp_path):
    doc = {"id": "a", "x": 1.5, "none": None, "nested": {"list": [1, {"b": True}]},
           "when": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)}  # fmt: skip
    first = opened(tmp_path / "s.sqlite")
    first.update(doc)
    first.close()
    found = opened(tmp_path / "s.sqlite").query_one({"id": "a"})
    found.pop("_id")
    found["when"] = found["when"].replace(tzinfo=UTC)
    assert found == doc


def test_a_closed_store_can_be_connected_and_updated_again(tmp_path):
    store = opened(tmp_path / "s.sqlite")
    store.update({"id": "a"})
    store.close()
    store.connect()
    store.update({"id": "b"})
    assert store.count() == 2
    assert sorted(opened(tmp_path / "s.sqlite").distinct("id")) == ["a", "b"]


def test_an_update_replaces_by_key_and_removal_reaches_the_file(tmp_path):
    store = opened(tmp_path / "s.sqlite")
    store.update([{"id": "a", "x": 1}, {"id": "b", "x": 1}])
    store.update({"id": "a", "x": 2})
    store.remove_docs({"id": "b"})
    again = opened(tmp_path / "s.sqlite")
    assert [(d["id"], d["x"]) for d in again.query()] == [("a", 2)]


def test_collections_of_one_file_are_apart(tmp_path):
    opened(tmp_path / "s.sqlite", "one").update({"id": "a"})
    assert opened(tmp_path / "s.sqlite", "two").count() == 0


def test_keys_of_several_fields_identify(tmp_path):
    store = opened(tmp_path / "s.sqlite")
    store.update({"uuid": "u", "index": 1, "id": "x"}, key=["uuid", "index"])
    store.update({"uuid": "u", "index": 1, "id": "y"}, key=["uuid", "index"])
    store.update({"uuid": "u", "index": 2, "id": "z"}, key=["uuid", "index"])
    assert sorted(opened(tmp_path / "s.sqlite").distinct("id")) == ["y", "z"]


@pytest.mark.parametrize(
    "criteria",
    [
        {"id": "a"},
        {"id": "a", "x": 2},
        {"id": {"$in": ["a", "b", "b", "none"]}},
        {"id": {"$in": ["a", 7]}},
        {"id": ["a", "z"]},
        {"id": "z"},
        {"id": None},
        {"id": {"$ne": "a"}},
        {"$or": [{"id": "a"}, {"x": 3}]},
        {"x": {"$gte": 2}},
        {},
    ],
)
def test_questions_are_answered_as_by_a_store_in_memory(tmp_path, criteria):
    docs = [{"id": "a", "x": 1}, {"id": "b", "x": 2}, {"id": 7, "x": 3}, {"id": ["a", "z"]},
            {"id": None, "x": 2}]  # fmt: skip
    store, oracle = opened(tmp_path / "s.sqlite"), MemoryStore("c", key="id")
    oracle.connect()
    for one in (store, oracle):
        one.update(docs)
    plain = [
        sorted(repr({**doc, "_id": 0}) for doc in one.query(criteria)) for one in (store, oracle)
    ]
    assert plain[0] == plain[1]
    assert store.count(criteria) == oracle.count(criteria) == len(plain[0])
    assert sorted(map(repr, store.distinct("x", criteria))) == sorted(
        map(repr, oracle.distinct("x", criteria))
    )


def test_a_question_by_key_reads_no_other_document(tmp_path):
    store = opened(tmp_path / "s.sqlite")
    store.update([{"id": "a"}, {"id": "b"}])
    with sqlite3.connect(tmp_path / "s.sqlite") as file:
        file.execute("UPDATE documents SET doc = 'unreadable' WHERE doc LIKE '%\"b\"%'")
    file.close()
    assert store.query_one({"id": "a"})["id"] == "a"
    with pytest.raises(ValueError, match="Expecting value"):
        list(store.query({}))


def test_what_another_connection_wrote_is_seen_at_once(tmp_path):
    reader, writer = opened(tmp_path / "s.sqlite"), opened(tmp_path / "s.sqlite")
    writer.update({"id": "a"})
    assert reader.query_one({"id": "a"}) is not None
    writer.remove_docs({})
    assert reader.count() == 0


def test_a_file_of_an_earlier_version_is_read_and_written(tmp_path):
    with sqlite3.connect(tmp_path / "s.sqlite") as file:
        file.execute(
            "CREATE TABLE documents (collection TEXT NOT NULL, id TEXT NOT NULL, "
            "doc TEXT NOT NULL, PRIMARY KEY (collection, id)) WITHOUT ROWID"
        )
        rows = [("c", "row-a", '{"id": "a", "_id": "row-a"}'), ("other", "row-b", '{"id": "b"}')]
        file.executemany("INSERT INTO documents VALUES (?, ?, ?)", rows)
    file.close()
    store = opened(tmp_path / "s.sqlite")
    assert store.query_one({"id": "a"})["id"] == "a"
    store.update({"id": "new"})
    assert opened(tmp_path / "s.sqlite", "other").query_one({"id": "b"})["id"] == "b"
    assert sorted(opened(tmp_path / "s.sqlite").distinct("id")) == ["a", "new"]


def test_a_file_that_is_locked_while_it_is_opened_is_waited_for(tmp_path):
    # Two processes that open a new file at the same moment meet in this state, in which SQLite
    # gives up at once: the workers of a run did, in one of sixty.
    other = sqlite3.connect(tmp_path / "s.sqlite", check_same_thread=False)
    other.execute("CREATE TABLE other (x)")
    other.execute("BEGIN IMMEDIATE")
    release = Timer(0.3, other.rollback)
    release.start()
    opened(tmp_path / "s.sqlite").update({"id": "a"})
    release.join()
    other.close()
    assert opened(tmp_path / "s.sqlite").count() == 1


def test_several_processes_write_without_losing_a_document(tmp_path):
    path = tmp_path / "s.sqlite"
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, path, str(name), "30"], stdout=subprocess.DEVNULL
        )
        for name in range(3)
    ]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0, 0]
    assert opened(path).count() == 90


def test_a_kill_in_mid_write_loses_nothing_that_was_reported(tmp_path):
    path = tmp_path / "s.sqlite"
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, path, "k", "100000"], stdout=subprocess.PIPE, text=True
    ) as writer:
        while int(writer.stdout.readline()) < 20:
            time.sleep(0)
        os.kill(writer.pid, signal.SIGKILL)
        reported = 20 + len(writer.stdout.read().splitlines())
    assert opened(path).count() >= reported


@pytest.mark.parametrize("content", [b"this is no database", b"\0" * 5000])
def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path, content):
    path = tmp_path / "s.sqlite"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"s\.sqlite"):
        opened(path)
    assert path.read_bytes() == content


def test_a_path_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="--store"):
        opened(tmp_path / "file" / "s.sqlite")
    with pytest.raises(StoreError):
        opened(tmp_path)
