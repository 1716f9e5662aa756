"""Potentials of electrodes: the edges of their own plateaus, and what is right beside them."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given

from tests.support.systems import ANY_SYSTEM, make_table
from trona.screening.equilibrium.phases import PhaseTable
from trona.screening.errors import ChemicalSystemError, FormulaError
from trona.screening.formulas import parse
from trona.screening.stability.electrode import at_potential, electrode, passed
from trona.screening.stability.window import Reaction, assess

# Formation energies, eV/atom: Materials Project 2019, PBE (CC BY 4.0).
SODIUM_TIN = {"Na15Sn4": -0.16115, "Na9Sn4": -0.18747, "NaSn": -0.22193, "NaSn2": -0.15013}


@pytest.fixture
def alloys():
    return make_table(**SODIUM_TIN, Na2S=-1.29437, Na3P=-0.34054, Na3PS4=-1.21441)


def find(table, formula):
    return electrode(table, parse(formula), formula)


def test_an_alloy_gives_sodium_where_the_next_alloy_takes_it(alloys):
    rich, poor = find(alloys, "Na15Sn4"), find(alloys, "Na9Sn4")
    assert rich.takes == 0.0
    assert rich.gives == pytest.approx(poor.takes)
    assert poor.gives == pytest.approx(find(alloys, "NaSn").takes)
    assert 0 < rich.gives < poor.gives


def test_the_potential_of_an_alloy_is_that_of_its_reaction(alloys):
    # Na15Sn4 -> Na9Sn4 + 6 Na
    volts = (13 * SODIUM_TIN["Na9Sn4"] - 19 * SODIUM_TIN["Na15Sn4"]) / 6
    assert find(alloys, "Na15Sn4").gives == pytest.approx(volts)
    assert volts == pytest.approx(0.104, abs=0.001)
    assert find(alloys, "Sn").takes == pytest.approx(0.450, abs=0.001)


def test_sodium_metal_is_at_zero(alloys):
    metal = find(alloys, "Na")
    assert (metal.takes, metal.gives, metal.stability) == (0.0, 0.0, None)


def test_between_two_phases_there_is_one_potential(alloys):
    mixed = find(alloys, "Na12Sn4")
    assert mixed.stability.mixture
    assert mixed.takes == pytest.approx(mixed.gives)
    assert mixed.takes == pytest.approx(find(alloys, "Na15Sn4").gives)


def test_without_sodium_none_is_given(alloys):
    assert find(alloys, "S").gives == inf
    assert find(alloys, "S").takes == pytest.approx(3 * 1.29437 / 2)


def test_an_electrode_of_nothing_or_of_unknown_elements_is_refused(alloys):
    with pytest.raises(FormulaError):
        electrode(alloys, {"Na": 0.0}, "Na0")
    with pytest.raises(ChemicalSystemError, match="Fe"):
        find(alloys, "NaFeO2")


@given(ANY_SYSTEM)
def test_an_electrode_exchanges_nothing_between_its_potentials(system):
    phases, composition = system
    table = PhaseTable.from_phases(phases)
    found = electrode(table, composition, "X")
    assert 0.0 <= found.takes <= found.gives
    if 0.0 < found.takes < found.gives < inf:
        middle = found.stability.rung((found.takes + found.gives) / 2)
        assert middle.kind is Reaction.NONE
    if found.takes > 0.0:
        assert found.stability.rung(found.takes * 0.999).interval.sodium_exchanged > -1e-6
    if found.gives < inf:
        assert found.stability.rung(found.gives * 1.001 + 1e-6).interval.sodium_exchanged < 1e-6


@given(ANY_SYSTEM)
def test_a_material_against_itself_does_what_an_electrode_of_it_does(system):
    # Every edge of the one is an edge of the other: the side decides.
    phases, composition = system
    table = PhaseTable.from_phases(phases)
    alone = assess(table, composition, "X")
    found = electrode(table, composition, "X")
    if found.takes > 0.0:
        assert at_potential(alone, found.takes, gives=False).rung.kind is Reaction.REDUCTION
    if 0.0 < found.gives < inf:
        assert at_potential(alone, found.gives, gives=True).rung.kind is Reaction.OXIDATION


def test_at_the_potential_of_an_alloy_the_energy_is_the_one_there(alloys):
    stability = assess(alloys, parse("Na3PS4"), "Na3PS4")
    volts = find(alloys, "Na15Sn4").gives
    point = at_potential(stability, volts, gives=True)
    assert point.energy_per_atom == stability.reaction_energy(volts)
    assert point.rung.equation == "Na3PS4 + 8 Na -> Na3P + 4 Na2S"


def test_what_is_passed_reaches_from_the_window_to_the_potentials(reference):
    stability = assess(reference.table, parse("Na3PS4"), "Na3PS4")
    reduced = at_potential(stability, 0.7, gives=True)
    kinds = [rung.kind for rung in passed(stability, [reduced])]
    assert kinds[-1] is Reaction.NONE
    assert set(kinds[:-1]) == {Reaction.REDUCTION}
    assert passed(stability, [reduced])[0] is reduced.rung
    both = passed(stability, [reduced, at_potential(stability, 2.5, gives=True)])
    assert both[-1].kind is Reaction.OXIDATION
    inside = at_potential(stability, 2.0, gives=False)
    assert passed(stability, [inside]) == (inside.rung,)


def test_without_a_window_what_is_passed_starts_where_the_exchange_changes_sign():
    table = make_table(Na2S=-1.3, NaS2=-0.9)
    stability = assess(table, {"Na": 1.0, "S": 1.0}, "NaS")
    assert stability.window is None
    (only,) = passed(stability, [])
    assert only.interval.voltage_upper == stability.stabilized.reduction
