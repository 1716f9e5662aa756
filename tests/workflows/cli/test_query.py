"""A query answers from summaries: the results themselves are read for JSON only."""

from __future__ import annotations

import json

import pytest

from trona.stores.assess.interfaces import interface_document
from trona.stores.assess.screenings import failed_document, screening_document
from trona.stores.collections.results import Results
from trona.stores.documents import migration
from trona.stores.documents.results import ScreeningDoc


@pytest.fixture
def store(tmp_path, reference):
    found = Results(str(tmp_path / "s.sqlite"))
    for formula in ("Na3PS4", "Na2S", "Na2ZrCl6"):
        found.save_screening(screening_document(formula, formula, "test", reference))
    found.save_screening(failed_document("broken", "Na3P", "test", reference, "why"))
    found.close()
    return found.location


@pytest.fixture
def counted(monkeypatch):
    """Names of the kinds of documents that are read, one for each document."""
    read, original = [], migration.read_document

    def noted(model, content):
        read.append(model)
        return original(model, content)

    monkeypatch.setattr(migration, "read_document", noted)
    return read


@pytest.mark.parametrize(
    ("options", "full"), [([], 0), (["--csv"], 0), (["--count", "class"], 0), (["--json"], 4)]
)
def test_a_query_reads_no_full_document_but_for_json(options, full, store, counted, trona):
    done = trona("query", *options, "--store", store)
    assert done.returncode == 0, done.stderr
    assert counted == [ScreeningDoc] * full  # and no summary


def test_the_table_shows_products_with_amounts_and_the_window(store, trona):
    printed = trona("query", "--store", store).stdout
    assert "Na3P + 4 Na2S" in " ".join(printed.split())
    assert "broken failed: why" in printed


def test_interfaces_that_were_kept_are_listed(tmp_path, reference, trona):
    results = Results(str(tmp_path / "i.sqlite"))
    options = ("query", "--interfaces", "--store", results.location)
    documents = [interface_document("Na3PS4", "Na", reference, at) for at in (None, 1.0)]
    results.save(documents)
    printed = trona(*options).stdout
    assert printed.count("Na3PS4 | Na") == 2
    assert "closed" in printed
    assert "1 V" in printed
    listed = json.loads(trona(*options, "--json").stdout)
    assert {one["id"] for one in listed} == {one.id for one in documents}
    lines = trona(*options, "--csv").stdout.splitlines()
    assert lines[0].startswith("first,second,voltage,reference,reacts,fraction,reaction")
    assert len(lines) == 3
    refused = trona(*options, "--elements", "Na")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "leave the filters out" in refused.stderr


def test_a_store_without_interfaces_says_how_one_is_kept(store, trona):
    done = trona("query", "--interfaces", "--store", store)
    assert (done.returncode, done.stdout) == (0, "")
    assert "trona interface" in done.stderr


def test_a_page_beyond_the_last_names_the_last(store, trona):
    done = trona("query", "--limit", "3", "--page", "99", "--store", store)
    assert done.stdout == ""
    assert done.stderr == "There is no page 99: 4 results of 3 a page end on page 2.\n"


def test_references_are_named_where_results_rest_on_several(store, reference, trona):
    assert "rest on" not in trona("query", "--store", store).stderr
    other = screening_document("Na3PS4", "Na3PS4", "test", reference)
    named = other.reference.model_copy(update={"name": "another"})
    results = Results(store)
    results.save_screening(other.model_copy(update={"reference": named, "id": "another"}))
    results.close()
    asked = ("query", "--where", "formula = Na3PS4", "--store", store)
    said = trona(*asked).stderr
    assert f"2 references: another (1), {other.reference.name} (1)." in said
    assert "--reference NAME" in said
    assert "rest on" not in trona(*asked, "--reference", "another").stderr


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        (("--state", "rejected"), "no state is 'rejected'; stored are completed, failed."),
        (("--reference", "nothing"), "no reference is 'nothing'; stored are "),
        (("--oxidation-above", "9"), "widen a limit."),
    ],
)
@pytest.mark.parametrize("count", [(), ("--count", "class")])
def test_where_nothing_is_found_the_remedy_fits_the_filter(options, remedy, count, store, trona):
    done = trona("query", *options, *count, "--store", store)
    assert done.stdout == ""
    assert remedy in done.stderr
