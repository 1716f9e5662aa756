"""Published values beside predictions: complete data, and verdicts by their rules."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

import pytest

from tests.support.published import NYZC, TABLE, needs_table
from trona.screening.formulas import parse
from trona.stores.assess.assessment import assess_formula, window_document
from trona.stores.assess.interfaces import interface_document
from trona.stores.assess.screenings import screening_document
from trona.stores.assess.validation import (
    TOLERANCE,
    Case,
    charge_imbalance,
    observations,
    pair_observations,
    published_cases,
    validate,
)
from trona.stores.assess.windows import window_answer
from trona.stores.energies.references import load_reference

CLASSES = {"stable", "passivating", "blocking", "mixed-conducting", "electronic-conductor"}


@pytest.fixture(scope="module")
def reference():
    return load_reference("bundled")


@pytest.fixture(
    scope="module",
    params=["bundled", pytest.param(f"table:{TABLE}", marks=needs_table, id="table")],
)
def findings(request):
    found = validate(load_reference(request.param))
    assert [finding.case for finding in found] == list(published_cases())
    return {finding.case.formula: finding for finding in found}


def compared(finding, quantity, **stated):
    """Select the comparisons of a quantity, for instance the observed ones."""
    chosen = [c for c in finding.comparisons if c.quantity == quantity]
    return [c for c in chosen if all(getattr(c, key) == value for key, value in stated.items())]


def sources(case):
    """Collect every source of a case."""
    stated = chain([case.window, case.conductivity], case.contacts)
    return [x for x in (case.source, *(s.source for s in stated if s is not None)) if x]


def judge(reference, **case):
    """Validate one case of one's own."""
    (finding,) = validate(reference, [Case.model_validate({"group": "test", **case})])
    return finding


def window(reduction, oxidation):
    return {"reduction": reduction, "oxidation": oxidation, "kind": "calculated", "source": "x"}


def contact(**stated):
    return [{"kind": "calculated", "source": "x", **stated}]


def test_every_row_has_a_source_that_a_reader_can_find():
    for case in published_cases():
        assert sources(case), case.formula
        assert not any("SEED" in text or "science.md" in text for text in sources(case))


def test_every_composition_stands_once():
    formulas = [case.formula for case in published_cases()]
    assert len(set(formulas)) == len(formulas)
    assert all(parse(formula) for formula in formulas)


@pytest.mark.parametrize(("table", "rows"), [(1, 33), (2, 11)])
def test_all_rows_of_the_reviews_tables_are_there(table, rows):
    listed = [case for case in published_cases() if case.group == f"review table {table}"]
    assert len(listed) == rows
    assert all(f"Table {table}" in case.conductivity.source for case in listed)
    assert all(case.conductivity.value > 0 for case in listed)


def test_published_formulas_and_classes_can_be_compared():
    for stated in chain.from_iterable(case.contacts for case in published_cases()):
        assert stated.products is not None or stated.interphase is not None
        assert stated.interphase in {None, *CLASSES}
        assert all(parse(formula) for formula in stated.products or [])


def test_published_windows_are_ranges():
    for case in published_cases():
        if case.window and None not in (case.window.reduction, case.window.oxidation):
            assert 0.0 <= case.window.reduction < case.window.oxidation


@pytest.mark.parametrize(
    ("formula", "excess"),
    [
        ("Na3PS4", 0.0),
        (NYZC, 0.0),
        ("Na3SbS4·8H2O", 0.0),
        ("Na2.88Sb0.88W0.12S4", 0.0),
        ("Na3.7Sn0.8Sb0.2S3.9Br0.1", 0.0),
        ("Na3Zr2Si2PO12", 0.0),
        ("NaTaCl6", 0.0),
        ("Na3.06Sb0.88Mo0.12S4", 0.18),
        ("Na3.06Sb0.88W0.12S4", 0.18),
        ("Na3SbP0.16S3.6O0.4", 0.80),
        ("Na3.7Sn0.9Sb0.2S3.9Br0.1", 0.40),
        ("Na3.7Sn0.9Sb0.2S3.9Cl0.1", 0.40),
        ("Na11Sn2Sb0.5Ti0.5S12", -0.50),
        ("Na10.8Sn1.9PS11.8", -0.20),
        ("Na12Sn2PSe12", 1.00),
        ("Na2.895W0.3Sb0.7S4", 0.195),
        ("Na2.9PS3.95Se0.05", -0.10),
        ("Na3TaCl6", 2.00),
    ],
)
def test_charge_imbalance_is_the_one_counted_by_hand(formula, excess):
    assert charge_imbalance(formula) == pytest.approx(excess, abs=1e-6)


@pytest.mark.parametrize("formula", ["Na15Sn4", "Na3P", "NaBH4", "NaHS", "NaCrO2", "S8", "NaH"])
def test_where_no_usual_charge_applies_none_is_counted(formula):
    assert charge_imbalance(formula) is None


@pytest.mark.long
def test_every_comparison_has_a_verdict_with_a_reason(findings):
    for finding in findings.values():
        assert finding.reasons
        assert all(reason.strip() == reason != "" for reason in finding.reasons)
        assert {c.verdict for c in finding.comparisons} <= {"agree", "disagree", "cannot say"}
        assert (finding.verdict == "disagree") == any(
            c.verdict == "disagree" for c in finding.comparisons
        )


def test_na3ps4_agrees_in_everything(findings):
    finding = findings["Na3PS4"]
    judged = [c for c in finding.comparisons if c.quantity != "dopants in water"]
    assert {c.verdict for c in judged} == {"agree"}
    assert finding.interphase == "mixed-conducting"
    assert set(finding.products) == {"Na3P", "Na2S"}


def test_nyzc_agrees_at_sodium_and_its_window_is_that_of_a_mixture(findings):
    finding = findings[NYZC]
    assert finding.verdict == "agree"
    assert compared(finding, "interphase")[0].verdict == "agree"
    assert compared(finding, "products")[0].verdict == "agree"
    (oxidation,) = compared(finding, "oxidation limit")
    assert oxidation.verdict == "cannot say"
    assert "not a phase of the reference" in oxidation.reason


@pytest.mark.parametrize("formula", ["Na3PS3.4O0.6", "Na3SbS4"])
def test_passivation_in_experiment_disagrees_and_is_called_an_observation(findings, formula):
    (seen,) = compared(findings[formula], "interphase", kind="observed")
    assert (seen.published, seen.predicted) == ("passivating", "mixed-conducting")
    assert seen.verdict == "disagree"
    assert "observed" in seen.reason
    assert "equilibrium" in seen.reason


def test_an_alloy_electrode_is_named(findings):
    (seen,) = compared(findings["Na3SbS4"], "interphase", kind="observed")
    assert "Na-Sn alloy" in seen.reason


def test_imbalanced_compositions_are_not_judged(findings):
    odd = [f for f in findings.values() if abs(f.charge_imbalance or 0.0) > 0.01]
    assert len(odd) == 11
    for finding in odd:
        assert finding.verdict == "cannot say"
        assert f"{finding.charge_imbalance:+.3g} per formula unit" in finding.reasons[0]
        assert finding.case.note in finding.reasons[0]


def test_a_row_without_published_stability_is_not_judged(findings):
    assert findings["Na11Sn2PS12"].verdict == "cannot say"
    assert findings["Na11Sn2PS12"].comparisons == []


def test_an_element_that_the_reference_lacks_is_a_finding(reference):
    finding = judge(reference, formula="NaOsO2", window=window(1.0, 2.0))
    assert finding.prediction is None
    assert finding.verdict == "cannot say"
    assert "Os" in finding.reasons[0]
    assert {c.predicted for c in finding.comparisons} == {""}


def test_a_hydroborate_that_decomposes_by_itself_is_not_called_reduced(findings):
    (seen,) = compared(findings["Na4(B10H10)(B12H12)"], "interphase")
    assert (seen.predicted, seen.verdict) == ("decomposes", "cannot say")


def test_limits_agree_up_to_the_tolerance(reference):
    limit = judge(reference, formula="Na3PS4").prediction.oxidation_limit
    near, far = (
        judge(reference, formula="Na3PS4", window=window(None, limit + shift))
        for shift in (0.99 * TOLERANCE, 1.01 * TOLERANCE)
    )
    assert (near.verdict, far.verdict) == ("agree", "disagree")


def test_a_missing_phase_excuses_a_window_that_is_too_wide_but_none_too_narrow(reference):
    lacking = replace(reference, missing={"NaSb5S8": "for the test"})
    wide = judge(lacking, formula="Na3SbS4", window=window(2.1, 2.2))
    assert compared(wide, "reduction limit")[0].verdict == "cannot say"
    assert "NaSb5S8" in wide.reasons[0]
    narrow = judge(lacking, formula="Na3SbS4", window=window(0.5, 4.0))
    assert {c.verdict for c in narrow.comparisons} == {"disagree"}


def test_products_are_compared_by_composition(reference):
    def verdict(*formulas, complete=True):
        stated = contact(products=list(formulas), complete=complete)
        return judge(reference, formula="Na3PS4", contacts=stated).verdict

    assert verdict("Na6P2", "Na2S1") == "agree"
    assert verdict("Na2S", complete=False) == "agree"
    assert verdict("Na2S") == "disagree"
    assert verdict("NaP", "Na2S") == "disagree"
    assert verdict("Na7P3", "Na2S") == "cannot say"


def test_a_mixture_may_withstand_sodium_as_a_phase(reference):
    stated = contact(interphase="stable")
    assert judge(reference, formula="Na3PS3.4O0.6", contacts=stated).verdict == "cannot say"
    assert judge(reference, formula="Na3PS4", contacts=stated).verdict == "disagree"


@needs_table
def test_an_unknown_class_is_not_judged_but_a_reaction_is():
    dft = load_reference(f"table:{TABLE}")

    def verdict(interphase):
        return judge(dft, formula="Na3InS3", contacts=contact(interphase=interphase))

    assert verdict("mixed-conducting").verdict == "cannot say"
    assert "Not known at 0 V" in verdict("mixed-conducting").reasons[0]
    assert verdict("passivating").verdict == "disagree"  # electrons pass, whatever sodium does
    assert verdict("stable").verdict == "disagree"


def test_what_experiments_say_is_found_in_any_multiple(reference):
    for formula in ("Na3Zr2Si2PO12", "Na6Zr4Si4P2O24"):
        found = observations(window_document(assess_formula(formula, reference)), reference)
        (seen,) = [one for one in found if one.quantity == "interphase"]
        assert (seen.observed, seen.electrode) == ("stable", "sodium metal")
        assert seen.verdict == "disagree"
        assert seen.sentence.startswith("Observed on sodium metal: stable (Chi et al.")
        assert "trona disagrees" in seen.sentence
    assert observations(window_document(assess_formula("Na3AsS4", reference)), reference) == []


def test_calculations_of_others_are_no_experiments(reference):
    found = observations(window_document(assess_formula("Na3PO4", reference)), reference)
    assert found == []  # published, but calculated


def test_an_observation_says_what_the_electrolyte_touched(reference):
    found = observations(window_document(assess_formula("Na3SbS4", reference)), reference)
    assert {one.electrode for one in found} == {"Na-Sn alloy"}
    assert all(one.sentence.startswith("Observed on Na-Sn alloy") for one in found)


@pytest.mark.parametrize(
    ("pair", "electrodes"),
    [
        (("Na3SbS4", "Na15Sn4"), {"Na-Sn alloy"}),
        (("Na15Sn4", "Na3SbS4"), {"Na-Sn alloy"}),
        (("Na3PS4", "Na"), {"sodium metal"}),
        (("Na3SbS4", "Na"), set()),
        (("Na3PS4", "NaCrO2"), set()),
    ],
)
def test_a_pair_is_known_only_with_the_electrode_of_the_experiment(pair, electrodes, reference):
    assert {one.electrode for one in pair_observations(*pair, reference)} == electrodes


def test_observations_stand_in_every_answer(reference):
    answer = window_answer(assess_formula("Na3Zr2Si2PO12", reference))
    assert answer.observed
    screened = screening_document("x", "Na3Zr2Si2PO12", "formula", reference)
    assert screened.window.observed == answer.observed
    assert interface_document("Na3PS4", "Na", reference).observed
    assert interface_document("Na3PS4", "NaCrO2", reference).observed == []


def test_what_the_reference_cannot_tell_of_an_observation_has_a_reason(tmp_path):
    path = tmp_path / "pos.csv"
    path.write_text("formula,formation_energy_per_atom\nNa2S,-1.2\nNa3P,-0.4\n")
    found = window_document(assess_formula("Na3PS4", reference := load_reference(f"table:{path}")))
    seen = [one.sentence for one in observations(found, reference)]
    assert any("cannot say: The reference has no phase with P and S" in one for one in seen)
    assert not any("  " in one or one.endswith((": ", ":")) for one in seen)


def test_an_observation_without_a_reason_ends_with_the_verdict(reference):
    (first, *_) = observations(window_document(assess_formula("Na3PS4", reference)), reference)
    bare = first.model_copy(update={"verdict": "cannot say", "reason": ""})
    assert bare.sentence.endswith("; trona cannot say.")
