"""Ordered arrangements: all of them, each once, and the lowest first, by independent oracles."""

from __future__ import annotations

import numpy as np
import pytest
from pymatgen.analysis.ewald import EwaldSummation
from pymatgen.analysis.structure_matcher import StructureMatcher
from pymatgen.core import Lattice, Structure
from pymatgen.transformations.standard_transformations import (
    OrderDisorderedStructureTransformation,
)

from trona.screening.errors import StructureInputError
from trona.workflows.ordering.arrangements import Search, arrange
from trona.workflows.ordering.blueprints import Blueprint, of_structure
from trona.workflows.ordering.site_model import SiteModel, electrostatics, overlaps, permutations
from trona.workflows.ordering.supercells import Bounds, fill, sublattices

FCC = Structure.from_spacegroup(
    "Fm-3m", Lattice.cubic(5.6), ["Na", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]]
).get_primitive_structure()
CHARGES = {"Na": 1.0, "K": 1.0, "Mg": 2.0, "Cl": -1.0, "Br": -1.0}


def salt(sodium=None, chlorine=None):
    """Rock salt with given occupancies."""
    structure = FCC.copy()
    if sodium:
        structure.replace_species({"Na": sodium})
    if chlorine:
        structure.replace_species({"Cl": chlorine})
    return structure


def blueprint(structure, charges=CHARGES):
    return Blueprint("x", structure, 1.0, {}, "test", charges)


def doped():
    """Magnesium for sodium with vacancies."""
    return salt(sodium={"Na": 0.5, "Mg": 0.25})


def ionic(structure):
    charged = structure.copy()
    charged.add_oxidation_state_by_element(CHARGES)
    return charged


def search(**choices):
    return Search(bounds=Bounds(min_atoms=choices.pop("min_atoms", 1)), **choices)


def test_electrostatic_energies_are_those_of_the_structures():
    found = arrange(blueprint(doped()), search(min_atoms=13))
    assert len(found.ranked) > 3
    for one in found.ranked[:4]:
        energy = EwaldSummation(ionic(one.structure)).total_energy / len(one.structure)
        assert one.electrostatic == pytest.approx(energy, abs=1e-4)
    energies = [one.electrostatic for one in found.ranked]
    assert energies == pytest.approx(sorted(energies), abs=1e-9)


def test_the_lowest_is_that_of_pymatgens_transformation():
    found = arrange(blueprint(doped()), search(min_atoms=13))
    cell = doped() * found.supercell
    best = OrderDisorderedStructureTransformation(
        algo=OrderDisorderedStructureTransformation.ALGO_BEST_FIRST
    ).apply_transformation(cell.add_oxidation_state_by_element(CHARGES), return_ranked_list=1)
    energy = EwaldSummation(best[0]["structure"]).total_energy / len(best[0]["structure"])
    assert found.ranked[0].electrostatic == pytest.approx(energy, abs=1e-4)


@pytest.mark.parametrize(
    ("structure", "atoms"),
    [
        (salt(chlorine={"Cl": 0.75, "Br": 0.25}), 16),
        (salt(chlorine={"Cl": 0.5, "Br": 0.5}), 12),
        (doped(), 7),
    ],
    ids=["quarter", "half", "vacancies"],
)
def test_each_distinct_arrangement_is_there_once(structure, atoms):
    found = arrange(blueprint(structure), search(min_atoms=atoms, max_ranked=1000))
    assert found.distinct == len(found.ranked)
    matcher = StructureMatcher(primitive_cell=False, ltol=0.01, stol=0.01, angle_tol=0.1)
    structures = [one.structure for one in found.ranked]
    assert len(matcher.group_structures(structures)) == found.distinct


def test_symmetry_operations_permute_and_keep_energies():
    model, terms = model_of(doped(), np.diag([2, 2, 2]))
    operations = permutations(model)
    assert np.array_equal(np.sort(operations, axis=1), np.tile(np.arange(8), (len(operations), 1)))
    assert len(operations) > 100
    configuration = np.array([0, 0, 0, 0, 1, 1, 2, 2], dtype=np.int8)
    energies = terms[0].energies(configuration[operations])
    assert np.ptp(energies) < 1e-6


def model_of(structure, matrix):
    parts = sublattices(structure)
    cells = round(np.linalg.det(matrix))
    filling = fill(parts, 1.0, CHARGES, Bounds(min_atoms=1), cells)
    model = SiteModel.of(structure, parts, filling, matrix)
    return model, (electrostatics(model, CHARGES), overlaps(model))


def test_exchanges_are_differences_of_energies():
    model, terms = model_of(doped(), np.diag([2, 2, 2]))
    configuration = np.array([0, 2, 1, 0, 1, 2, 0, 0], dtype=np.int8)
    for term in terms:
        change = term.exchanges(configuration)
        for first, second in ((0, 1), (2, 5), (3, 4), (6, 7)):
            swapped = configuration.copy()
            swapped[[first, second]] = swapped[[second, first]]
            before, after = term.energies(np.array([configuration, swapped]))
            assert change[first, second] == pytest.approx(after - before, abs=1e-6)
    assert model.possible == 8 * 7 * 6 * 5 * 4 * 3 * 2 // (24 * 2 * 2)


def test_sampling_finds_what_listing_finds():
    listed = arrange(blueprint(doped()), search(min_atoms=13))
    sampled = arrange(blueprint(doped()), search(min_atoms=13, max_listed=10))
    assert (listed.distinct is None, sampled.distinct is None) == (False, True)
    assert sampled.ranked[0].electrostatic == pytest.approx(listed.ranked[0].electrostatic)


def test_the_same_search_gives_the_same_arrangements():
    for limits in ({}, {"max_listed": 10}):
        first, second = (
            arrange(blueprint(doped()), search(min_atoms=13, **limits)) for _ in range(2)
        )
        for one, other in zip(first.ranked, second.ranked, strict=True):
            assert one.structure == other.structure


def test_unknown_charges_give_arrangements_without_energies():
    found = arrange(blueprint(salt(chlorine={"Cl": 0.5, "Br": 0.5}), None), search(min_atoms=12))
    assert found.ranked
    assert {one.electrostatic for one in found.ranked} == {None}


def test_an_ordered_structure_is_its_own_arrangement():
    found = arrange(of_structure("x", FCC, "test"), Search())
    assert (found.possible, found.distinct, found.deviation) == (1, 1, 0.0)
    assert StructureMatcher().fit(found.ranked[0].structure, FCC)


def test_split_sites_are_never_both_occupied():
    cell = Lattice.cubic(6)
    split = Structure(cell, [{"Na": 0.5}, {"Na": 0.5}, "Cl"], [[0, 0, 0], [0.1, 0, 0], [0.5] * 3])
    found = arrange(blueprint(split), search(min_atoms=16))
    for one in found.ranked:
        assert one.structure.is_valid(tol=2.0)
    crowded = Structure(cell, [{"Na": 0.9}, {"Na": 0.9}, "Cl"], [[0, 0, 0], [0.1, 0, 0], [0.5] * 3])
    with pytest.raises(StructureInputError, match="split sites"):
        arrange(blueprint(crowded, None), search(min_atoms=16))
