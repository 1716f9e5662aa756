"""The embedded store keeps what it was given, across processes and accidents."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from tempfile import TemporaryDirectory
from threading import Timer

import pytest
from bson import json_util
from maggma.stores import MemoryStore

from tests.support.folders import SCRIPTS
from tests.support.permissions import as_ordinary_user
from trona.screening.errors import StoreError
from trona.stores.database.sqlite.store import SQLiteStore

STRESS = SCRIPTS / "stress_store.py"
LIMITED = """
import resource, signal, sys
from trona.screening.errors import StoreError
from trona.stores.database.sqlite.store import SQLiteStore
store = SQLiteStore(sys.argv[1], "c", key="id")
store.connect()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    store.update([{"id": n, "x": "long" * 10_000} for n in ("a", "b", "c")])
except StoreError as error:
    print(error)
    sys.exit(2)
"""


def stressed(*options):
    """What the stress script reports."""
    done = subprocess.run([sys.executable, STRESS, *options], capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def opened(path, collection="c"):
    store = SQLiteStore(path, collection, key="id")
    store.connect()
    return store


def test_fields_are_those_of_the_documents(tmp_path):
    store = opened(tmp_path / "s.sqlite")
    store.update(
        [
            {"id": "a", "x": 0.1 + 0.2, "list": [1, {"b": True}], "text": 'a "quoted" \u00e9'},
            {"id": "b", "x": None, "list": list(range(2000)), "text": "\x01 odd"},
            {"id": "c", "x": 2**53 + 1, "list": datetime(2026, 1, 2, tzinfo=UTC)},
            {"id": "d", "x": float("inf"), "list": {}, "text": "long" * 1000},
        ]
    )
    for criteria in (None, {"x": {"$gt": 0.3}}, {"list": 1}, {"text": {"$exists": False}}):
        for names in (["x"], ["text", "id"], ["id", "x", "list", "text", "_id"]):
            expected = [[doc.get(n) for n in names] for doc in store.query(criteria)]
            assert list(store.values(names, criteria)) == expected
    assert list(store.values(["id"], {"x": "none"})) == []


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
        file.execute("UPDATE documents_1 SET body = 'unreadable' WHERE head LIKE '%\"b\"%'")
    file.close()
    assert store.query_one({"id": "a"})["id"] == "a"
    with pytest.raises(ValueError, match="unexpected"):
        list(store.query({}))


def test_what_another_connection_wrote_is_seen_at_once(tmp_path):
    reader, writer = opened(tmp_path / "s.sqlite"), opened(tmp_path / "s.sqlite")
    writer.update({"id": "a"})
    assert reader.query_one({"id": "a"}) is not None
    writer.remove_docs({})
    assert reader.count() == 0


FIRST_FORMAT = {
    "key": "CREATE TABLE documents (collection TEXT NOT NULL, id TEXT NOT NULL, doc TEXT NOT NULL, "
    "key TEXT, PRIMARY KEY (collection, id)) WITHOUT ROWID",
    "no key": "CREATE TABLE documents (collection TEXT NOT NULL, id TEXT NOT NULL, "
    "doc TEXT NOT NULL, PRIMARY KEY (collection, id)) WITHOUT ROWID",
}


@pytest.mark.parametrize("layout", FIRST_FORMAT)
def test_a_file_of_the_first_format_is_read_and_written(tmp_path, layout):
    when = datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001
    docs = {"row-a": {"id": "a", "_id": "row-a", "when": when, "x": float("nan")},
            "row-b": {"id": "b"}}  # fmt: skip
    with sqlite3.connect(tmp_path / "s.sqlite") as file:
        file.execute(FIRST_FORMAT[layout])
        for collection, row in (("c", "row-a"), ("other", "row-b")):
            file.execute("INSERT INTO documents (collection, id, doc) VALUES (?, ?, ?)",
                         (collection, row, json_util.dumps(docs[row])))  # fmt: skip
    file.close()
    store = opened(tmp_path / "s.sqlite")
    found = store.query_one({"when": when})
    assert (found["_id"], found["id"], found["x"] != found["x"]) == ("row-a", "a", True)
    store.update([{"id": "new"}, {"id": "a", "x": 1}])
    again = opened(tmp_path / "s.sqlite")
    assert [(doc["id"], doc.get("x")) for doc in again.query()] == [("a", 1), ("new", None)]
    assert opened(tmp_path / "s.sqlite", "other").query_one({"id": "b"})["_id"] == "row-b"


def test_a_file_of_a_later_format_is_refused_and_kept(tmp_path):
    opened(tmp_path / "s.sqlite").update({"id": "a"})
    with sqlite3.connect(tmp_path / "s.sqlite") as file:
        file.execute("PRAGMA user_version=99")
    file.close()
    with pytest.raises(StoreError, match="format 99"):
        opened(tmp_path / "s.sqlite")


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


def test_processes_write_and_read_at_once_without_losing_a_document():
    report = stressed("--seconds", os.environ.get("TRONA_STRESS_SECONDS", "6"))
    assert report["lost"] == report["torn"] == report["backwards"] == 0
    assert report["integrity"] == "ok"
    assert report["errors"] == []
    assert report["written"] > 0 < report["read"]


def test_a_kill_in_mid_write_loses_nothing_that_was_reported():
    report = stressed("--kills", "100")
    assert report["kills"] == 100
    assert report["lost"] == report["torn"] == 0
    assert report["integrity"] == "ok"
    assert report["written"] > 100


def test_a_full_disk_is_one_clear_error_and_leaves_the_data(tmp_path):
    store = opened(tmp_path / "s.sqlite")
    store.update({"id": "a", "x": "old"})
    store._file.rows("PRAGMA max_page_count=20")
    with pytest.raises(StoreError, match="full"):
        store.update([{"id": "a", "x": "new"}, {"id": "b", "x": "long" * 50_000}])
    assert store.query_one({"id": "a"})["x"] == "old"
    store.update({"id": "a", "x": "newer"})
    again = opened(tmp_path / "s.sqlite")
    assert [(doc["id"], doc["x"]) for doc in again.query()] == [("a", "newer")]


def test_a_disk_that_refuses_to_write_is_one_clear_error_and_leaves_the_data(tmp_path):
    opened(tmp_path / "s.sqlite").update({"id": "a", "x": "old"})
    done = subprocess.run([sys.executable, "-c", LIMITED, tmp_path / "s.sqlite"],
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert done.stdout.count("cannot use the store") == 1
    assert [doc["x"] for doc in opened(tmp_path / "s.sqlite").query()] == ["old"]


def test_a_read_only_folder_is_one_clear_error_and_leaves_the_data():
    with TemporaryDirectory() as folder:
        path = f"{folder}/s.sqlite"
        opened(path).update({"id": "a"})
        os.chmod(folder, 0o555)  # noqa: PTH101, S103
        try:
            with as_ordinary_user(), pytest.raises(StoreError, match="make this one readable"):
                opened(path).update({"id": "b"})
            with as_ordinary_user(), pytest.raises(StoreError, match="make this one readable"):
                opened(f"{folder}/new.sqlite")
        finally:
            os.chmod(folder, 0o755)  # noqa: PTH101, S103
        assert [doc["id"] for doc in opened(path).query()] == ["a"]


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
