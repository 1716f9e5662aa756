"""The set of SevenNet energies: what it joins, and windows beside those of DFT."""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.support.lints import each
from trona.screening.formulas import parse, same_composition
from trona.stores.assess.assessment import assess_formula, window_document
from trona.stores.energies.accuracy import accuracy
from trona.stores.energies.bundled import bundled_data, bundled_structures
from trona.stores.energies.references import load_reference

NAME = "bundled"
DATA, STRUCTURES = bundled_data(NAME), bundled_structures(NAME)


@pytest.fixture(scope="module")
def sevennet():
    return load_reference(NAME)


@each("row", DATA["phases"], ids=lambda row: row["id"])
def test_a_phase_carries_its_provenance_corrections_and_a_structure_of_its_composition(row):
    structure = STRUCTURES[row["id"]].to_structure()
    assert same_composition(structure.composition.get_el_amt_dict(), parse(row["formula"]))
    assert structure.volume / len(structure) == pytest.approx(row["volume_per_atom"], rel=1e-3)
    assert row["source"]
    assert row["space_group"]
    assert row["corrections"].keys() == {"mp2019", "mp2020"}


@pytest.mark.parametrize("pair", ["Ta-O", "Ti-O", "Nb-O", "Fe-O", "Sn-O", "Zn-O", "Y-S", "Zr-S"])
def test_pairs_that_coatings_and_cathodes_need_are_joined(sevennet, pair):
    joined = {pair for p in sevennet.phases for pair in combinations(sorted(p.amounts), 2)}
    assert tuple(sorted(pair.split("-"))) in joined


@pytest.mark.parametrize(
    ("formula", "reduction", "oxidation"),
    [  # ../shared/science.md, section 4: variant C of the Materials Project of 2019
        ("Na3PS4", 1.25, 2.43),
        ("Na3SbS4", 1.61, 2.35),
        ("Na4SnS4", 1.04, 2.20),
        ("Na3PSe4", 1.46, 1.76),
        ("Na3YCl6", 0.59, 3.78),
        ("NaBH4", 0.0, 1.97),
        ("Na2S", 0.0, 1.89),
    ],
)
def test_windows_lie_near_those_of_dft(sevennet, formula, reduction, oxidation):
    found = window_document(assess_formula(formula, sevennet))
    assert found.reduction_limit == pytest.approx(reduction, abs=0.15)
    assert found.oxidation_limit == pytest.approx(oxidation, abs=0.2)


def test_uncalibrated_is_a_scheme_too_and_the_error_is_stated(sevennet):
    plain = load_reference(NAME, "mp2020,sulfide-by-charge-mp2020")
    assert plain.scale != sevennet.scale
    assert accuracy(sevennet.scale).model.sigma < 0.05
    assert "SevenNet" in accuracy(sevennet.scale).source
