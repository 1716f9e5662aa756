"""Results are found by what a scientist asks for, and only the newest of each candidate."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys

import pytest

from tests.stores.energies.test_entries import relaxation
from tests.support.folders import DATA
from trona.screening.errors import InputError, StoreError
from trona.stores.assess.screenings import failed_document, rank_documents, screening_document
from trona.stores.collections.results import Filters, Results
from trona.stores.collections.upkeep import Problem, check_store, reindex
from trona.stores.database.connect import open_store
from trona.stores.defaults import SUMMARY_SCHEMA_VERSION
from trona.stores.documents.results import SCHEMA_VERSION
from trona.stores.energies.references import load_reference

FILE = DATA / "schema-1.jsonl"
SAVER = """
import sys
from trona.stores.documents.results import ScreeningDoc
from trona.stores.collections.results import Results
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
        (Filters(anions="Cl"), ["Na2ZrCl6", "NaCl"]),
        (Filters(products=["Na3P", "Na2S"]), ["Na3PS4"]),
        (Filters(text="NACL"), ["NaCl"]),
        (Filters(text="why"), ["broken"]),
        (Filters(method="CHGNet 0.3.0"), []),
        (Filters(reference="bundled"), []),
        (Filters(where="severity < 0.5 and not elements has Cl"), ["Na2S"]),
        (Filters(where="hull > 1 or state = failed"), ["broken"]),
        (Filters(where="created >= 2020-01-01", state="failed"), ["broken"]),
    ],
)
def test_filters_keep_what_passes_all_of_them(results, filters, labels):
    assert [doc.label for doc in results.screenings(filters)] == labels


def test_results_survive_a_new_process(results):
    again = Results(results.location)
    assert again.screenings() == results.screenings()
    assert not again.empty


def test_a_question_reads_only_the_documents_that_answer_it(results):
    if results.location.startswith("mongodb"):
        pytest.skip("what a server reads is its own affair")
    with sqlite3.connect(results.location) as file:
        unread = "UPDATE documents_2 SET body = 'unreadable' WHERE head LIKE '%\"label\":\"NaCl\"%'"
        assert file.execute(unread).rowcount == 1
    file.close()
    assert [doc.label for doc in results.screenings(Filters(elements=["P", "S"]))] == ["Na3PS4"]
    assert [doc.label for doc in results.named("Na2S")] == ["Na2S"]


def test_a_relaxation_is_found_by_its_id(results):
    doc = relaxation()
    results.save_relaxation(doc)
    assert Results(results.location).relaxation(doc.id) == doc
    assert results.relaxation("none") is None


def test_the_newest_result_of_a_candidate_wins(results, table_path):
    plain = load_reference(f"table:{table_path}", "as-published")
    results.save_screening(screening_document("Na3PS4", "Na3PS4", "again", plain))
    assert [doc.source for doc in results.named("Na3PS4")] == ["again"]


def test_results_are_counted_as_they_are_found(results, table_path):
    plain = load_reference(f"table:{table_path}", "as-published")
    results.save_screening(screening_document("Na3PS4", "Na3PS4", "again", plain))
    assert results.total() == results.find().total


def test_only_the_newest_result_is_tested_by_a_filter(results, table_path):
    plain = load_reference(f"table:{table_path}", "as-published")
    before = results.find(Filters(text="test", elements=["P"], state="completed"))
    assert [one.label for one in before.summaries] == ["Na3PS4"]
    results.save_screening(failed_document("Na3PS4", "Na3PS4", "again", plain, "no"))
    assert results.find(Filters(elements=["P"], state="completed")).total == 0


def test_pages_in_order_make_the_whole(results):
    whole = results.find(sort="hull").summaries
    pages = [results.find(sort="hull", skip=at, limit=2) for at in (0, 2, 4)]
    assert [one.id for page in pages for one in page.summaries] == [one.id for one in whole]
    assert {page.total for page in pages} == {5}


def test_unknown_values_come_last_whichever_way_round(results):
    for descending in (False, True):
        found = results.find(sort="hull", descending=descending).summaries
        values = [one.energy_above_hull for one in found]
        assert values[3:] == [None, None]
        assert values[:3] == sorted(values[:3], reverse=descending)


def test_the_best_come_first_and_places_are_those_among_all(results):
    found = results.find()
    ranked = [place.label for place, _ in rank_documents(results.screenings())]
    assert [f"{one.label}\0{one.reference}" for one in found.summaries[:4]] == ranked
    second = results.find(skip=1, limit=1)
    assert second.places[second.summaries[0].id].place == 2


def test_results_are_counted_by_anions_and_class(results):
    counted = results.counts(["anions", "class"], Filters(state="completed"))
    assert counted == {
        ("S", "mixed-conducting"): 1, ("S", "stable"): 1, ("Cl", "stable"): 1,
        ("Cl", results.named("Na2ZrCl6")[0].contact.interphase): 1,
    }  # fmt: skip
    with pytest.raises(InputError, match="colour"):
        results.counts(["colour"])


def test_a_missing_summary_is_made_when_it_is_noticed(results):
    summaries = open_store(results.location, "summaries")
    before = list(summaries.query({"label": "NaCl"}))
    summaries.remove_docs({"label": {"$in": ["NaCl", "Na2S"]}})
    assert [doc.label for doc in results.screenings(Filters(interphase="stable"))] == [
        "Na2S",
        "NaCl",
    ]
    after = list(summaries.query({"label": "NaCl"}))
    assert [{**row, "_id": 0} for row in after] == [{**row, "_id": 0} for row in before]


def test_a_store_of_an_older_version_is_queried(tmp_path):
    location = str(tmp_path / "old.sqlite")
    for line in FILE.read_text(encoding="utf-8").splitlines():
        ((collection, content),) = json.loads(line).items()
        open_store(location, collection).update(content)
    found = Results(location).find(Filters(interphase="stable"))
    assert [one.label for one in found.summaries] == ["NaCl"]


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


def in_previous_form(location):
    """Write the summaries of a store as an earlier trona did."""
    summaries = open_store(location, "summaries")
    rows = list(summaries.query())
    summaries.remove_docs({})
    added = ("_id", "product_amounts", "stabilized_reduction_limit")
    summaries.update(
        [{k: x for k, x in row.items() if k not in added} | {"schema_version": 2} for row in rows]
    )


def test_summaries_of_an_older_schema_are_made_again_when_they_are_noticed(results):
    before = results.find()
    in_previous_form(results.location)
    assert [one for one in check_store(results.location) if isinstance(one, Problem)] == []
    again = Results(results.location)
    assert again.find().summaries == before.summaries
    assert again.complete() == 0
    versions = open_store(results.location, "summaries").distinct("schema_version")
    assert versions == [SUMMARY_SCHEMA_VERSION]


def test_an_older_summary_without_its_result_is_named_with_the_remedy(results):
    in_previous_form(results.location)
    open_store(results.location, "screenings").remove_docs({"label": "NaCl"})
    with pytest.raises(StoreError, match=r"version 2.*store reindex"):
        Results(results.location).find()
    reindex(results.location)
    assert Results(results.location).find().total == 4


def test_the_version_of_summaries_is_their_own(results):
    (summary,) = results.find(Filters(text="NaCl")).summaries
    (doc,) = results.named("NaCl")
    assert (summary.schema_version, doc.schema_version) == (SUMMARY_SCHEMA_VERSION, SCHEMA_VERSION)
    assert (summary.products, summary.product_amounts) == (
        [one.formula for one in doc.window.ladder[0].products],
        [one.amount for one in doc.window.ladder[0].products],
    )
