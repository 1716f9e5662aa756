"""Proposed first are those of which their own energy tells most, from a store of a screening."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.stores.materials_project.test_snapshots import snapshot
from tests.support.clusters import project, project_folder
from tests.workflows.cluster.test_submission import crystal as salt
from trona import Study
from trona.screening.errors import InputError
from trona.stores.assess.assessment import assess_formula
from trona.stores.assess.screenings import screening_document
from trona.stores.collections.results import Results
from trona.stores.documents.results import RelaxationDoc, StructureDoc
from trona.stores.energies.conditions import under_conditions
from trona.stores.energies.entries import entry_document
from trona.stores.energies.kept import load_once
from trona.stores.energies.references import load_reference
from trona.stores.materials_project.snapshot_files import save_snapshot
from trona.workflows.proposals import judge_candidates, propose

REFERENCE = "bundled-chgnet"


def relaxation(crystal, reference, above):
    """A relaxation that lies so far (eV/atom) above the phases of the reference."""
    structure = crystal.structure
    stability = assess_formula(crystal.formula, reference).stability
    hull = stability.decomposition.energy / stability.n_atoms
    content = {
        "id": f"relaxed-{crystal.label}", "label": crystal.label, "formula": crystal.formula,
        "method": "CHGNet 0.3.0", "settings": {}, "converged": True, "energy": -1.0,
        "max_force": 0.01, "n_steps": 5, "n_sites": len(structure), "volume": structure.volume,
        "volume_start": structure.volume, "space_group": "Fm-3m",
        "structure": StructureDoc.from_structure(structure), "versions": {},
    }  # fmt: skip
    entry = entry_document(RelaxationDoc(**content), reference.scale, reference.scheme)
    missing = (hull + above) - entry.energy / stability.n_atoms
    return RelaxationDoc(**content | {"energy": -1.0 + missing * len(structure)})


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Na2Cl is stable or not by its own energy alone; of the others it moves the place at most."""
    location = str(tmp_path_factory.mktemp("s") / "s.sqlite")
    results, reference = Results(location), load_once(REFERENCE)
    for formula, above in {"Na2Cl": 0.03, "Na2Sb": 0.0, "Na2P": 0.05}.items():
        crystal = salt(formula, 6.5)
        relaxed = relaxation(crystal, reference, above)
        known = (crystal.label, crystal.formula, "test", reference)
        results.save([relaxed, screening_document(*known, relaxed)])
    results.save([screening_document("Na3PS4", "Na3PS4", "test", reference)])
    return location


def test_those_come_first_of_which_their_energy_tells_most(store):
    results = Results(store)
    judged = list(judge_candidates(results.screenings(), results, lambda _: load_once(REFERENCE)))
    found = propose(judged, 20)
    assert found.considered == 3
    assert found.left_out == {"Na3PS4": "it has no relaxed structure"}
    values = [one.value for one in found.chosen]
    assert values == sorted(values, reverse=True)
    assert all(value > 0 for value in values)
    assert found.chosen[0].label == "Na2Cl"
    assert found.chosen[0].class_gain > 0.1
    assert found.chosen[0].disagree_after < found.chosen[0].disagree
    for one in found.chosen:
        assert one.value == pytest.approx(one.class_gain + one.places_moved / 2)
        assert f"{next(iter(one.classes.values())):.0%}" in one.reason
    assert [one.label for one in propose(judged, 1).chosen] == [found.chosen[0].label]
    with pytest.raises(InputError, match="at least 1"):
        propose(judged, 0)


def test_the_command_and_the_notebook_propose_the_same(store, trona):
    shown = json.loads(trona("next", "--store", store, "--json").stdout)
    labels = [row["candidate"] for row in shown["proposed"]]
    rows = list(csv.DictReader(io.StringIO(trona("next", "--store", store, "--csv").stdout)))
    assert [row["candidate"] for row in rows] == labels
    assert list(Study(REFERENCE).next(store).to_frame()["candidate"]) == labels
    table = trona("next", "--store", store, "--budget", "1")
    assert labels[0] in table.stdout
    assert "not judged: it has no relaxed structure" in table.stderr
    with pytest.raises(InputError, match="bundled"):
        Study("bundled", exclude=["Na3P"]).next(store)


def test_a_bare_mp_finds_the_snapshot_of_each_result(store, tmp_path, monkeypatch):
    monkeypatch.setenv("TRONA_REFERENCES", str(tmp_path))
    save_snapshot(snapshot(), tmp_path)
    mixed = str(tmp_path / "mixed.sqlite")
    energies = load_once("mp:Na-S")
    Results(mixed).save([
        *Results(store).screenings(),
        screening_document("Na2S", "Na2S", "test", energies),
    ])  # fmt: skip
    with pytest.raises(InputError, match="no candidate can be judged: it has no relaxed structure"):
        Study("mp").next(mixed)
    with pytest.raises(InputError, match=r"no result in .* rests on these energies"):
        Study("mp").next(store)


def test_a_result_is_judged_at_its_own_temperature(store, trona, tmp_path):
    warm = under_conditions(load_reference(REFERENCE), temperature="25C")
    results = Results(str(tmp_path / "warm.sqlite"))
    relaxed = Results(store).relaxation("relaxed-Na2Cl")
    results.save([relaxed, screening_document("Na2Cl", relaxed.formula, "test", warm, relaxed)])
    assert results.screenings()[0].reference.checksum == warm.checksum
    (row,) = json.loads(trona("next", "--store", results.location, "--json").stdout)["proposed"]
    assert row["candidate"] == "Na2Cl"


def test_what_is_proposed_is_submitted_with_its_relaxed_structure(store, trona, mongo):
    with project_folder() as folder:
        project(mongo, folder)
        go = ("next", "--store", store, "--budget", "1", "--submit", "--project", "lap",
              "--backend", "mock", "--reference", REFERENCE)  # fmt: skip
        assert "1 submitted" in trona(*go).stdout
        assert "1 queued" in trona(*go).stdout
        assert len(json.loads(trona("status", "--project", "lap", "--json").stdout)) == 1


def test_an_empty_store_says_what_is_missing(trona, tmp_path):
    Results(str(tmp_path / "e.sqlite")).save([])
    assert trona("next", "--store", tmp_path / "e.sqlite").returncode == 2
