"""What limits depend on: exact slopes against finite differences, removals against new hulls."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.support.systems import make_table, systems, with_energy
from trona.screening.equilibrium.phases import PhaseTable
from trona.screening.formulas import parse
from trona.screening.stability.window import assess
from trona.screening.uncertainty.sensitivity import dependence

STEP = 1e-6


def limits(table, composition):
    window = assess(table, composition, "X").window
    return None if window is None else (window.reduction, window.oxidation)


@given(systems())
def test_slopes_are_finite_differences(system):
    phases, composition = system
    table = PhaseTable.from_phases(phases)
    found = assess(table, composition, "X")
    for at, limit in enumerate(dependence(table, found)):
        if limit is None:
            continue
        for one in limit.phases:
            shifted = []
            for sign in (1, -1):
                moved = [
                    with_energy(p, p.energy + sign * STEP * p.n_atoms)
                    if p.id == one.phase.id
                    else p
                    for p in table.phases
                ]
                shifted.append(limits(PhaseTable.from_phases(moved), composition))
            if None in shifted:
                continue  # the window closes: a tie
            slopes = {
                (shifted[0][at] - limit.voltage) / STEP,
                (limit.voltage - shifted[1][at]) / STEP,
            }
            # At a tie the two one-sided slopes differ, and only one belongs to these products.
            assert min(abs(slope - one.slope) for slope in slopes) < 1e-3


def test_na3ps4_is_limited_by_the_phases_that_form(reference):
    table = reference.table
    reduction, oxidation = dependence(table, assess(table, parse("Na3PS4"), "Na3PS4"))
    assert {one.phase.formula for one in reduction.phases} == {"Na3PS4", "Na2PS3", "Na2S", "Na"}
    removed = {one.phase.formula: one.removed for one in reduction.phases}
    assert removed["Na2PS3"] == pytest.approx(1.166, abs=0.005)
    assert removed["Na3PS4"] is None
    assert {one.phase.formula for one in oxidation.phases} == {"Na3PS4", "NaPS3", "S", "Na"}


def test_a_shift_of_all_energies_of_an_element_moves_nothing(reference):
    table = reference.table
    for limit in dependence(table, assess(table, parse("Na3PS4"), "Na3PS4")):
        for symbol in ("Na", "P", "S"):
            moved = sum(
                one.slope * one.phase.amounts.get(symbol, 0.0) / one.phase.n_atoms
                for one in limit.phases
            )
            assert moved == pytest.approx(0.0, abs=1e-9)


def test_a_polychloride_that_sets_the_limit_shows_what_it_costs():
    table = make_table(NaCl=-2.1049, NaCl3=-1.27595)
    _, oxidation = dependence(table, assess(table, parse("NaCl"), "NaCl"))
    removed = {one.phase.formula: one.removed for one in oxidation.phases}
    assert oxidation.voltage == pytest.approx(3.76, abs=0.01)
    assert removed["NaCl3"] == pytest.approx(4.21, abs=0.01)
