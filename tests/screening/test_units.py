"""The sign of a voltage, and its inverse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trona.screening.errors import InputError
from trona.screening.units import chemical_potential, require_small_energy, voltage

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


@pytest.mark.parametrize(("value", "words"), [(25.0, "25 meV are 0.025 eV"), (-1.0, "0 or more")])
def test_energies_in_another_unit_are_refused_with_the_remedy(value, words):
    with pytest.raises(InputError, match=words):
        require_small_energy(value, "sigma")
    require_small_energy(0.03, "sigma")
