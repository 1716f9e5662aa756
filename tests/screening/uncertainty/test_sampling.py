"""Sampled uncertainties: exact where errors are small, the same for the same question."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import given, settings

from tests.support.systems import ANY_SYSTEM, make_phase, make_table
from trona.screening.equilibrium.phases import PhaseTable
from trona.screening.errors import InputError, VoltageError
from trona.screening.formulas import parse
from trona.screening.stability.interphase import InterphaseClass
from trona.screening.stability.products import interphase
from trona.screening.stability.window import assess
from trona.screening.uncertainty.error_model import ErrorModel
from trona.screening.uncertainty.sampling import (
    SEED,
    classes_at_metal,
    draw_errors,
    phases_inside,
    sample,
    with_errors,
)
from trona.screening.uncertainty.sensitivity import dependence
from trona.stores.assess.properties import load_properties

TINY = 1e-6
"""Errors (eV/atom) that change no products."""
DRAWS = 400
NEAR = 0.12
"""Three standard errors of a standard deviation over so many draws."""


def ask(table, formula, model, **options):
    stability = assess(table, parse(formula), formula)
    return sample(table, stability, model, load_properties(), **options)


def first_order(limit, model):
    """Standard deviation of a limit by its slopes: exact where errors change no products."""
    compounds = [one for one in limit.phases if len(one.phase.amounts) > 1]
    shared = Counter()
    for one in compounds:
        for symbol, amount in one.phase.amounts.items():
            shared[symbol] += one.slope * amount / one.phase.n_atoms
    own = sum((one.slope * model.own(one.phase.amounts)) ** 2 for one in compounds)
    return sqrt(own + model.common**2 * sum(slope**2 for slope in shared.values()))


@pytest.fixture
def table(reference):
    return reference.table


@pytest.mark.parametrize("formula", ["Na3PS4", "Na2S", "Na2PS3"])
@pytest.mark.parametrize(
    "model",
    [
        ErrorModel(TINY),
        ErrorModel(0.0, TINY),
        ErrorModel(TINY, 2 * TINY),
        ErrorModel(TINY, TINY, {"sulfide": 3 * TINY}),
    ],
)
def test_small_errors_spread_as_exact_slopes_say(table, formula, model):
    found = ask(table, formula, model, samples=DRAWS)
    exact = dependence(table, assess(table, parse(formula), formula))
    for limit, spread in zip(exact, (found.reduction, found.oxidation), strict=True):
        if limit is None:  # sodium metal itself
            assert spread.std == 0.0
            continue
        std = first_order(limit, model)
        assert spread.std == pytest.approx(std, rel=NEAR)
        assert spread.mean == pytest.approx(limit.voltage, abs=4 * std / DRAWS**0.5)
        assert (spread.high - spread.low) / 2 == pytest.approx(std, rel=0.2)


@pytest.mark.parametrize("formula", ["Na3PS4", "Na2PS3", "Na2S", "Na4P2S6.5Cl"])
def test_each_draw_counts_as_if_it_were_assessed_alone(table, formula):
    model, volts, draws = ErrorModel(0.05, 0.01), (0.0, 2.0), 40
    found = ask(table, formula, model, samples=draws, voltages=volts)
    composition = parse(formula)
    elements = {*composition, "Na"}
    inside = phases_inside(table, elements)
    kinds, limits = [Counter(), Counter()], []
    for errors in draw_errors(inside, elements, model, draws, SEED):
        alone = assess(with_errors(inside, errors), composition, formula)
        limits.append((alone.stabilized.reduction, alone.stabilized.oxidation))
        for counter, at in zip(kinds, volts, strict=True):
            counter[interphase(alone.rung(at), load_properties()).kind] += 1
    reduction, oxidation = np.array(limits).T
    for spread, values in ((found.reduction, reduction), (found.oxidation, oxidation)):
        assert (spread.mean, spread.std) == (values.mean(), values.std(ddof=1))
    for shares, counter in zip(found.classes, kinds, strict=True):
        assert shares == {kind: n / draws for kind, n in counter.items()}


def test_one_reaction_spreads_as_its_energy_does():
    # 2 Na + S -> Na2S is the only reaction: V = -3 E/2 for errors of any size.
    found = ask(make_table(Na2S=-2.0), "Na2S", ErrorModel(0.1), samples=DRAWS)
    assert found.oxidation.mean == pytest.approx(3.0, abs=0.03)
    assert found.oxidation.std == pytest.approx(0.15, rel=NEAR)


def test_a_common_error_cancels_in_reactions_among_compounds(table):
    # Na3PS4 + Na -> Na2PS3 + Na2S keeps P and S in compounds: only the error of Na is left.
    found = ask(table, "Na3PS4", ErrorModel(0.0, 1e-3), samples=DRAWS)
    assert found.reduction.std == pytest.approx(1e-3, rel=NEAR)
    # Na3PS4 -> NaPS3 + S + 2 Na sets half an S per Na free.
    assert found.oxidation.std == pytest.approx(1.25**0.5 * 1e-3, rel=NEAR)


def test_the_same_question_has_the_same_answer(table):
    one, two = (ask(table, "Na3PS4", ErrorModel(0.02), samples=20) for _ in range(2))
    assert (one.reduction, one.oxidation, one.classes) == (
        two.reduction,
        two.oxidation,
        two.classes,
    )
    other = ask(table, "Na3PS4", ErrorModel(0.02), samples=20, seed=1)
    assert other.reduction != one.reduction


@settings(max_examples=20)
@given(ANY_SYSTEM)
def test_the_order_of_phases_and_other_phases_do_not_matter(system):
    phases, composition = system
    model = ErrorModel(0.1, 0.05)
    answers = []
    for given_phases in (phases, phases[::-1], [*phases, make_phase("Xe"), make_phase("Xe2Na")]):
        table = PhaseTable.from_phases(given_phases)
        stability = assess(table, composition, "X")
        answers.append(sample(table, stability, model, {}, samples=5))
    first = answers[0]
    assert 0.0 <= first.with_window <= 1.0
    assert sum(first.classes[0].values()) == pytest.approx(1.0)
    for other in answers[1:]:
        assert other.reduction == first.reduction
        assert other.oxidation == first.oxidation
        assert other.classes == first.classes


def test_polymorphs_share_the_error_of_their_composition(table):
    worse = replace(table.find(parse("Na3PS4")), id="beta", energy=-9.0)
    more = PhaseTable.from_phases([*table.phases, worse])
    one, two = (ask(t, "Na3PS4", ErrorModel(0.02), samples=20) for t in (table, more))
    assert one.reduction == two.reduction


@pytest.mark.parametrize("formula", ["Na3PS4", "Na2S", "S", "NaS"])
def test_without_errors_nothing_spreads(table, formula):
    found = ask(table, formula, ErrorModel(0.0), samples=5)
    stability = assess(table, parse(formula), formula)
    assert found.reduction.mean == pytest.approx(stability.stabilized.reduction)
    assert found.reduction.std == pytest.approx(0.0, abs=1e-12)
    assert (found.oxidation is None) == (stability.stabilized.oxidation == inf)
    assert found.with_window == float(stability.window is not None)
    assert set(found.classes[0].values()) == {1.0}


def test_classes_are_given_at_every_voltage_asked_for(table):
    found = ask(table, "Na3PS4", ErrorModel(0.02), voltages=(0.0, 1.2, 2.0), samples=50)
    assert found.voltages == (0.0, 1.2, 2.0)
    assert found.classes[0] == {InterphaseClass.MIXED_CONDUCTING: 1.0}
    assert len(found.classes[1]) > 1  # 1.2 V lies at the reduction limit
    assert found.classes[2] == {InterphaseClass.STABLE: 1.0}
    for kinds in found.classes:
        assert list(kinds.values()) == sorted(kinds.values(), reverse=True)


def test_limits_of_a_closed_window_count_where_the_electrolyte_touches():
    # NaS is 1 meV/atom above Na2S + NaS2: in some draws it is stable, in others not.
    table = make_table(Na2S=-1.2, NaS2=-0.9, NaS=-1.049)
    found = ask(table, "NaS", ErrorModel(0.02))
    assert 0.0 < found.with_window < 1.0
    assert found.reduction.mean < found.oxidation.mean


def test_one_draw_and_impossible_voltages_are_refused(table):
    with pytest.raises(InputError, match="1 draws"):
        ask(table, "Na3PS4", ErrorModel(0.02), samples=1)
    with pytest.raises(VoltageError):
        ask(table, "Na3PS4", ErrorModel(0.02), voltages=(-1.0,))


@settings(max_examples=100)
@given(ANY_SYSTEM)
def test_the_fast_way_to_classes_at_metal_gives_the_same(system):
    phases, composition = system
    table = PhaseTable.from_phases(phases)
    stability = assess(table, composition, "X")
    model, properties = ErrorModel(0.1, 0.05), load_properties()
    slow = sample(table, stability, model, properties, samples=20)
    assert classes_at_metal(table, stability, model, properties, samples=20) == slow.classes[0]
