"""Closed equilibrium against pymatgen and scipy, and what must hold for any hull."""

from __future__ import annotations

from dataclasses import replace
from math import nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.oracles import decomposition, lowest_energy, phase_diagram
from tests.support.systems import (
    ANY_SYSTEM,
    SCALE,
    make_phase,
    make_table,
    random_composition,
    random_phases,
    with_energy,
    without,
)
from trona.screening.equilibrium.hull import decompose, energies_above_hull, energy_above_hull
from trona.screening.equilibrium.phases import Phase, PhaseTable
from trona.screening.errors import ChemicalSystemError, InputError

SIZES = [(2, 10), (2, 100), (3, 40), (3, 600), (4, 2000), (5, 300), (6, 100), (7, 60)]


def products(found):
    return {p.id: float(x) for p, x in zip(found.phases, found.amounts, strict=True)}


@pytest.mark.parametrize(("n_elements", "n_phases"), SIZES)
def test_random_systems_agree_with_pymatgen(n_elements, n_phases):
    phases = random_phases(n_phases, n_elements, n_phases)
    table, diagram = PhaseTable.from_phases(phases), phase_diagram(phases)
    for seed in range(4):
        composition = random_composition(seed, n_elements)
        found = decompose(table, composition)
        assert products(found) == pytest.approx(decomposition(diagram, composition), abs=1e-8)
        by_id = {p.id: p for p in phases}
        oracle = sum(x * by_id[name].energy for name, x in products(found).items())
        assert found.energy == pytest.approx(oracle, abs=1e-9)
    for entry in diagram.all_entries[:: max(1, n_phases // 60)]:
        parts, above = diagram.get_decomp_and_e_above_hull(entry)
        assert energy_above_hull(table, by_id[entry.name]) == pytest.approx(above, abs=1e-9)
        assert {e.name for e in parts} == set(products(decompose(table, by_id[entry.name].amounts)))


@given(ANY_SYSTEM)
def test_all_energies_above_hull_at_once_are_those_one_by_one(system):
    table = PhaseTable.from_phases(system[0])
    one_by_one = [energy_above_hull(table, phase) for phase in table.phases]
    assert energies_above_hull(table) == pytest.approx(one_by_one, abs=1e-12)


@pytest.mark.parametrize("n_phases", [12, 300])
@pytest.mark.parametrize("kind", [int, np.float32])
def test_energies_of_another_kind_are_taken_as_numbers(n_phases, kind):
    phases = random_phases(1, 3, n_phases)
    whole = [with_energy(phase, kind(round(phase.energy))) for phase in phases]
    as_floats = [with_energy(phase, float(phase.energy)) for phase in whole]
    table = PhaseTable.from_phases(whole)
    expected = energies_above_hull(PhaseTable.from_phases(as_floats)).tolist()
    assert energies_above_hull(table).tolist() == expected
    across = replace(
        table, amounts=np.asfortranarray(table.amounts), energies=table.energies.astype(int)
    )
    assert energies_above_hull(across).tolist() == expected


@given(ANY_SYSTEM)
def test_small_systems_agree_with_scipy(system):
    phases, composition = system
    found = decompose(PhaseTable.from_phases(phases), composition)
    assert found.energy == pytest.approx(lowest_energy(phases, composition), abs=1e-9)


@given(ANY_SYSTEM)
def test_atoms_and_energy_are_conserved(system):
    phases, composition = system
    table = PhaseTable.from_phases(phases)
    found = decompose(table, composition)
    pairs = list(zip(found.phases, found.amounts, strict=True))
    for symbol in {s for phase in phases for s in phase.amounts}:
        made = sum(x * phase.amounts.get(symbol, 0.0) for phase, x in pairs)
        assert made == pytest.approx(composition.get(symbol, 0.0), abs=1e-9)
    assert found.energy == pytest.approx(sum(x * phase.energy for phase, x in pairs), abs=1e-9)
    assert all(x > 0 for x in found.amounts)
    assert list(found.phases) == [p for p in table.phases if p in found.phases]
    assert len(found.phases) <= len(composition)


@given(ANY_SYSTEM)
def test_no_phase_lies_below_its_hull(system):
    phases, _ = system
    table = PhaseTable.from_phases(phases)
    assert all(energy_above_hull(table, phase) >= -1e-10 for phase in phases)


@given(ANY_SYSTEM)
def test_products_lie_on_the_hull(system):
    phases, composition = system
    table = PhaseTable.from_phases(phases)
    for phase in decompose(table, composition).phases:
        assert energy_above_hull(table, phase) == pytest.approx(0.0, abs=1e-10)


@given(ANY_SYSTEM, st.floats(0.1, 20))
def test_energy_is_extensive(system, factor):
    phases, composition = system
    table = PhaseTable.from_phases(phases)
    once = decompose(table, composition)
    often = decompose(table, {s: n * factor for s, n in composition.items()})
    assert often.energy == pytest.approx(factor * once.energy, abs=1e-9 * factor)
    assert [p.id for p in often.phases] == [p.id for p in once.phases]


@given(ANY_SYSTEM, st.randoms(use_true_random=False))
def test_order_does_not_change_a_bit(system, random):
    phases, composition = system
    first = decompose(PhaseTable.from_phases(phases), composition)
    shuffled = PhaseTable.from_phases(random.sample(phases, len(phases)))
    second = decompose(shuffled, dict(reversed(composition.items())))
    assert [p.id for p in first.phases] == [p.id for p in second.phases]
    assert (first.energy, first.amounts.tobytes()) == (second.energy, second.amounts.tobytes())


def test_removing_a_stable_phase_puts_it_below_the_hull_of_the_rest():
    table = make_table(Na2S=-1.0, NaS2=-0.7)
    phase = table.find({"Na": 1, "S": 2})
    assert energy_above_hull(table, phase) == pytest.approx(0.0, abs=1e-15)
    assert energy_above_hull(without(table, "NaS2"), phase) == pytest.approx(-0.2, abs=1e-12)


def test_polymorphs_are_measured_from_the_lowest():
    low, high = make_phase("Na2S", -1.0, "low"), make_phase("Na4S2", -0.9, "high")
    table = PhaseTable.from_phases([make_phase("Na"), make_phase("S"), high, low])
    assert energy_above_hull(table, low) == 0.0
    assert energy_above_hull(table, high) == pytest.approx(0.1, abs=1e-12)
    assert [p.id for p in decompose(table, {"Na": 4, "S": 2}).phases] == ["low"]


def test_a_phase_on_a_tie_line_is_zero_above_the_hull():
    table = make_table(PS3=-0.75, PS=-0.5)
    assert energy_above_hull(table, table.find({"P": 1, "S": 1})) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("gain", [1e-6, 1e-8])
def test_the_smallest_gain_in_energy_decides(gain):
    below, above = (make_table(PS3=-0.75, PS=-0.5 - sign * gain) for sign in (1, -1))
    assert set(products(decompose(below, {"P": 1, "S": 1}))) == {"PS"}
    assert set(products(decompose(above, {"P": 1, "S": 1}))) == {"PS3", "P"}
    assert energy_above_hull(above, above.find({"P": 1, "S": 1})) == pytest.approx(gain, rel=1e-4)


@pytest.mark.parametrize("amount", [1e-3, 1e-6])
def test_traces_are_not_lost(amount):
    found = decompose(make_table(Na2S=-1.0, NaCl=-2.0), {"Na": 2, "S": 1, "Cl": amount})
    made = products(found)
    assert set(made) == {"Na2S", "NaCl", "S"}
    assert made["NaCl"] == pytest.approx(amount, rel=1e-6)


@pytest.mark.parametrize(
    ("composition", "expected"),
    [
        ({"P": 1.0, "S": 1.000001}, {"PS": 1.0, "PS400": 1e-6 / 399}),
        ({"P": 1.000001, "S": 1.0}, {"PS": 1.0, "P": 1e-6}),
        ({"P": 1e-3, "S": 1.0}, {"PS400": 1e-3, "S": 0.6}),
        ({"P": 5.0, "S": 400.0}, {"PS400": 395 / 399, "PS": 1600 / 399}),
    ],
)
def test_nearly_stoichiometric_and_dilute_mixtures_are_balanced(composition, expected):
    found = decompose(make_table(PS=-0.5, PS400=-0.1), composition)
    assert products(found) == pytest.approx(expected, rel=1e-6)


def test_elements_alone_stay_elements():
    table = make_table(Na=-1.3, S=-4.0, P=-5.0)
    found = decompose(table, {"P": 1, "Na": 3, "S": 4})
    assert products(found) == pytest.approx({"Na": 3, "P": 1, "S": 4})
    assert found.energy == pytest.approx(3 * -1.3 - 5.0 + 4 * -4.0)


def test_sodium_decomposes_to_itself():
    table = make_table(Na=-1.3, S=-4.0)
    assert products(decompose(table, {"Na": 5})) == pytest.approx({"Na": 5})


def test_a_phase_outside_the_table_can_be_measured():
    table = make_table(Na2S=-1.0)
    outside = with_energy(table.find({"Na": 2, "S": 1}), -2.4, "new")
    assert energy_above_hull(table, outside) == pytest.approx(0.2, abs=1e-12)


def test_a_foreign_element_is_named():
    with pytest.raises(ChemicalSystemError, match="Zr"):
        decompose(make_table(Na2S=-1.0), {"Na": 2, "Zr": 1})


@pytest.mark.parametrize("composition", [{}, {"Na": 0.0}, {"Na": -1.0}, {"S": nan}])
def test_impossible_amounts_are_refused(composition):
    with pytest.raises(InputError):
        decompose(make_table(Na2S=-1.0), composition)


def test_a_trace_of_a_foreign_element_keeps_a_phase_out():
    doped = Phase("doped", "Na2SCl1e-5", {"Na": 2.0, "S": 1.0, "Cl": 1e-5}, -9.0, SCALE)
    table = PhaseTable.from_phases([*make_table(NaCl=-2.0, Na2S=-1.0).phases, doped])
    assert products(decompose(table, {"Na": 2, "S": 1})) == pytest.approx({"Na2S": 1})
