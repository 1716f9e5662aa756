"""Stored documents of every released version are read, or the message says what is in the way."""

from __future__ import annotations

import json
from importlib.util import module_from_spec, spec_from_file_location

import pytest

from tests.support.folders import ROOT
from trona.screening.errors import StoreError
from trona.stores.assess.screenings import screening_document
from trona.stores.documents.migration import COLLECTIONS, migrated, read_document
from trona.stores.documents.molecular_dynamics import SegmentDoc
from trona.stores.documents.results import SCHEMA_VERSION, RelaxationDoc, ScreeningDoc
from trona.stores.provenance import who

FILES = sorted((ROOT / "tests" / "data").glob("schema-*.jsonl"))


def stored(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        ((collection, content),) = json.loads(line).items()
        yield COLLECTIONS[collection], content


def test_there_is_a_stored_file_of_each_earlier_version():
    assert [path.stem for path in FILES] == [f"schema-{n}" for n in range(1, SCHEMA_VERSION)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_stored_file_of_each_version_stays_readable(path):
    read_here = [(read_document(model, content), content) for model, content in stored(path)]
    assert {type(doc) for doc, _ in read_here} == {RelaxationDoc, ScreeningDoc}
    for doc, content in read_here:
        again = doc.model_dump(mode="json")
        assert again["schema_version"] == SCHEMA_VERSION
        assert holds(again, {**content, "schema_version": SCHEMA_VERSION})


def holds(new, old):
    """Everything that was stored is still there, with the same value."""
    if isinstance(old, dict):
        return all(name in new and holds(new[name], value) for name, value in old.items())
    if isinstance(old, list):
        return len(new) == len(old) and all(map(holds, new, old))
    return new == old


def test_nobody_is_made_responsible_for_what_an_older_version_computed():
    for model, content in stored(FILES[0]):
        assert read_document(model, content).who is None


def test_what_is_computed_now_says_who_with_what_and_on_which_scale(reference):
    doc = screening_document("a", "Na3PS4", "test", reference)
    assert doc.who == who()
    assert doc.versions["trona"]
    assert doc.reference.checksum == reference.checksum
    assert doc.reference.correction == "sulfide-by-charge-legacy"


def test_a_newer_version_asks_for_a_newer_trona():
    model, content = next(stored(FILES[0]))
    with pytest.raises(StoreError, match=r"version 99.*upgrade trona"):
        read_document(model, {**content, "schema_version": 99})


def test_what_cannot_be_read_is_named_with_document_and_field():
    model, content = next(stored(FILES[0]))
    with pytest.raises(StoreError, match=rf"{content['id']}.*version 1,.*'volume'"):
        read_document(model, {**content, "volume": "large"})
    with pytest.raises(StoreError, match="'colour'"):
        read_document(model, {**content, "colour": "red"})
    with pytest.raises(StoreError, match="schema_version"):
        read_document(model, {name: x for name, x in content.items() if name != "schema_version"})


def test_a_segment_from_before_it_had_a_version_is_read():
    model, content = next(stored(FILES[0]))
    assert model is RelaxationDoc
    old = {
        "id": "melt", "label": "glass", "name": "melt", "start_temperature": 300.0,
        "end_temperature": 1500.0, "steps": 10, "time_step": 2.0, "displacement": 0.5,
        "structure": content["structure"], "versions": {}, "created": content["created"],
    }  # fmt: skip
    doc = read_document(SegmentDoc, old)
    assert (doc.schema_version, doc.who) == (SCHEMA_VERSION, None)


def test_a_current_document_is_not_migrated(reference):
    content = screening_document("a", "Na3PS4", "test", reference).model_dump(mode="json")
    assert migrated(ScreeningDoc, content) == content


def test_the_page_of_the_data_dictionary_is_up_to_date():
    spec = spec_from_file_location("data_dictionary", ROOT / "scripts" / "data_dictionary.py")
    script = module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.PAGE.read_text(encoding="utf-8") == script.render(), (
        "run scripts/data_dictionary.py"
    )
