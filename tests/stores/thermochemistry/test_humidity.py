"""Moist air as it is typed and told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trona.screening.errors import InputError
from trona.stores.thermochemistry.gases import vapour_pressure
from trona.stores.thermochemistry.humidity import (
    dew_point,
    ice_pressure,
    parse_humidity,
    parse_pressure,
)


@given(st.floats(-80.0, 24.0))
def test_a_dew_point_is_found_again(celsius):
    pressure = parse_humidity(f"{celsius:.3f}C", 298.15)
    assert dew_point(pressure) - 273.15 == pytest.approx(celsius, abs=2e-3)


def test_ice_and_water_meet_at_the_triple_point():
    assert ice_pressure(273.16) == pytest.approx(611.66e-5, rel=1e-3)
    assert vapour_pressure("H2O", 273.16) == pytest.approx(ice_pressure(273.16), rel=0.01)


def test_ways_to_give_one_humidity():
    saturated = vapour_pressure("H2O", 298.15)
    assert parse_humidity("100%", 298.15) == pytest.approx(saturated)
    assert parse_humidity("1000ppm", 298.15) == parse_humidity("0.001bar", 298.15) == 1e-3
    assert parse_humidity("\N{MINUS SIGN}40C", 298.15) == parse_humidity("-40C", 298.15)


def test_no_dew_point_beyond_the_formula():
    assert dew_point(1e-30) is None
    assert dew_point(2.0) is None


@pytest.mark.parametrize("text", ["", "ppm", "5", "1 atm", "nanppm", "0bar", "-1ppm", "1.5bar"])
def test_pressures_that_cannot_be_used_are_refused(text):
    with pytest.raises(InputError, match="H2S"):
        parse_pressure(text, "H2S")
