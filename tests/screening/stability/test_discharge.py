"""Charge on discharge: Faraday's law, and nothing lost between the plateaus."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.support.systems import make_table, systems
from trona.screening.equilibrium.grand import profile
from trona.screening.equilibrium.phases import PhaseTable
from trona.screening.formulas import parse
from trona.screening.stability.discharge import FARADAY, discharge, molar_mass


def test_sulfur_has_its_theoretical_capacity():
    # 2 Na per S: 1672 to 1675 mAh/g in the literature, as the atomic weight is rounded.
    found = discharge(profile(make_table(Na2S=-1.2), {"S": 1.0}))
    assert found.capacity == pytest.approx(1675, rel=0.003)
    assert found.capacity == pytest.approx(2 * FARADAY / 3.6 / 32.065, rel=1e-4)


def test_the_capacity_does_not_depend_on_the_formula_unit():
    table = make_table(Na2S=-1.2)
    one, eight = (discharge(profile(table, {"S": amount})) for amount in (1.0, 8.0))
    assert eight.capacity == pytest.approx(one.capacity)
    assert eight.molar_mass == pytest.approx(8 * one.molar_mass)


@given(systems())
def test_plateaus_add_up_to_the_sodium_exchanged(system):
    phases, composition = system
    found = profile(PhaseTable.from_phases(phases), composition)
    charge = discharge(found)
    span = found.intervals[0].sodium_exchanged - found.intervals[-1].sodium_exchanged
    assert sum(p.sodium for p in charge.plateaus) == pytest.approx(span, abs=1e-9)
    assert [p.voltage for p in charge.plateaus] == sorted(found.breakpoints, reverse=True)
    assert all(p.sodium > -1e-9 for p in charge.plateaus)
    if charge.plateaus:
        assert charge.plateaus[-1].total == pytest.approx(charge.capacity)
        top, bottom = charge.plateaus[0].voltage, charge.plateaus[-1].voltage
        assert charge.between(top, bottom) == pytest.approx(charge.capacity)


def test_cut_off_voltages_select_plateaus(reference):
    found = discharge(profile(reference.table, parse("S")))
    assert found.between(2.05, 1.0) == pytest.approx(0.75 * found.capacity)
    assert found.between(1.0, 0.0) == 0.0


def test_molar_masses_are_the_standard_ones():
    assert molar_mass(parse("Na3PS4")) == pytest.approx(228.19, abs=0.05)
    assert molar_mass(parse("Na3SbS4·8H2O")) == pytest.approx(318.99 + 8 * 18.015, abs=0.1)
