"""Mixing lines against pymatgen; what holds for any pair."""

from __future__ import annotations

from itertools import combinations
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.oracles import mixing_kinks
from tests.support.systems import make_table, random_composition, random_phases, systems
from trona.screening.equilibrium.grand import profile
from trona.screening.equilibrium.hull import decompose
from trona.screening.equilibrium.phases import PhaseTable
from trona.screening.errors import ChemicalSystemError, FormulaError, VoltageError
from trona.screening.formulas import parse
from trona.screening.stability.interface import mix, react, reactant


def both(table, first, second, volts=None):
    return mix(table, parse(first), parse(second), (first, second), volts)


def pair(seed, n_elements):
    return random_composition(seed, n_elements), random_composition(seed + 100, n_elements)


@pytest.mark.parametrize(("n_elements", "n_phases"), [(3, 40), (4, 150), (5, 100), (6, 60)])
def test_kinks_agree_with_pymatgen(n_elements, n_phases):
    phases = random_phases(n_phases, n_elements, n_phases)
    table = PhaseTable.from_phases(phases)
    for seed in range(3):
        first, second = pair(seed, n_elements)
        found = mix(table, first, second, ("A", "B"))
        ours = {round(kink.fraction, 6): kink.energy_per_atom for kink in found.kinks}
        ends = (found.kinks[0].energy_per_atom, found.kinks[-1].energy_per_atom)
        assert ends == pytest.approx((0.0, 0.0), abs=1e-9)
        assert ours == pytest.approx(mixing_kinks(phases, first, second), abs=1e-8)


@given(systems(), st.integers(0, 10**6))
def test_between_kinks_the_energy_is_the_hull(system, seed):
    phases, first = system
    table = PhaseTable.from_phases(phases)
    second = dict(phases[seed % len(phases)].amounts)
    found = mix(table, first, second, ("A", "B"))
    for left, right in zip(found.kinks, found.kinks[1:], strict=False):
        middle = (left.fraction + right.fraction) / 2
        mixture = {}
        for share, side in ((1 - middle, found.first), (middle, found.second)):
            for symbol, amount in side.composition.items():
                mixture[symbol] = mixture.get(symbol, 0.0) + share * amount / side.n_atoms
        given_energy = sum(
            share * side.energy / side.n_atoms
            for share, side in ((1 - middle, found.first), (middle, found.second))
        )
        hull = decompose(table, mixture).energy - given_energy
        assert (left.energy_per_atom + right.energy_per_atom) / 2 == pytest.approx(hull, abs=1e-8)


@given(systems(), st.integers(0, 10**6), st.one_of(st.none(), st.floats(0.0, 5.0)))
def test_atoms_are_conserved_and_the_order_does_not_matter(system, seed, volts):
    phases, first = system
    table = PhaseTable.from_phases(phases)
    second = dict(phases[seed % len(phases)].amounts)
    found = mix(table, first, second, ("A", "B"), volts)
    swapped = mix(table, second, first, ("B", "A"), volts)
    assert [1 - k.fraction for k in swapped.kinks][::-1] == pytest.approx(
        [k.fraction for k in found.kinks], abs=1e-7
    )
    for kink in found.kinks:
        left = {}
        for share, side in ((1 - kink.fraction, found.first), (kink.fraction, found.second)):
            for symbol, amount in side.composition.items():
                left[symbol] = left.get(symbol, 0.0) + share * amount / side.n_atoms
        left["Na"] = left.get("Na", 0.0) + kink.sodium_exchanged
        for symbol, amount in left.items():
            made = sum(
                x * p.amounts.get(symbol, 0.0)
                for p, x in zip(kink.phases, kink.amounts, strict=True)
            )
            assert made == pytest.approx(amount, abs=1e-7)
        assert kink.energy_per_atom <= 0.0
        assert found.mixing_energy(kink) <= 0.0


@pytest.mark.parametrize("volts", [0.0, 0.3, 2.0])
def test_open_to_sodium_the_ends_are_what_the_profile_says(reference, volts):
    found = both(reference.table, "Na3PS4", "Na", volts)
    composition = parse("Na3PS4")
    own = found.first.energy - 3 * (reference.table.mu_sodium_metal - volts)
    alone = (profile(reference.table, composition).grand_potential(volts) - own) / 8
    assert found.kinks[0].energy_per_atom == pytest.approx(min(alone, 0.0), abs=1e-9)
    assert found.kinks[-1].energy_per_atom == pytest.approx(-volts, abs=1e-9)
    assert np.isfinite([kink.energy_per_atom for kink in found.kinks]).all()
    assert not found.reacts


def test_energy_per_formula_unit_is_the_same_reaction_in_other_units(reference):
    found = both(reference.table, "Na3PS4", "Na")
    kink = found.strongest
    # Na3PS4 + 6 Na -> 4 Na2S + NaP: 14 atoms of reactants.
    assert kink.equation == "Na3PS4 + 6 Na -> 4 Na2S + NaP"
    assert kink.fraction == pytest.approx(6 / 14)
    assert found.energy_per_formula_unit(kink) == pytest.approx(14 * kink.energy_per_atom)
    assert found.energy_per_formula_unit(found.kinks[-1]) == 0.0


@pytest.mark.parametrize("volts", [None, 0.0, 1.3, 3.0])
def test_the_strongest_reaction_is_the_same_where_others_are_not_written_down(reference, volts):
    for first, second in combinations(["Na3PS4", "Na2ZrCl6", "ZrS2", "Na3P", "S"], 2):
        sides = [reactant(reference.table, parse(one), one) for one in (first, second)]
        line, short = (
            react(reference.table, *sides, volts, all_kinks=one) for one in (True, False)
        )
        assert len(short.kinks) <= 3
        assert short.reacts == line.reacts
        assert short.strongest.equation == line.strongest.equation
        assert short.mixing_energy(short.strongest) == line.mixing_energy(line.strongest)


def test_a_material_with_itself_does_not_react(reference):
    found = both(reference.table, "Na3PS4", "Na3PS4")
    assert not found.reacts
    assert found.strongest.energy_per_atom == 0.0


def test_impossible_questions_are_refused():
    table = make_table(Na2S=-1.0)
    for volts in (-0.1, nan, inf):
        with pytest.raises(VoltageError):
            both(table, "Na2S", "S", volts)
    with pytest.raises(ChemicalSystemError, match="Zr"):
        both(table, "Na2S", "Zr")
    with pytest.raises(FormulaError):
        mix(table, {}, {"S": 1.0}, ("nothing", "S"))
