"""Two states of an electrode."""

from __future__ import annotations

import pytest

from tests.support.systems import make_table
from trona.screening.equilibrium.grand import profile
from trona.screening.errors import FormulaError
from trona.screening.formulas import parse
from trona.screening.stability.charge import mean_voltage, sodium_between


def test_sodium_between_states_counts_per_formula_unit_of_the_first():
    assert sodium_between(parse("Na3V2(PO4)3"), parse("NaV2(PO4)3"), "NVP") == pytest.approx(2.0)
    assert sodium_between(parse("Na2S"), parse("S8"), "S") == pytest.approx(2.0)
    assert sodium_between(parse("Na0.5CrO2"), parse("NaCrO2"), "x") == pytest.approx(-0.5)


@pytest.mark.parametrize(
    ("first", "second"), [("NaCrO2", "TiO2"), ("NaCrO2", "Na2Cr2O4"), ("Na2S", "Na")]
)
def test_states_that_are_none_are_refused(first, second):
    with pytest.raises(FormulaError):
        sodium_between(parse(first), parse(second), f"{first}..{second}")


def test_the_mean_voltage_is_that_of_a_single_plateau():
    table = make_table(Na2S=-1.5)
    single = profile(table, parse("S")).intervals[0].voltage_upper
    assert mean_voltage(table, parse("Na2S"), parse("S"), "S") == pytest.approx(single)
    reverse = mean_voltage(table, parse("S"), parse("Na2S"), "S")
    assert reverse == pytest.approx(single)
