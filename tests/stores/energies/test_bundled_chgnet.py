"""The set of CHGNet energies holds what it must, and its energies can be computed again."""

from __future__ import annotations

import pytest

from tests.support.lints import each
from trona.screening.formulas import parse, same_composition
from trona.stores.energies.bundled import SETS, bundled_data, bundled_structures
from trona.stores.energies.references import load_reference
from trona.workflows.candidates.sources import Candidate
from trona.workflows.jobs.backends import BACKENDS
from trona.workflows.local.pool import Work, run_flows

NAME = "bundled-chgnet"
DATA, STRUCTURES = bundled_data(NAME), bundled_structures(NAME)
NEEDED = [
    "Na", "P", "S", "O2", "Sb", "Se", "Sn", "Y", "Zr", "Cl2", "B", "H2", "Cr",
    "Na2S", "Na2S2", "Na2S4", "Na2S5", "Na3P", "NaP", "Na3P11", "NaP7", "Na3PS4", "Na4P2S6",
    "Na2P2S6", "P2S5", "P4S3", "Na3Sb", "NaSb", "Na3SbS4", "Na3SbS3", "NaSbS2", "Sb2S3", "Na2O",
    "Na2O2", "NaO2", "NaOH", "NaH", "H2O", "NaHS", "H2S", "Na3PO4", "Na4P2O7", "NaPO3", "P2O5",
    "Na3PS3O", "Na3PS2O2", "Na3PSO3", "Na2SO4", "Na2S2O3", "Na2Se", "Na2Se2", "Na2Se4", "Na3PSe4",
    "Na4P2Se6", "SnS", "SnS2", "Na4SnS4", "Na6Sn2S7", "Na15Sn4", "Na9Sn4", "NaSn", "NaSn2", "NaCl",
    "NaCl3", "NaCl7", "YCl3", "Y2Cl3", "ZrCl", "ZrCl2", "ZrCl3", "ZrCl4", "Na3YCl6", "Na2ZrCl6",
    "NaBH4", "Na2B12H12", "Na2B10H10", "B2H6", "B9H11", "B10H14", "Na3B20", "NaB15", "NaCrO2",
    "NaCrS2", "Cr2O3", "CrO2", "Na2CrO4", "Na2S3", "P2S7", "S8O", "Na6S2O9",
]  # fmt: skip
"""Stable products and competing phases of the literature's reactions within the bundled systems."""


@each("formula", NEEDED)
def test_a_phase_is_there_or_named_as_missing_with_a_reason(formula):
    held = load_reference(NAME).table.find(parse(formula)) is not None
    missing = [r for r in DATA["missing"] if same_composition(parse(r["formula"]), parse(formula))]
    assert held != bool(missing), "held and missing" if held else "neither held nor missing"
    assert all(row["reason"] for row in missing)


@each("row", DATA["phases"], ids=lambda row: row["id"])
def test_a_phase_carries_its_provenance_and_a_structure_of_its_composition(row):
    structure = STRUCTURES[row["id"]].to_structure()
    amounts = structure.composition.get_el_amt_dict()
    assert same_composition(amounts, parse(row["formula"]))
    assert structure.volume / len(structure) == pytest.approx(row["volume_per_atom"], rel=1e-3)
    assert row["source"]
    assert row["space_group"]


def test_versions_and_method_are_recorded():
    assert DATA["method"] == "CHGNet 0.3.0"
    assert {"chgnet", "torch", "atomate2", "trona"} <= DATA["versions"].keys()


RECOMPUTED = ["Na2S", "NaCl", "Na3P", "Na3PS4", "Na3SbS4", "Zr"]


def lowest(formula):
    """The bundled phase of a composition that the hull uses, and its row."""
    phase = load_reference(NAME).table.find(parse(formula))
    return phase, next(row for row in DATA["phases"] if row["id"] == phase.id)


@pytest.fixture(scope="module")
def recomputed(tmp_path_factory):
    """Energies per atom of some phases, relaxed again from their bundled structures."""
    candidates = [
        Candidate(formula, formula, "again", STRUCTURES[lowest(formula)[0].id].to_structure())
        for formula in RECOMPUTED
    ]
    store = str(tmp_path_factory.mktemp("again") / "s.sqlite")
    done = run_flows(candidates, Work(BACKENDS["chgnet"]), store, workers=2)
    relaxations = {candidate.label: outputs[-1] for candidate, outputs in done}
    return {label: doc.energy / doc.n_sites for label, doc in relaxations.items()}


@pytest.mark.parametrize("formula", RECOMPUTED)
def test_a_bundled_energy_can_be_computed_again(recomputed, formula):
    phase, row = lowest(formula)
    assert recomputed[formula] == pytest.approx(row["energy_per_atom"], abs=0.001)
    stored = phase.energy_per_atom - SETS[NAME].scheme.shift(phase.amounts) / phase.n_atoms
    assert stored == pytest.approx(row["energy_per_atom"], abs=1e-9)
