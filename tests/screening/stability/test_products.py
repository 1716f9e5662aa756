"""What a reaction leaves behind: sodium per thickness by Faraday's law, products by harm."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.systems import make_phase, make_table
from trona.screening.equilibrium.phases import PhaseTable
from trona.screening.formulas import fractions_key, parse
from trona.screening.stability.discharge import FARADAY
from trona.screening.stability.interphase import (
    Electronic,
    InterphaseClass,
    Ionic,
    PhaseProperties,
    classify,
)
from trona.screening.stability.products import (
    by_harm,
    interphase,
    rank_products,
    sodium_use,
    unknown_sides,
    volume_change,
)
from trona.screening.stability.window import Reaction, assess
from trona.screening.units import HELD

# Å³ per formula unit: lattice parameters of Na3PS4 (P-42_1c), Na2S, Na3P and bcc sodium.
VOLUMES = {"Na3PS4": 171.2, "Na2S": 69.5, "Na3P": 91.8, "Na": 39.5}
ENERGIES = {"Na3PS4": -1.2, "Na2S": -1.25, "Na3P": -0.34, "Na": 0.0, "P": 0.0, "S": 0.0}


def build(**missing):
    volumes = VOLUMES | missing
    table = PhaseTable.from_phases(
        make_phase(formula, energy, volume=volumes.get(formula))
        for formula, energy in ENERGIES.items()
    )
    return table, assess(table, parse("Na3PS4"), "Na3PS4")


def test_sodium_per_thickness_is_faradays_law():
    table, stability = build()
    use = sodium_use(table, stability, stability.ladder[0])
    moles_per_cm3 = 1e24 / VOLUMES["Na3PS4"] / 6.02214076e23
    assert use.charge == pytest.approx(8 * FARADAY / 3.6 * moles_per_cm3 * 1e-4)
    assert use.thickness == pytest.approx(8 * VOLUMES["Na"] / VOLUMES["Na3PS4"])
    # Sodium metal: 1,166 mAh/g and 0.968 g/cm³.
    assert use.charge / use.thickness == pytest.approx(1166 * 0.968e-4, rel=0.01)


def test_sodium_that_leaves_is_negative_and_none_moves_in_the_window():
    table, stability = build()
    for rung in stability.ladder:
        use = sodium_use(table, stability, rung)
        signs = {Reaction.REDUCTION: 1, Reaction.NONE: 0, Reaction.OXIDATION: -1}
        assert (use.charge > 0) - (use.charge < 0) == signs[rung.kind]


def test_the_formula_unit_does_not_matter():
    table, one = build()
    two = assess(table, parse("Na6P2S8"), "Na6P2S8")
    uses = [sodium_use(table, found, found.ladder[0]) for found in (one, two)]
    assert uses[1].charge == pytest.approx(uses[0].charge)
    changes = [volume_change(found, found.ladder[0]) for found in (one, two)]
    assert changes[1] == pytest.approx(changes[0])
    assert changes[0] == pytest.approx((91.8 + 4 * 69.5) / 171.2 - 1)


def test_without_a_volume_nothing_is_claimed():
    table, stability = build(Na3PS4=None)
    use = sodium_use(table, stability, stability.ladder[0])
    assert (use.charge, use.thickness) == (None, None)
    assert volume_change(stability, stability.ladder[0]) is None
    table, stability = build(Na=None)
    use = sodium_use(table, stability, stability.ladder[0])
    assert use.charge > 0
    assert use.thickness is None
    table, stability = build(Na3P=None)
    assert volume_change(stability, stability.ladder[0]) is None


def test_a_mixture_has_the_volume_of_its_phases():
    table, _ = build()
    mixture = assess(table, parse("Na5PS5"), "Na5PS5")
    assert mixture.mixture
    use = sodium_use(table, mixture, mixture.ladder[0])
    assert use.thickness == pytest.approx(8 * 39.5 / (171.2 + 69.5))


pairs = st.tuples(st.sampled_from(Electronic), st.sampled_from(Ionic))
FORMULAS = ("Na2S", "Na3P", "Zr", "NaCl", "Y")


@given(st.lists(pairs, min_size=5, max_size=5), st.permutations(range(5)))
def test_harm_orders_types_whatever_order_they_come_in(kinds, order):
    known = {
        fractions_key(parse(f)): PhaseProperties(f, electronic=e, ionic=i)
        for f, (e, i) in zip(FORMULAS, kinds, strict=True)
    }
    phases = [make_phase(f, volume=10.0 * (at % 3 + 1)) for at, f in enumerate(FORMULAS)]
    found = classify(phases, [1.0] * 5, known)
    ranked = by_harm(found.shares)
    assert by_harm([found.shares[at] for at in order]) == ranked
    harm = [
        -1.0 if share.properties.kind.severity is None else share.properties.kind.severity
        for share in ranked
    ]
    assert harm == sorted(harm, reverse=True)


def test_products_of_a_ladder_stand_once_with_their_largest_part():
    _, stability = build()
    found = [interphase(rung, {}) for rung in stability.ladder]
    ranked = {r.share.phase.formula: r for r in rank_products(stability.ladder, found)}
    still = next(rung for rung in stability.ladder if rung.kind is Reaction.NONE)
    reacting = [rung for rung in stability.ladder if rung is not still]
    assert ranked.keys() == {p.formula for rung in reacting for p in rung.interval.phases}
    for formula, one in ranked.items():
        assert one.rungs == tuple(
            r for r in reacting if formula in {p.formula for p in r.interval.phases}
        )
        parts = [s.fraction for i in found for s in i.shares if s.phase.formula == formula]
        assert one.share.fraction == max(parts)


def test_a_disproportionation_is_no_reaction_with_an_electrode():
    table = PhaseTable.from_phases(
        [make_phase("Na3P", 0.5), make_phase("NaP", -0.5), make_phase("Na"), make_phase("P")]
    )
    stability = assess(table, parse("Na3P"), "Na3P")
    assert stability.ladder[0].kind is Reaction.DISPROPORTIONATION
    assert interphase(stability.ladder[0], {}).kind is InterphaseClass.DECOMPOSES


@pytest.mark.parametrize(
    ("above", "kind"),
    [(0.0, "stable"), (HELD - 1e-6, "stable"), (HELD + 1e-6, "decomposes"), (None, "decomposes")],
)
def test_a_phase_decomposes_above_the_tolerance_and_without_an_energy(above, kind):
    """NaClO2 beside NaCl and O2: no sodium is exchanged, and yet it is not stable."""
    own = {} if above is None else {"NaClO2": -1.0 + above}
    table = make_table(NaCl=-2.0, O=0.0, **own)
    stability = assess(table, parse("NaClO2"), "NaClO2")
    rung = next(rung for rung in stability.ladder if rung.kind is Reaction.NONE)
    assert interphase(rung, {}).kind.value == kind


def test_another_polymorph_of_the_same_composition_is_no_decomposition():
    other = make_phase("NaCl", -1.9, "wurtzite")
    table = PhaseTable.from_phases([*make_table(NaCl=-2.0).phases, other])
    stability = assess(table, parse("NaCl"), "NaCl", other)
    assert not stability.decomposes


def test_the_side_that_is_not_known_is_named():
    phases = [make_phase("Na2S", volume=1.0), make_phase("NaP", volume=1.0)]
    known = {
        fractions_key(parse("Na2S")): PhaseProperties("Na2S", Electronic.INSULATOR),
        fractions_key(parse("NaP")): PhaseProperties("NaP", ionic=Ionic.INSULATOR),
    }
    found = [classify(phases, [1, 1], known)]
    assert unknown_sides(found) == {"electrons": ("NaP",), "Na⁺": ("Na2S",)}
    assert unknown_sides([classify(phases, [1, 1], known, reacts=False)]) == {}
