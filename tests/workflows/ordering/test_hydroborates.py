"""Hydroborate anions: their shapes, their lattices, and formulas that do not add up."""

from __future__ import annotations

import numpy as np
import pytest
from pymatgen.analysis.structure_matcher import StructureMatcher
from pymatgen.core import Molecule
from pymatgen.symmetry.analyzer import PointGroupAnalyzer

from trona.screening.errors import FormulaError
from trona.screening.formulas import parse, same_composition
from trona.workflows.candidates.sources import bundled
from trona.workflows.candidates.structure_checks import require_sound
from trona.workflows.ordering.arrangements import arrange
from trona.workflows.ordering.hydroborates import ANIONS, anions_of, broken, hydroborate, place

FORMULAS = [
    "NaBH4", "Na2B10H10", "Na2B12H12", "Na4(B10H10)(B12H12)", "Na2(B10H10)0.5(B12H12)0.5",
    "Na3(BH4)(B12H12)", "Na3BH4B10H10", "Na2(B10H10)0.25(B12H12)0.75",
]  # fmt: skip


@pytest.mark.parametrize(("name", "group"), [("BH4", "Td"), ("B10H10", "D4d"), ("B12H12", "Ih")])
def test_anions_have_their_symmetry_and_bond_lengths(name, group):
    anion = ANIONS[name]
    molecule = Molecule(anion.elements, anion.positions)
    assert PointGroupAnalyzer(molecule, tolerance=0.05).sch_symbol == group
    boron = anion.positions[np.array(anion.elements) == "B"]
    hydrogen = anion.positions[np.array(anion.elements) == "H"]
    bonds = np.linalg.norm(hydrogen[:, None] - boron[None], axis=2).min(axis=1)
    assert bonds == pytest.approx(1.2, abs=0.02)
    if len(boron) > 1:
        apart = np.linalg.norm(boron[:, None] - boron[None], axis=2)
        nearest = np.sort(apart, axis=1)[:, 1:5]
        assert nearest.min() > 1.65
        assert nearest.max() < 1.90


@pytest.mark.parametrize("formula", FORMULAS)
def test_models_have_the_asked_composition_whole_anions_and_no_overlap(formula):
    blueprint = hydroborate(formula)
    found = arrange(blueprint)
    assert found.deviation == 0
    for turn in (0, 1):
        model = place(found.ranked[0].structure, turn, seed=0)
        assert same_composition(model.composition.get_el_amt_dict(), parse(formula))
        assert not broken(model, anions_of(formula))
        assert len(require_sound(model, formula)) <= 144
        units = sum(parse(formula).values())
        assert len(model) / units == pytest.approx(found.units)


def test_the_dodecaborate_is_the_bundled_crystal():
    found = arrange(hydroborate("Na2B12H12"))
    bundled_crystal = next(c.structure for c in bundled() if c.label == "Na2B12H12")
    assert StructureMatcher().fit(place(found.ranked[0].structure, 0, 0), bundled_crystal)


def test_turns_are_drawn_with_a_seed():
    start = arrange(hydroborate("Na2B10H10")).ranked[0].structure
    assert place(start, 1, 0) == place(start, 1, 0)
    assert place(start, 1, 0) != place(start, 1, 1)


def test_an_anion_that_falls_apart_is_noticed():
    model = place(arrange(hydroborate("Na2B10H10")).ranked[0].structure, 0, 0)
    moved = model.copy()
    boron = next(i for i, site in enumerate(moved) if site.specie.symbol == "B")
    moved.translate_sites([boron], [1.5, 1.5, 1.5], frac_coords=False)
    assert (broken(model, {"B10H10": 1}), broken(moved, {"B10H10": 1})) == (False, True)


@pytest.mark.parametrize("formula", ["Na2BH4", "Na3B12H12", "Na2B12H12Cl", "Na4(B10H10)(B12H12)S"])
def test_formulas_that_do_not_add_up_are_refused(formula):
    with pytest.raises(FormulaError, match="Na"):
        hydroborate(formula)


@pytest.mark.parametrize("formula", ["Na3PS4", "NaB3H8", "NaCB11H12", "NaBH4O"])
def test_other_formulas_are_no_hydroborates(formula):
    if formula == "NaBH4O":
        with pytest.raises(FormulaError):
            anions_of(formula)
    else:
        assert anions_of(formula) == {}
