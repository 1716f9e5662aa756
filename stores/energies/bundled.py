"""Sets of energies that ship with trona: one row for each."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from trona.screening.equilibrium.phases import EnergyScale, Phase
from trona.screening.formulas import parse
from trona.stores.corrections.schemes import SULFIDE_BY_CHARGE_MP2020, Scheme, compose
from trona.stores.defaults import REFERENCE

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BUNDLED_SCHEME", "SETS", "BundledSet", "bundled_data", "row_energy", "set_phases"]


@dataclass(frozen=True)
class BundledSet:
    """
    A set of phases with energies and structures.

    Parameters
    ----------
    name
        As a user writes it.
    file
        Of `trona.stores.energies`: gzipped JSON, as the script that computes the set writes it.
    method
        Functional or potential of its energies.
    scheme
        Correction scheme that they get unless another is asked for.
    """

    name: str
    file: str
    method: str
    scheme: Scheme


SETS: Mapping[str, BundledSet] = {
    one.name: one
    for one in (
        BundledSet("bundled", "bundled.json.gz", "CHGNet 0.3.0", SULFIDE_BY_CHARGE_MP2020),
        BundledSet(
            "bundled-sevennet",
            "bundled_sevennet.json.gz",
            "SevenNet l3i5",
            compose("mp2019,sulfide-by-charge-legacy,calibrated"),
        ),
    )
}
"""By name. CHGNet is trained on energies of the MP2020 scale, SevenNet on uncorrected ones."""


BUNDLED_SCHEME = SETS[REFERENCE].scheme
"""Of the default set."""


@cache
def bundled_data(name: str = REFERENCE) -> dict[str, Any]:
    """
    Raw content of a set: phases with uncorrected energies and structures.

    Parameters
    ----------
    name
        Of the set.

    Returns
    -------
    dict
        As written by the script that computes it.
    """
    packed = files("trona.stores.energies").joinpath(SETS[name].file).read_bytes()
    data: dict[str, Any] = json.loads(gzip.decompress(packed))
    return data


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
        amounts = parse(row["formula"])
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
