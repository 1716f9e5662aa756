"""What is kept of a large table gives what its rows give, and is never stale or in the way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from trona.stores.energies.references import load_reference
from trona.stores.energies.tables import loading, snapshot
from trona.stores.energies.tables.loading import load_table

ROWS = """# mine
formula,formation_energy_per_atom,id,band_gap,volume_per_atom,space_group,flags
Na2S,-1.29,a,2.4,17.1,Fm-3m,
Na2S,-1.29,0,,18.0,,
Na4S2,-1.2,c,,,,
"Na2,5P1S4",-0.9,d,,,,
NaOH,-1.45,e,,,,
H2O,-1.0,f,,,,
NaOH·H2O,-1.2,g,,,,
Na3PO4,-2.6,h,4.1,,,
"""


@pytest.fixture
def path(tmp_path, monkeypatch):
    """A table that is kept, however small, in a folder of its own."""
    monkeypatch.setenv("TRONA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(snapshot, "_WORTH", 0)
    file = tmp_path / "energies.csv"
    file.write_text(ROWS, encoding="utf-8")
    return file


def kept(path):
    return sorted((path.parent / "cache" / "tables").iterdir())


@pytest.fixture
def unread(monkeypatch):
    """Function after which no row of a table may be read."""

    def forbid():
        monkeypatch.setattr(loading, "table_phases", None)

    return forbid


@pytest.mark.parametrize("flag", ["", "polysulfide_over-corrected"])
@pytest.mark.parametrize("correction", [None, "as-published", "sulfide-by-charge-legacy"])
def test_the_second_time_gives_what_the_first_gave(path, unread, flag, correction):
    path.write_text(ROWS.replace("Fm-3m,", f"Fm-3m,{flag}"), encoding="utf-8")
    first = load_reference(f"table:{path}", correction)
    unread()
    again = load_reference(f"table:{path}", correction)
    assert list(again.phases) == list(first.phases)
    assert [list(p.amounts) for p in again.phases] == [list(p.amounts) for p in first.phases]
    assert list(again.table.phases) == list(first.table.phases)
    assert (again.checksum, again.scheme.name) == (first.checksum, first.scheme.name)
    assert again.scheme == first.scheme
    assert (again.band_gaps, again.basis) == (first.band_gaps, first.basis)
    for name in ("amounts", "energies", "ground"):
        np.testing.assert_array_equal(getattr(again.table, name), getattr(first.table, name))


def test_a_table_of_another_name_is_named_in_its_sources(path, unread):
    load_table(path)
    other = path.rename(path.with_name("other.csv"))
    unread()
    _, found = load_table(other)
    assert found.phases[0].source == "line 3 of other.csv"
    assert found.phases[0].scale.method == "table other.csv"


def test_a_table_that_changes_is_read_anew_whatever_its_time_and_size(path):
    load_table(path)
    path.write_text(ROWS.replace("-1.29,a", "-1.28,a"), encoding="utf-8")
    _, found = load_table(path)
    assert found.phases[0].energy == pytest.approx(-1.28 * 3)
    assert len(kept(path)) == 2


@pytest.mark.parametrize("content", [b"", b"no archive", "half"])
def test_a_spoilt_snapshot_is_made_anew(path, content):
    _, first = load_table(path)
    (file,) = kept(path)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] if content == "half" else content)
    _, again = load_table(path)
    assert list(again.phases) == list(first.phases)
    assert snapshot.read(path.read_bytes(), path) is not None


def test_a_folder_that_cannot_be_written_is_no_obstacle(path):
    (path.parent / "cache").write_text("a file stands where the folder would be")
    _, first = load_table(path)
    _, again = load_table(path)
    assert list(again.phases) == list(first.phases)


def test_many_at_once_write_one_snapshot_and_leave_nothing_behind(path):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: list(load_table(path)[1].phases), range(16)))
    assert all(one == found[0] for one in found)
    assert [file.suffix for file in kept(path)] == [".npz"]


def test_old_snapshots_go(path, monkeypatch):
    monkeypatch.setattr(snapshot, "_MOST", 2)
    for energy in range(4):
        path.write_text(ROWS.replace("-2.6", f"-2.{energy}"), encoding="utf-8")
        load_table(path)
    assert len(kept(path)) == 2


def test_small_tables_are_not_kept(path, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setenv("TRONA_CACHE", str(path.parent / "cache"))
    load_table(path)
    assert not (path.parent / "cache").exists()
