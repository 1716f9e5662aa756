"""Snapshots on disk: whole or absent, checked when read, found by what they cover."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trona.screening.errors import CorrectionError, ReferenceDataError
from trona.stores.corrections.schemes import AS_PUBLISHED, SULFIDE_BY_CHARGE_MP2020
from trona.stores.energies.references import load_reference
from trona.stores.materials_project.snapshot_files import (
    covering,
    files,
    pinned,
    read_snapshot,
    read_system,
    save_snapshot,
)
from trona.stores.materials_project.snapshots import Snapshot, SnapshotPhase, band_gaps, phases

DAY = datetime(2026, 11, 21, 12, tzinfo=UTC)


def row(formula, energy, name=None, **details):
    values = {
        "material_id": name or f"mp-{formula}", "formula": formula, "energy_per_atom": energy,
        "uncorrected_energy_per_atom": energy + 0.1, "run_type": "GGA", "volume_per_atom": 20.0,
        "space_group": "P1", "band_gap": 1.0,
    }  # fmt: skip
    return SnapshotPhase(**values | details)


def snapshot(elements=("Na", "S"), **changes):
    rows = [row(symbol, -1.0) for symbol in elements] + [row("Na2S", -3.0), row("Na2S5", -3.2)]
    values = {
        "elements": list(elements), "thermo_type": "GGA_GGA+U", "database_version": "2025.09.25",
        "endpoint": "test", "fetched": DAY, "client": "mp-api 0", "phases": rows,
    }  # fmt: skip
    return Snapshot(**values | changes)


def test_what_is_saved_is_read_back(tmp_path):
    file = save_snapshot(snapshot(), tmp_path / "new" / "folder")
    assert read_snapshot(file) == snapshot()
    assert files(tmp_path / "new" / "folder") == [file]
    assert file.checksum == snapshot().checksum


def test_the_same_data_on_another_day_are_the_same_snapshot(tmp_path):
    first = save_snapshot(snapshot(), tmp_path)
    assert save_snapshot(snapshot(fetched=datetime(2027, 1, 1, tzinfo=UTC)), tmp_path) == first
    assert len(files(tmp_path)) == 1
    assert (
        save_snapshot(snapshot(database_version="2026.01.01"), tmp_path).checksum != first.checksum
    )


@given(st.integers(0, 10**9), st.sampled_from(["cut", "flip", "empty"]))
def test_a_damaged_file_is_refused_and_never_used(tmp_path_factory, position, damage):
    folder = tmp_path_factory.mktemp("snapshots")
    file = save_snapshot(snapshot(), folder)
    data = bytearray(file.path.read_bytes())
    place = position % len(data)
    if damage == "flip" and place in range(3, 10):  # gzip's own time and flags, without content
        place = len(data) // 2
    data[place] ^= 0x10
    broken = {"cut": data[:place], "flip": data, "empty": b""}[damage]
    file.path.write_bytes(bytes(broken))
    with pytest.raises(ReferenceDataError, match="trona reference fetch Na-S"):
        read_snapshot(file)


def test_a_changed_number_is_noticed(tmp_path):
    file = save_snapshot(snapshot(), tmp_path)
    content = json.loads(gzip.decompress(file.path.read_bytes()))
    content["snapshot"]["phases"][2]["energy_per_atom"] -= 0.001
    file.path.write_bytes(gzip.compress(json.dumps(content).encode()))
    with pytest.raises(ReferenceDataError, match="checksum"):
        read_snapshot(file)


def test_a_damaged_snapshot_can_be_saved_again(tmp_path):
    file = save_snapshot(snapshot(), tmp_path)
    file.path.write_bytes(b"")
    again = save_snapshot(snapshot(fetched=datetime(2027, 1, 1, tzinfo=UTC)), tmp_path)
    assert read_snapshot(covering(tmp_path, "GGA_GGA+U", ["Na"])) == read_snapshot(again)


def test_a_newer_dictionary_is_named(tmp_path):
    file = save_snapshot(snapshot(), tmp_path)
    content = json.loads(gzip.decompress(file.path.read_bytes()))
    content["snapshot"]["schema_version"] = 99
    file.path.write_bytes(gzip.compress(json.dumps(content).encode()))
    with pytest.raises(ReferenceDataError, match="schema version 99"):
        read_snapshot(file)


def test_what_is_unfinished_or_strange_is_not_seen(tmp_path):
    file = save_snapshot(snapshot(), tmp_path)
    (tmp_path / "tmp1234.part").write_bytes(file.path.read_bytes())
    (tmp_path / "mp__Na-S.json.gz").write_bytes(b"")
    (tmp_path / file.path.name.replace("GGA_GGA+U", "OTHER")).write_bytes(b"")
    assert files(tmp_path) == [file]
    assert files(tmp_path / "missing") == []


def test_the_newest_database_that_covers_a_system_is_found(tmp_path):
    small = save_snapshot(snapshot(), tmp_path)
    large = save_snapshot(snapshot(("Cl", "Na", "S"), database_version="2025.2.1"), tmp_path)
    other = save_snapshot(snapshot(thermo_type="R2SCAN", database_version="2026.1.1"), tmp_path)
    assert files(tmp_path) == [other, small, large]  # 2025.09 is after 2025.2
    assert covering(tmp_path, "GGA_GGA+U", ["S", "Na"]) == small
    assert covering(tmp_path, "GGA_GGA+U", ["Cl"]) == large
    assert covering(tmp_path, "R2SCAN", ["Na"]) == other
    assert covering(tmp_path, "GGA_GGA+U", ["P"]) is None


def test_a_snapshot_is_pinned_by_its_checksum(tmp_path):
    file = save_snapshot(snapshot(), tmp_path)
    assert pinned(tmp_path, file.checksum) == pinned(tmp_path, file.checksum[:6]) == file
    for digits in (file.checksum[:5], "000000", ""):
        with pytest.raises(ReferenceDataError, match="trona reference list"):
            pinned(tmp_path, digits)


@pytest.mark.parametrize("text", ["", "Na-", "Na-Xx", "NaS", "na-s", "Na S", "Na-D7"])
def test_what_is_no_chemical_system_is_refused(text):
    with pytest.raises(ReferenceDataError, match="Na-P-S"):
        read_system(text)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ReferenceDataError, match="TRONA_REFERENCES"):
        save_snapshot(snapshot(), tmp_path / "file")


def test_phases_carry_corrected_energies_and_the_scheme():
    plain = {p.formula: p for p in phases(snapshot(), AS_PUBLISHED)}
    by_charge = {p.formula: p for p in phases(snapshot(), SULFIDE_BY_CHARGE_MP2020)}
    assert plain["Na2S5"].energy_per_atom == pytest.approx(-3.2)
    assert by_charge["Na2S5"].energy - plain["Na2S5"].energy == pytest.approx(4 * 0.503)
    assert by_charge["Na2S"].energy == plain["Na2S"].energy
    assert plain["Na2S"].volume == pytest.approx(60.0)
    assert snapshot().phases[0].correction_per_atom == pytest.approx(-0.1)


def test_the_lowest_polymorph_gives_the_band_gap():
    rows = [row("Na2S", -2.0, "a", band_gap=9.0), row("Na2S", -3.0, "b", band_gap=2.4)]
    assert band_gaps(rows) == {"Na2S": 2.4}
    assert band_gaps([row("Na2S", -3.0, band_gap=None), row("Na2S", -2.0, "c")]) == {}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Folder of snapshots that the settings name."""
    monkeypatch.setenv("TRONA_REFERENCES", str(tmp_path))
    return tmp_path


def test_a_reference_is_found_by_system_checksum_or_need(folder):
    file = save_snapshot(snapshot(("Cl", "Na", "S")), folder)
    names = ["mp:Na-S", "mp:Na", f"mp:{file.checksum[:8]}", file.name]
    found = [load_reference(name) for name in names] + [load_reference("mp", None, ["Na2S5", "S"])]
    assert {reference.name for reference in found} == {f"mp:Cl-Na-S@{file.checksum}"}
    assert {reference.checksum for reference in found} == {load_reference(file.name).checksum}
    assert found[0].correction == "sulfide-by-charge-mp2020"
    assert "2025.09.25" in found[0].origin
    assert "2026-11-21" in found[0].origin
    assert load_reference(file.name, "as-published").checksum != found[0].checksum


def test_another_thermo_type_is_asked_for_by_name_and_stays_as_published(folder):
    save_snapshot(snapshot(thermo_type="R2SCAN"), folder)
    with pytest.raises(ReferenceDataError, match="trona reference fetch Na-S'"):
        load_reference("mp:Na-S")
    reference = load_reference("mp-r2scan:Na-S")
    assert reference.correction == "as-published"
    with pytest.raises(CorrectionError, match=r"R2SCAN energies.* is for energies that are"):
        load_reference("mp-r2scan:Na-S", "sulfide-by-charge-mp2020")


def test_a_correction_of_other_data_is_refused(folder):
    save_snapshot(snapshot(), folder)
    with pytest.raises(CorrectionError, match="'sulfide-by-charge-legacy' is for energies"):
        load_reference("mp:Na-S", "sulfide-by-charge-legacy")


@pytest.mark.parametrize(
    ("name", "formulas", "word"),
    [
        ("mp", (), "mp:Na-P-S"),
        ("mp", ("Na3PS4",), "fetch Na-P-S"),
        ("mp", ("S",), "fetch Na-S"),
        ("mp:Na-Xx", (), "Na-Xx"),
        ("mp:Na-S@123456", (), "123456"),
        ("mp:123456", (), "123456"),
        ("mp-r2scan:Na-S", (), "--thermo-type R2SCAN"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_is_not_there_is_named_with_the_remedy(name, formulas, word):
    with pytest.raises(ReferenceDataError, match=word):
        load_reference(name, None, formulas)
