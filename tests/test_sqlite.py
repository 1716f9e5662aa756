"""The embedded store keeps what it was given, across processes and accidents."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

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
