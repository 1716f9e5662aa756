"""Unphysical structures are refused with the reason; the same structure is recognised."""

from __future__ import annotations

import numpy as np
import pytest
from pymatgen.core import DummySpecies, Lattice, Structure

from trona.screening.errors import StructureInputError
from trona.stores.energies.bundled import bundled_data, bundled_structures
from trona.workflows.candidates.structure_checks import duplicates, require_sound

CELL = Lattice.cubic(5.64)
SALT = Structure.from_spacegroup("Fm-3m", CELL, ["Na", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]])


@pytest.mark.parametrize(
    ("structure", "words"),
    [
        (Structure(CELL, ["Na", "Cl"], [[0, 0, 0], [0.05, 0, 0]]), "overlapping.* 0.28 Å"),
        (Structure(CELL, ["Na", "Na", "Cl"], [[0, 0, 0], [0.3, 0, 0], [0.5] * 3]), "Na–Na at 1.69"),
        (Structure(Lattice.cubic(40), ["Na", "Cl"], [[0, 0, 0], [0.5] * 3]), "volume"),
        (Structure(Lattice.cubic(0.9), ["Na", "Cl"], [[0, 0, 0], [0.5] * 3]), "volume"),
        (Structure(CELL, ["Na", "Cl"], [[0, 0, 0], [np.nan] * 3]), "volume of nan"),
        (Structure(CELL, ["Na", DummySpecies("X")], [[0, 0, 0], [0.5] * 3]), "unknown species"),
        (Structure(CELL, ["K", "Cl"], [[0, 0, 0], [0.5] * 3]), "no sodium"),
        (Structure(CELL, [{"Na": 0.5}, "Cl"], [[0, 0, 0], [0.5] * 3]), "candidates make"),
    ],
    ids=["close", "sodium", "empty", "dense", "nan", "dummy", "potassium", "disordered"],
)
def test_unphysical_structures_are_refused_with_the_reason(structure, words):
    with pytest.raises(StructureInputError, match=f"'it'.*{words}"):
        require_sound(structure, "it")


def test_split_sites_may_lie_close_together():
    split = Structure(CELL, [{"Na": 0.5}, {"Na": 0.5}, "Cl"], [[0, 0, 0], [0.1, 0, 0], [0.5] * 3])
    assert require_sound(split, "it", disorder=True) == split


def test_oxidation_states_are_taken_off():
    hydride = Structure(CELL, ["Na+", "H-"], [[0, 0, 0], [0.5] * 3])
    assert require_sound(hydride, "it").formula == "Na1 H1"


def test_every_structure_of_the_bundled_set_with_sodium_is_sound():
    for row in bundled_data()["phases"]:
        structure = bundled_structures()[row["id"]].to_structure()
        if "Na" in structure.symbol_set:
            require_sound(structure, row["id"])


def test_the_same_structure_in_another_cell_is_a_duplicate():
    moved = SALT.copy()
    moved.make_supercell([[1, 1, 0], [0, 1, 0], [0, 0, 2]])
    moved.translate_sites(range(len(moved)), [0.1, 0.2, 0.3])
    moved.apply_strain(0.02)
    other = Structure.from_spacegroup(
        "Pm-3m", Lattice.cubic(3.5), ["Na", "Cl"], [[0] * 3, [0.5] * 3]
    )
    found = duplicates({"a": SALT, "b": moved, "c": other, "d": SALT.get_primitive_structure()})
    assert found == [("a", "b", "d")]


DISTORTED = {"Fe3O4", "In", "Mn3O4", "Na5SbO5", "NaNiO2", "NaTiPO5", "SbAs"}
"""Polymorphs within the tolerances of the matcher: one is the other, slightly distorted."""


def test_polymorphs_of_the_bundled_set_are_no_duplicates():
    structures, energies, formulas = {}, {}, {}
    for row in bundled_data()["phases"]:
        structures[row["id"]] = bundled_structures()[row["id"]].to_structure()
        energies[row["id"]] = row["energy_per_atom"]
        formulas[row["id"]] = row["formula"]
    for group in duplicates(structures):
        apart = np.ptp([energies[label] for label in group])
        assert apart < 1e-3 or formulas[group[0]] in DISTORTED, group
