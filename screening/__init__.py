"""Thermodynamics of electrolyte interfaces: pure functions of arrays and plain values, no I/O.

Names are imported lazily, so a command that only needs errors or formulas does not load the
analysis modules.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trona.screening.equilibrium.diagram import GrandDiagram, Section, grand_diagram
    from trona.screening.equilibrium.grand import Interval, Profile, profile
    from trona.screening.equilibrium.hull import (
        Decomposition,
        decompose,
        energies_above_hull,
        energy_above_hull,
    )
    from trona.screening.equilibrium.phases import EnergyScale, Phase, PhaseTable
    from trona.screening.equilibrium.pressure import at_pressure, stabilizing_pressure
    from trona.screening.stability.discharge import Discharge, Plateau, discharge
    from trona.screening.stability.electrode import AtPotential, Electrode, at_potential
    from trona.screening.stability.interface import Kink, MixingLine, mix
    from trona.screening.stability.interphase import (
        Interphase,
        InterphaseClass,
        PhaseProperties,
        Thresholds,
        classify,
    )
    from trona.screening.stability.products import (
        SodiumUse,
        rank_products,
        sodium_use,
        volume_change,
    )
    from trona.screening.stability.ranking import Criterion, Ranked, Veto, rank
    from trona.screening.stability.window import (
        Limits,
        Reaction,
        Rung,
        Stability,
        assess,
        tolerated,
    )
    from trona.screening.uncertainty.error_model import ErrorModel
    from trona.screening.uncertainty.sampling import Uncertainty, sample
    from trona.screening.uncertainty.sensitivity import LimitDependence, dependence

    from .errors import InputError, TronaError
    from .formulas import parse

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

_HOMES = {
    "equilibrium.diagram": ("GrandDiagram", "Section", "grand_diagram"),
    "equilibrium.grand": ("Interval", "Profile", "profile"),
    "equilibrium.hull": ("Decomposition", "decompose", "energies_above_hull", "energy_above_hull"),
    "equilibrium.phases": ("EnergyScale", "Phase", "PhaseTable"),
    "equilibrium.pressure": ("at_pressure", "stabilizing_pressure"),
    "errors": ("InputError", "TronaError"),
    "formulas": ("parse",),
    "stability.discharge": ("Discharge", "Plateau", "discharge"),
    "stability.electrode": ("AtPotential", "Electrode", "at_potential"),
    "stability.interface": ("Kink", "MixingLine", "mix"),
    "stability.interphase": (
        "Interphase",
        "InterphaseClass",
        "PhaseProperties",
        "Thresholds",
        "classify",
    ),
    "stability.products": ("SodiumUse", "rank_products", "sodium_use", "volume_change"),
    "stability.ranking": ("Criterion", "Ranked", "Veto", "rank"),
    "stability.window": ("Limits", "Reaction", "Rung", "Stability", "assess", "tolerated"),
    "uncertainty.error_model": ("ErrorModel",),
    "uncertainty.sampling": ("Uncertainty", "sample"),
    "uncertainty.sensitivity": ("LimitDependence", "dependence"),
}
"""Modules of the package and what each offers here."""


def __getattr__(name: str) -> object:
    """Import what is offered when it is asked for."""
    for home, names in _HOMES.items():
        if name in names:
            found: object = getattr(import_module(f"trona.screening.{home}"), name)
            globals()[name] = found
            return found
    raise AttributeError(f"module 'trona.screening' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
