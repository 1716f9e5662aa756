"""The table: what it refuses, what it keeps, and that the order of the input is forgotten."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import combinations
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.systems import ANY_SYSTEM, SCALE, make_phase, make_table
from trona.screening.equilibrium import phases
from trona.screening.equilibrium.phases import EnergyScale, Phase, PhaseTable
from trona.screening.errors import ChemicalSystemError, EnergyScaleError, PhaseDataError


@pytest.mark.parametrize("energy", [nan, inf, -inf])
def test_energies_are_finite(energy):
    with pytest.raises(PhaseDataError, match=r"'bad'.*energy"):
        make_phase("Na2S", energy, "bad")


@pytest.mark.parametrize("volume", [0.0, -1.0, nan, inf])
def test_volumes_are_positive_numbers(volume):
    with pytest.raises(PhaseDataError, match=r"'bad'.*volume"):
        make_phase("Na2S", -1.0, "bad", volume=volume)


@pytest.mark.parametrize("amounts", [{}, {"Na": 0.0}])
def test_a_phase_has_atoms(amounts):
    with pytest.raises(PhaseDataError, match="'bad'"):
        Phase("bad", "", amounts, 0.0, SCALE)


@pytest.mark.parametrize("amount", [-1.0, nan, inf])
def test_amounts_are_positive_numbers(amount):
    with pytest.raises(PhaseDataError, match="'bad'"):
        Phase("bad", "NaS", {"Na": amount, "S": 2.0}, 0.0, SCALE)


def test_a_table_is_not_empty():
    with pytest.raises(PhaseDataError, match="no phase"):
        PhaseTable.from_phases([])


def test_ids_are_unique():
    with pytest.raises(PhaseDataError, match="'twin'"):
        PhaseTable.from_phases([make_phase("Na", 0.0, "twin"), make_phase("S", 0.0, "twin")])


@pytest.mark.parametrize(
    "other",
    [
        EnergyScale("another", SCALE.correction, SCALE.zero),
        EnergyScale(SCALE.method, "another", SCALE.zero),
        EnergyScale(SCALE.method, SCALE.correction, "elements"),
    ],
)
def test_scales_do_not_mix(other):
    with pytest.raises(EnergyScaleError) as caught:
        PhaseTable.from_phases([make_phase("Na"), make_phase("S", scale=other)])
    assert str(SCALE) in str(caught.value)
    assert str(other) in str(caught.value)


def test_scales_that_read_alike_do_not_mix():
    first, second = EnergyScale("a, correction b", "c"), EnergyScale("a", "b, correction c")
    with pytest.raises(EnergyScaleError):
        PhaseTable.from_phases([make_phase("Na", scale=first), make_phase("S", scale=second)])


def test_every_element_needs_a_reference():
    with pytest.raises(ChemicalSystemError, match="Cl, Zr"):
        PhaseTable.from_phases([make_phase("Na"), make_phase("ZrCl4", -1.0)])


def test_a_foreign_element_is_named():
    table = make_table(Na2S=-1.0)
    with pytest.raises(ChemicalSystemError, match=r"P, Zr.*Na-S"):
        table.require(["Na", "Zr", "P"])
    with pytest.raises(ChemicalSystemError, match="P"):
        table.system(["P", "S"])


def test_a_table_without_sodium_has_no_metal():
    table = PhaseTable.from_phases([make_phase("S")])
    with pytest.raises(ChemicalSystemError, match="Na"):
        _ = table.mu_sodium_metal


def test_the_metal_is_the_lowest_sodium_of_the_table():
    bcc, hcp = make_phase("Na", -1.3, "bcc"), make_phase("Na3", -1.4, "hcp")
    table = PhaseTable.from_phases([bcc, hcp])
    assert table.mu_sodium_metal == pytest.approx(-1.4, abs=1e-15)
    assert table.find({"Na": 7.0}) is hcp


@given(ANY_SYSTEM, st.randoms(use_true_random=False))
def test_input_order_is_forgotten(system, random):
    phases, _ = system
    shuffled = random.sample(phases, len(phases))
    first, second = PhaseTable.from_phases(phases), PhaseTable.from_phases(shuffled)
    assert first.phases == second.phases
    assert first.elements == second.elements
    for name in ("amounts", "energies", "ground"):
        assert np.array_equal(getattr(first, name), getattr(second, name))


@given(ANY_SYSTEM)
def test_every_phase_is_kept_and_the_lowest_polymorph_marked(system):
    phases, _ = system
    table = PhaseTable.from_phases(phases)
    assert len(table) == len(phases)
    assert sum(len(table.polymorphs(table.phases[i].amounts)) for i in table.ground) == len(phases)
    for phase in phases:
        polymorphs = table.polymorphs(phase.amounts)
        assert phase in polymorphs
        assert table.find(phase.amounts) is polymorphs[0]
        energies = [p.energy_per_atom for p in polymorphs]
        assert energies == sorted(energies)


@given(ANY_SYSTEM)
def test_a_system_holds_its_phases_as_normalised_columns(system):
    phases, composition = system
    table = PhaseTable.from_phases(phases)
    found = table.system(composition)
    assert "Na" not in found.elements
    assert np.allclose(found.amounts.sum(axis=0), 1.0, atol=1e-12)
    assert np.array_equal(found.amounts[:, found.start], np.eye(len(found.elements)))
    for column, position in enumerate(found.index):
        phase = table.phases[position]
        assert set(phase.amounts) <= {*composition, "Na"}
        assert found.energies[column] * found.sizes[column] == pytest.approx(phase.energy)
        assert found.sodium[column] * found.sizes[column] == pytest.approx(
            phase.amounts.get("Na", 0.0)
        )


def test_a_dilute_compound_is_not_taken_for_an_element():
    found = make_table(PS200000=-0.1, P200000S=-0.1).system(["P", "S"])
    assert np.array_equal(found.amounts[:, found.start], np.eye(2))


def test_a_composition_is_found_whatever_else_it_lacks():
    table = make_table(Na2S=-1.0)
    assert table.find({"S": 3, "Na": 6, "Zr": 0}) is table.find({"Na": 2, "S": 1}) is not None
    assert table.find({"Na": 2, "Zr": 1}) is None
    assert table.find({"Na": 1, "S": 1}) is None


def test_a_system_is_built_once():
    table = make_table(Na3PS4=-1.0)
    assert table.system(["P", "S", "Na"]) is table.system(["S", "P"])


def test_arrays_cannot_be_written():
    table = make_table(Na2S=-1.0)
    for array in (table.amounts, table.energies, table.ground):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_a_stream_of_systems_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(phases, "_MAX_SYSTEMS", 64)
    symbols = ("Na", "P", "S", "Cl", "O", "Sb", "Zr", "Y")
    table = PhaseTable.from_phases(make_phase(symbol) for symbol in symbols)
    for size in (2, 3, 4):
        for chosen in combinations(symbols, size):
            assert table.system(chosen, closed=True).elements == tuple(sorted(chosen))
    assert len(table.systems) <= 64


def test_threads_lay_out_more_systems_than_a_table_keeps(monkeypatch):
    monkeypatch.setattr(phases, "_MAX_SYSTEMS", 2)
    symbols = ("Na", "P", "S", "Cl", "O", "Sb")
    table = PhaseTable.from_phases(make_phase(symbol) for symbol in symbols)
    asked = [*combinations(symbols, 2)] * 40
    switch = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(partial(table.system, closed=True), asked))
    finally:
        sys.setswitchinterval(switch)
    assert [one.elements for one in found] == [tuple(sorted(one)) for one in asked]
    assert len(table.systems) < 2 + 8


def test_a_part_of_a_table_holds_what_consists_of_its_elements_and_the_same_hull():
    table = make_table(Na2S=-1.3, NaS=-1.1, Na3P=-0.3, P2S5=-0.6, Na3PS4=-1.2, NaCl=-2.1)
    part = table.within({"Na", "S", "Cl", "Xe"})
    assert part.elements == ("Cl", "Na", "S")
    assert [one.id for one in part.phases] == [
        one.id for one in table.phases if one.amounts.keys() <= {"Na", "S", "Cl"}
    ]
    whole = PhaseTable.from_phases(part.phases)
    assert (part.ground == whole.ground).all()
    assert (part.amounts == whole.amounts).all()
    for phase in part.phases:
        assert part.find(phase.amounts) is table.find(phase.amounts)
    assert part.find({"Na": 3.0, "P": 1.0}) is None
