"""Alignment keeps formation energies, fits nothing, and reports how far two sources disagree."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.oracles import phase_diagram
from tests.support.systems import make_phase, make_table, random_phases, systems
from trona.screening.equilibrium.phases import EnergyScale, PhaseTable
from trona.screening.errors import EnergyScaleError
from trona.screening.formulas import fractions_key, parse
from trona.stores.energies.alignment import align, differences, formation_energy, join, residual

OTHER = EnergyScale("another potential", "none/1")


def on_another_scale(phases, shifts):
    """The same phases with other energies of the elements: no formation energy changes."""
    return [
        replace(
            phase,
            energy=phase.energy + sum(x * shifts[s] for s, x in phase.amounts.items()),
            scale=OTHER,
        )
        for phase in phases
    ]


@given(systems())
def test_formation_energies_are_those_of_pymatgen(system):
    phases, _ = system
    table, diagram = PhaseTable.from_phases(phases), phase_diagram(phases)
    by_name = {entry.name: entry for entry in diagram.all_entries}
    for phase in table.phases:
        expected = diagram.get_form_energy_per_atom(by_name[phase.id])
        assert formation_energy(table, phase) == pytest.approx(expected, abs=1e-9)


@given(st.integers(0, 1000), st.lists(st.floats(-9, 9), min_size=4, max_size=4))
def test_a_source_that_differs_in_its_elements_only_aligns_exactly(seed, constants):
    phases = random_phases(seed, 4, 30)
    elements, compounds = phases[:4], phases[4:]
    known = [*elements, *compounds[::2]]
    shifts = dict(zip((p.formula for p in elements), constants, strict=True))
    second = PhaseTable.from_phases(on_another_scale(phases, shifts))
    found = align(PhaseTable.from_phases(known), second)
    original = {phase.id: phase.energy for phase in phases}
    assert all(p.energy == pytest.approx(original[p.id], abs=1e-8) for p in found.phases)
    shared = {fractions_key(p.amounts) for p in known}
    expected = {p.id for p in phases if fractions_key(p.amounts) not in shared}
    assert {p.id for p in found.phases} == {p.id for p in known} | expected
    assert found.n_added == len(expected)
    lowest_agree = residual(differences(PhaseTable.from_phases(known), second))
    assert found.residual == lowest_agree


@given(st.integers(0, 1000))
def test_the_first_source_is_kept_and_the_second_keeps_its_formation_energies(seed):
    phases = random_phases(seed, 4, 40)
    first = PhaseTable.from_phases(phases[:24])
    noise = np.random.default_rng(seed).normal(0.0, 0.2, len(phases))
    others = [
        replace(phase, energy=phase.energy + shift, scale=OTHER)
        for phase, shift in zip(phases, noise.tolist(), strict=True)
    ]
    second = PhaseTable.from_phases(others)
    table = PhaseTable.from_phases(align(first, second).phases)
    energies = {phase.id: formation_energy(table, phase) for phase in table.phases}
    for phase in first.phases:
        assert energies[phase.id] == pytest.approx(formation_energy(first, phase), abs=1e-9)
    for phase in second.phases:
        if first.find(phase.amounts) is None:
            assert energies[phase.id] == pytest.approx(formation_energy(second, phase), abs=1e-9)


COMPOUNDS = {"Na2S": -1.2, "NaS": -1.0, "Na3P": -0.3, "NaP": -0.4, "P2S5": -0.5}


def test_the_residual_is_the_plain_difference_of_formation_energies():
    first = make_table(**COMPOUNDS, P=-5.0)
    energies = COMPOUNDS | {"Na2S": -1.15, "P2S5": -0.6}
    second = make_table(**energies, Na=-1.0, NaCl=-2.1)
    found = {difference.formula: difference.value for difference in differences(first, second)}
    zero = {f: formation_energy(second, second.find(parse(f))) for f in COMPOUNDS}
    own = {f: formation_energy(first, first.find(parse(f))) for f in COMPOUNDS}
    assert found == pytest.approx({f: zero[f] - own[f] for f in COMPOUNDS})
    summary = residual(differences(make_table(**COMPOUNDS), make_table(**energies)))
    assert summary.n == 5
    assert summary.mean == pytest.approx((0.05 - 0.1) / 5)
    assert summary.rms == pytest.approx(((0.05**2 + 0.1**2) / 5) ** 0.5)
    assert (summary.worst.formula, summary.worst.value) == ("P2S5", pytest.approx(-0.1))
    assert "5 common compounds" in str(summary)
    assert "-10 meV/atom in the mean, 50 rms, most for P2S5 (-100)" in str(summary)


def test_the_order_of_the_sources_changes_the_sign_only():
    first, second = make_table(**COMPOUNDS), make_table(**COMPOUNDS | {"Na2S": -1.0})
    one, other = residual(differences(first, second)), residual(differences(second, first))
    assert (one.mean, one.rms) == pytest.approx((-other.mean, other.rms))


def test_an_element_that_only_the_second_source_knows_comes_along():
    first = make_table(**COMPOUNDS)
    second = make_table(**COMPOUNDS, NaCl=-2.1, Cl=-1.8)
    table = PhaseTable.from_phases(align(first, second).phases)
    assert table.elements == ("Cl", "Na", "P", "S")
    salt = table.find(parse("NaCl"))
    assert formation_energy(table, salt) == pytest.approx(-2.1 + 0.9)
    zero = [make_phase(f, e, scale=EnergyScale("t", "n", "elements")) for f, e in
            (COMPOUNDS | dict.fromkeys(("Na", "P", "S"), 0.0)).items()]  # fmt: skip
    table = PhaseTable.from_phases(align(PhaseTable.from_phases(zero), second).phases)
    assert table.find(parse("Cl")).energy == pytest.approx(0.0)


def test_the_scale_names_both_sources_and_differs_from_either():
    first = make_table(**COMPOUNDS)
    second = PhaseTable.from_phases(
        on_another_scale(first.phases, dict.fromkeys(first.elements, 1.0))
    )
    scale = align(first, second).phases[0].scale
    assert scale not in {first.scale, second.scale}
    assert first.scale.method in scale.method
    assert OTHER.method in scale.method


@pytest.mark.parametrize("compounds", [{}, {"LiF": -3.0}, {"Na2S": -1.2, "NaS": -1.0}])
def test_with_too_little_in_common_nothing_is_aligned(compounds):
    with pytest.raises(EnergyScaleError, match="cannot align"):
        align(make_table(**COMPOUNDS), make_table(**compounds))


def test_sources_of_one_scale_are_joined_and_others_refused():
    first = make_table(**COMPOUNDS).phases
    more = [make_phase("Na2S", -9.0), make_phase("Na4P2S6", -1.0)]
    joined = join(first, more)
    assert {p.id: p.energy_per_atom for p in joined}["Na2S"] == pytest.approx(-1.2)
    assert len(joined) == len(first) + 1
    with pytest.raises(EnergyScaleError, match="aligned:FIRST"):
        join(first, [replace(more[1], scale=OTHER)])
