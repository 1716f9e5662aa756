"""Thermodynamics of electrolyte interfaces: pure functions of arrays and plain values, no I/O."""

from __future__ import annotations

from .capacity import Discharge, Plateau, discharge
from .contact import SodiumUse, rank_products, sodium_use, volume_change
from .diagram import GrandDiagram, Section, grand_diagram
from .electrode import AtPotential, Electrode, at_potential
from .error_model import ErrorModel
from .errors import InputError, TronaError
from .formulas import parse
from .grand import Interval, Profile, profile
from .hull import Decomposition, decompose, energies_above_hull, energy_above_hull
from .interface import Kink, MixingLine, mix
from .interphase import Interphase, InterphaseClass, PhaseProperties, Thresholds, classify
from .phases import EnergyScale, Phase, PhaseTable
from .pressure import at_pressure, stabilizing_pressure
from .ranking import Criterion, Ranked, Veto, rank
from .sensitivity import LimitDependence, dependence
from .uncertainty import Uncertainty, sample
from .window import Limits, Reaction, Rung, Stability, assess, tolerated

__all__ = [
    "AtPotential",
    "Criterion",
    "Decomposition",
    "Discharge",
    "Electrode",
    "EnergyScale",
    "ErrorModel",
    "GrandDiagram",
    "InputError",
    "Interphase",
    "InterphaseClass",
    "Interval",
    "Kink",
    "LimitDependence",
    "Limits",
    "MixingLine",
    "Phase",
    "PhaseProperties",
    "PhaseTable",
    "Plateau",
    "Profile",
    "Ranked",
    "Reaction",
    "Rung",
    "Section",
    "SodiumUse",
    "Stability",
    "Thresholds",
    "TronaError",
    "Uncertainty",
    "Veto",
    "assess",
    "at_potential",
    "at_pressure",
    "classify",
    "decompose",
    "dependence",
    "discharge",
    "energies_above_hull",
    "energy_above_hull",
    "grand_diagram",
    "mix",
    "parse",
    "profile",
    "rank",
    "rank_products",
    "sample",
    "sodium_use",
    "stabilizing_pressure",
    "tolerated",
    "volume_change",
]
