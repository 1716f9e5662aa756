"""Content of data files is kept as JSON, and is what the YAML says, whatever is kept."""

from __future__ import annotations

import sys

import pytest
import yaml

from trona.stores import data_files
from trona.stores.cache import write_cached
from trona.stores.data_files import data_content, data_text

FILES = [
    ("trona.stores.assess", "properties.yaml"),
    ("trona.stores.assess", "electrodes.yaml"),
    ("trona.stores.assess", "validation.yaml"),
    ("trona.stores.corrections", "calibration.yaml"),
    ("trona.stores.energies", "deviations_chgnet.yaml"),
    ("trona.stores.energies", "deviations_sevennet.yaml"),
    ("trona.workflows.candidates", "bundled.yaml"),
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty cache folder."""
    monkeypatch.setenv("TRONA_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "data"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file[1])
def test_the_second_time_gives_what_the_first_gave(folder, file, monkeypatch):
    written = yaml.safe_load(data_text(*file))
    assert data_content(*file) == written
    assert len(list(folder.iterdir())) == 1
    monkeypatch.setitem(sys.modules, "yaml", None)
    assert data_content(*file) == written


@pytest.mark.usefixtures("folder")
def test_what_is_kept_is_never_stale(monkeypatch):
    texts = iter(["a: 1", "a: 2", "a: 1"])
    monkeypatch.setattr(data_files, "data_text", lambda *_: next(texts))
    assert [data_content("any", "any") for _ in range(3)] == [{"a": 1}, {"a": 2}, {"a": 1}]


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe"])
def test_a_damaged_file_is_replaced(folder, damage):
    whole = data_content(*FILES[0])
    (kept,) = folder.iterdir()
    before = kept.read_bytes()
    kept.write_bytes(damage)
    assert data_content(*FILES[0]) == whole
    assert kept.read_bytes() == before


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("TRONA_CACHE", str(tmp_path / "file"))
    assert data_content(*FILES[3])["method"] == "SevenNet l3i5"


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    def fail(stream):
        stream.write(b"half")
        raise OSError(28, "No space left on device")

    file = tmp_path / "cache" / "a.json"
    write_cached(file, fail, most=2)
    assert not list(file.parent.iterdir())


def test_the_oldest_of_a_kind_go_first(tmp_path):
    for number in range(4):
        write_cached(tmp_path / f"{number}.json", lambda stream: stream.write(b"{}"), most=3)
    (tmp_path / "other.npz").touch()
    assert len(list(tmp_path.glob("*.json"))) == 3
    assert (tmp_path / "other.npz").exists()
