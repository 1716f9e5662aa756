"""Reactions as text: sodium on the right side, and balanced when read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.systems import ANY_SYSTEM
from trona.screening.equilibrium.grand import profile
from trona.screening.equilibrium.phases import PhaseTable
from trona.screening.formulas import parse
from trona.screening.reactions import write_reaction


def atoms(side):
    """Element amounts of one side of an equation."""
    total = {}
    for term in side.split(" + "):
        coefficient, _, formula = term.rpartition(" ")
        for symbol, amount in parse(formula).items():
            total[symbol] = total.get(symbol, 0.0) + float(coefficient or 1) * amount
    return total


@pytest.mark.parametrize(
    ("products", "sodium", "equation"),
    [
        ([("Na3P", 1), ("Na2S", 4)], 8, "Na3PS4 + 8 Na -> Na3P + 4 Na2S"),
        ([("NaPS3", 1), ("S", 1)], -2, "Na3PS4 -> NaPS3 + S + 2 Na"),
        ([("Na3PS4", 1)], 0, "Na3PS4 -> Na3PS4"),
        ([("P", 1), ("S", 4)], -1.0000001, "Na3PS4 -> P + 4 S + Na"),
        ([("Na2S", 1 / 3)], 1e-9, "Na3PS4 -> 0.3333 Na2S"),
    ],
)
def test_sodium_stands_where_it_is_consumed_or_released(products, sodium, equation):
    assert write_reaction("Na3PS4", products, sodium) == equation


@given(ANY_SYSTEM)
def test_equations_of_a_profile_are_balanced(system):
    phases, composition = system
    formula = "".join(f"{symbol}{amount:g}" for symbol, amount in composition.items())
    for interval in profile(PhaseTable.from_phases(phases), composition).intervals:
        terms = [
            (p.formula, float(x)) for p, x in zip(interval.phases, interval.amounts, strict=True)
        ]
        left, right = write_reaction(formula, terms, interval.sodium_exchanged).split(" -> ")
        assert atoms(left) == pytest.approx(atoms(right), rel=2e-3, abs=2e-3)


@given(st.floats(1e-3, 1e3), st.floats(-50, 50))
def test_a_coefficient_is_never_one_nor_negative(amount, sodium):
    terms = write_reaction("Na3PS4", [("Na2S", amount)], sodium).replace("->", "+").split(" + ")
    assert not any(term.startswith(("1 ", "-", "0 ")) for term in terms)
