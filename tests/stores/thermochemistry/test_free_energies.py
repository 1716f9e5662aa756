"""What a temperature adds to phases: by table, by descriptor, or not at all."""

from __future__ import annotations

import numpy as np
import pytest

from trona.screening.equilibrium.phases import EnergyScale, Phase, PhaseTable
from trona.screening.errors import PhaseDataError
from trona.screening.formulas import parse
from trona.stores.thermochemistry.descriptor import estimated_increment, reduced_mass
from trona.stores.thermochemistry.free_energies import heat, phases_at, temperature_of, warmed

SCALE = EnergyScale("X", "none", "elements")
ROOM = 298.15


def phase(formula, energy=0.0, volume=None):
    return Phase(formula, formula, parse(formula), energy, SCALE, volume=volume)


@pytest.mark.parametrize("formula", ["NaCl", "Na3PS4", "Na2B12H12", "Na3YCl6"])
@pytest.mark.parametrize("temperature", [300.0, 450.0, 1000.0])
def test_the_descriptor_is_that_of_pymatgen(formula, temperature):
    from pymatgen.core import Composition, Lattice, Structure
    from pymatgen.entries.computed_entries import GibbsComputedStructureEntry as Oracle

    sites = [e for e, n in Composition(formula).items() for _ in range(int(n))]
    structure = Structure(
        Lattice.cubic((20.0 * len(sites)) ** (1 / 3)), sites, np.zeros((len(sites), 3))
    )
    mass = reduced_mass(parse(formula))
    assert mass == pytest.approx(Oracle._reduced_mass(structure), rel=1e-4)
    expected = Oracle._g_delta_sisso(20.0, mass, temperature)
    assert estimated_increment(parse(formula), temperature, 20.0) == pytest.approx(expected)


def test_the_descriptor_is_as_far_from_the_tables_as_stated():
    # Volumes in Å3 per atom from densities in the CRC Handbook.
    volumes = {"NaCl": 22.4, "Na2S": 23.3, "Na2O": 15.1, "NaF": 12.4, "NaBr": 26.6, "NaI": 33.9}
    errors = []
    for formula, volume in volumes.items():
        amounts = parse(formula)
        atoms = sum(amounts.values())
        table = heat(amounts, ROOM)
        from trona.stores.thermochemistry.elements import elements_increment

        estimate = estimated_increment(amounts, ROOM, volume)
        errors.append(estimate - (table.energy + elements_increment(amounts, ROOM)) / atoms)
    assert np.sqrt(np.mean(np.square(errors))) < 0.03


def test_heat_comes_from_tables_first():
    assert heat(parse("NaCl"), ROOM).energy == pytest.approx(0.28, abs=0.01)
    assert heat(parse("NaCl"), ROOM).sigma == 0.0
    estimate = heat(parse("Na3PS4"), ROOM, 8 * 25.0)
    assert not estimate.measured
    assert 0.0 < estimate.energy / 8 < 0.05
    assert estimate.sigma > 0.0


def test_without_table_and_volume_there_is_no_heat():
    assert heat(parse("Na3PS4"), ROOM) is None
    with pytest.raises(PhaseDataError, match="no volume and no measured free energy"):
        warmed(phase("Na3PS4"), ROOM)


def test_elements_stay_and_scales_name_the_temperature():
    given = [phase("Na"), phase("Cl2"), phase("NaCl", -4.26)]
    found, said = phases_at(given, ROOM)
    table = PhaseTable.from_phases(found)
    assert temperature_of(table.scale) == ROOM
    assert temperature_of(SCALE) == 0.0
    assert table.find({"Na": 1.0}).energy == 0.0
    assert table.find(parse("NaCl")).energy == pytest.approx(-3.98, abs=0.01)
    assert "of 1 of 1 compounds is measured" in said


def test_gases_that_a_source_lacks_are_added():
    found, _ = phases_at([phase("H2"), phase("S"), phase("Na")], ROOM)
    added = {one.formula: one for one in found if one.id.startswith("measured-")}
    assert set(added) == {"H2S"}
    assert added["H2S"].energy == pytest.approx(-0.345, abs=0.005)
