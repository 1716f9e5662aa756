"""Thermodynamics of electrolyte interfaces: pure functions of arrays and plain values, no I/O."""

from __future__ import annotations

from .errors import InputError, TronaError
from .formulas import parse
from .grand import Interval, Profile, profile
from .hull import Decomposition, decompose, energies_above_hull, energy_above_hull
from .interphase import Interphase, InterphaseClass, PhaseProperties, Thresholds, classify
from .phases import EnergyScale, Phase, PhaseTable
from .ranking import Criterion, Ranked, Veto, rank
from .window import Limits, Reaction, Rung, Stability, assess, tolerated

__all__ = [
    "Criterion",
    "Decomposition",
    "EnergyScale",
    "InputError",
    "Interphase",
    "InterphaseClass",
    "Interval",
    "Limits",
    "Phase",
    "PhaseProperties",
    "PhaseTable",
    "Profile",
    "Ranked",
    "Reaction",
    "Rung",
    "Stability",
    "Thresholds",
    "TronaError",
    "Veto",
    "assess",
    "classify",
    "decompose",
    "energies_above_hull",
    "energy_above_hull",
    "parse",
    "profile",
    "rank",
    "tolerated",
]
