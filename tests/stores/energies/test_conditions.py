"""Conditions of reference energies: names, checksums and errors that tell them apart."""

from __future__ import annotations

import pytest

from trona.screening.errors import EnergyScaleError, InputError
from trona.stores.energies.accuracy import accuracy
from trona.stores.energies.alignment import join
from trona.stores.energies.conditions import under_conditions
from trona.stores.energies.references import load_reference
from trona.stores.thermochemistry.temperatures import temperature_of_name


def test_references_of_different_temperatures_are_different_ones():
    cold = load_reference("bundled-chgnet")
    found = [under_conditions(cold, temperature=t) for t in (0.0, 298.15, 333.15)]
    assert found[0] is cold
    assert len({one.checksum for one in found}) == 3
    assert [temperature_of_name(one.name) for one in found] == [0.0, 298.15, 333.15]
    assert [one.temperature for one in found] == [0.0, 298.15, 333.15]
    with pytest.raises(EnergyScaleError):
        join(found[0].phases, found[1].phases)


def test_sodium_metal_is_that_of_the_temperature():
    cold = load_reference("bundled-chgnet")
    warm = under_conditions(cold, temperature=400.0)
    assert warm.table.mu_sodium_metal == cold.table.mu_sodium_metal


def test_estimated_free_energies_add_their_error():
    cold = load_reference("bundled-chgnet")
    models = [
        accuracy(under_conditions(cold, temperature=t).scale).model for t in (0.0, 298.15, 353.15)
    ]
    for name in models[0].by_class:
        sigmas = [model.by_class[name] for model in models]
        assert sigmas == sorted(sigmas)
        assert sigmas[0] < sigmas[1]
    assert (
        "estimate of free energies"
        in accuracy(under_conditions(cold, temperature=300.0).scale).source
    )


def test_a_pressure_with_a_temperature_is_refused():
    with pytest.raises(InputError, match="give a temperature or a pressure"):
        under_conditions(load_reference("bundled-chgnet"), pressure=1.0, temperature="25C")


def test_the_name_of_a_reference_at_a_temperature_loads_it_again(tmp_path):
    warm = load_reference("bundled-chgnet").at_temperature(333.15)
    again = load_reference(warm.name, warm.correction)
    assert again.checksum == warm.checksum
    assert again.name == warm.name == "bundled-chgnet at 333.15 K"
    path = tmp_path / "mine at 300 K.csv"
    path.write_text("formula,formation_energy_per_atom\nNa3P,-0.4\n")
    assert load_reference(f"table:{path}").temperature == 0.0


def test_a_temperature_is_given_once():
    warm = load_reference("bundled-chgnet at 298.15 K")
    assert warm.at_temperature(298.15) is warm
    with pytest.raises(InputError, match=r"at 298\.15 K already"):
        warm.at_temperature(300.0)
