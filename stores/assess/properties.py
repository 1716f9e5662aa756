"""Conductor properties of product phases, from the data file with its sources or else from rules.

A rule supplies a property (electrons or Na⁺) that no source states, and is cited instead. What
neither states remains unknown.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from trona.screening.charges import oxidation_states
from trona.screening.formulas import fractions_key, parse
from trona.screening.stability.interphase import (
    Electronic,
    Ionic,
    PhaseProperties,
    PropertyTable,
    electronic_class,
)
from trona.screening.units import SODIUM
from trona.stores.data_files import data_content, data_text
from trona.stores.provenance import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trona.screening.equilibrium.phases import Phase

__all__ = ["RULES", "checksum", "load_properties", "with_gaps", "with_rules"]

RULES = {
    "sodium-free": "rule: no sodium in its formula, so no Na⁺ to conduct",
    "ordered oxo salt": "rule: an ordered oxo salt conducts only with vacancies (Irvine & West, J. "
    "Solid State Chem. 69 (1987) 126, on Na3PO4 with Na2SO4)",
    "sodium alloy": "rule: an alloy through which sodium passes when tin and antimony anodes take "
    "it up (Baggetto et al., J. Power Sources 267 (2014) 329)",
    "molecules": "rule: an element of molecules, without free electrons",
    "metals": "rule: metals of the d block with metals or metalloids; 29 of 29 such compounds have "
    "a PBE gap below 0.05 eV (Materials Project 2019)",
    "sodium with metals": "rule: sodium with metals of the p block or zinc; 22 of 22 of these have "
    "a PBE gap below 1 eV (Materials Project 2019)",
    "closed shells": "rule: a salt of sodium with closed shells; 130 of 134 such compounds have a "
    "gap of 1 eV or more (Materials Project 2019, OQMD)",
}
"""What fills a side that no source states, as its source. The counts are over compounds no more
than 0.05 eV/atom above the hull whose gap is known."""

_MOLECULES = frozenset({"H", "N", "O", "F", "Cl", "Br", "I"})
_D_BLOCK = frozenset(
    {"Ti", "V", "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Y", "Zr", "Nb", "Mo", "Ta", "W"}
)
_P_METALS = frozenset({"Zn", "Al", "Ga", "Ge", "In", "Sn", "Sb", "Pb", "Bi"})
_METALLOIDS = frozenset({"B", "Si", "P", "As"})
_EMPTY_SHELL = {"Y": 3, "Ti": 4, "Zr": 4, "V": 5, "Nb": 5, "Ta": 5, "Mo": 6, "W": 6}
"""Oxidation states of the d block without d electrons; Cr⁶⁺ is left out, whose gaps PBE closes."""
_ALLOYED = frozenset({"Sn", "Sb"})

Key = tuple[tuple[str, float], ...]
"""Composition by atomic fractions (`formulas.fractions_key`)."""


_FILE = ("trona.stores.assess", "properties.yaml")


@cache
def checksum() -> str:
    """
    Identify the properties and rules of trona: results that rest on others are other results.

    Returns
    -------
    str
        16 hexadecimal digits.
    """
    return fingerprint([data_text(*_FILE), RULES])


@cache
def _bundled() -> PropertyTable:
    """Parse the data file once."""
    rows: list[dict[str, Any]] = data_content(*_FILE)
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


def with_rules(known: Mapping[Key, PhaseProperties], phases: Iterable[Phase]) -> PropertyTable:
    """
    Properties with the sides filled that a rule decides.

    Parameters
    ----------
    known
        What sources state.
    phases
        Phases that may form.

    Returns
    -------
    PropertyTable
        What is stated has precedence.
    """
    table = dict(known)
    for phase in phases:
        key = phase.key
        table[key] = _by_rule(table.get(key) or PhaseProperties(phase.formula), key)
    return table


@cache
def _by_rule(known: PhaseProperties, key: Key) -> PhaseProperties:
    """Fill the unknown sides of a phase."""
    if known.electronic is Electronic.UNKNOWN and (found := _electrons(dict(key))):
        known = replace(known, electronic=found[0], electronic_source=RULES[found[1]])
    if known.ionic is Ionic.UNKNOWN and (passes := _ions(dict(key))):
        known = replace(known, ionic=passes[0], ionic_source=RULES[passes[1]])
    return known


def _electrons(amounts: Mapping[str, float]) -> tuple[Electronic, str] | None:
    """Find how a phase conducts electrons, and the rule; None without one."""
    symbols, others = set(amounts), amounts.keys() - {SODIUM}
    if len(symbols) == 1 and symbols <= _MOLECULES:
        return Electronic.INSULATOR, "molecules"
    if symbols & _D_BLOCK and len(symbols) > 1 and symbols <= _D_BLOCK | _P_METALS | _METALLOIDS:
        return Electronic.METAL, "metals"
    if SODIUM in symbols and others and others <= _P_METALS:
        return Electronic.NARROW_GAP, "sodium with metals"
    return (Electronic.INSULATOR, "closed shells") if _closed(amounts) else None


def _ions(amounts: Mapping[str, float]) -> tuple[Ionic, str] | None:
    """Find how a phase conducts sodium ions, and the rule; None without one."""
    if SODIUM not in amounts:
        return Ionic.INSULATOR, "sodium-free"
    others = amounts.keys() - {SODIUM}
    if others and others <= _ALLOYED:
        return Ionic.CONDUCTOR, "sodium alloy"
    oxo = "O" in amounts and not amounts.keys() & {"H", "F", "Cl", "Br", "I"}
    states = oxidation_states(amounts) if oxo else None
    only_oxide = states is not None and [s for s, x in states.items() if x < 0] == ["O"]
    return (Ionic.INSULATOR, "ordered oxo salt") if only_oxide and _closed(amounts) else None


def _closed(amounts: Mapping[str, float]) -> bool:
    """Tell whether a phase is a salt of sodium in which every element has a closed shell."""
    states = oxidation_states(amounts) if SODIUM in amounts else None
    return states is not None and all(
        states[symbol] == _EMPTY_SHELL.get(symbol) for symbol in states.keys() & _D_BLOCK
    )
