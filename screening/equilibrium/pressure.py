"""Phase stability under hydrostatic pressure: H = E + pV with the volumes of the phases.

Volumes are those at zero pressure, so H is linear in p. This holds for a few GPa, where compression
changes a volume by less than a tenth.
"""

from __future__ import annotations

from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING

from trona.screening.errors import PhaseDataError

from .hull import decompose
from .phases import PhaseTable

if TYPE_CHECKING:
    from .phases import Phase

__all__ = ["EV_PER_GPA_A3", "MAX_PRESSURE", "at_pressure", "stabilizing_pressure"]

EV_PER_GPA_A3 = 0.006241509074
"""1 GPa Å³ in eV (CODATA 2018)."""
MAX_PRESSURE = 20.0
"""GPa; above this, volumes at zero pressure mean little."""
_ON_HULL = 1e-9
"""Energies above hull below this (eV/atom) are none."""
_STEPS = 100


def at_pressure(table: PhaseTable, pressure: float) -> PhaseTable:
    """
    Table of enthalpies instead of energies.

    Parameters
    ----------
    table
        Phases, all with volumes.
    pressure
        GPa, from 0 to `MAX_PRESSURE`.

    Returns
    -------
    PhaseTable
        On a scale that names the pressure, so that it mixes with no other.

    Raises
    ------
    PhaseDataError
        If a volume is missing, or the pressure is outside its range.
    """
    if not (isfinite(pressure) and 0.0 <= pressure <= MAX_PRESSURE):
        raise PhaseDataError(
            f"pressure {pressure} GPa is outside 0 to {MAX_PRESSURE:g} GPa, where volumes at zero "
            "pressure can be used."
        )
    scale = replace(table.scale, zero=f"{table.scale.zero}, enthalpy at {pressure:g} GPa")
    return PhaseTable.from_phases(
        replace(phase, energy=phase.energy + _work(phase, pressure), scale=scale)
        for phase in table.phases
    )


def _work(phase: Phase, pressure: float) -> float:
    """Give pV of a formula unit, eV."""
    if phase.volume is None:
        raise PhaseDataError(
            f"phase {phase.id!r} ({phase.formula}) has no volume: give one, or leave it out."
        )
    return pressure * phase.volume * EV_PER_GPA_A3


def stabilizing_pressure(table: PhaseTable, phase: Phase) -> float | None:
    """
    Lowest pressure at which a phase is on the hull.

    The enthalpy above hull is convex and piecewise linear in p, so following its tangents from
    p = 0 reaches the root from below in finitely many steps.

    Parameters
    ----------
    table
        Competing phases, all with volumes.
    phase
        With a volume, on the table's scale.

    Returns
    -------
    float or None
        GPa; 0 for a phase that is stable anyway; None where pressure does not help up to
        `MAX_PRESSURE`.

    Raises
    ------
    PhaseDataError
        If a volume is missing.
    """
    pressure = 0.0
    for _ in range(_STEPS):
        rivals = decompose(at_pressure(table, pressure), phase.amounts)
        own = phase.energy + _work(phase, pressure)
        above = own - rivals.energy
        if above < _ON_HULL * phase.n_atoms:
            return pressure
        volumes = [p.volume or 0.0 for p in rivals.phases]
        gain = float(rivals.amounts @ volumes) - (phase.volume or 0.0)
        if gain <= 0.0:
            return None
        pressure += above / (gain * EV_PER_GPA_A3)
        if pressure > MAX_PRESSURE:
            return None
    return None
