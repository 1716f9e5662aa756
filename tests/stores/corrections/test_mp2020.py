"""MP2020 by structure: what is added is what was published, and what does not fit is refused."""

from __future__ import annotations

import warnings

import pytest
from pymatgen.entries.compatibility import MaterialsProject2020Compatibility
from pymatgen.entries.computed_entries import ComputedEntry, ComputedStructureEntry

from tests.support.calculations import bundled_structure, calculated
from tests.support.lints import each
from trona.screening.errors import CorrectionError
from trona.screening.formulas import parse
from trona.stores.corrections.mp2020 import (
    Calculation,
    anion_correction,
    hydrogen_correction,
)
from trona.stores.energies.bundled import bundled_data, bundled_structures

# Wang et al., Sci. Rep. 11 (2021) 15496: eV per atom of the anion; here per formula unit.
PUBLISHED = {
    "Na2S": -0.503, "Na2S2": 2 * -0.503, "Na2S4": 4 * -0.503, "Na2SO4": 4 * -0.687,
    "Na2O": -0.687, "Na2O2": 2 * -0.465, "NaO2": 2 * -0.161, "NaOH": -0.687, "NaCl": -0.614,
    "NaH": -0.179, "NaBH4": 4 * -0.179, "Na2B12H12": 12 * -0.179, "Na3PS4": 4 * -0.503,
    "Na3SbS4": 4 * -0.503, "Na2Se": -0.472, "Na3Sb": -0.192, "Na3P": 0.0, "Na": 0.0, "O2": 0.0,
    "S": 0.0, "NaCrO2": 2 * -0.687 - 1.999, "NaCrS2": 2 * -0.503,
}  # fmt: skip


@pytest.mark.parametrize("formula", PUBLISHED)
def test_each_kind_of_anion_gets_its_published_correction(formula):
    found = anion_correction(parse(formula), calculated(bundled_structure(formula)))
    assert found == pytest.approx(PUBLISHED[formula], abs=1e-9)


@pytest.mark.parametrize("formula", PUBLISHED)
def test_a_potential_that_learnt_such_calculations_gets_the_same(formula):
    learnt = Calculation.of_materials_project(bundled_structure(formula))
    assert anion_correction(parse(formula), learnt) == pytest.approx(PUBLISHED[formula], abs=1e-9)


def test_settings_are_those_of_the_materials_project():
    learnt = Calculation.of_materials_project(bundled_structure("NaCrO2"))
    assert (learnt.run_type, learnt.hubbards) == ("GGA+U", {"Cr": 3.7})
    assert learnt.potcar_titles == ("PAW_PBE Cr_pv", "PAW_PBE Na_pv", "PAW_PBE O")
    sulfide = Calculation.of_materials_project(bundled_structure("NaCrS2"))
    assert (sulfide.run_type, sulfide.hubbards) == ("GGA", {})


def by_pymatgen(entry_class, structure, calculation):
    """Correction of a whole entry, eV, by pymatgen alone."""
    whole = structure if entry_class is ComputedStructureEntry else structure.composition
    parameters = {
        "run_type": calculation.run_type,
        "hubbards": calculation.hubbards,
        "potcar_symbols": list(calculation.potcar_titles),
    }
    entry = entry_class(whole, -1.0, parameters=parameters)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return MaterialsProject2020Compatibility().process_entry(entry).energy + 1.0


STRUCTURES = bundled_structures("bundled-chgnet")


@each("row", bundled_data("bundled-chgnet")["phases"][::6], ids=lambda row: row["id"])
def test_pymatgen_corrects_the_whole_entry_by_as_much(row):
    structure, amounts = STRUCTURES[row["id"]].to_structure(), parse(row["formula"])
    given = calculated(structure)
    units = len(structure) / sum(amounts.values())
    expected = by_pymatgen(ComputedStructureEntry, structure, given) / units
    assert anion_correction(amounts, given) == pytest.approx(expected, abs=1e-9)


def test_a_sulfate_is_no_sulfide_because_its_structure_is_seen():
    structure = bundled_structure("Na2SO4")
    given, units = calculated(structure), len(structure) / 7
    blind = by_pymatgen(ComputedEntry, structure, given) / units  # pymatgen issue 4538
    seen = anion_correction(parse("Na2SO4"), given)
    assert blind == pytest.approx(seen - 0.503, abs=1e-9)


def test_the_formula_unit_decides_not_the_cell():
    structure = bundled_structure("Na2S") * (2, 1, 1)
    assert anion_correction(parse("Na4S2"), calculated(structure)) == pytest.approx(-1.006)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"run_type": None}, "run type"),
        ({"run_type": "PBE"}, "'PBE'"),
        ({"run_type": "PBEsol"}, "'PBEsol'"),
        ({"run_type": "r2SCAN"}, "'r2SCAN'"),
        ({"potcar_titles": ()}, "unknown"),
        ({"potcar_titles": ("Na_pv", "O", "Cr_pv")}, "Na_pv"),
        ({"potcar_titles": ("PAW Na_pv 1", "PAW O 1", "PAW Cr_pv 1")}, "PAW Na_pv"),
        ({"potcar_titles": ("PAW_PBE Na 1", "PAW_PBE O 1", "PAW_PBE Cr_pv 1")}, "POTCAR"),
        ({"hubbards": {}}, "expected 3.7"),
        ({"hubbards": {"Cr": 3.5}}, "expected 3.7"),
    ],
)
def test_what_pymatgen_would_drop_is_an_error_in_one_sentence(changes, word):
    given = calculated(bundled_structure("NaCrO2"), **changes)
    with pytest.raises(CorrectionError, match=word) as caught:
        anion_correction(parse("NaCrO2"), given)
    assert len(str(caught.value)) < 250
    assert str(caught.value).endswith(".")


def test_without_a_structure_it_is_refused():
    with pytest.raises(CorrectionError, match="Na2S1"):
        anion_correction(parse("Na2S"), None)


def test_the_structure_of_something_else_is_refused():
    with pytest.raises(CorrectionError, match="Na2O"):
        anion_correction(parse("Na2S"), calculated(bundled_structure("Na2O")))


@pytest.mark.parametrize(
    ("formula", "per_hydrogen"),
    [("NaH", -0.179), ("NaBH4", -0.179), ("NaB3H8", -0.179), ("Na2B12H12", -0.179),
     ("Na2B10H10", -0.179), ("B10H14", -0.179), ("NaCB11H12", 0.0), ("NaCB9H10", 0.0),
     ("Na2B12H6Cl6", 0.0), ("H2S", 0.0), ("NaOH", 0.0)],
)  # fmt: skip
def test_the_hydrogen_of_carborates_is_left_out_by_mp2020(formula, per_hydrogen):
    amounts = parse(formula)
    assert hydrogen_correction(amounts) == pytest.approx(per_hydrogen * amounts["H"], abs=1e-9)
