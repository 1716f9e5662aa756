"""Settings come from the environment, and what is given comes first."""

from __future__ import annotations

import pytest

from trona.stores.defaults import store_location
from trona.stores.settings import Settings

KEYS = ("TRONA_MP_API_KEY", "MP_API_KEY", "PMG_MAPI_KEY")


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    for name in (*KEYS, "TRONA_STORE", "TRONA_WHO", "TRONA_FUSED"):
        monkeypatch.delenv(name, raising=False)


def test_a_variable_sets_a_field_and_an_empty_one_does_not(monkeypatch):
    monkeypatch.setenv("TRONA_STORE", "a.sqlite")
    monkeypatch.setenv("TRONA_WHO", "")
    monkeypatch.setenv("TRONA_FUSED", "false")
    found = Settings()
    assert (found.store, found.who, found.fused) == ("a.sqlite", "", False)
    assert Settings(store="b.sqlite").store == "b.sqlite"


def test_the_store_is_found_without_the_other_settings(monkeypatch):
    assert store_location() == Settings().store
    for name, place in (("TRONA_STORE", "a.sqlite"), ("trona_store", "b.sqlite")):
        monkeypatch.setenv(name, place)
        assert store_location() == Settings().store == place
        monkeypatch.setenv(name, "")


def test_places_are_named_where_nothing_is_set():
    assert Settings().store.endswith("trona.sqlite")
    assert Settings().mp_api_key is None


@pytest.mark.parametrize("number", range(1, len(KEYS) + 1))
def test_the_first_key_that_is_set_counts_and_is_not_shown(monkeypatch, number):
    for name in KEYS[-number:]:
        monkeypatch.setenv(name, name)
    found = Settings()
    assert found.mp_api_key.get_secret_value() == KEYS[-number]
    assert "API_KEY" not in repr(found).replace("mp_api_key", "")
