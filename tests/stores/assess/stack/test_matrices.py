"""Matrices on reference energies: electrodes, their states, and what cannot be judged."""

from __future__ import annotations

from random import Random

import pytest

from tests.support.oracles import lowest_energy, mixing_kinks, open_mixing_kinks
from trona.screening.errors import InputError
from trona.screening.stability.matrix import MatrixEntry
from trona.stores.assess.electrodes import choose_electrode
from trona.stores.assess.interfaces import interface_document
from trona.stores.assess.stack.matrices import compute_matrix, electrode_columns, matrix_document
from trona.stores.energies.references import load_reference


@pytest.fixture(scope="module")
def bundled():
    return load_reference("bundled")


def test_a_cell_says_what_the_interface_says(bundled):
    columns = electrode_columns(["NaCrO2", "NVP"], bundled, at_electrode=False)
    found, _ = compute_matrix({"Na3PS4": "Na3PS4"}, columns, bundled)
    for cell in matrix_document(found, bundled).cells:
        pair = interface_document("Na3PS4", cell.second, bundled)
        assert cell.energy_per_atom == pytest.approx(pair.strongest.mixing_energy_per_atom)
        assert cell.reaction == pair.strongest.reaction
        assert cell.uncertainty == pytest.approx(pair.strongest.uncertainty)
        assert cell.interphase == pair.strongest.interphase
        assert cell.threshold_margin == pytest.approx(pair.strongest.threshold_margin)


@pytest.mark.parametrize("volts", [None, 0.3, 2.4])
def test_random_pairs_of_the_set_agree_with_pymatgen(bundled, volts):
    random = Random(16)  # noqa: S311 (no secret)
    phases = [one for one in bundled.phases if {"Na", "S", "O", "Cl"} & one.amounts.keys()]
    asked = 0
    while asked < 8:
        first, second = random.sample(phases, 2)
        elements = {*first.amounts, *second.amounts, "Na"}
        if len(elements) > 5 or min(map(len, (first.amounts, second.amounts))) < 2:
            continue
        inside = [one for one in bundled.phases if one.amounts.keys() <= elements]
        if any(one.energy > lowest_energy(inside, one.amounts) + 1e-7 for one in (first, second)):
            continue  # pymatgen lowers what is not stable onto the hull
        asked += 1
        entries = [
            MatrixEntry(one.formula, one.amounts, one.formula, volts) for one in (first, second)
        ]
        found, _ = compute_matrix({first.formula: first.formula}, entries[1:], bundled)
        (cell,) = found.pairs
        pair = first.amounts, second.amounts
        if volts is None:
            theirs = mixing_kinks(inside, *pair)
            lowest = min(theirs.values())
        else:
            theirs = open_mixing_kinks(inside, *pair, bundled.table.mu_sodium_metal - volts)
            lowest = min(energy - x * theirs[1.0] for x, energy in theirs.items())
        assert cell.energy_per_atom == pytest.approx(min(lowest, 0.0), abs=1e-6)


def test_both_states_stand_at_the_two_ends_of_the_range(bundled):
    columns = electrode_columns(["NaCrO2"], bundled, at_electrode=True, charged=True)
    known = choose_electrode(bundled.table, "NaCrO2")
    assert [(one.formula, one.voltage) for one in columns] == [
        ("NaCrO2", known.low),
        ("Na0.5CrO2", known.high),
    ]
    (alone,) = electrode_columns(["NaCrO2@3.1"], bundled, at_electrode=True)
    assert (alone.label, alone.voltage) == ("NaCrO2", 3.1)
    given = electrode_columns(["NaCrO2..Na0.7CrO2"], bundled, at_electrode=False)
    assert [one.formula for one in given] == ["NaCrO2", "Na0.7CrO2"]


def test_what_the_reference_lacks_is_left_out_and_named(bundled):
    columns = electrode_columns(["Na"], bundled, at_electrode=True)
    found, gone = compute_matrix({"Na3PS4": "Na3PS4", "UO2": "UO2"}, columns, bundled)
    assert [one.label for one in found.firsts] == ["Na3PS4"]
    assert gone == ["UO2 is left out: the reference lacks U."]
    with pytest.raises(InputError, match="at least two"):
        compute_matrix({"Na3PS4": "Na3PS4", "UO2": "UO2"}, None, bundled)


def test_an_interface_answers_both_states_of_an_electrode(bundled):
    found = interface_document("Na3PS4", "NaCrO2", bundled)
    assert found.charge is not None
    assert found.charge.discharged.strongest == found.strongest
    alone = interface_document("Na3PS4", "Na0.5CrO2", bundled)
    assert found.charge.charged.strongest == alone.strongest
    assert 2.0 < found.charge.voltage < 4.0
    given = interface_document("Na3PS4", "NaCrO2..Na0.5CrO2", bundled)
    assert given.second == "NaCrO2"
    assert given.charge.charged == found.charge.charged
    assert interface_document("Na3PS4", "Na3PO4", bundled).charge is None
