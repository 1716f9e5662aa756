"""Substituted and doped compositions on the sites of a crystal: what was asked for, and neutral."""

from __future__ import annotations

import pytest
from pymatgen.core import Lattice, Structure

from trona.screening.charges import charge_sum
from trona.screening.errors import FormulaError, InputError, StructureInputError
from trona.screening.formulas import parse, same_composition
from trona.workflows.candidates.sources import Candidate, bundled
from trona.workflows.candidates.structure_checks import require_sound
from trona.workflows.ordering.arrangements import Search, arrange
from trona.workflows.ordering.requests import read_blueprints, read_parent
from trona.workflows.ordering.substitution import closest_parent, expand, substituted
from trona.workflows.ordering.supercells import Bounds
from trona.workflows.ordering.voids import find_voids

PARENTS = {candidate.label: candidate for candidate in bundled()}
EXAMPLES = [
    ("Na3PS3.85O0.15", "Na3PS4"),
    ("Na2.85P0.85W0.15S4", "Na3PS4"),
    ("Na2.88Sb0.88W0.12S3.8O0.2", "Na3SbS4"),
    ("Na2.88Sb0.88Mo0.12S4", "Na3SbS4"),
    ("Na2.8PS3.8Cl0.2", "Na3PS4"),
    ("Na2.85SbS3.85Br0.15", "Na3SbS4"),
    ("Na3.06Sb0.94Si0.06S4", "Na3SbS4"),
    ("Na3.1Ge0.1Sb0.9S4", "Na3SbS4"),
    ("Na3.0625P0.9375Sn0.0625S4", "Na3PS4-cubic"),
    ("Na3P0.62As0.38S4", "Na3PS4"),
    ("Na3AsS4", "Na3PS4"),
    ("Na3SbSe4", "Na3SbS4"),
    ("Na11Sn2PS12", "Na4SnS4"),
    ("Na2.25Y0.25Zr0.75Cl6", "Na3YCl6"),
]


@pytest.mark.parametrize(("formula", "parent"), EXAMPLES)
def test_a_blueprint_has_the_asked_composition_and_is_neutral(formula, parent):
    found = substituted(formula, PARENTS[parent])
    amounts = found.structure.composition.get_el_amt_dict()
    assert {s: x / found.units for s, x in amounts.items()} == pytest.approx(found.asked, abs=2e-3)
    assert same_composition(found.asked, parse(formula))
    assert charge_sum(found.asked, found.charges) == pytest.approx(0, abs=1e-3)
    assert parent in found.source


@pytest.mark.parametrize(("formula", "parent"), EXAMPLES)
def test_its_arrangements_are_sound_neutral_structures_near_the_composition(formula, parent):
    blueprint = substituted(formula, PARENTS[parent])
    found = arrange(blueprint, Search(bounds=Bounds(max_atoms=72), starts=5, max_ranked=3))
    for one in found.ranked:
        sound = require_sound(one.structure, formula)
        amounts = sound.composition.get_el_amt_dict()
        assert len(sound) <= 72
        assert charge_sum(amounts, blueprint.charges) == pytest.approx(0, abs=1e-9)
        assert amounts.keys() == blueprint.asked.keys()
        for symbol, amount in blueprint.asked.items():
            near = pytest.approx(amount, abs=found.deviation + 1e-4)
            assert amounts.get(symbol, 0) / found.units == near


def test_series_are_written_out():
    assert expand("Na3PS{4-x}O{x}", [0, 0.15, 1, 4]) == [
        "Na3PS4", "Na3PS3.85O0.15", "Na3PS3O", "Na3PO4"
    ]  # fmt: skip
    assert expand("Na{3 + x}P{1-x}Si{x}S4", [0.0625]) == ["Na3.0625P0.9375Si0.0625S4"]
    assert expand("Na{3-2*x}Zn{x}{0.5x}", [1])[0].startswith("NaZn")
    assert expand("Na3PS4", []) == ["Na3PS4"]


@pytest.mark.parametrize(
    ("template", "values", "word"),
    [("Na3PS{4-x}O{x}", [], "--x"), ("Na3PS{4-x}O{x}", [5], "negative"),
     ("Na3PS{4/x}", [1], "cannot read"), ("Na{}S", [1], "cannot read")],
)  # fmt: skip
def test_a_series_that_cannot_be_written_is_refused(template, values, word):
    with pytest.raises(FormulaError, match=word):
        expand(template, values)


@pytest.mark.parametrize(
    ("formula", "parent", "word"),
    [
        ("Na3.06Sb0.88W0.12S4", "Na3SbS4", r"\+0\.18"),
        ("Na4P2S6", "Na3PS4", "another parent"),
        ("Na15Sn4", "Na3PS4", "sodium salts"),
        ("Na3P0.5As0.5S2Se2", "Na3PS4", None),
        ("Na3Sb0.5As0.5S4", "Na3PS4", None),
        ("NaTaCl6", "Na3YCl6", None),
    ],
)
def test_what_the_sites_of_a_parent_cannot_hold_is_refused(formula, parent, word):
    if word is None:
        assert substituted(formula, PARENTS[parent])
    else:
        with pytest.raises(InputError, match=word):
            substituted(formula, PARENTS[parent])


def test_an_exchange_that_could_mean_two_things_is_refused():
    mixed = substituted("Na3P0.5As0.5S4", PARENTS["Na3PS4"])
    ordered = arrange(mixed, Search()).ranked[0].structure
    parent = Candidate("mixed", "Na6PAsS8", "test", ordered)
    with pytest.raises(FormulaError, match="cannot tell"):
        substituted("Na6SbVS8", parent)


def test_the_parent_that_needs_fewest_exchanges_is_chosen():
    assert closest_parent(["Na3PS3.85O0.15"], PARENTS.values()).label == "Na3PS4"
    assert closest_parent(["Na2.88Sb0.88W0.12S4"], PARENTS.values()).label == "Na3SbS4"
    assert closest_parent(["Na3PS4", "Na3PS3.5O0.5", "Na3PS3O"], PARENTS.values()).label == "Na3PS4"
    with pytest.raises(InputError, match="--parent"):
        closest_parent(["Na3Zr2Si2PO12"], PARENTS.values())


def test_a_parent_is_a_bundled_crystal_a_reference_phase_or_a_file(tmp_path):
    assert read_parent("Na3PS4-cubic").structure is not None
    assert read_parent("na6sn2s7").formula == "Na6Sn2S7"
    PARENTS["Na2S"].structure.to(str(tmp_path / "mine.cif"))
    assert read_parent(str(tmp_path / "mine.cif")).label == "mine"
    with pytest.raises(StructureInputError, match="Na3PS4-cubic"):
        read_parent("nonsense")


def test_what_is_asked_twice_is_refused_and_files_are_read(tmp_path):
    with pytest.raises(InputError, match="2 requests are called 'Na3PS4': name it once"):
        read_blueprints(["Na3PS4", "Na3PS4"])
    half = PARENTS["Na2S"].structure.copy()
    half.replace_species({"S": {"S": 0.5, "Se": 0.5}})
    half.to(str(tmp_path / "half.cif"))
    (tmp_path / "broken.cif").write_text("")
    (found,), left_out = read_blueprints([str(tmp_path)])
    assert (found.label, found.charges) == ("half", None)
    assert "broken.cif" in left_out[0]
    charged = Structure(Lattice.cubic(4), ["Na", "P", "S"], [[0, 0, 0], [0.5] * 3, [0, 0.5, 0.5]])
    charged.to(str(tmp_path / "charged.cif"))
    with pytest.raises(InputError, match="not neutral"):
        read_blueprints([str(tmp_path / "charged.cif")])


def test_voids_are_the_holes_that_crystallography_knows():
    salt = Structure.from_spacegroup(
        "Fm-3m", Lattice.cubic(5.64), ["Na", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]]
    )
    voids = find_voids(salt)
    assert len(voids) == 8  # the tetrahedral holes
    assert voids * 4 == pytest.approx((voids * 4).round(), abs=1e-6)
    assert salt.lattice.get_all_distances(voids, salt.frac_coords).min() == pytest.approx(
        5.64 * 3**0.5 / 4
    )
    dense = Structure(Lattice.cubic(2.0), ["Na"], [[0, 0, 0]])
    with pytest.raises(StructureInputError, match="no room"):
        find_voids(dense)
