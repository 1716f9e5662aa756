"""The grand profile against pymatgen and scipy, its exact ties, and what holds for any profile."""

from __future__ import annotations

from itertools import pairwise
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymatgen.core import Composition

from tests.support.oracles import (
    element_profile,
    grand_diagram,
    lowest_energy,
    participants,
    phase_diagram,
)
from tests.support.systems import (
    ANY_SYSTEM,
    make_phase,
    make_table,
    random_composition,
    random_phases,
    systems,
    with_energy,
    without,
)
from trona.screening.equilibrium.grand import profile
from trona.screening.equilibrium.hull import decompose
from trona.screening.equilibrium.phases import Phase, PhaseTable
from trona.screening.errors import ChemicalSystemError, FormulaError, InputError, VoltageError
from trona.screening.formulas import parse
from trona.screening.units import chemical_potential

SIZES = [(2, 10), (2, 100), (3, 40), (3, 600), (4, 2000), (5, 300), (6, 100), (7, 60)]
volts = st.floats(0.0, 6.0)


def products(interval):
    return {p.id: float(x) for p, x in zip(interval.phases, interval.amounts, strict=True)}


def ids(found):
    return {p.id for p in found}


def mu_inside(found, interval):
    """Chemical potential within an interval, away from its ends."""
    upper = min(interval.voltage_upper, interval.voltage_lower + 2.0)
    return chemical_potential((interval.voltage_lower + upper) / 2, found.mu_metal)


def bits(found):
    """All that a profile says, comparable without tolerance."""
    return [
        (
            i.voltage_lower,
            i.voltage_upper,
            [p.id for p in i.phases],
            i.amounts.tobytes(),
            i.sodium_exchanged,
            i.energy,
            [p.id for p in i.tied],
        )
        for i in found.intervals
    ]


# Independent oracles


@pytest.mark.parametrize(("n_elements", "n_phases"), SIZES)
def test_profiles_agree_with_pymatgen(n_elements, n_phases):
    phases = random_phases(n_phases, n_elements, n_phases)
    table, diagram = PhaseTable.from_phases(phases), phase_diagram(phases)
    for seed in range(3):
        composition = random_composition(seed, n_elements)
        found, rows = profile(table, composition), element_profile(diagram, composition)
        lower = [interval.voltage_lower for interval in found.intervals]
        assert lower == pytest.approx([row[0] for row in rows], abs=1e-8)
        for interval, (_, exchanged, parts) in zip(found.intervals, rows, strict=True):
            assert interval.sodium_exchanged == pytest.approx(exchanged, abs=1e-7)
            assert products(interval) == pytest.approx(parts, abs=1e-7)


@pytest.mark.parametrize(("n_elements", "n_phases"), [(3, 40), (4, 300), (5, 100), (7, 60)])
def test_grand_potential_agrees_with_pymatgen_and_scipy(n_elements, n_phases):
    phases = random_phases(n_phases, n_elements, n_phases)
    table, composition = PhaseTable.from_phases(phases), random_composition(0, n_elements)
    found = profile(table, composition)
    others = Composition({s: n for s, n in composition.items() if s != "Na"})
    for volt in np.random.default_rng(n_phases).uniform(0.0, 6.0, 6).tolist():
        mu = chemical_potential(volt, found.mu_metal)
        own = found.grand_potential(volt)
        assert own == pytest.approx(lowest_energy(phases, composition, mu), abs=1e-9)
        assert own == pytest.approx(grand_diagram(phases, mu).get_hull_energy(others), abs=1e-9)


@given(ANY_SYSTEM, volts)
def test_small_systems_agree_with_scipy(system, volt):
    phases, composition = system
    found = profile(PhaseTable.from_phases(phases), composition)
    oracle = lowest_energy(phases, composition, chemical_potential(volt, found.mu_metal))
    # Breakpoints nearer than 1e-9 V to each other or to the metal are one.
    assert found.grand_potential(volt) == pytest.approx(oracle, abs=1e-8)


@given(ANY_SYSTEM)
def test_the_profile_is_the_closed_hull_along_added_sodium(system):
    phases, composition = system
    table = PhaseTable.from_phases(phases)
    for interval in profile(table, composition).intervals:
        sodium = composition.get("Na", 0.0) + interval.sodium_exchanged
        closed = decompose(table, composition | {"Na": max(sodium, 0.0)})
        assert closed.energy == pytest.approx(interval.energy, abs=1e-8)


# What holds for any profile


@given(ANY_SYSTEM)
def test_intervals_cover_all_voltages_once(system):
    phases, composition = system
    found = profile(PhaseTable.from_phases(phases), composition)
    assert found.intervals[0].voltage_lower == 0.0
    assert found.intervals[-1].voltage_upper == inf
    assert all(a.voltage_upper == b.voltage_lower for a, b in pairwise(found.intervals))
    assert all(i.voltage_lower < i.voltage_upper for i in found.intervals)
    assert list(found.breakpoints) == [i.voltage_lower for i in found.intervals[1:]]


@given(ANY_SYSTEM)
def test_atoms_and_energy_are_conserved(system):
    phases, composition = system
    for interval in profile(PhaseTable.from_phases(phases), composition).intervals:
        pairs = list(zip(interval.phases, interval.amounts, strict=True))
        for symbol in {s for phase in phases for s in phase.amounts}:
            made = sum(x * phase.amounts.get(symbol, 0.0) for phase, x in pairs)
            taken = interval.sodium_exchanged if symbol == "Na" else 0.0
            assert made == pytest.approx(composition.get(symbol, 0.0) + taken, abs=1e-8)
        energy = sum(x * phase.energy for phase, x in pairs)
        assert interval.energy == pytest.approx(energy, abs=1e-8)
        assert all(x > 0 for x in interval.amounts)


@given(ANY_SYSTEM)
def test_sodium_only_leaves_as_the_voltage_rises(system):
    phases, composition = system
    found = profile(PhaseTable.from_phases(phases), composition)
    exchanged = [interval.sodium_exchanged for interval in found.intervals]
    assert all(b <= a + 1e-9 for a, b in pairwise(exchanged))
    assert exchanged[-1] == pytest.approx(-composition.get("Na", 0.0), abs=1e-9)


@given(ANY_SYSTEM)
def test_products_stand_in_the_tables_order(system):
    phases, composition = system
    table = PhaseTable.from_phases(phases)
    for interval in profile(table, composition).intervals:
        assert list(interval.phases) == [p for p in table.phases if p in interval.phases]


@given(ANY_SYSTEM)
def test_products_change_at_every_breakpoint(system):
    phases, composition = system
    found = profile(PhaseTable.from_phases(phases), composition)
    assert all(products(a) != products(b) for a, b in pairwise(found.intervals))


@given(ANY_SYSTEM, volts, volts)
def test_grand_potential_is_concave(system, first, second):
    phases, composition = system
    phi = profile(PhaseTable.from_phases(phases), composition).grand_potential
    assert phi((first + second) / 2) >= (phi(first) + phi(second)) / 2 - 1e-9


@given(ANY_SYSTEM)
def test_grand_potential_is_continuous_at_breakpoints(system):
    phases, composition = system
    found = profile(PhaseTable.from_phases(phases), composition)
    sodium = composition.get("Na", 0.0)
    for below, above in pairwise(found.intervals):
        mu = chemical_potential(below.voltage_upper, found.mu_metal)
        left, right = (i.energy - (sodium + i.sodium_exchanged) * mu for i in (below, above))
        assert left == pytest.approx(right, abs=1e-8)


@given(ANY_SYSTEM, volts)
def test_no_phase_undercuts_the_profile_of_its_composition(system, volt):
    phases, _ = system
    table = PhaseTable.from_phases(phases)
    for phase in phases:
        if set(phase.amounts) == {"Na"}:
            continue
        found = profile(table, phase.amounts)
        mu = chemical_potential(volt, found.mu_metal)
        own = phase.energy - phase.amounts.get("Na", 0.0) * mu
        assert found.grand_potential(volt) <= own + 1e-8


# Invariances


@given(ANY_SYSTEM, st.randoms(use_true_random=False))
def test_order_does_not_change_a_bit(system, random):
    phases, composition = system
    first = profile(PhaseTable.from_phases(phases), composition)
    shuffled = PhaseTable.from_phases(random.sample(phases, len(phases)))
    assert bits(profile(shuffled, dict(reversed(composition.items())))) == bits(first)


def test_order_does_not_change_a_bit_of_a_large_system():
    phases, composition = random_phases(7, 5, 500), random_composition(7, 5)
    first = profile(PhaseTable.from_phases(phases), composition)
    again = profile(PhaseTable.from_phases(reversed(phases)), composition)
    assert len(first.intervals) > 10
    assert bits(again) == bits(first)


@given(systems(), st.floats(0.1, 20))
def test_a_multiple_of_a_formula_scales_amounts_not_voltages(system, factor):
    phases, composition = system
    table = PhaseTable.from_phases(phases)
    once, often = (
        profile(table, {s: n * k for s, n in composition.items()}) for k in (1.0, factor)
    )
    assert often.breakpoints == pytest.approx(once.breakpoints, abs=1e-9)
    for a, b in zip(once.intervals, often.intervals, strict=True):
        assert b.amounts == pytest.approx(factor * a.amounts, rel=1e-6, abs=1e-8)
        assert b.sodium_exchanged == pytest.approx(factor * a.sodium_exchanged, abs=1e-7)
        assert b.energy == pytest.approx(factor * a.energy, abs=1e-7)


@given(systems(), st.integers(2, 5))
def test_phases_may_be_given_per_any_formula_unit(system, factor):
    phases, composition = system
    multiples = [
        Phase(p.id, p.formula, {s: n * factor for s, n in p.amounts.items()}, e, p.scale)
        for p, e in ((phase, factor * phase.energy) for phase in phases)
    ]
    first = profile(PhaseTable.from_phases(phases), composition)
    second = profile(PhaseTable.from_phases(multiples), composition)
    assert second.breakpoints == pytest.approx(first.breakpoints, abs=1e-9)
    for a, b in zip(first.intervals, second.intervals, strict=True):
        assert b.amounts == pytest.approx(a.amounts / factor, abs=1e-8)


@given(systems(), st.lists(st.floats(-9, 9), min_size=7, max_size=7))
def test_voltages_do_not_depend_on_the_zero_of_the_elements(system, shifts):
    phases, composition = system
    shift = dict(zip(("Na", "P", "S", "Cl", "O", "Sb", "Zr"), shifts, strict=True))
    moved = [
        with_energy(p, p.energy + sum(shift[s] * n for s, n in p.amounts.items())) for p in phases
    ]
    first = profile(PhaseTable.from_phases(phases), composition)
    second = profile(PhaseTable.from_phases(moved), composition)
    assert second.breakpoints == pytest.approx(first.breakpoints, abs=1e-8)
    for a, b in zip(first.intervals, second.intervals, strict=True):
        assert b.sodium_exchanged == pytest.approx(a.sodium_exchanged, abs=1e-8)


@given(ANY_SYSTEM)
def test_a_phase_that_is_used_nowhere_can_go(system):
    phases, composition = system
    table = PhaseTable.from_phases(phases)
    first = profile(table, composition)
    used = {p.id for i in first.intervals for p in (*i.phases, *i.tied)}
    needed = used | {p.id for p in phases if len(p.amounts) == 1}
    smaller = PhaseTable.from_phases(p for p in phases if p.id in needed)
    second = profile(smaller, composition)
    assert second.breakpoints == pytest.approx(first.breakpoints, abs=1e-9)
    for a, b in zip(first.intervals, second.intervals, strict=True):
        assert ids(a.phases) == ids(b.phases)
        assert b.energy == pytest.approx(a.energy, abs=1e-9)


# Degenerate systems


def test_a_phase_on_a_tie_line_is_reported_as_tied():
    energy = (1.5 * 3 * -1.0 + 0.5 * 7 * -0.6) / 8
    table = make_table(Na2S=-1.0, P2S5=-0.6, Na3PS4=energy)
    for formula in ("Na3PS4", "Na4P2S7", "NaPS3"):
        found = profile(table, parse(formula))
        still = [i for i in found.intervals if abs(i.sodium_exchanged) < 1e-9]
        assert [ids(i.phases) | ids(i.tied) for i in still] == [{"Na2S", "P2S5", "Na3PS4"}]
        assert all(not i.tied for i in found.intervals if i not in still)


def test_the_tied_phase_costs_nothing():
    energy = (1.5 * 3 * -1.0 + 0.5 * 7 * -0.6) / 8
    table = make_table(Na2S=-1.0, P2S5=-0.6, Na3PS4=energy)
    with_it, bare = (profile(t, parse("Na4P2S7")) for t in (table, without(table, "Na3PS4")))
    assert with_it.breakpoints == pytest.approx(bare.breakpoints, abs=1e-12)
    energies = [[i.energy for i in found.intervals] for found in (with_it, bare)]
    assert energies[0] == pytest.approx(energies[1], abs=1e-12)


def test_a_tied_phase_may_stand_in_for_part_of_the_products():
    # Na3P2S2 and Na3P2S + S cost the same, with and without sodium.
    table = PhaseTable.from_phases(
        [make_phase(s) for s in ("Na", "P", "S")]
        + [make_phase("Na3P2S2", -4 / 7), make_phase("Na3P2S", -4 / 6), make_phase("Na2S2", -0.25)]
    )
    found = profile(table, parse("Na2PS"))
    interval = next(i for i in found.intervals if i.sodium_exchanged == pytest.approx(-0.5))
    assert ids(interval.phases) in ({"Na3P2S2"}, {"Na3P2S", "S"})
    assert ids(interval.phases) | ids(interval.tied) == {"Na3P2S2", "Na3P2S", "S"}


def test_a_compound_with_one_composition_of_products_has_no_ties():
    # PS lies on the line from P to PS3 but cannot be part of PS3.
    found = profile(make_table(PS3=-0.75, PS=-0.5), parse("PS3"))
    assert [ids(i.phases) for i in found.intervals] == [{"PS3"}]
    assert [ids(i.tied) for i in found.intervals] == [set()]


@pytest.mark.parametrize("seed", [5, 14, 20, 21, 61, 131])
def test_tied_phases_are_those_of_equally_good_product_sets(seed):
    rng = np.random.default_rng(seed)
    phases = [make_phase(symbol) for symbol in ("Na", "P", "S")]
    for i, numbers in enumerate(rng.integers(0, 4, (9, 3))):
        if np.count_nonzero(numbers) > 1:
            formula = "".join(
                f"{s}{n}" for s, n in zip(("Na", "P", "S"), numbers, strict=True) if n
            )
            energy = -float(rng.integers(0, 5)) / numbers.sum()
            phases.append(make_phase(formula, energy, f"{i}-{formula}"))
    table = PhaseTable.from_phases(phases)
    ground = [table.phases[i] for i in table.ground]
    for composition in ({"P": 1.0, "S": 1.0}, {"Na": 3.0, "P": 1.0, "S": 2.0}):
        found = profile(table, composition)
        for interval in found.intervals:
            could = participants(ground, interval, composition, mu_inside(found, interval))
            assert ids(interval.tied) == could - ids(interval.phases)


def test_coinciding_breakpoints_are_one():
    # 3 Na + P and 3 Na + Sb yield the same energy: both react at 0.8 V.
    found = profile(make_table(Na3P=-0.6, Na3Sb=-0.6), {"P": 1.0, "Sb": 1.0})
    assert found.breakpoints == pytest.approx([0.8], abs=1e-12)
    assert [ids(i.phases) for i in found.intervals] == [{"Na3P", "Na3Sb"}, {"P", "Sb"}]


@pytest.mark.parametrize(("apart", "count"), [(1e-6, 2), (1e-8, 2), (3e-10, 1)])
def test_breakpoints_are_told_apart_to_a_nanovolt(apart, count):
    found = profile(make_table(Na3P=-0.6, Na3Sb=-0.6 - 0.75 * apart), {"P": 1.0, "Sb": 1.0})
    assert len(found.breakpoints) == count
    assert found.breakpoints == pytest.approx([0.8, 0.8 + apart][:count], abs=1e-9)
    assert all(a.voltage_upper == b.voltage_lower for a, b in pairwise(found.intervals))


def test_a_breakpoint_at_zero_volts_makes_no_interval():
    found = profile(make_table(Na2S=0.0), {"S": 1.0})
    assert len(found.breakpoints) == 0
    assert products(found.intervals[0]) == {"S": 1.0}


@pytest.mark.parametrize("formation", [-0.7, 0.0, 0.4])
def test_only_the_lowest_polymorph_reacts(formation):
    low, high = make_phase("Na2S", formation, "low"), make_phase("Na4S2", formation + 0.1, "high")
    elements = [make_phase("Na"), make_phase("S")]
    both = profile(PhaseTable.from_phases([high, *elements, low]), {"S": 1.0})
    alone = profile(PhaseTable.from_phases([low, *elements]), {"S": 1.0})
    assert bits(both) == bits(alone)


def test_polymorphs_of_one_energy_are_told_apart_by_id():
    phases = [make_phase("Na"), make_phase("S")]
    phases += [make_phase("Na2S", -1.0, name) for name in ("b", "a", "c")]
    found = profile(PhaseTable.from_phases(phases), {"Na": 2.0, "S": 1.0})
    assert products(found.intervals[0]) == {"a": 1.0}


def test_elements_alone_do_nothing():
    found = profile(make_table(Na=-1.3, P=-5.0, S=-4.0), {"P": 1.0, "S": 2.0})
    assert len(found.intervals) == 1
    assert products(found.intervals[0]) == {"P": 1.0, "S": 2.0}
    assert found.intervals[0].sodium_exchanged == 0.0


def test_excess_sodium_leaves_at_zero_volts():
    found = profile(make_table(Na2S=-1.0), parse("Na5S"))
    assert found.intervals[0].sodium_exchanged == pytest.approx(-3.0)
    assert products(found.intervals[0]) == pytest.approx({"Na2S": 1.0})


def test_a_composition_without_sodium_only_takes_it_up():
    found = profile(make_table(Na2S=-1.0, Na3P=-0.3), parse("P2S5"))
    assert found.intervals[-1].sodium_exchanged == 0.0
    assert all(i.sodium_exchanged > 0 for i in found.intervals[:-1])


def test_a_binary_couple_steps_at_its_reaction_energy():
    found = profile(make_table(Na2S=-1.0), {"Na": 2.0, "S": 1.0})
    assert found.breakpoints == pytest.approx([1.5], abs=1e-12)
    assert [i.sodium_exchanged for i in found.intervals] == pytest.approx([0.0, -2.0])


@pytest.mark.parametrize("volt", [1e-8, 1e-3, 2.0])
def test_a_phase_with_little_sodium_steps_at_its_own_voltage(volt):
    # S + 1/400 Na: 401 atoms of which one is sodium.
    found = profile(make_table(NaS400=-volt / 401), {"S": 1.0})
    assert found.breakpoints == pytest.approx([volt], abs=1e-9)
    assert found.intervals[0].sodium_exchanged == pytest.approx(1 / 400)


@pytest.mark.parametrize("amount", [1e-3, 1e-6])
def test_traces_are_not_lost(amount):
    found = profile(make_table(Na2S=-1.0, NaCl=-2.0), {"Na": 2.0, "S": 1.0, "Cl": amount})
    assert found.breakpoints == pytest.approx([1.5, 4.0])
    assert products(found.intervals[0])["NaCl"] == pytest.approx(amount, rel=1e-6)
    assert found.intervals[0].sodium_exchanged == pytest.approx(amount, rel=1e-6)


def test_amounts_of_an_absent_element_change_nothing():
    table = make_table(Na2S=-1.0, Na3P=-0.3)
    first, second = profile(table, {"Na": 2, "S": 1}), profile(table, {"Na": 2, "S": 1, "P": 0})
    assert second.breakpoints == pytest.approx(first.breakpoints, abs=1e-12)
    assert [products(i) for i in second.intervals] == [products(i) for i in first.intervals]


# Questions without an answer


@pytest.mark.parametrize("composition", [{"Na": 1.0}, {"Na": 2.5}, {}])
def test_pure_sodium_is_refused(composition):
    with pytest.raises(FormulaError, match="sodium"):
        profile(make_table(Na2S=-1.0), composition)


@pytest.mark.parametrize("amount", [-1.0, nan, inf])
def test_impossible_amounts_are_refused(amount):
    with pytest.raises(InputError):
        profile(make_table(Na2S=-1.0), {"Na": 2.0, "S": amount})


def test_a_foreign_element_is_named():
    with pytest.raises(ChemicalSystemError, match="Zr"):
        profile(make_table(Na2S=-1.0), {"Na": 2.0, "Zr": 1.0})


def test_a_hull_without_sodium_is_refused():
    with pytest.raises(ChemicalSystemError, match="Na"):
        profile(PhaseTable.from_phases([make_phase("S")]), {"S": 1.0})


@pytest.mark.parametrize("volt", [-1e-6, -1.0, inf, nan])
def test_voltages_outside_the_physical_range_are_refused(volt):
    found = profile(make_table(Na2S=-1.0), {"Na": 2.0, "S": 1.0})
    with pytest.raises(VoltageError, match="voltage"):
        found.at(volt)
    with pytest.raises(VoltageError, match="voltage"):
        found.grand_potential(volt)


def test_a_breakpoint_belongs_to_its_lower_side():
    found = profile(make_table(Na2S=-1.0), {"Na": 2.0, "S": 1.0})
    edge = float(found.breakpoints[0])
    assert found.at(edge) is found.intervals[0]
    assert found.at(np.nextafter(edge, 9.0)) is found.intervals[1]
    assert found.at(0.0) is found.intervals[0]
