"""A store is followed while others write, lock, replace and delete it."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tests.support.served import serving, session_on
from trona.screening.errors import StoreError
from trona.stores.assess.screenings import screening_document
from trona.stores.collections import results as stored
from trona.stores.collections.results import Filters, Results
from trona.stores.collections.stored import FieldReader
from trona.workflows.serve.following import Followed


def write(path, reference, *formulas):
    results = Results(str(path))
    results.save([screening_document(one, one, "a paper", reference) for one in formulas])
    results.close()


def labels(followed):
    found = followed.find(Filters(), "label", descending=False)
    return [one.label for one in found.summaries]


def test_what_is_written_later_is_found(tmp_path, reference):
    path = tmp_path / "s.sqlite"
    write(path, reference, "Na2S")
    followed = Followed(str(path))
    assert labels(followed) == ["Na2S"]
    before = followed.state()
    assert followed.state() == before
    write(path, reference, "NaCl")
    assert followed.state() != before
    assert labels(followed) == ["Na2S", "NaCl"]


def test_reading_is_no_change(tmp_path, reference):
    path = tmp_path / "s.sqlite"
    write(path, reference, "Na2S")
    followed = Followed(str(path))
    before = followed.state()
    labels(followed)
    assert followed.state() == before


def test_nothing_is_made_where_there_is_no_store(tmp_path):
    path = tmp_path / "none" / "s.sqlite"
    followed = Followed(str(path))
    assert followed.state() == ""
    with pytest.raises(StoreError, match="there is no store"):
        labels(followed)
    assert not path.parent.exists()


def test_a_store_that_is_deleted_and_made_again_is_followed(tmp_path, reference):
    path = tmp_path / "s.sqlite"
    write(path, reference, "Na2S")
    followed = Followed(str(path))
    assert labels(followed) == ["Na2S"]
    for one in tmp_path.glob("s.sqlite*"):
        one.unlink()
    with pytest.raises(StoreError, match="there is no store"):
        labels(followed)
    assert not path.exists()
    write(path, reference, "NaCl", "Na3PS4")
    assert labels(followed) == ["Na3PS4", "NaCl"]


def test_a_locked_store_is_named_and_read_again_afterwards(tmp_path, reference):
    path = tmp_path / "s.sqlite"
    write(path, reference, "Na2S")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with serving(session_on(path)) as page:
            answer = page.ask("/view/candidates")
            assert answer.status == 400
            assert "is locked by another process" in answer.json["error"]
            assert page.ask("/state").status == 200
            other.execute("ROLLBACK")
            other.close()
            assert page.ask("/view/candidates").json["total"] == 1


def test_a_file_that_is_no_store_is_named(tmp_path):
    path = tmp_path / "s.sqlite"
    path.write_text("no database at all, but long enough to be looked at " * 9, encoding="utf-8")
    with pytest.raises(StoreError, match="cannot use the store"):
        labels(Followed(str(path)))


def test_an_empty_store_says_so(tmp_path):
    path = tmp_path / "s.sqlite"
    Results(str(path)).close()
    with pytest.raises(StoreError, match="holds no results yet"):
        labels(Followed(str(path)))


def test_a_server_of_a_store_is_followed_too(mongo, reference):
    write(mongo, reference, "Na2S")
    followed = Followed(mongo)
    before = followed.state()
    assert labels(followed) == ["Na2S"]
    write(mongo, reference, "NaCl")
    assert followed.state() != before
    assert labels(followed) == ["Na2S", "NaCl"]


@pytest.fixture
def read(monkeypatch):
    """Collections of the documents that are read, in order."""
    names = []

    def counted(name, found):
        names.append(name)
        return original(name, found)

    def counted_fields(reader, values):
        names.append("summaries")
        return of_fields(reader, values)

    original, of_fields = stored._read, FieldReader.read
    monkeypatch.setattr(stored, "_read", counted)
    monkeypatch.setattr(FieldReader, "read", counted_fields)
    return names


def test_summaries_are_read_once_whatever_is_sorted_and_filtered(tmp_path, reference, read):
    path = tmp_path / "s.sqlite"
    write(path, reference, "Na2S", "NaCl", "Na3PS4")
    with serving(session_on(path)) as page:
        page.ask("/view/candidates")
        assert read.count("summaries") == 3
        for asked in ({"sort": "hull"}, {"elements": "S"}, {"text": "Na", "sort": "label"}):
            read.clear()
            found = page.ask("/view/candidates", **asked).json
            assert read.count("summaries") == 0
            assert len(read) == found["total"]  # the results of the page
        write(path, reference, "Na2PS3")
        read.clear()
        assert page.ask("/view/candidates", sort="label").json["total"] == 4
        assert read.count("summaries") == 4


def test_what_is_remembered_passes_the_same_filters_as_what_is_read(tmp_path, reference):
    path = tmp_path / "s.sqlite"
    write(path, reference, "Na2S", "NaCl", "Na3PS4")
    write(path, reference, "Na2S")  # newer ones of the same candidate and reference
    followed, results = Followed(str(path)), Results(str(path))
    every = [Filters(), Filters(elements=("S",)), Filters(text="Na3"), Filters(hull_below=0.0)]
    for filters in every:
        for sort in ("rank", "label", "hull"):
            found = followed.find(filters, sort, descending=True)
            read = results.find(filters, sort=sort, descending=True)
            assert (found.total, found.summaries) == (read.total, read.summaries)
            assert found.places == read.places
    results.close()
