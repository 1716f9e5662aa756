"""Windows against pymatgen and against published numbers; what holds for any electrolyte."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support.oracles import grand_diagram
from tests.support.systems import (
    ANY_SYSTEM,
    make_phase,
    make_table,
    random_phases,
    systems,
    with_energy,
)
from trona.screening.equilibrium.hull import energy_above_hull
from trona.screening.equilibrium.phases import PhaseTable
from trona.screening.errors import (
    ChemicalSystemError,
    FormulaError,
    InputError,
    PhaseDataError,
    VoltageError,
)
from trona.screening.formulas import parse
from trona.screening.stability.window import Reaction, assess, tolerated
from trona.screening.units import chemical_potential

volts = st.floats(0.0, 6.0)

# Formation energies, eV/atom, of the Na–P–S hull: Materials Project 2019, PBE (CC BY 4.0). The
# sulfide correction of the sodium polysulfides is counted once per two sodium.
SODIUM_SULFIDES = {"Na2S": -1.29437, "Na2S2": -0.9989, "NaS2": -0.6964, "Na2S5": -0.5921}
SODIUM_PHOSPHIDES = {"Na3P": -0.34054, "NaP": -0.38632, "Na3P11": -0.24175, "NaP7": -0.15575}
PHOSPHORUS_SULFIDES = {"P2S5": -0.6359, "P4S9": -0.63035, "P4S7": -0.60267, "P4S3": -0.43198}
THIOPHOSPHATES = {"Na3PS4": -1.21441, "Na2PS3": -1.17962, "NaPS3": -0.97133}
PUBLISHED = SODIUM_SULFIDES | SODIUM_PHOSPHIDES | PHOSPHORUS_SULFIDES | THIOPHOSPHATES
# The same with the correction on every sulfur: the defect of field reports of 3 V steps.
OVERCORRECTED = {"Na2S2": -1.16472, "NaS2": -1.02811, "Na2S5": -0.97126}


def products(interval):
    return {p.formula: float(x) for p, x in zip(interval.phases, interval.amounts, strict=True)}


def judge(table, phase):
    return assess(table, phase.amounts, phase.formula, phase)


def compounds(phases):
    """Phases that one could ask about: all but the elements."""
    return [p for p in phases if len(p.amounts) > 1]


def stable_when_lowered(phases, phase, volt):
    """Whether a phase just below the closed hull is on pymatgen's hull open to sodium."""
    table = PhaseTable.from_phases(phases)
    hull = phase.energy - energy_above_hull(table, phase) * phase.n_atoms
    lowered = with_energy(phase, hull - 1e-6 * phase.n_atoms, "lowered")
    mu = chemical_potential(volt, table.mu_sodium_metal)
    diagram = grand_diagram([*phases, lowered], mu)
    return any(e.original_entry.name == "lowered" for e in diagram.stable_entries)


# Published numbers


def test_na3ps4_has_its_published_window():
    found = assess(make_table(**PUBLISHED), parse("Na3PS4"), "Na3PS4")
    assert found.window.reduction == pytest.approx(1.246, abs=0.005)
    assert found.window.oxidation == pytest.approx(2.429, abs=0.005)
    assert found.stabilized == found.window
    assert found.energy_above_hull == pytest.approx(0.0, abs=1e-9)
    assert not found.mixture


def test_na3ps4_climbs_down_its_published_ladder():
    found = assess(make_table(**PUBLISHED), parse("Na3PS4"), "Na3PS4")
    steps = [0.295, 0.639, 0.999, 1.146, 1.246, 2.429, 2.631]
    assert found.profile.breakpoints == pytest.approx(steps, abs=0.005)
    assert [set(products(r.interval)) for r in found.ladder] == [
        {"Na3P", "Na2S"},
        {"NaP", "Na2S"},
        {"Na3P11", "Na2S"},
        {"NaP7", "Na2S"},
        {"Na2PS3", "Na2S"},
        {"Na3PS4"},
        {"NaPS3", "S"},
        {"P2S5", "S"},
    ]
    kinds = [Reaction.REDUCTION] * 5 + [Reaction.NONE] + [Reaction.OXIDATION] * 2
    assert [r.kind for r in found.ladder] == kinds


def test_na3ps4_takes_up_eight_sodium_at_zero_volts():
    rung = assess(make_table(**PUBLISHED), parse("Na3PS4"), "Na3PS4").rung(0.0)
    assert products(rung.interval) == pytest.approx({"Na3P": 1.0, "Na2S": 4.0}, abs=1e-9)
    assert rung.interval.sodium_exchanged == pytest.approx(8.0, abs=1e-9)
    assert rung.equation.startswith("Na3PS4 + 8 Na -> ")
    assert set(rung.equation.split(" -> ")[1].split(" + ")) == {"Na3P", "4 Na2S"}
    assert rung.energy_per_atom == pytest.approx(-0.897, abs=0.001)


def test_sodium_sulfur_steps_where_polysulfides_are_corrected_by_charge():
    found = assess(make_table(**PUBLISHED), {"S": 1.0}, "S")
    assert found.profile.breakpoints == pytest.approx([1.885, 1.906, 2.089], abs=0.005)
    uptake = [r.interval.sodium_exchanged for r in found.ladder]
    assert uptake == pytest.approx([2.0, 1.0, 0.5, 0.0], abs=1e-9)


def test_overcorrected_polysulfides_show_as_a_step_above_three_volts():
    found = assess(make_table(**PUBLISHED | OVERCORRECTED), {"S": 1.0}, "S")
    assert found.profile.breakpoints == pytest.approx([1.554, 1.575, 1.824, 3.399], abs=0.005)


def test_the_reduction_limit_depends_on_na2ps3():
    energies = {f: e for f, e in PUBLISHED.items() if f != "Na2PS3"}
    found = assess(make_table(**energies), parse("Na3PS4"), "Na3PS4")
    assert found.window.reduction == pytest.approx(1.166, abs=0.005)


def test_pymatgens_published_profile_of_na3ps4_is_reproduced():
    # pymatgen issue 945 (2017): a hull without NaP7, Na2PS3 and NaPS3, and another phosphorus.
    known = ("Na2S", "Na3P", "NaP", "Na3P11", "Na3PS4", "P2S5")
    found = assess(make_table(**{f: PUBLISHED[f] for f in known}), parse("Na3PS4"), "Na3PS4")
    steps = [0.2945, 0.6391, 1.1448, 1.1623, 2.4944]
    assert found.profile.breakpoints == pytest.approx(steps, abs=0.02)
    assert [products(r.interval) for r in found.ladder] == [
        pytest.approx(expected, abs=1e-9)
        for expected in (
            {"Na3P": 1, "Na2S": 4},
            {"NaP": 1, "Na2S": 4},
            {"Na3P11": 1 / 11, "Na2S": 4},
            {"P": 1, "Na2S": 4},
            {"Na3PS4": 1},
            {"P2S5": 0.5, "S": 1.5},
        )
    ]
    uptake = [r.interval.sodium_exchanged for r in found.ladder]
    assert uptake == pytest.approx([8, 6, 10.5454545 / 2, 5, 0, -3], abs=1e-6)


# The stabilised window against pymatgen


@pytest.mark.parametrize(("seed", "n_elements"), [(1, 3), (2, 3), (3, 4), (4, 4), (5, 5)])
def test_a_candidate_on_the_hull_is_stable_inside_its_window_only(seed, n_elements):
    phases = random_phases(seed, n_elements, 40)
    table = PhaseTable.from_phases(phases)
    margin, outcomes = 0.02, []
    for phase in compounds(phases)[::4]:
        if set(phase.amounts) <= {"Na", "P"}:
            continue
        limits = judge(table, phase).stabilized
        inside = limits.reduction + min(limits.width, 1.0) / 2
        assert stable_when_lowered(phases, phase, inside)
        outside = [limits.reduction - margin, limits.oxidation + margin]
        checked = [v for v in outside if 0.0 <= v < inf]
        outcomes += [stable_when_lowered(phases, phase, v) for v in checked]
    assert len(outcomes) > 8
    assert not any(outcomes)


@given(ANY_SYSTEM, volts)
def test_the_window_is_where_the_lowered_candidate_gains_nothing(system, volt):
    phases, _ = system
    table = PhaseTable.from_phases(phases)
    for phase in compounds(phases):
        found = judge(table, phase)
        gap = found.reaction_energy(volt) + found.energy_above_hull
        inside = found.stabilized.reduction <= volt <= found.stabilized.oxidation
        assert gap <= 1e-9
        assert gap == pytest.approx(0.0, abs=1e-9) or not inside


# What holds for any electrolyte


@given(ANY_SYSTEM)
def test_the_window_is_the_plateau_without_exchange(system):
    phases, composition = system
    found = assess(PhaseTable.from_phases(phases), composition, "x")
    still = [i for i in found.profile.intervals if abs(i.sodium_exchanged) < 1e-9]
    assert (found.window is None) == (not still)
    if found.window is None:
        assert found.stabilized.width == 0.0
    else:
        assert found.window.reduction == still[0].voltage_lower
        assert found.window.oxidation == still[-1].voltage_upper
        assert found.stabilized == found.window


@given(ANY_SYSTEM)
def test_without_a_plateau_the_exchange_changes_sign_at_one_voltage(system):
    phases, composition = system
    found = assess(PhaseTable.from_phases(phases), composition, "x")
    assume(found.window is None)
    crossing = found.stabilized.reduction
    for interval in found.profile.intervals:
        assert (interval.sodium_exchanged > 0) == (interval.voltage_upper <= crossing)


@given(ANY_SYSTEM, volts)
def test_reactions_are_never_uphill(system, volt):
    phases, composition = system
    table = PhaseTable.from_phases(phases)
    found = assess(table, composition, "x")
    assert found.reaction_energy(volt) <= 0.0
    assert all(rung.energy_per_atom <= 0.0 for rung in found.ladder)
    mu = chemical_potential(volt, table.mu_sodium_metal)
    own = found.electrolyte_energy - composition.get("Na", 0.0) * mu
    assert found.profile.grand_potential(volt) <= own + 1e-8


@given(ANY_SYSTEM)
def test_a_stable_phase_does_not_react_inside_its_window(system):
    phases, composition = system
    found = assess(PhaseTable.from_phases(phases), composition, "x")
    assume(found.window is not None)
    above = found.energy_above_hull or 0.0
    upper = min(found.window.oxidation, found.window.reduction + 3.0)
    for volt in (found.window.reduction, (found.window.reduction + upper) / 2, upper):
        assert found.reaction_energy(volt) == pytest.approx(-above, abs=1e-8)


@given(ANY_SYSTEM)
def test_at_the_stabilised_voltage_only_the_energy_above_hull_is_released(system):
    phases, _ = system
    table = PhaseTable.from_phases(phases)
    for phase in compounds(phases):
        found = judge(table, phase)
        assert found.energy_above_hull == pytest.approx(energy_above_hull(table, phase), abs=1e-9)
        assert found.reaction_energy(found.stabilized.reduction) == pytest.approx(
            -found.energy_above_hull, abs=1e-9
        )


@given(ANY_SYSTEM, st.floats(0.0, 0.5))
def test_the_window_does_not_depend_on_the_candidates_own_excess(system, excess):
    phases, composition = system
    table = PhaseTable.from_phases(phases)
    bare = assess(table, composition, "x")
    own = make_phase("".join(f"{s}{n:g}" for s, n in composition.items()), name="own")
    own = with_energy(own, bare.decomposition.energy + (excess + 1e-6) * own.n_atoms)
    found = judge(PhaseTable.from_phases([*phases, own]), own)
    assert (found.window is None) == (bare.window is None)
    assert found.stabilized.reduction == pytest.approx(bare.stabilized.reduction, abs=1e-9)
    assert found.stabilized.oxidation == pytest.approx(bare.stabilized.oxidation, abs=1e-9)
    assert found.energy_above_hull == pytest.approx(excess + 1e-6, abs=1e-9)


@given(ANY_SYSTEM)
def test_the_ladder_describes_every_interval_once(system):
    phases, composition = system
    found = assess(PhaseTable.from_phases(phases), composition, "x")
    assert [rung.interval for rung in found.ladder] == list(found.profile.intervals)
    for rung in found.ladder:
        exchanged = rung.interval.sodium_exchanged
        released = exchanged < -1e-7
        at_zero = rung.interval.voltage_lower == 0.0
        assert (rung.kind is Reaction.REDUCTION) == (exchanged > 1e-7)
        assert (rung.kind is Reaction.DISPROPORTIONATION) == (released and at_zero)
        assert (rung.kind is Reaction.OXIDATION) == (released and not at_zero)
        assert rung.energy_per_atom == found.reaction_energy(rung.energy_voltage)


@given(ANY_SYSTEM)
def test_a_reaction_is_weighed_at_the_end_farther_from_the_window(system):
    phases, composition = system
    for rung in assess(PhaseTable.from_phases(phases), composition, "x").ladder:
        outward = rung.kind is Reaction.OXIDATION and rung.interval.voltage_upper < inf
        side = "voltage_upper" if outward else "voltage_lower"
        assert rung.energy_voltage == getattr(rung.interval, side)


@given(ANY_SYSTEM)
def test_driving_forces_grow_away_from_the_window(system):
    phases, composition = system
    found = assess(PhaseTable.from_phases(phases), composition, "x")
    downhill = [r.energy_per_atom for r in found.ladder if r.kind is Reaction.REDUCTION]
    assert downhill == sorted(downhill)
    uphill = [r.energy_per_atom for r in found.ladder if r.kind is Reaction.OXIDATION]
    assert uphill == sorted(uphill, reverse=True)


@given(ANY_SYSTEM, st.floats(0.1, 20))
def test_limits_and_energies_per_atom_forget_the_formula_unit(system, factor):
    phases, composition = system
    table = PhaseTable.from_phases(phases)
    once, often = (
        assess(table, {s: n * k for s, n in composition.items()}, "x") for k in (1.0, factor)
    )
    assert [r.kind for r in often.ladder] == [r.kind for r in once.ladder]
    assert often.stabilized.reduction == pytest.approx(once.stabilized.reduction, abs=1e-9)
    assert often.reaction_energy(0.0) == pytest.approx(once.reaction_energy(0.0), abs=1e-9)


# By hand


def test_a_metastable_candidate_without_a_plateau_has_one_voltage():
    # NaS, 50 meV/atom above the line from Na2S to S, which react at 1.5 V.
    table = make_table(Na2S=-1.0, NaS=-0.70)
    found = assess(table, parse("NaS"), "NaS")
    assert found.window is None
    assert found.stabilized.reduction == found.stabilized.oxidation == pytest.approx(1.5)
    assert found.energy_above_hull == pytest.approx(0.05)
    assert found.reaction_energy(1.5) == pytest.approx(-0.05)
    assert [r.kind for r in found.ladder] == [Reaction.REDUCTION, Reaction.OXIDATION]


def test_a_mixture_has_the_window_of_its_phases_and_no_energy_of_its_own():
    table = make_table(Na2S=-1.0, Na2S2=-0.8)
    found = assess(table, parse("Na4S3"), "Na4S3")
    assert found.mixture
    assert found.phase is None
    assert found.energy_above_hull is None
    assert found.electrolyte_energy == pytest.approx(found.decomposition.energy)
    assert found.window is None
    assert found.reaction_energy(found.stabilized.reduction) == pytest.approx(0.0, abs=1e-12)


def test_releasing_sodium_at_zero_volts_is_disproportionation():
    found = assess(make_table(Na2S=-1.0), parse("Na5S"), "Na5S")
    assert [r.kind for r in found.ladder] == [Reaction.DISPROPORTIONATION, Reaction.OXIDATION]
    assert found.ladder[0].equation == "Na5S -> Na2S + 3 Na"
    assert found.window is None
    assert (found.stabilized.reduction, found.stabilized.oxidation) == (0.0, 0.0)


def test_a_hydroborate_above_the_hull_disproportionates_rather_than_reduces():
    # Na2B10H10 to Na2B12H12 and sodium.
    table = make_table(Na2B12H12=-0.4, Na2B10H10=-0.3)
    rung = assess(table, parse("Na2B10H10"), "Na2B10H10").rung(0.0)
    assert rung.kind is Reaction.DISPROPORTIONATION
    assert products(rung.interval) == pytest.approx({"Na2B12H12": 5 / 6})
    assert rung.interval.sodium_exchanged == pytest.approx(-1 / 3)


def test_a_compound_with_the_most_sodium_is_stable_against_the_metal():
    found = assess(make_table(Na2S=-1.0), parse("Na2S"), "Na2S")
    assert (found.window.reduction, found.window.oxidation) == (0.0, pytest.approx(1.5))
    assert found.rung(0.0).kind is Reaction.NONE
    assert found.rung(0.0).equation == "Na2S -> Na2S"


def test_nothing_can_leave_a_compound_without_sodium():
    found = assess(make_table(Na2S=-1.0, Na3P=-0.5, P2S5=-0.5), parse("P2S5"), "P2S5")
    assert found.window.oxidation == inf
    assert not [r for r in found.ladder if r.kind is Reaction.OXIDATION]


def test_a_given_polymorph_is_judged_by_its_own_energy():
    low, high = make_phase("Na2S", -1.0, "low"), make_phase("Na2S", -0.9, "high")
    table = PhaseTable.from_phases([make_phase("Na"), make_phase("S"), low, high])
    assert assess(table, low.amounts, "Na2S").phase is low
    assert judge(table, high).phase is high
    assert judge(table, high).energy_above_hull == pytest.approx(0.1)
    assert judge(table, high).reaction_energy(0.5) == pytest.approx(-0.1)


# Questions without an answer


def test_a_phase_of_another_composition_is_refused():
    table = make_table(Na2S=-1.0)
    with pytest.raises(PhaseDataError, match=r"'Na2S'.*Na3PS4"):
        assess(table, parse("Na3PS4"), "Na3PS4", table.find({"Na": 2, "S": 1}))


def test_a_phase_that_is_not_in_the_table_is_refused():
    stranger = make_phase("Na2S", -1.0, "stranger")
    with pytest.raises(PhaseDataError, match="'stranger'"):
        judge(make_table(Na2S=-1.0), stranger)


def test_pure_sodium_is_refused():
    with pytest.raises(FormulaError, match="sodium"):
        assess(make_table(Na2S=-1.0), {"Na": 1.0}, "Na")


def test_a_foreign_element_is_named():
    with pytest.raises(ChemicalSystemError, match="Sb"):
        assess(make_table(Na2S=-1.0), parse("Na3SbS4"), "Na3SbS4")


@pytest.mark.parametrize("ask", ["rung", "reaction_energy"])
def test_negative_voltages_are_refused(ask):
    found = assess(make_table(Na2S=-1.0), parse("Na2S"), "Na2S")
    with pytest.raises(VoltageError, match=r"-0\.1 V"):
        getattr(found, ask)(-0.1)


# Tolerated driving forces


@given(systems(), st.floats(0.0, 0.5))
def test_at_a_tolerated_limit_the_release_is_the_driving_force(system, force):
    phases, composition = system
    found = assess(PhaseTable.from_phases(phases), composition, "X")
    limits = tolerated(found, force)
    if limits is None:
        assert -found.reaction_energy(found.stabilized.reduction) > force
        return
    assert limits.reduction <= found.stabilized.reduction
    assert limits.oxidation >= found.stabilized.oxidation
    for limit in (limits.reduction, limits.oxidation):
        if 0.0 < limit < inf and force > 1e-6:
            assert -found.reaction_energy(limit) == pytest.approx(force, abs=1e-8)
    if limits.reduction == 0.0:
        assert -found.reaction_energy(0.0) <= force + 1e-9


@given(systems())
def test_tolerating_nothing_gives_the_strict_window(system):
    phases, composition = system
    found = assess(PhaseTable.from_phases(phases), composition, "X")
    limits = tolerated(found, 0.0)
    if limits is not None and found.window is not None:
        assert limits.reduction == pytest.approx(found.window.reduction, abs=1e-7)
        assert limits.oxidation == pytest.approx(found.window.oxidation, abs=1e-7)


@pytest.mark.parametrize("force", [-0.01, inf, float("nan")])
def test_an_impossible_driving_force_is_refused(force):
    with pytest.raises(InputError):
        tolerated(assess(make_table(Na2S=-1.0), {"Na": 2, "S": 1}, "Na2S"), force)
