"""The 2019 energy scale for energies that include the MP2020 corrections, such as CHGNet's."""

from __future__ import annotations

import gzip
import json
import warnings
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monty.serialization import loadfn
from pymatgen.analysis import compatibility
from pymatgen.entries.computed_entries import ComputedStructureEntry

from trona.stores.corrections.schemes import SULFIDE_BY_CHARGE_LEGACY, SULFIDE_BY_CHARGE_MP2020
from trona.stores.energies.bundled import bundled_data, bundled_structures

if TYPE_CHECKING:
    from trona.screening.equilibrium.phases import Phase
    from trona.stores.energies.references import Reference

SET = "bundled-chgnet"
SCHEMES = Path(compatibility.__file__).parent
"""Where pymatgen keeps the numbers of both schemes."""


@cache
def mp2020() -> dict[str, float]:
    """Corrections of MP2020, eV per atom; of a metal in an oxide by "W in O"."""
    content: dict[str, dict[str, Any]] = loadfn(SCHEMES / "MP2020Compatibility.yaml")["Corrections"]
    return content["CompositionCorrections"] | _mixing(content["GGAUMixingCorrections"])


@cache
def legacy() -> dict[str, float]:
    """Corrections of 2019, eV per atom."""
    content: dict[str, dict[str, Any]] = loadfn(SCHEMES / "MPCompatibility.yaml")
    sulfur = {"S": content["SulfideCorrections"]["sulfide"]}
    return content["OxideCorrections"] | sulfur | _mixing(content["Advanced"]["UCorrections"])


def _mixing(corrections: dict[str, dict[str, float]]) -> dict[str, float]:
    return {
        f"{metal} in {anion}": value
        for anion, metals in corrections.items()
        for metal, value in metals.items()
    }


@cache
def fitted_gases() -> dict[str, float]:
    """Elements whose energy was replaced in 2019: what that adds to PBE, eV per atom."""
    with gzip.open(SCHEMES / "calc_compounds.json.gz", "rt", encoding="utf-8") as file:
        computed = json.load(file)
    fitted = loadfn(SCHEMES / "MPCompatibility.yaml")["Advanced"]["CompoundEnergies"]
    return {
        gas[:-1]: energy - computed[gas]["energy"] / sum(computed[gas]["composition"].values())
        for gas, energy in fitted.items()
    }


@cache
def mp2020_parts(identifier: str) -> dict[str, float]:
    """What MP2020 corrects in a bundled compound, told by its structure, to eV/atom."""
    row = next(row for row in bundled_data(SET)["phases"] if row["id"] == identifier)
    structure = bundled_structures(SET)[row["id"]].to_structure()
    scheme = compatibility.MaterialsProject2020Compatibility(check_potcar=False)
    symbols = {element.symbol for element in structure.composition}
    anion = next((symbol for symbol in ("F", "O") if symbol in symbols), "")
    hubbards = {s: u for s, u in scheme.u_settings.get(anion, {}).items() if s in symbols}
    settings = {"run_type": "GGA+U" if hubbards else "GGA", "hubbards": hubbards}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # oxidation states that cannot be guessed
        found = scheme.get_adjustments(ComputedStructureEntry(structure, 0.0, parameters=settings))
    names = [one.name.partition("(")[2].rstrip(")") for one in found]
    return {
        f"{name} in {anion}" if "mixing" in one.name else name: float(one.value) / len(structure)
        for name, one in zip(names, found, strict=True)
    }


def shift(phase: Phase) -> float:
    """Energy to add to a bundled energy, eV/atom, to stand on the table's scale."""
    if len(phase.amounts) == 1:
        return fitted_gases().get(next(iter(phase.amounts)), 0.0)
    total = sum(
        value * (legacy().get(name, 0.0) / mp2020()[name] - 1.0)
        for name, value in mp2020_parts(phase.id).items()
        if name != "S" and value
    )
    total -= mp2020_parts(phase.id).get("S", 0.0)
    per_unit = legacy()["S"] * phase.amounts.get("S", 0.0)  # in 2019 sulfates too
    per_unit += SULFIDE_BY_CHARGE_LEGACY.shift(phase.amounts)
    per_unit -= SULFIDE_BY_CHARGE_MP2020.shift(phase.amounts)
    return total + per_unit / phase.n_atoms


def on_their_scale(reference: Reference) -> Reference:
    """Move the lowest phase of each composition onto the scale of 2019."""
    moved = (
        replace(phase, energy=phase.energy + shift(phase) * phase.n_atoms)
        for phase in (reference.table.phases[at] for at in reference.table.ground)
    )
    return replace(reference, phases=tuple(moved))


def correction_text() -> str:
    """Name the numbers by which the scales differ."""
    names = ("oxide", "F", "Cl", "Br", "I", "S", "Se", "Sb", "Si", "H")
    anions = [f"{name} {legacy().get(name, 0.0) - mp2020()[name]:+.3f}" for name in names]
    gases = [f"{name}2 {value:+.3f}" for name, value in fitted_gases().items() if name != "N"]
    return f"{', '.join(anions)} eV per anion; {', '.join(gases)} eV per atom of the element"
