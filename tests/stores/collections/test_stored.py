"""Summaries are read by their fields, as the model reads them; queries read what they need."""

from __future__ import annotations

import json
from types import NoneType
from typing import get_args

import pytest

from trona.screening.errors import StoreError
from trona.stores.assess.screenings import failed_document, screening_document
from trona.stores.collections.filters import Filters
from trona.stores.collections.results import Results
from trona.stores.collections.stored import ALL, HEAD, KINDS, RANKED, FieldReader
from trona.stores.collections.summaries import summarize_screening
from trona.stores.database.connect import open_store
from trona.stores.database.sqlite.file import File
from trona.stores.documents import migration
from trona.stores.documents.bookkeeping import SummaryDoc

FORMULAS = ("Na3PS4", "Na2S", "NaCl", "Na2ZrCl6")
COPIES = 10


@pytest.fixture
def docs(reference):
    made = [screening_document(one, one, "a paper", reference) for one in FORMULAS]
    return [*made, failed_document("broken", "Na3P", "a paper", reference, "why")]


@pytest.fixture
def location(tmp_path, docs):
    """A store of some results, each under several names."""
    place = str(tmp_path / "s.sqlite")
    results = Results(place)
    results.save(
        [
            doc.model_copy(update={"id": f"{doc.id}{at}", "label": f"{doc.label} {at}"})
            for doc in docs
            for at in range(COPIES)
        ]
    )
    results.close()
    return place


def as_stored(doc):
    return json.loads(doc.model_dump_json())


def plain(annotation):
    """The types that a field of the model has in JSON."""
    parts = get_args(annotation) or (annotation,)
    if getattr(annotation, "__origin__", None) is list:
        return {list}
    words = {"datetime": str, "str": str, "float": float, "int": int, "bool": bool}
    return {
        NoneType if one is NoneType else str if isinstance(one, str) else words[one.__name__]
        for one in parts
    }


def test_the_fields_are_those_of_the_model_and_their_types_too():
    fields = SummaryDoc.model_fields
    assert {name: plain(one.annotation) for name, one in fields.items()} == KINDS
    assert set(HEAD) < set(RANKED) < set(ALL)
    assert RANKED[: len(HEAD)] == ALL[: len(HEAD)] == HEAD


def test_a_summary_read_by_its_fields_is_the_one_that_the_model_reads(docs):
    reader = FieldReader(ALL)
    for doc in docs:
        summary = summarize_screening(doc)
        stored = as_stored(summary)
        read = reader.read([stored[name] for name in ALL])
        assert vars(read) == dict(summary)
        assert read.interphase_shares == summary.interphase_shares


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("energy_above_hull", "low"), ("label", None), ("state", "lost"),
        ("doubts", [1]), ("unbounded", None), ("created", "yesterday"),
        ("schema_version", 99),
    ],
)  # fmt: skip
def test_what_is_not_as_it_is_written_is_left_to_the_model_which_names_it(
    location, docs, name, value
):
    stored = as_stored(summarize_screening(docs[0])) | {name: value}
    assert FieldReader(ALL).read([stored[one] for one in ALL]) is None
    store = open_store(location, "summaries")
    (first, *_) = store.query({"label": "Na3PS4 3"})
    store.update({**first, name: value})
    with pytest.raises(StoreError, match=name if name != "schema_version" else str(value)):
        Results(location).find()


def test_a_summary_of_an_older_version_is_not_read_by_its_fields(docs):
    stored = as_stored(summarize_screening(docs[0])) | {"schema_version": 4}
    assert FieldReader(ALL).read([stored[one] for one in ALL]) is None


@pytest.mark.parametrize(("name", "value"), [("energy_above_hull", 1), ("drawn_shares", ["1.0"])])
def test_what_the_model_can_read_is_read(location, name, value):
    store = open_store(location, "summaries")
    (first, *_) = store.query({"label": "Na3PS4 3"})
    store.update({**first, name: value})
    (found,) = Results(location).find(Filters(text="Na3PS4 3"), limit=1).summaries
    assert getattr(found, name) == ([1.0] if isinstance(value, list) else 1.0)


@pytest.fixture
def read(monkeypatch):
    """Rows that queries get from the file, and documents that are made of them."""
    found = {"rows": [], "documents": 0}
    rows, document = File.rows, migration.read_document

    def counted_rows(self, statement, values=()):
        answer = rows(self, statement, values)
        if statement.startswith("SELECT row"):
            found["rows"] += answer
        return answer

    def counted_document(model, content):
        found["documents"] += 1
        return document(model, content)

    monkeypatch.setattr(File, "rows", counted_rows)
    monkeypatch.setattr(migration, "read_document", counted_document)
    return found


def texts(rows):
    """Bytes of JSON among some rows."""
    return sum(len(one) for row in rows for one in row if isinstance(one, str))


def test_a_ranked_query_reads_fields_of_each_summary_once_and_all_of_a_page(location, read):
    summaries = open_store(location, "summaries").query(properties={"_id": 0})
    stored = sum(len(json.dumps(row)) for row in summaries)
    read["rows"].clear()
    found = Results(location).find(limit=7)
    assert (found.total, len(found.summaries)) == (5 * COPIES, 7)
    assert len(read["rows"]) == found.total + 7
    assert read["documents"] == 0
    assert texts(read["rows"]) < stored / 2


def test_a_filtered_query_reads_what_passes_and_no_document(location, read):
    results = Results(location)
    read["rows"].clear()
    found = results.find(Filters(elements=["P"], interphase="mixed-conducting"), limit=7)
    assert found.total == COPIES
    versions = [row for row in read["rows"] if not texts([row])]
    passing = [row for row in read["rows"] if texts([row])]
    assert len(versions) == 5 * COPIES  # none is missing
    assert len(passing) == 2 * COPIES + 7  # their fields, what replaces them, and the page
    assert read["documents"] == 0


def test_a_filter_that_nothing_passes_reads_nothing(location, read):
    results = Results(location)
    read["rows"].clear()
    assert results.find(Filters(elements=["Sb"]), limit=7).total == 0
    assert texts(read["rows"]) == 0
    assert read["documents"] == 0
