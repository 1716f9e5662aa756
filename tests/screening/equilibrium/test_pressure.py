"""Enthalpy hulls: arithmetic against published pairs, and what holds for any system."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.systems import make_phase
from trona.screening.equilibrium.hull import energy_above_hull
from trona.screening.equilibrium.phases import PhaseTable
from trona.screening.equilibrium.pressure import MAX_PRESSURE, at_pressure, stabilizing_pressure
from trona.screening.errors import EnergyScaleError, PhaseDataError

# Na2S3 lies 4.1 meV/atom above Na2S2 + Na2S4 and is stable from 900 MPa (Wan et al., J. Mater.
# Chem. A 7 (2019), quoted by Nguyen et al. on hidden polysulfides): 0.73 Å³/atom denser.
ABOVE, DENSER, STABLE_FROM = 0.0041, 0.73, 0.9


def polysulfides(denser):
    """Na2S2 and Na2S4 at 18 Å³/atom, and a Na2S3 between them."""
    tie = (4 * -1.0 + 6 * -0.7) / 10
    elements = [make_phase("Na", volume=37.0), make_phase("S", volume=26.0)]
    middle = make_phase("Na2S3", tie + ABOVE, volume=5 * (18.0 - denser))
    compounds = [
        make_phase("Na2S2", -1.0, volume=4 * 18.0),
        make_phase("Na2S4", -0.7, volume=6 * 18.0),
    ]
    return PhaseTable.from_phases([*elements, *compounds, middle]), middle


def test_the_published_pair_of_energy_and_pressure_is_one_volume():
    table, middle = polysulfides(DENSER)
    assert energy_above_hull(table, middle) == pytest.approx(ABOVE)
    assert stabilizing_pressure(table, middle) == pytest.approx(STABLE_FROM, rel=0.005)


@given(st.floats(0.3, 5.0))
def test_at_the_stabilizing_pressure_the_phase_touches_the_hull(denser):
    table, middle = polysulfides(denser)
    pressure = stabilizing_pressure(table, middle)
    for shift, sign in ((-0.01, 1), (0.01, -1)):
        pressed = at_pressure(table, pressure + shift)
        own = next(phase for phase in pressed.phases if phase.id == "Na2S3")
        rest = PhaseTable.from_phases(p for p in pressed.phases if p.id != "Na2S3")
        assert energy_above_hull(rest, own) * sign > 0


def test_a_phase_that_is_not_denser_is_not_helped():
    table, middle = polysulfides(-1.0)
    assert stabilizing_pressure(table, middle) is None
    assert stabilizing_pressure(*polysulfides(0.001)) is None  # only far above the limit


def test_a_stable_phase_needs_no_pressure():
    table, _ = polysulfides(DENSER)
    assert stabilizing_pressure(table, table.find({"Na": 2, "S": 2})) == 0.0


def test_no_pressure_changes_nothing_and_pressures_do_not_mix():
    table, _ = polysulfides(DENSER)
    assert (at_pressure(table, 0.0).energies == table.energies).all()
    with pytest.raises(EnergyScaleError):
        PhaseTable.from_phases([*at_pressure(table, 1.0).phases[:1], *table.phases[1:]])


@pytest.mark.parametrize("pressure", [-0.1, MAX_PRESSURE + 1, float("nan")])
def test_a_pressure_outside_the_volumes_meaning_is_refused(pressure):
    with pytest.raises(PhaseDataError, match="GPa"):
        at_pressure(polysulfides(DENSER)[0], pressure)


def test_a_missing_volume_is_named():
    table = PhaseTable.from_phases([make_phase("Na", volume=37.0), make_phase("S")])
    with pytest.raises(PhaseDataError, match="'S'"):
        at_pressure(table, 1.0)
