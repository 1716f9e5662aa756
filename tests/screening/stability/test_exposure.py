"""What a composition does beside water: onset, first step, drying; on a system made by hand."""

from __future__ import annotations

import pytest

from tests.support.systems import make_phase
from trona.screening.equilibrium.phases import PhaseTable
from trona.screening.equilibrium.reservoirs import Reservoir
from trona.screening.stability.exposure import expose, follow_water, own_energy

ENERGIES = {
    "Na": 0.0, "S": 0.0, "H": 0.0, "O": 0.0, "H2O": -3.0, "H2S": -0.5,
    "Na2S": -4.0, "NaOH": -4.4, "Na2SH10O5": -20.0,
}  # fmt: skip
"""eV per formula unit; Na2S·5H2O binds each H2O with 0.2 eV against water at -3.0 eV."""


@pytest.fixture(scope="module")
def table():
    phases = [make_phase(formula) for formula in ENERGIES]
    from dataclasses import replace

    return PhaseTable.from_phases(
        replace(phase, energy=ENERGIES[phase.formula]) for phase in phases
    )


@pytest.fixture(scope="module")
def sulfide(table):
    return follow_water(table, own_energy(table, {"Na": 2.0, "S": 1.0}, "Na2S"), [], -5.0, -2.5)


def test_the_first_step_is_the_hydrate_and_its_onset_the_binding_energy(sulfide):
    assert sulfide.onset == pytest.approx(-3.2)
    energy, found = sulfide.first_step(-3.0)
    assert energy == pytest.approx(-0.2)
    assert found.equation == "Na2S + 5 H2O -> Na2SH10O5"
    assert sulfide.drying is None


def test_energies_are_per_formula_unit_and_atom_and_start_at_zero(sulfide):
    assert not sulfide.at(-3.3).reacts
    assert sulfide.at(-3.3).energy == pytest.approx(0.0)
    found = sulfide.at(-3.1)
    assert found.energy == pytest.approx(5 * -0.1)
    assert found.energy_per_atom == pytest.approx(5 * -0.1 / 3)


def test_a_hydrate_dries_where_the_dry_compound_takes_up_water(table, sulfide):
    composition = {"Na": 2.0, "S": 1.0, "H": 10.0, "O": 5.0}
    course = follow_water(table, own_energy(table, composition, "hydrate"), [], -5.0, -2.5)
    assert course.drying == pytest.approx(sulfide.onset)
    assert course.at(-4.0).equation == "hydrate -> Na2S + 5 H2O"


def test_one_potential_is_a_point_of_the_course(table, sulfide):
    found = expose(table, sulfide.exposed, [Reservoir("H2O", -3.1)])
    assert found.energy == pytest.approx(sulfide.at(-3.1).energy)
    assert found.equation == sulfide.at(-3.1).equation


def test_a_course_is_a_table(sulfide):
    frame = sulfide.to_frame()
    assert len(frame) == len(sulfide.ranges)
    assert sulfide.heading == "Na2S open to H2O"
