"""Interphase classes: all six, their thresholds, and the honesty of unknown."""

from __future__ import annotations

from itertools import product
from math import inf, nan

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.support.systems import make_phase
from trona.screening.errors import InputError
from trona.screening.formulas import fractions_key, parse
from trona.screening.stability.interphase import (
    Conduction,
    Electronic,
    InterphaseClass,
    Ionic,
    PhaseProperties,
    Thresholds,
    classify,
    electronic_class,
)

FORMULAS = ("Na2S", "Na3P", "Zr")
KNOWN_ELECTRONIC = (Electronic.METAL, Electronic.NARROW_GAP, Electronic.INSULATOR)
KNOWN_IONIC = (Ionic.CONDUCTOR, Ionic.INSULATOR)

electronic = st.sampled_from(Electronic)
ionic = st.sampled_from(Ionic)
volumes = st.lists(st.floats(0.5, 60), min_size=3, max_size=3)
thresholds = st.builds(Thresholds, st.floats(0.01, 0.99), st.floats(0.01, 0.99))
classes = st.lists(st.tuples(electronic, ionic), min_size=3, max_size=3)


def describe(pairs):
    """Properties of the three products from pairs of electronic and ionic class."""
    return {
        fractions_key(parse(f)): PhaseProperties(f, electronic=e, ionic=i)
        for f, (e, i) in zip(FORMULAS, pairs, strict=False)
    }


def make(pairs, sizes, limits=None, **options):
    """Interphase of products with such classes and volumes, one formula unit of each."""
    phases = [make_phase(f, volume=v) for f, v in zip(FORMULAS, sizes, strict=False)]
    return classify(phases, [1.0] * len(phases), describe(pairs), limits, **options)


def completions(pairs):
    """All ways to replace what is unknown by something known."""
    options = [
        product(
            KNOWN_ELECTRONIC if e is Electronic.UNKNOWN else (e,),
            KNOWN_IONIC if i is Ionic.UNKNOWN else (i,),
        )
        for e, i in pairs
    ]
    return product(*options)


def far_from_threshold(limits, sizes):
    """No sum of fractions within rounding of a threshold."""
    total = sum(sizes)
    sums = [sum(c) / total for c in product(*[(0.0, size) for size in sizes])]
    return all(abs(s - t) > 1e-9 for s in sums for t in (limits.metal, limits.percolation))


@pytest.mark.parametrize(
    ("electrons", "ions", "kind"),
    [
        (Electronic.INSULATOR, Ionic.CONDUCTOR, InterphaseClass.PASSIVATING),
        (Electronic.INSULATOR, Ionic.INSULATOR, InterphaseClass.BLOCKING),
        (Electronic.METAL, Ionic.CONDUCTOR, InterphaseClass.MIXED_CONDUCTING),
        (Electronic.NARROW_GAP, Ionic.CONDUCTOR, InterphaseClass.MIXED_CONDUCTING),
        (Electronic.METAL, Ionic.INSULATOR, InterphaseClass.ELECTRONIC_CONDUCTOR),
        (Electronic.NARROW_GAP, Ionic.INSULATOR, InterphaseClass.ELECTRONIC_CONDUCTOR),
        (Electronic.UNKNOWN, Ionic.CONDUCTOR, InterphaseClass.UNKNOWN),
        (Electronic.INSULATOR, Ionic.UNKNOWN, InterphaseClass.GROWTH_STOPS),
        (Electronic.METAL, Ionic.UNKNOWN, InterphaseClass.GROWTH_GOES_ON),
        (Electronic.UNKNOWN, Ionic.UNKNOWN, InterphaseClass.UNKNOWN),
    ],
)
def test_a_single_product_decides_the_class(electrons, ions, kind):
    assert make([(electrons, ions)], [10.0]).kind is kind


@given(classes, volumes)
def test_no_reaction_is_stable_whatever_is_known(pairs, sizes):
    found = make(pairs, sizes, reacts=False)
    assert found.kind is InterphaseClass.STABLE
    assert found.margin is None
    assert not found.kind.reacts
    apart = make(pairs, sizes, reacts=False, decomposes=True)
    assert apart.kind is InterphaseClass.DECOMPOSES
    assert not apart.kind.reacts


OPEN = {
    frozenset(
        {InterphaseClass.PASSIVATING, InterphaseClass.BLOCKING}
    ): InterphaseClass.GROWTH_STOPS,
    frozenset(
        {InterphaseClass.MIXED_CONDUCTING, InterphaseClass.ELECTRONIC_CONDUCTOR}
    ): InterphaseClass.GROWTH_GOES_ON,
}


def test_what_is_open_counts_as_the_worse_possibility():
    for kinds, found in OPEN.items():
        assert found.severity == max(kind.severity for kind in kinds)


@settings(max_examples=400)
@given(classes, volumes, thresholds)
def test_unknown_is_said_exactly_where_a_missing_property_matters(pairs, sizes, limits):
    assume(far_from_threshold(limits, sizes))
    kinds = {make(full, sizes, limits).kind for full in completions(pairs)}
    found = make(pairs, sizes, limits).kind
    wanted = OPEN.get(frozenset(kinds), InterphaseClass.UNKNOWN)
    assert found is (kinds.pop() if len(kinds) == 1 else wanted)


@given(classes, volumes, thresholds, st.randoms(use_true_random=False))
def test_learning_a_property_never_changes_a_settled_class(pairs, sizes, limits, random):
    assume(far_from_threshold(limits, sizes))
    found = make(pairs, sizes, limits).kind
    assume(found not in {InterphaseClass.UNKNOWN, *OPEN.values()})
    every = list(completions(pairs))
    revealed = random.choice(every)
    partly = [random.choice(pair) for pair in zip(pairs, revealed, strict=True)]
    assert make(partly, sizes, limits).kind is found


@given(classes, volumes, thresholds)
def test_passivating_means_known_to_block_and_known_to_conduct(pairs, sizes, limits):
    found = make(pairs, sizes, limits)
    dark = found.unknown_electronic_fraction
    blocks = found.metallic_fraction + dark < limits.metal
    blocks &= found.electronic_fraction + dark < limits.percolation
    conducts = found.ionic_fraction >= limits.percolation
    assert (found.kind is InterphaseClass.PASSIVATING) == (blocks and conducts)


def test_products_without_properties_are_unknown():
    found = classify([make_phase("Na2S"), make_phase("NaCl")], [1, 1], {})
    assert found.kind is InterphaseClass.UNKNOWN
    assert found.unknown_electronic_fraction == pytest.approx(1.0)
    assert found.unknown_ionic_fraction == pytest.approx(1.0)


def test_an_unknown_trace_does_not_hide_a_verdict():
    known = (Electronic.INSULATOR, Ionic.CONDUCTOR)
    dark = (Electronic.UNKNOWN, Ionic.UNKNOWN)
    assert make([known, dark], [99.0, 1.0]).kind is InterphaseClass.PASSIVATING
    assert make([known, dark], [90.0, 10.0]).kind is InterphaseClass.UNKNOWN


@given(classes, volumes, st.lists(st.floats(0.01, 20), min_size=3, max_size=3))
def test_fractions_sum_to_one(pairs, sizes, amounts):
    phases = [make_phase(f, volume=v) for f, v in zip(FORMULAS, sizes, strict=True)]
    found = classify(phases, amounts, describe(pairs))
    assert sum(share.fraction for share in found.shares) == pytest.approx(1.0)
    assert [share.amount for share in found.shares] == amounts
    assert found.metallic_fraction <= found.electronic_fraction <= 1.0 + 1e-12
    assert found.electronic_fraction + found.unknown_electronic_fraction <= 1.0 + 1e-12
    assert found.ionic_fraction + found.unknown_ionic_fraction <= 1.0 + 1e-12


@given(classes, volumes, st.floats(0.1, 50))
def test_only_proportions_matter(pairs, sizes, factor):
    phases = [make_phase(f, volume=v) for f, v in zip(FORMULAS, sizes, strict=True)]
    once = classify(phases, [1.0, 2.0, 3.0], describe(pairs))
    often = classify(phases, [factor, 2 * factor, 3 * factor], describe(pairs))
    assert [s.fraction for s in often.shares] == pytest.approx([s.fraction for s in once.shares])


def test_fractions_go_by_volume_where_every_volume_is_known():
    phases = [make_phase("NaCl", volume=45.0), make_phase("Zr", volume=15.0)]
    found = classify(phases, [1, 1], {})
    assert found.fraction_basis == "volume"
    assert [s.fraction for s in found.shares] == pytest.approx([0.75, 0.25])


def test_fractions_go_by_atoms_where_a_volume_is_missing():
    phases = [make_phase("NaCl", volume=45.0), make_phase("Zr")]
    found = classify(phases, [3, 2], {})
    assert found.fraction_basis == "atoms"
    assert [s.fraction for s in found.shares] == pytest.approx([0.75, 0.25])


def test_properties_are_found_by_composition_not_by_spelling():
    table = describe([(Electronic.INSULATOR, Ionic.CONDUCTOR)])
    found = classify([make_phase("Na4S2", volume=10.0)], [1], table)
    assert found.kind is InterphaseClass.PASSIVATING
    assert found.shares[0].properties.formula == "Na2S"


def test_metals_connect_before_narrow_gaps_do():
    ground = (Electronic.INSULATOR, Ionic.INSULATOR)
    for guest, kind in (
        (Electronic.METAL, InterphaseClass.ELECTRONIC_CONDUCTOR),
        (Electronic.NARROW_GAP, InterphaseClass.BLOCKING),
    ):
        assert make([ground, (guest, Ionic.INSULATOR)], [91.0, 9.0]).kind is kind


def test_metal_and_narrow_gap_phases_connect_together():
    pairs = [(e, Ionic.INSULATOR) for e in (Electronic.METAL, Electronic.NARROW_GAP)]
    pairs.append((Electronic.INSULATOR, Ionic.INSULATOR))
    assert make(pairs, [4.0, 10.0, 86.0]).electrons is Conduction.BLOCKED
    assert make(pairs, [4.0, 13.0, 83.0]).electrons is Conduction.CONDUCTED


def test_a_connected_metal_settles_the_electrons_whatever_the_rest_is():
    pairs = [(Electronic.METAL, Ionic.INSULATOR), (Electronic.UNKNOWN, Ionic.INSULATOR)]
    found = make(pairs, [9.0, 91.0])
    assert found.electrons is Conduction.CONDUCTED
    assert found.kind is InterphaseClass.ELECTRONIC_CONDUCTOR


@given(volumes, thresholds)
def test_the_margin_tells_on_which_side_the_verdict_lies(sizes, limits):
    pairs = list(zip(KNOWN_ELECTRONIC, [Ionic.CONDUCTOR] * 3, strict=True))
    found = make(pairs, sizes, limits)
    assert (found.margin >= 0) == (found.electrons is Conduction.CONDUCTED)


@given(volumes, st.floats(0.02, 0.9), st.floats(1e-3, 0.1))
def test_a_lower_threshold_never_turns_conducting_into_blocking(sizes, limit, drop):
    pairs = list(zip(KNOWN_ELECTRONIC, [Ionic.CONDUCTOR] * 3, strict=True))
    higher = make(pairs, sizes, Thresholds(limit, limit)).electrons
    lower = make(pairs, sizes, Thresholds(limit / (1 + drop), limit / (1 + drop))).electrons
    assert (higher, lower) != (Conduction.CONDUCTED, Conduction.BLOCKED)


@pytest.mark.parametrize("name", ["metal", "percolation"])
@pytest.mark.parametrize("value", [0.0, -0.1, 1.01, nan])
def test_thresholds_are_fractions(name, value):
    with pytest.raises(InputError, match=name):
        Thresholds(**{name: value})


@pytest.mark.parametrize(
    ("gap", "kind"),
    [
        (None, Electronic.UNKNOWN),
        (0.0, Electronic.METAL),
        (0.4, Electronic.NARROW_GAP),
        (1.0, Electronic.INSULATOR),
        (5.0, Electronic.INSULATOR),
    ],
)
def test_gaps_decide_the_electronic_class(gap, kind):
    assert electronic_class(gap) is kind


def test_a_gap_that_is_no_number_is_unknown():
    assert electronic_class(nan) is Electronic.UNKNOWN


@pytest.mark.parametrize(
    ("amounts", "kind"),
    [
        ({"NaCl": 6, "Zr": 0.75, "Y": 0.25}, InterphaseClass.ELECTRONIC_CONDUCTOR),
        ({"Na2S": 4, "Na3P": 1}, InterphaseClass.MIXED_CONDUCTING),
        ({"Na2S": 1}, InterphaseClass.BLOCKING),
        ({"Na2S": 4, "NaI": 2}, InterphaseClass.UNKNOWN),
    ],
)
def test_published_interphases_are_recognised(amounts, kind):
    # Na2.25Y0.25Zr0.75Cl6 (Deysher et al.) and Na3PS4 (Wenzel et al. 2016) against sodium; PBE gaps
    # of the Materials Project 2019. Nothing is said of NaI.
    gaps = {"NaCl": 5.0, "Na2S": 2.44, "Na3P": 0.41, "Zr": 0.0, "Y": 0.0}
    volumes = {"NaCl": 44.9, "Na2S": 71.0, "Na3P": 90.0, "Zr": 23.3, "Y": 33.0, "NaI": 68.0}
    known = {
        fractions_key(parse(f)): PhaseProperties(
            f,
            electronic=electronic_class(gap),
            ionic=Ionic.CONDUCTOR if f == "Na3P" else Ionic.INSULATOR,
        )
        for f, gap in gaps.items()
    }
    phases = [make_phase(f, volume=volumes[f]) for f in amounts]
    assert classify(phases, list(amounts.values()), known).kind is kind


@pytest.mark.parametrize("reacts", [True, False])
@pytest.mark.parametrize("amounts", [[], [0.0, 0.0], [-1.0, 1.0], [nan, 1.0], [inf, 1.0]])
def test_nothing_is_no_interphase(amounts, reacts):
    phases = [make_phase(f, volume=10.0) for f in FORMULAS[: len(amounts)]]
    with pytest.raises(InputError, match="amount"):
        classify(phases, amounts, {}, reacts=reacts)


def test_an_absent_product_is_no_part_of_it():
    known = (Electronic.INSULATOR, Ionic.CONDUCTOR)
    phases = [make_phase(f, volume=10.0) for f in FORMULAS[:2]]
    found = classify(phases, [1.0, 0.0], describe([known, (Electronic.METAL, Ionic.INSULATOR)]))
    assert [share.fraction for share in found.shares] == [1.0, 0.0]
    assert found.kind is InterphaseClass.PASSIVATING


@given(electronic, ionic, st.floats(1.0, 50.0))
def test_a_products_type_is_the_class_of_an_interphase_of_it_alone(electrons, ions, size):
    found = make([(electrons, ions)], [size])
    assert found.shares[0].properties.kind is found.kind


@given(classes, volumes, thresholds)
def test_the_margin_of_ions_tells_on_which_side_their_verdict_lies(sizes, pairs, limits):
    found = make(sizes, pairs, limits)
    assert found.ionic_margin == found.ionic_fraction - limits.percolation
    assert (found.ionic_margin >= 0) == (found.ions is Conduction.CONDUCTED)
    assert make(sizes, pairs, limits, reacts=False).ionic_margin is None
