"""Conductor properties of product phases, read from the package's data file with their sources."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from trona.screening.formulas import fractions_key, parse
from trona.screening.stability.interphase import (
    Electronic,
    Ionic,
    PhaseProperties,
    PropertyTable,
    electronic_class,
)
from trona.stores.provenance import fingerprint

__all__ = ["checksum", "load_properties", "with_gaps"]


@cache
def _text() -> str:
    """Read the data file once."""
    return files("trona.stores.assess").joinpath("properties.yaml").read_text(encoding="utf-8")


def checksum() -> str:
    """
    Identify the properties that ship with trona: results that rest on others are other results.

    Returns
    -------
    str
        16 hexadecimal digits.
    """
    return fingerprint(_text())


@cache
def _bundled() -> PropertyTable:
    """Parse the data file once."""
    rows: list[dict[str, Any]] = yaml.load(_text(), Loader=yaml.CSafeLoader)
    table: PropertyTable = {}
    for row in rows:
        table[fractions_key(parse(row["formula"]))] = PhaseProperties(
            formula=row["formula"],
            electronic=Electronic(row.get("electronic", "unknown")),
            ionic=Ionic(row.get("ionic", "unknown")),
            electronic_source=row.get("band_gap_source", ""),
            ionic_source=row.get("ionic_source", ""),
            band_gap=row.get("band_gap"),
        )
    return table


def load_properties() -> PropertyTable:
    """
    Conductor properties that ship with trona.

    Returns
    -------
    PropertyTable
        A copy: adding to it changes nothing for others.
    """
    return dict(_bundled())


def with_gaps(
    gaps: dict[str, float], source: str, known_before: PropertyTable | None = None
) -> PropertyTable:
    """
    Bundled properties, with band gaps from a reference for phases of unknown electronic class.

    Parameters
    ----------
    gaps
        Formula to band gap, eV.
    source
        Where the gaps come from, in words.
    known_before
        Properties to add to; what ships with trona by default.

    Returns
    -------
    PropertyTable
        What ships with trona has precedence: it was chosen among conflicting values.
    """
    table = load_properties() if known_before is None else dict(known_before)
    for formula, gap in gaps.items():
        key = fractions_key(parse(formula))
        known = table.get(key, PhaseProperties(formula))
        if known.electronic is Electronic.UNKNOWN:
            table[key] = PhaseProperties(
                formula=known.formula,
                electronic=electronic_class(gap),
                ionic=known.ionic,
                electronic_source=source,
                ionic_source=known.ionic_source,
                band_gap=gap,
            )
    return table
