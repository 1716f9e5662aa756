"""The sets of energies that ship with trona, one row each."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from trona.screening.equilibrium.arrangement import PackedAmounts
from trona.screening.equilibrium.phase_columns import PhaseColumns, arranged_table
from trona.screening.equilibrium.phases import EnergyScale
from trona.screening.formulas import parse
from trona.screening.simple_formulas import read_simple
from trona.stores.corrections.schemes import default_scheme
from trona.stores.defaults import REFERENCE
from trona.stores.documents.results import StructureDoc
from trona.stores.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trona.screening.equilibrium.phases import PhaseTable
    from trona.stores.corrections.parts import Part
    from trona.stores.corrections.schemes import Scheme

__all__ = [
    "SETS",
    "BundledSet",
    "bundled_data",
    "bundled_structures",
    "default_reference",
    "packed_energies",
    "set_table",
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
    data: dict[str, Any] = orjson.loads(packed_energies(name))
    return data


@lru_cache(maxsize=1)
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
    rows = orjson.loads(_unpacked(f"{SETS[name].stem}_structures.json.gz"))
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


def set_table(data: Mapping[str, Any], scheme: Scheme) -> PhaseTable:
    """
    Arrange the phases of a set; corrections that ask for the structure came with the set.

    Parameters
    ----------
    data
        Of `bundled_data`.
    scheme
        Corrections.

    Returns
    -------
    PhaseTable
        Each phase is made when it is asked for.
    """
    rows = data["phases"]
    amounts = [read_simple(row["formula"]) or parse(row["formula"]) for row in rows]
    sizes = [sum(one.values()) for one in amounts]
    elements = tuple(sorted(set(chain.from_iterable(amounts))))
    energies = map(_energy, rows, amounts, sizes, repeat(scheme.parts))
    volumes = [row["volume_per_atom"] * size for row, size in zip(rows, sizes, strict=True)]
    return arranged_table(
        PhaseColumns(
            amounts=PackedAmounts.of(amounts, elements),
            energies=np.fromiter(energies, np.float64),
            scale=EnergyScale(data["method"], scheme.name),
            volumes=np.array(volumes),
            ids=[row["id"] for row in rows],
            formulas=[row["formula"] for row in rows],
            sources=[row["source"] for row in rows],
            space_groups=[row["space_group"] for row in rows],
            order=np.arange(len(rows)),
        )
    )


def _energy(
    row: Mapping[str, Any], amounts: Mapping[str, float], n_atoms: float, parts: Iterable[Part]
) -> float:
    """Corrected energy, eV per formula unit."""
    known, shift = row.get("corrections", {}), 0.0
    for part in parts:
        per_atom = known.get(part.label)
        shift += part.shift(amounts, None) if per_atom is None else per_atom * n_atoms
    return float(row["energy_per_atom"] * n_atoms + shift)
