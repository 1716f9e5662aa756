"""Copies and files hold what the store held: verified, resumable, and all or nothing."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime

import pytest

from tests.stores.energies.test_entries import relaxation
from trona.screening.errors import InputError, StoreError
from trona.stores.assess.interfaces import interface_document
from trona.stores.assess.screenings import failed_document, screening_document
from trona.stores.collections import transfer
from trona.stores.collections.exchange import export_store, import_file
from trona.stores.collections.molecular_dynamics import SegmentDoc, Segments
from trona.stores.collections.results import Filters, Results
from trona.stores.collections.transfer import (
    ALL_COLLECTIONS,
    content_hash,
    copy_store,
    open_collection,
)
from trona.stores.collections.upkeep import Problem, check_store, holdings, reindex
from trona.stores.database.connect import job_store, open_store
from trona.stores.documents.migration import COLLECTIONS
from trona.stores.documents.results import SCHEMA_VERSION


def segment():
    """A finished piece of a melt."""
    return SegmentDoc(
        id="melt", label="glass", name="melt", start_temperature=300.0, end_temperature=1500.0,
        steps=10, time_step=2.0, displacement=0.5, structure=relaxation().structure, versions={},
    )  # fmt: skip


@pytest.fixture
def source(tmp_path, reference):
    location = str(tmp_path / "source.sqlite")
    results = Results(location)
    for formula in ("Na3PS4", "Na2S", "NaCl"):
        results.save_screening(screening_document(formula, formula, "test", reference))
    results.save([relaxation(), interface_document("Na3PS4", "NaCl", reference)])
    Segments(location).save(segment())
    jobs = job_store(location)
    jobs.connect()
    when = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
    for index in (1, 2):
        jobs.update({"uuid": "u", "index": index, "completed_at": when,
                     "output": {"big": [index]}}, save={"data": ["big"]})  # fmt: skip
    return location


def contents(location):
    """Hash of every document, by collection and what identifies it."""
    found = {}
    for collection in ALL_COLLECTIONS:
        store = open_collection(location, collection)
        rows = list(store.query())
        found[collection] = sorted(content_hash(row) for row in rows)
    return found


@pytest.fixture(params=["file", "server"])
def target(request, tmp_path):
    """Both homes that a store may be copied to."""
    if request.param == "file":
        return str(tmp_path / "target.sqlite")
    return request.getfixturevalue("mongo")


def test_a_copy_holds_the_same_documents_and_a_second_one_writes_nothing(source, target):
    first = {one.collection: (one.total, one.written) for one in copy_store(source, target)}
    assert first["jobs"] == first["data"] == (2, 2)
    assert first["screenings"] == first["summaries"] == (3, 3)
    assert contents(target) == contents(source)
    assert sum(one.written for one in copy_store(source, target)) == 0
    loaded = job_store(target)
    loaded.connect()
    assert loaded.query_one({"uuid": "u", "index": 2}, load=True)["output"] == {"big": [2]}
    loaded.close()


def test_melts_and_quenches_are_counted_copied_and_checked(source, target):
    assert {one.collection: one.versions for one in holdings(source)}["segments"] == {
        str(SCHEMA_VERSION): 1
    }
    list(copy_store(source, target))
    assert Segments(target).find("melt") == segment().model_copy(
        update={"created": Segments(source).find("melt").created}
    )
    open_store(source, "segments").update({**segment().model_dump(mode="json"), "steps": "many"})
    assert [(one.collection, one.id) for one in problems(source)] == [("segments", "melt")]


def test_there_and_back_again_nothing_has_changed(source, mongo, tmp_path):
    list(copy_store(source, mongo))
    back = str(tmp_path / "back.sqlite")
    list(copy_store(mongo, back))
    assert contents(back) == contents(source)
    assert problems(mongo) == []


def test_a_copy_that_was_stopped_goes_on(source, tmp_path, monkeypatch):
    target = str(tmp_path / "target.sqlite")
    monkeypatch.setattr(transfer, "_BATCH", 1)
    started = copy_store(source, target)
    next(started)
    started.close()
    store = open_collection(target, "screenings")
    store.update(next(open_store(source, "screenings").query()))
    again = {one.collection: one.written for one in copy_store(source, target)}
    assert again["relaxations"] == 0
    assert again["screenings"] == 2
    assert contents(target) == contents(source)


def test_what_is_newer_in_the_target_stays(source, tmp_path):
    target = str(tmp_path / "target.sqlite")
    list(copy_store(source, target))
    newer = relaxation(energy=-13.0)
    Results(target).save([newer])
    (kept,) = [one.kept for one in copy_store(source, target) if one.collection == "relaxations"]
    assert kept == 1
    assert Results(target).relaxation(newer.id).energy == -13.0
    list(copy_store(target, source))
    assert Results(source).relaxation(newer.id).energy == -13.0


def test_a_store_that_loses_what_is_written_is_noticed(source, tmp_path, monkeypatch):
    write = transfer.open_store(str(tmp_path / "t.sqlite"), "runs").__class__.update

    def forget(self, docs, key=None):
        write(self, [{**doc, "formula": "?"} for doc in docs], key=key)

    monkeypatch.setattr(transfer.open_store(source, "runs").__class__, "update", forget)
    with pytest.raises(StoreError, match="differs after it was written"):
        list(copy_store(source, str(tmp_path / "target.sqlite")))


def test_copying_nothing_or_into_itself_is_refused(source, tmp_path):
    with pytest.raises(StoreError, match="none"):
        list(copy_store(str(tmp_path / "none.sqlite"), source))
    with pytest.raises(StoreError, match="itself"):
        list(copy_store(source, f"{tmp_path}/./source.sqlite"))


def test_times_of_both_kinds_of_store_have_one_hash():
    when = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    kept = when.replace(microsecond=678000, tzinfo=None)
    assert content_hash({"at": when, "_id": 1}) == content_hash({"at": kept})
    assert content_hash({"at": when}) != content_hash({"at": when.replace(year=2025)})


def test_lines_make_the_same_store_again(source, tmp_path):
    file, target = tmp_path / "all.jsonl", str(tmp_path / "target.sqlite")
    assert export_store(source, file) == 6
    copied = {one.collection: one.written for one in import_file(file, target)}
    assert copied == {"relaxations": 1, "screenings": 3, "interfaces": 1, "segments": 1}
    before, after = contents(source), contents(target)
    assert all(after[name] == before[name] for name in COLLECTIONS)
    assert Results(target).find(Filters(interphase="stable")).total == 2
    assert sum(one.written for one in import_file(file, target)) == 0


def test_an_import_that_does_not_validate_names_the_field_and_stores_nothing(source, tmp_path):
    file, target = tmp_path / "all.jsonl", tmp_path / "target.sqlite"
    export_store(source, file)
    lines = file.read_text(encoding="utf-8").splitlines()
    (at,) = [n for n, line in enumerate(lines) if line.startswith('{"interfaces"')]
    broken = json.loads(lines[at])
    broken["interfaces"]["reacts"] = "perhaps"
    file.write_text("\n".join([*lines[:at], json.dumps(broken)]), encoding="utf-8")
    with pytest.raises(StoreError, match=rf"line 5 .*{broken['interfaces']['id']}.*'reacts'"):
        import_file(file, str(target))
    assert not target.exists()


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"screenings": 1}', '{"jobs": {}}', '{"summaries": {}}', '{"$where": {}}']
)
def test_lines_that_are_no_documents_are_refused(tmp_path, line):
    file = tmp_path / "bad.jsonl"
    file.write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(StoreError, match="line 1"):
        import_file(file, str(tmp_path / "t.sqlite"))


def test_tables_hold_the_current_results_with_units(source, tmp_path):
    assert export_store(source, tmp_path / "t.csv") == 3
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["label"]: row for row in csv.DictReader(file)}
    assert rows["Na3PS4"]["products"] == "Na3P Na2S"
    assert float(rows["Na3PS4"]["reduction_limit"]) == pytest.approx(1.25, abs=0.01)
    parquet = pytest.importorskip("pyarrow.parquet")
    assert export_store(source, tmp_path / "t.parquet") == 3
    table = parquet.read_table(tmp_path / "t.parquet")
    assert b"eV/atom" in table.schema.field("energy_above_hull").metadata[b"meaning"]
    by_label = {row["label"]: row for row in table.to_pylist()}
    assert by_label["Na3PS4"]["products"] == ["Na3P", "Na2S"]
    assert by_label["Na3PS4"]["product_amounts"] == pytest.approx([1.0, 4.0])
    assert by_label["NaCl"]["method"] is None


def test_a_file_that_cannot_be_written_leaves_nothing(source, tmp_path):
    with pytest.raises(InputError, match="jsonl"):
        export_store(source, tmp_path / "t.xlsx")
    with pytest.raises(InputError, match="nowhere"):
        export_store(source, tmp_path / "nowhere" / "t.csv")
    open_store(source, "runs").update({"id": "bad", "schema_version": 1})
    with pytest.raises(StoreError, match="bad"):
        export_store(source, tmp_path / "t.jsonl")
    assert not list(tmp_path.glob("t.*"))


def problems(location):
    return [one for one in check_store(location) if isinstance(one, Problem)]


def test_a_sound_store_has_no_problems(source):
    assert problems(source) == []
    assert {one.collection: one.count for one in holdings(source)} == {
        "relaxations": 1, "screenings": 3, "summaries": 3, "interfaces": 1, "segments": 1,
        "jobs": 2, "data": 2,
    }  # fmt: skip


def test_what_is_wrong_is_named_and_reindex_mends_summaries(source, reference):
    results = Results(source)
    lost = screening_document("lost", "Na2S", "test", reference)
    lost.relaxation_id = "gone"
    results.save([lost])
    open_store(source, "runs").update({"id": "bad", "schema_version": 2})
    summaries = open_store(source, "summaries")
    summaries.update({**next(summaries.query({"label": "NaCl"})), "formula": "KCl"})
    summaries.remove_docs({"label": "Na2S"})
    found = {(one.collection, one.reason.split(":")[0]) for one in problems(source)}
    assert {place for place, _ in found} == {"screenings", "runs", "summaries"}
    assert any("gone" in reason for _, reason in found)
    assert any("differs" in reason for _, reason in found)
    assert any("missing" in reason for _, reason in found)
    assert reindex(source)[1] == 4
    assert {one.collection for one in problems(source)} == {"screenings", "runs"}


def test_no_store_is_made_by_looking_at_one(tmp_path):
    path = tmp_path / "none.sqlite"
    for look in (holdings, reindex, lambda location: list(check_store(location))):
        with pytest.raises(StoreError, match="none"):
            look(str(path))
    assert not path.exists()


def test_a_failure_is_copied_as_well(source, tmp_path, reference):
    Results(source).save([failed_document("broken", "Na3P", "test", reference, "why")])
    target = str(tmp_path / "target.sqlite")
    list(copy_store(source, target))
    assert Results(target).find(Filters(text="why")).total == 1
