"""A study finds the energies that the command finds, and says which."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from tests.stores.materials_project.test_snapshots import snapshot
from trona import Study
from trona.screening.errors import InputError, ReferenceDataError
from trona.stores.documents.printable import printable
from trona.stores.materials_project.snapshot_files import save_snapshot
from trona.workflows.cli.main import app


@pytest.fixture
def fetched(tmp_path, monkeypatch):
    """A folder with one snapshot, of Na and S."""
    monkeypatch.setenv("TRONA_REFERENCES", str(tmp_path))
    return save_snapshot(snapshot(), tmp_path)


def test_the_snapshot_is_found_for_each_question(fetched):
    study = Study("mp")
    assert "the newest snapshot that covers" in repr(study)
    window = study.window("Na2S")
    printed = CliRunner().invoke(app, ["window", "Na2S", "--json", "--reference", "mp"])
    assert printable(window.document) == json.loads(printed.stdout)
    assert fetched.checksum in window.assessment.reference.name
    again = study.windows(["Na2S", "NaS"]).windows[0]
    assert again.assessment.reference.table is window.assessment.reference.table
    assert study.discharge("S").capacity > 0
    assert study.interface("Na2S", "S").caveats is not None
    with pytest.raises(InputError, match=r"no snapshot of the Materials Project covers .*P"):
        study.window("Na3PS4")
    with pytest.raises(ReferenceDataError, match="names no chemical system"):
        _ = study.reference


def test_a_named_system_is_loaded_at_once(fetched):
    assert Study("mp:Na-S").reference.name == fetched.name
    with pytest.raises(ReferenceDataError, match="covers Cl-Na"):
        Study("mp:Na-Cl")


def test_conditions_and_exclusions_stay_those_of_the_study():
    study = Study("bundled", exclude=["Na3PS4"], temperature="25C")
    assert study.energies("NaCl") is study.reference
    assert study.cold("NaCl").temperature == 0
    assert study.reference.temperature == pytest.approx(298.15)
    assert "without Na3PS4" in repr(study)


def test_a_scale_is_stated_for_entries_only():
    with pytest.raises(InputError, match=r"entries:FILE\.json#mp"):
        Study("bundled", scale="mp")
    with pytest.raises(ReferenceDataError, match="int is no source"):
        Study(3)
