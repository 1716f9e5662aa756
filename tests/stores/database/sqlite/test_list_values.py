"""What stands within long lists is found without reading documents, whoever wrote the file."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from tempfile import TemporaryDirectory

import pytest

from tests.support.permissions import as_ordinary_user
from trona.stores.database.connect import open_store
from trona.stores.database.indexes import LISTED
from trona.stores.database.sqlite import matching
from trona.stores.database.sqlite.store import SQLiteStore

CLASSES = ("passivating", "blocking", "mixed-conducting")
PATH = "window.ladder.interphase"
FOUND = {"s0", "s3", "s6", "s9"}
OPENING = """
import sys
from trona.stores.database.connect import open_store
store = open_store(sys.argv[1], "screenings")
for number in range(20):
    store.update({"id": f"{sys.argv[2]} {number}", "window": {"ladder": [
        {"interphase": "stable", "why": "long " * 300}]}})
"""


def documents(number=10):
    """Results whose ladders are too long for a head."""
    return [
        {
            "id": f"s{at}",
            "window": {
                "ladder": [
                    {"interphase": CLASSES[at % 3], "why": "long " * 300},
                    {"interphase": "stable", "products": [{"formula": "Na2S"}]},
                ]
            },
        }
        for at in range(number)
    ]


@pytest.fixture
def older(tmp_path):
    """A file of a trona that keeps no values of lists."""
    store = SQLiteStore(tmp_path / "s.sqlite", "screenings", key="id")
    store.connect()
    store.update(documents())
    store.close()
    return str(tmp_path / "s.sqlite")


def found(store, wanted="passivating"):
    return {doc["id"] for doc in store.query({PATH: wanted}, ["id"])}


def kept(location):
    """Paths whose values a file holds."""
    store = SQLiteStore(location, "screenings", key="id")
    store.connect()
    paths = store._opened().list_values().keys()
    store.close()
    return sorted(paths)


@pytest.fixture
def decoded(monkeypatch):
    """Texts of documents that are read while a test runs."""
    texts = []

    def remember(text):
        texts.append(text)
        return decode(text)

    decode = matching.decode
    monkeypatch.setattr(matching, "decode", remember)
    return texts


@pytest.mark.parametrize(
    ("criteria", "number"),
    [
        ({PATH: "passivating"}, 4),
        ({PATH: {"$in": ["blocking", "passivating"]}}, 7),
        ({PATH: {"$ne": "passivating"}}, 6),
        ({PATH: {"$regex": "^mixed"}}, 3),
        ({"window.ladder.products.formula": "Na2S"}, 10),
        ({"$and": [{PATH: "stable"}, {"window.ladder.products.formula": "NaCl"}]}, 0),
    ],
)
def test_a_question_within_a_long_list_reads_no_document(older, decoded, criteria, number):
    store = open_store(older, "screenings")
    decoded.clear()
    assert store.count(criteria) == number
    assert decoded == []


def test_a_file_of_an_older_trona_is_brought_up_to_date_when_it_is_opened(older):
    assert kept(older) == []
    assert found(open_store(older, "screenings")) == FOUND
    assert kept(older) == sorted(LISTED["screenings"])
    assert found(open_store(older, "screenings")) == FOUND


def test_what_is_changed_or_removed_is_found_as_it_is_now(older):
    store = open_store(older, "screenings")
    changed, removed = documents(2)
    store.update({**changed, "window": {"ladder": [{"interphase": "blocking"}]}})
    store.remove_docs({"id": removed["id"]})
    assert found(store) == FOUND - {"s0"}
    assert found(store, "blocking") == {"s0", "s4", "s7"}


def test_what_an_older_trona_writes_afterwards_is_found_too(older):
    store = open_store(older, "screenings")
    store.update({"id": "new", "window": None})
    with sqlite3.connect(older) as file:
        file.execute(
            "UPDATE documents_1 SET (head, body) = (SELECT head, body FROM documents_1 WHERE "
            "head LIKE '%\"s0\"%') WHERE head LIKE '%\"new\"%' OR head LIKE '%\"s1\"%'"
        )
    file.close()
    assert store.count({PATH: "passivating"}) == len(FOUND) + 2
    assert store.count({PATH: "blocking"}) == 2


def test_processes_that_open_an_older_file_together_keep_the_values_once(older):
    names = ["a", "b", "c", "d"]
    processes = [
        subprocess.Popen([sys.executable, "-c", OPENING, older, name], stderr=subprocess.PIPE)
        for name in names
    ]
    assert [process.communicate()[1] for process in processes] == [b""] * len(names)
    store = open_store(older, "screenings")
    assert store.count({PATH: "stable"}) == 10 + 20 * len(names)
    assert found(store) == FOUND
    assert kept(older) == sorted(LISTED["screenings"])


def test_a_file_that_cannot_be_written_answers_all_the_same(older):
    with TemporaryDirectory() as folder:
        path = shutil.copy(older, folder)
        os.chmod(folder, 0o777)  # noqa: PTH101, S103
        os.chmod(path, 0o444)  # noqa: PTH101
        with as_ordinary_user():
            assert found(open_store(path, "screenings")) == FOUND
        assert kept(path) == []
