"""The sign of a voltage, and its inverse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trona.screening.units import chemical_potential, voltage

energies = st.floats(-20, 5, allow_subnormal=False)


@given(st.floats(0, 6, allow_subnormal=False), energies)
def test_voltage_and_chemical_potential_are_inverse(volts, mu_metal):
    assert voltage(chemical_potential(volts, mu_metal), mu_metal) == pytest.approx(volts, abs=1e-12)


@given(energies)
def test_sodium_metal_is_at_zero_volts(mu_metal):
    assert voltage(mu_metal, mu_metal) == 0.0


@given(st.floats(1e-3, 6), energies)
def test_less_sodium_is_a_higher_voltage(drop, mu_metal):
    assert voltage(mu_metal - drop, mu_metal) > 0.0
