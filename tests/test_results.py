"""Results are found by what a scientist asks for, and only the newest of each candidate."""

from __future__ import annotations

import subprocess
import sys

import pytest

from trona.screening.errors import StoreError
from trona.stores.connect import open_store
from trona.stores.references import load
from trona.stores.results import Filters, Results
from trona.stores.screenings import failed_document, screening_document

from .test_entries import relaxation

SAVER = """
import sys
from trona.stores.documents import ScreeningDoc
from trona.stores.results import Results
results = Results(sys.argv[1])
for line in open(sys.argv[2], encoding="utf-8"):
    results.save_screening(ScreeningDoc.model_validate_json(line))
"""


@pytest.fixture(params=["file", "server"])
def location(request, tmp_path):
    """Both kinds of store, held to one contract."""
    if request.param == "file":
        return str(tmp_path / "s.sqlite")
    return request.getfixturevalue("mongo")


@pytest.fixture
def results(location, reference):
    found = Results(location)
    for formula in ("Na3PS4", "Na2S", "NaCl", "Na2ZrCl6"):
        found.save_screening(screening_document(formula, formula, "test", reference))
    found.save_screening(failed_document("broken", "Na3P", "test", reference, "why"))
    return found


@pytest.mark.parametrize(
    ("filters", "labels"),
    [
        (Filters(), ["Na2S", "Na2ZrCl6", "Na3PS4", "NaCl", "broken"]),
        (Filters(interphase="stable"), ["Na2S", "NaCl"]),
        (Filters(hull_below=0.01), ["Na2S", "Na3PS4", "NaCl"]),
        (Filters(reduction_below=0.5), ["Na2S", "NaCl"]),
        (Filters(oxidation_above=3.0), ["Na2ZrCl6", "NaCl"]),
        (Filters(elements=["Na", "S"]), ["Na2S", "Na3PS4"]),
        (Filters(elements=["S"], without=["P"]), ["Na2S"]),
        (Filters(state="failed"), ["broken"]),
    ],
)
def test_filters_keep_what_passes_all_of_them(results, filters, labels):
    assert [doc.label for doc in results.screenings(filters)] == labels


def test_results_survive_a_new_process(results):
    again = Results(results.location)
    assert again.screenings() == results.screenings()
    assert not again.empty


def test_a_relaxation_is_found_by_its_id(results):
    doc = relaxation()
    results.save_relaxation(doc)
    assert Results(results.location).relaxation(doc.id) == doc
    assert results.relaxation("none") is None


def test_the_newest_result_of_a_candidate_wins(results, table_path):
    plain = load(f"table:{table_path}", "as-published")
    results.save_screening(screening_document("Na3PS4", "Na3PS4", "again", plain))
    assert [doc.source for doc in results.named("Na3PS4")] == ["again"]


def test_processes_that_save_the_same_results_at_once_leave_one_of_each(results, tmp_path):
    docs = results.screenings()
    path = tmp_path / "docs.jsonl"
    path.write_text("".join(doc.model_dump_json() + "\n" for doc in docs * 3), encoding="utf-8")
    command = [sys.executable, "-c", SAVER, results.location, str(path)]
    savers = [subprocess.Popen(command) for _ in range(3)]
    assert [saver.wait(timeout=300) for saver in savers] == [0, 0, 0]
    assert results.screenings() == docs
    assert open_store(results.location, "screenings").count() == len(docs)


def test_a_document_of_another_schema_is_named(results):
    store = open_store(results.location, "screenings")
    store.update({"id": "future", "schema_version": 99, "created": None, "label": "x"})
    with pytest.raises(StoreError, match="99"):
        Results(results.location).screenings()
