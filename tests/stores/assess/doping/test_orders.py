"""A published order of dopants beside the predicted one."""

from __future__ import annotations

import pytest

from trona.stores.assess.doping.orders import PublishedOrder, judge_order, predicted_steps
from trona.stores.assess.validation import published_cases, validate
from trona.stores.energies.atmosphere import atmosphere, read_conditions
from trona.stores.energies.references import load_reference


@pytest.fixture(scope="module")
def bundled():
    return load_reference("bundled")


@pytest.fixture(scope="module")
def air(bundled):
    return atmosphere(bundled, read_conditions())


def order(*groups):
    return PublishedOrder(groups=[list(one) for one in groups], kind="calculated", source="here")


def test_phosphorus_withstands_water_less_than_tin_and_antimony(air):
    steps = predicted_steps("Na3PS4", ["P", "Sn", "Sb", "Hf"], air)
    assert list(steps) == ["Sn", "Sb", "P"]


def test_an_order_agrees_with_itself_and_not_with_its_opposite(air):
    elements = ["W", "Sn", "Ge", "Sb", "Zn", "Y", "Zr", "B", "P"]
    steps = predicted_steps("Na3PS4", elements, air)
    best_first = [[one] for one in steps]
    assert judge_order("Na3PS4", order(*best_first), air)[1] == "agree"
    assert judge_order("Na3PS4", order(*best_first[::-1]), air)[1] == "disagree"
    assert judge_order("Na3PS4", order(["P"], ["Sn"]), air)[1] == "cannot say"


def test_the_order_of_zhu_and_mo_is_a_row_of_the_validation(bundled):
    case = next(one for one in published_cases() if one.dopants)
    (found,) = validate(bundled, [case])
    (row,) = [one for one in found.comparisons if one.quantity == "dopants in water"]
    assert row.verdict == "agree"
    assert "0.5" in row.reason  # Kendall's tau
    assert "Farthest from its place: W" in row.reason
