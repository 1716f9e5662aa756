"""Files in the shapes that public reports describe are read as the crystal that they mean."""

from __future__ import annotations

import pytest

from tests.support.folders import SHARED
from trona.screening.errors import InputError
from trona.workflows.candidates.sources import gather
from trona.workflows.candidates.structure_files import read_structures

INPUTS = SHARED / "inputs"
pytestmark = pytest.mark.skipif(
    not INPUTS.exists(), reason="the shared inputs are not beside the project"
)

READ = {
    "02_hall_only.cif": ("Na3PS4", 16),
    "05_loopcase.cif": ("Na3PS4", 16),
    "06_hm_alt_it_only_wrongcase.cif": ("Na3PS4", 16),
    "07_ddlm_dots.cif": ("Na3PS4", 16),
    "08_global_block_first.cif": ("Na3PS4", 16),
    "08b_block_after.cif": ("Na3PS4", 16),
    "09b_occ_dot_S.cif": ("Na3PS4", 16),
    "15c_bom.cif": ("Na3PS4", 16),
    "21b_2H.cif": ("NaH", 8),
    "26_trig_rhomb_noops.cif": ("NaCrO2", 4),
    "27_origin2_noops.cif": ("Na(CrS2)2", 56),
    "28b_P21a_noops.cif": ("NaCl", 8),
    "a10_three_scales.vasp": ("NaCl", 8),
    "a14_upper.vasp": ("NaCl", 8),
    "a4_vasp4_formula_comment.vasp": ("NaCl", 8),
    "x15_D.xyz": ("NaH", 8),
    "x9_labels.extxyz": ("NaCl", 8),
}
SAID = {
    "21b_2H.cif": "deuterium taken as hydrogen",
    "27_origin2_noops.cif": "F d -3 m:2 is taken",
    "a4_vasp4_formula_comment.vasp": "elements taken from its comment",
    "x15_D.xyz": "deuterium taken as hydrogen",
    "x9_labels.extxyz": "labels Na0",
}
REFUSED = {
    "20_missing_H.cif": "hold no H",
    "14_third_rounding.cif": "'Na2 Zr Cl6', but its sites and symmetry give Na4ZrCl6",
    "a3_vasp4_nocomment.vasp": "names no elements",
    "x7_occ.extxyz": "partly occupied",
    "11d_occ_thirds_over.cif": "partly occupied",
    "unterm.csv": "line 3 .*quotation mark",
    "dupcol.csv": "2 columns 'formula'",
}


@pytest.mark.parametrize("name", READ)
def test_a_dialect_is_read_as_what_it_means(name):
    (found,) = read_structures(INPUTS / name)
    assert (found.structure.composition.reduced_formula, len(found.structure)) == READ[name]
    assert [SAID[name] in note for note in found.notes] == ([True] if name in SAID else [])


def test_blocks_of_one_name_are_both_read():
    found = read_structures(INPUTS / "01_same_block_names.cif")
    assert [one.structure.composition.reduced_formula for one in found] == ["Na3PS4", "Na3PSe4"]


def test_thirds_that_are_rounded_up_fill_a_site():
    (found,) = read_structures(INPUTS / "11d_occ_thirds_over.cif")
    assert found.structure[0].species.num_atoms == pytest.approx(1)
    assert "taken as 1" in found.notes[0]


@pytest.mark.parametrize("name", REFUSED)
def test_what_contradicts_itself_is_a_sentence(name):
    with pytest.raises(InputError, match=REFUSED[name]) as caught:
        gather([str(INPUTS / name)])
    assert name in str(caught.value)


@pytest.mark.parametrize("name", ["semi.csv", "case.csv", "comment.csv"])
def test_tables_of_any_dialect_are_read(name):
    (found,) = gather([str(INPUTS / name)]).candidates
    assert found.formula == "Na3PS4"
