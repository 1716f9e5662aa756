"""The sets of energies that ship with trona, one row each."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from trona.screening.equilibrium.phases import EnergyScale, Phase
from trona.screening.formulas import parse
from trona.screening.simple_formulas import read_simple
from trona.stores.corrections.schemes import default_scheme
from trona.stores.defaults import REFERENCE
from trona.stores.documents.results import StructureDoc
from trona.stores.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trona.stores.corrections.schemes import Scheme

__all__ = [
    "SETS",
    "BundledSet",
    "bundled_data",
    "bundled_structures",
    "default_reference",
    "packed_energies",
    "row_energy",
    "set_phases",
]


@dataclass(frozen=True)
class BundledSet:
    """
    A set of phases with energies, and with structures in a file of their own.

    Parameters
    ----------
    name
        As a user writes it.
    stem
        Of its two files in `trona.stores.energies`, written by the script that computes the set.
    method
        Functional or potential of its energies.
    """

    name: str
    stem: str
    method: str

    @property
    def scheme(self) -> Scheme:
        """Correction scheme that its energies get unless another is asked for."""
        return default_scheme(self.method)


SETS: Mapping[str, BundledSet] = {
    one.name: one
    for one in (
        BundledSet("bundled", "bundled_sevennet", "SevenNet l3i5"),
        BundledSet("bundled-chgnet", "bundled_chgnet", "CHGNet 0.3.0"),
    )
}
"""By name."""


@cache
def bundled_data(name: str = REFERENCE) -> dict[str, Any]:
    """
    Raw content of a set: phases with uncorrected energies.

    Parameters
    ----------
    name
        Of the set.

    Returns
    -------
    dict
        As written by the script that computes it.
    """
    data: dict[str, Any] = json.loads(packed_energies(name))
    return data


def packed_energies(name: str) -> bytes:
    """
    Text of a set's energies, which its checksum rests on.

    Parameters
    ----------
    name
        Of the set.

    Returns
    -------
    bytes
        JSON.
    """
    return _unpacked(f"{SETS[name].stem}.json.gz")


@cache
def bundled_structures(name: str = REFERENCE) -> dict[str, StructureDoc]:
    """
    Relaxed structures of a set.

    Parameters
    ----------
    name
        Of the set.

    Returns
    -------
    dict
        By the phase's id.
    """
    rows = json.loads(_unpacked(f"{SETS[name].stem}_structures.json.gz"))
    return {identifier: StructureDoc(**row) for identifier, row in rows.items()}


def _unpacked(file: str) -> bytes:
    """Content of a data file beside this module."""
    return gzip.decompress(files("trona.stores.energies").joinpath(file).read_bytes())


def default_reference(method: str) -> str:
    """
    Name the default reference energies for relaxations of a method.

    Parameters
    ----------
    method
        Functional or potential of the relaxations.

    Returns
    -------
    str
        What the settings name, else the bundled set of the method, else the default.
    """
    settings = Settings()
    if "reference" in settings.model_fields_set:
        return settings.reference
    return next((one.name for one in SETS.values() if one.method == method), settings.reference)


def row_energy(row: Mapping[str, Any], amounts: Mapping[str, float], scheme: Scheme) -> float:
    """
    Corrected energy of a phase; corrections that ask for the structure came with the set.

    Parameters
    ----------
    row
        Of `bundled_data`.
    amounts
        Element symbol to amount per formula unit.
    scheme
        Corrections.

    Returns
    -------
    float
        eV per formula unit.
    """
    n_atoms, known = sum(amounts.values()), row.get("corrections", {})
    shifts = (
        known[part.label] * n_atoms if part.label in known else part.shift(amounts, None)
        for part in scheme.parts
    )
    return float(row["energy_per_atom"] * n_atoms + sum(shifts))


def set_phases(data: Mapping[str, Any], scheme: Scheme) -> tuple[Phase, ...]:
    """
    Make the phases of a set.

    Parameters
    ----------
    data
        Of `bundled_data`.
    scheme
        Corrections.

    Returns
    -------
    tuple of Phase
        In the order of the set.
    """
    scale = EnergyScale(data["method"], scheme.name)
    phases = []
    for row in data["phases"]:
        amounts = read_simple(row["formula"]) or parse(row["formula"])
        phases.append(
            Phase(
                id=row["id"],
                formula=row["formula"],
                amounts=amounts,
                energy=row_energy(row, amounts, scheme),
                scale=scale,
                source=row["source"],
                volume=row["volume_per_atom"] * sum(amounts.values()),
                space_group=row["space_group"],
            )
        )
    return tuple(phases)
