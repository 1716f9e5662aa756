"""Stores by location: the right kind, and no secret in a message."""

from __future__ import annotations

import pytest
from maggma.stores import MongoStore

from trona.screening.errors import StoreError
from trona.stores import connect
from trona.stores.connect import exists, job_store, open_store, redacted
from trona.stores.sqlite import SQLiteStore


def test_a_path_is_an_embedded_store(tmp_path):
    store = open_store(str(tmp_path / "deep" / "s.sqlite"), "c")
    assert isinstance(store, SQLiteStore)
    assert exists(str(tmp_path / "deep" / "s.sqlite"))


def test_looking_for_a_store_makes_none(tmp_path):
    assert not exists(str(tmp_path / "s.sqlite"))
    assert not (tmp_path / "s.sqlite").exists()


@pytest.mark.parametrize("scheme", ["mongodb", "mongodb+srv"])
def test_a_uri_is_a_mongo_store_with_its_database(scheme, monkeypatch):
    made = []

    def remember(store):
        made.append(store)

    monkeypatch.setattr(MongoStore, "connect", remember)
    monkeypatch.setattr(MongoStore, "ensure_index", lambda *_, **__: True)
    monkeypatch.setattr(connect, "check_answer", lambda *_: None)
    open_store(f"{scheme}://user:secret@host.example/group?tls=true", "screenings")
    assert (made[0].database, made[0].collection_name) == ("group", "screenings")


@pytest.mark.parametrize("location", ["mongodb://u:secret@host", "postgres://u:secret@host/db"])
def test_an_unusable_uri_is_refused_without_its_password(location):
    with pytest.raises(StoreError) as caught:
        open_store(location, "c")
    assert "secret" not in str(caught.value)
    assert "host" in redacted(location)


def test_the_job_store_has_the_additional_store_for_large_objects(tmp_path):
    store = job_store(str(tmp_path / "s.sqlite"))
    store.connect()
    store.update({"uuid": "u", "index": 1, "output": {"small": 1, "big": [1, 2]}},
                 save={"data": ["big"]})  # fmt: skip
    again = job_store(str(tmp_path / "s.sqlite"))
    again.connect()
    assert again.additional_stores["data"].count() == 1
    assert again.query_one({"uuid": "u"}, load=True)["output"] == {"small": 1, "big": [1, 2]}


def test_a_server_that_does_not_answer_is_an_error_that_names_it_and_no_password(monkeypatch):
    monkeypatch.setattr(connect, "SERVER_TIMEOUT", 0.2)
    with pytest.raises(
        StoreError, match=r"127\.0\.0\.1:9/group.*refused.*Check that it runs"
    ) as caught:
        open_store("mongodb://user:secret@127.0.0.1:9/group", "c")
    assert "secret" not in str(caught.value)


def test_keys_are_unique_on_a_server(mongo):
    store = open_store(mongo, "c")
    assert store._collection.index_information()["id_1"]["unique"]
