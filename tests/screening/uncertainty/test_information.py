"""What an own energy tells: nothing where it does not matter, all where nothing else does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from tests.support.systems import ANY_SYSTEM, make_phase, make_table
from trona.screening.equilibrium.phases import PhaseTable
from trona.screening.errors import InputError
from trona.screening.formulas import parse
from trona.screening.stability.window import assess
from trona.screening.uncertainty.error_model import ErrorModel
from trona.screening.uncertainty.information import Information, own_information, places_moved
from trona.stores.assess.properties import load_properties


def ask(table, formula, model, **options):
    stability = assess(table, parse(formula), formula)
    return own_information(table, stability, model, load_properties(), **options)


def test_where_the_own_energy_alone_is_unsure_knowing_it_leaves_nothing_open():
    table = make_table(NaCl=-0.01)
    found = ask(table, "NaCl", ErrorModel(0.08))
    assert found.disagree > 0.3
    assert found.disagree_after == 0.0
    assert len(set(found.scores)) > 1
    assert list(found.scores) == sorted(found.scores, reverse=True)  # lower energy, better score


@pytest.mark.parametrize("formula", ["Na3PS4", "Na2S"])
def test_where_the_class_is_sure_the_own_energy_tells_nothing_of_it(reference, formula):
    found = ask(reference.table, formula, ErrorModel(1e-6), draws=6)
    assert (found.disagree, found.class_gain) == (0.0, 0.0)
    assert np.ptp(found.scores) < 1e-4


def test_what_rests_on_other_energies_stays_open():
    table = make_table(NaCl=-1.5, Na2S=-1.0, Na3PS4=-0.8, Na3P=-0.333, PCl3=-0.9)
    found = ask(table, "Na3PS4", ErrorModel(0.05))
    # It is reduced by more than its own error can undo: the products are others' affair.
    assert found.class_gain == pytest.approx(0.0, abs=1e-12)


@settings(max_examples=15)
@given(ANY_SYSTEM)
def test_knowing_an_energy_never_leaves_more_open(system):
    phases, _ = system
    table = PhaseTable.from_phases(phases)
    stability = assess(table, phases[-1].amounts, "X")
    assert stability.phase is not None
    found = own_information(
        table, stability, ErrorModel(0.1, 0.05), load_properties(), strata=3, draws=4
    )
    assert found.disagree_after <= found.disagree + 1e-12
    assert sum(found.classes.values()) == pytest.approx(1.0)
    again = own_information(
        table, stability, ErrorModel(0.1, 0.05), load_properties(), strata=3, draws=4
    )
    assert np.array_equal(found.scores, again.scores)


def test_a_polymorph_above_the_ground_state_is_judged_by_its_own_energy():
    low = make_table(NaCl=-1.0)
    high = make_phase("NaCl", -0.95, "high")
    table = PhaseTable.from_phases([*low.phases, high])
    stability = assess(table, parse("NaCl"), "NaCl", high)
    found = own_information(table, stability, ErrorModel(1e-4), load_properties(), draws=4)
    ground = ask(low, "NaCl", ErrorModel(1e-4), draws=4)
    assert found.score < ground.score


def test_a_mixture_has_no_energy_to_know_better(reference):
    with pytest.raises(InputError, match="no energy of its own"):
        ask(reference.table, "Na7P3S11", ErrorModel(0.01))


def told(*scores):
    return Information({}, 0.0, 0.0, np.array(scores, dtype=float))


def test_places_moved_are_counted_among_the_mean_scores_of_the_others():
    # The first passes the second in one of two cases, the others never move.
    found = [told(0.2, 0.6), told(0.5, 0.5), told(0.9, 0.9)]
    assert places_moved(found) == [0.5, 0.0, 0.0]
    assert places_moved([told(0.1, 0.9)]) == [0.0]
