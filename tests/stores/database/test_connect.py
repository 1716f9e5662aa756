"""Stores by location: the right kind, and no secret in a message."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from maggma.stores import MongoStore
from mongomock_ng import MongoClient

from tests.support.permissions import as_ordinary_user
from trona.screening.errors import StoreError
from trona.stores.database import connect
from trona.stores.database.connect import (
    exists,
    job_store,
    open_store,
    redacted,
    require_writable,
)
from trona.stores.database.indexes import FIELDS, LISTED, UNIQUE, ensure_indexes
from trona.stores.database.sqlite.store import SQLiteStore
from trona.stores.documents.bookkeeping import SummaryDoc


def test_a_path_is_an_embedded_store(tmp_path):
    store = open_store(str(tmp_path / "deep" / "s.sqlite"), "runs")
    assert isinstance(store, SQLiteStore)
    assert exists(str(tmp_path / "deep" / "s.sqlite"))


def test_looking_for_a_store_makes_none(tmp_path):
    assert not exists(str(tmp_path / "s.sqlite"))
    assert not (tmp_path / "s.sqlite").exists()


def test_a_store_that_may_not_be_written_is_refused_and_none_is_made():
    with TemporaryDirectory() as folder:
        there, new = Path(folder) / "there.sqlite", Path(folder) / "new.sqlite"
        open_store(str(there), "screenings").close()
        require_writable(str(there))
        require_writable(str(new))
        require_writable(str(Path(folder) / "deep" / "new.sqlite"))
        assert [one.name for one in Path(folder).iterdir()] == ["there.sqlite"]
        Path(folder).chmod(0o755)
        with as_ordinary_user():
            for refused in (there, new):
                with pytest.raises(StoreError, match="cannot use the store"):
                    require_writable(str(refused))
        assert not new.exists()


@pytest.mark.parametrize("scheme", ["mongodb", "mongodb+srv"])
def test_a_uri_is_a_mongo_store_with_its_database(scheme, monkeypatch):
    made = []

    def remember(store):
        made.append(store)

    monkeypatch.setattr(MongoStore, "connect", remember)
    monkeypatch.setattr(connect, "ensure_indexes", lambda *_: [])
    monkeypatch.setattr(connect, "check_answer", lambda *_: None)
    open_store(f"{scheme}://user:secret@host.example/group?tls=true", "screenings")
    assert (made[0].database, made[0].collection_name) == ("group", "screenings")


@pytest.mark.parametrize("location", ["mongodb://u:secret@host", "postgres://u:secret@host/db"])
def test_an_unusable_uri_is_refused_without_its_password(location):
    with pytest.raises(StoreError) as caught:
        open_store(location, "runs")
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


def test_a_server_has_the_indexes_that_jobflow_and_queries_need_and_makes_them_once():
    for collection in ("jobs", "data", "summaries", "screenings"):
        store = opened_in_memory(collection)
        fields = [*FIELDS[collection], *LISTED.get(collection, ())]
        wanted = {tuple(UNIQUE.get(collection, ["id"]))} | {(field,) for field in fields}
        made = ensure_indexes(store, collection)
        there = {
            tuple(field for field, _ in one["key"]): bool(one.get("unique"))
            for one in store._collection.index_information().values()
        }
        assert wanted <= there.keys()
        assert [names for names, unique in there.items() if unique] == [
            tuple(UNIQUE.get(collection, ["id"]))
        ]
        assert len(made) == len(wanted)
        assert ensure_indexes(store, collection) == []


def test_every_field_that_a_query_may_compare_with_is_indexed_or_small():
    assert set(FIELDS["summaries"]) <= SummaryDoc.model_fields.keys()


def opened_in_memory(collection):
    store = MongoStore("group", collection, key=UNIQUE.get(collection, ["id"])[0])
    store._coll = MongoClient()["group"][collection]
    return store


@pytest.mark.parametrize("scheme", ["mongodb", "mongodb+srv"])
def test_no_name_of_a_store_holds_the_password(scheme):
    location = f"{scheme}://user:secret@host.example/group?tls=true&tlsCAFile=ca.pem"
    store = job_store(location)
    names = [one.name for one in (store.docs_store, store.additional_stores["data"])]
    assert names == [
        f"{scheme}://***@host.example/group?tls=true&tlsCAFile=ca.pem#{collection}"
        for collection in ("jobs", "data")
    ]
    assert store.docs_store.uri == location  # TLS options go to the driver as they are


@pytest.mark.parametrize(
    "location",
    [
        "mongodb://user:secret@host/db",
        "mongodb://user:se@cret@host/db",
        "mongodb+srv://user:secret@host",
        "mongodb://user:secret@one:1,two:2/db?authSource=admin",
        "postgres://user:secret@host/db",
        "mongodb://host/db?tls=true&tlsCertificateKeyFilePassword=secret&appname=a",
    ],
)
def test_a_location_is_shown_without_credentials(location):
    shown = redacted(location)
    assert "secret" not in shown
    assert "cret" not in shown
    assert "user" not in shown
    assert redacted("/home/me/s.sqlite") == "/home/me/s.sqlite"


def test_a_server_that_does_not_answer_is_an_error_that_names_it_and_no_password(monkeypatch):
    monkeypatch.setattr(connect, "SERVER_TIMEOUT", 0.2)
    with pytest.raises(
        StoreError, match=r"127\.0\.0\.1:9/group.*refused.*Check that it runs"
    ) as caught:
        open_store("mongodb://user:secret@127.0.0.1:9/group", "runs")
    assert "secret" not in str(caught.value)


def test_keys_are_unique_on_a_server(mongo):
    store = open_store(mongo, "runs")
    assert store._collection.index_information()["id_1"]["unique"]
