"""Answers in a sentence: what forms, what the layer does, how sure, and what cannot be said."""

from __future__ import annotations

import pytest

from trona.screening.formulas import canonical, parse
from trona.screening.stability.interphase import InterphaseClass
from trona.stores.assess.assessment import assess_formula
from trona.stores.assess.windows import window_answer
from trona.stores.documents.sentences import class_clause, joined_words
from trona.stores.energies.references import load_reference


@pytest.fixture(scope="module")
def bundled():
    """The bundled set."""
    return load_reference("bundled")


def answer(formula, reference, **asked):
    return window_answer(assess_formula(formula, reference), **asked).answer


def test_a_reaction_at_sodium_metal_is_told_with_products_sodium_and_growth(bundled):
    told = answer("Na3PS4", bundled)
    assert told.startswith("At sodium metal Na3PS4 turns into Na3P and Na2S, taking up 8 Na")
    assert "conducts electrons and sodium ions, so it keeps growing" in told
    assert told.endswith("It exchanges no sodium between 1.23 and 2.50 V.")


def test_an_electrode_changes_nothing_about_sodium_metal(bundled):
    told = answer("Na3PS4", bundled, against="NaCrO2")
    assert told.startswith("At sodium metal Na3PS4 turns into Na3P and Na2S, taking up 8 Na")


def test_what_is_stable_says_up_to_which_voltage(bundled):
    told = answer("Na3PO4", bundled)
    assert told == "Na3PO4 is stable at sodium metal and exchanges no sodium up to 3.29 V."


def test_a_class_that_is_not_sure_is_told_with_its_share(bundled):
    assert "probably stable at sodium metal (in 70 % of the draws)" in answer("NaBH4", bundled)


def test_a_voltage_that_was_asked_for_is_named(bundled):
    assert answer("Na3PS4", bundled, at=3.0).startswith("At 3 V Na3PS4 turns into P2S5 and S, rel")


def test_a_mixture_has_no_window_of_its_own(bundled):
    assert "As a mixture of stable phases it exchanges" in answer("Na3PS3.4O0.6", bundled)
    assert "It exchanges sodium at every voltage" in answer("Na3SbS4·8H2O", bundled)


def test_what_decomposes_by_itself_is_no_reaction_with_sodium(bundled):
    told = answer("Na4(B10H10)(B12H12)", bundled)
    assert told.startswith("Na4(B10H10)(B12H12) decomposes by itself into Na2B12H12, releasing")
    assert "other phases take its place" not in told


def test_what_the_reference_does_not_cover_is_said_first(bundled):
    told = answer("NaTaO3", without_tantalum_oxides(bundled))
    assert told.startswith(
        "What NaTaO3 becomes at sodium metal cannot be said: the reference has no"
    )
    assert "phase with Ta–O" in told or "phase with O–Ta" in told


def without_tantalum_oxides(reference):
    phases = {phase.formula for phase in reference.phases if {"Ta", "O"} <= set(phase.amounts)}
    return reference.without(sorted({canonical(parse(one)) for one in phases}))


@pytest.mark.parametrize("kind", list(InterphaseClass))
def test_every_class_has_a_clause(kind):
    assert class_clause(kind.value, {})
    assert "probably" in class_clause(kind.value, {kind.value: 0.8, "other": 0.2}) or kind


def test_a_divided_verdict_names_its_shares():
    told = class_clause("passivating", {"passivating": 0.5, "mixed-conducting": 0.5})
    assert told == (
        "the class of the layer is uncertain: passivating in 50 % or mixed (MCI) in 50 % of the "
        "draws"
    )


def test_words_are_joined_as_in_a_sentence():
    assert joined_words(["a", "b", "c"]) == "a, b and c"
