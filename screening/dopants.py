"""Doped compositions: a dopant replaces part of an element, sodium balances the charge; no I/O.

An anion former replaces the anion, an alkali or alkaline-earth metal replaces sodium, and any other
element replaces the framework cation (P in Na3PS4). Charges are the usual ones of `charges.STATES`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from .charges import STATES, oxidation_states, require_sodium, write_formula
from .errors import FormulaError
from .formulas import parse
from .units import SODIUM

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DOPANTS", "Host", "Substitution", "host_of", "site_of", "substitute"]

DOPANTS = tuple(
    "B Al Ga In Sc Y Si Ge Sn Ti Zr As Sb V Nb Ta Mo W Cr Zn Cu Ag Mg Ca O Se F Cl Br I".split()  # noqa: SIM905
)
"""Elements that a chart shows where none is named: those that sulfide and halide electrolytes have
been doped with, and their neighbours."""
_ON_SODIUM = frozenset(("Li", "K", "Rb", "Cs", "Be", "Mg", "Ca", "Sr", "Ba"))
_LEAST = 1e-9


@dataclass(frozen=True)
class Host:
    """
    The undoped host composition.

    Parameters
    ----------
    formula
        As the user writes it.
    amounts
        Element symbol to amount per formula unit.
    charges
        Element symbol to its charge.
    """

    formula: str
    amounts: Mapping[str, float]
    charges: Mapping[str, float]


@dataclass(frozen=True)
class Substitution:
    """
    A doped composition.

    Parameters
    ----------
    element
        The dopant.
    site
        Element that it replaces.
    charge
        Of the dopant.
    amount
        Atoms of the dopant per formula unit of the host.
    formula
        Per formula unit of the host.
    """

    element: str
    site: str
    charge: float
    amount: float
    formula: str


def host_of(formula: str) -> Host:
    """
    Build a host from its formula, with the charges of its elements.

    Parameters
    ----------
    formula
        Such as ``"Na3PS4"``.

    Returns
    -------
    Host
        Neutral.

    Raises
    ------
    FormulaError
        If it is no sodium compound, or its charges cannot be counted.
    """
    amounts = parse(formula)
    require_sodium(amounts, formula)
    charges = oxidation_states(amounts)
    if charges is None:
        raise FormulaError(
            f"the charges in {formula!r} cannot be counted, so dopants cannot be balanced: name a "
            "neutral salt with a centre, such as Na3PS4."
        )
    return Host(formula, amounts, charges)


def site_of(host: Host, element: str) -> str:
    """
    Choose the element that a dopant replaces.

    Parameters
    ----------
    host
        The host.
    element
        The dopant.

    Returns
    -------
    str
        The anion for an anion former, sodium for alkali and alkaline-earth metals, else the
        centre; of several the most frequent one.

    Raises
    ------
    FormulaError
        If the host has no such element.
    """
    if element in _ON_SODIUM:
        return SODIUM
    anion = STATES.get(element, (1,))[0] < 0
    fitting = [
        symbol
        for symbol in host.amounts
        if symbol not in {SODIUM, element} and (host.charges[symbol] < 0) == anion
    ]
    if not fitting:
        kind = "anion" if anion else "centre"
        raise FormulaError(f"{host.formula} has no {kind} for {element} to replace: name the site.")
    return max(fitting, key=lambda symbol: host.amounts[symbol])


def substitute(host: Host, element: str, fraction: float, site: str | None = None) -> Substitution:
    """
    Replace part of an element by a dopant.

    Parameters
    ----------
    host
        The host.
    element
        The dopant.
    fraction
        Of the atoms on the site, above 0 and at most 1.
    site
        Element that it replaces; chosen by `site_of` where none is named.

    Returns
    -------
    Substitution
        Neutral: sodium makes up for the charge.

    Raises
    ------
    FormulaError
        If the dopant has no usual charge or that of the site has the other sign, the site is not
        in the host, or no sodium is left.

    Examples
    --------
    >>> substitute(host_of("Na3PS4"), "Si", 0.1).formula
    'Na3.1P0.9Si0.1S4'
    >>> substitute(host_of("Na3PS4"), "Ca", 0.1).formula
    'Na2.4Ca0.3PS4'
    """
    if not (isfinite(fraction) and 0.0 < fraction <= 1.0):
        raise FormulaError(f"the fraction {fraction:g} cannot be used: give one above 0, up to 1.")
    if element not in STATES:
        raise FormulaError(f"{element!r} has no usual charge to balance: name another element.")
    if element in host.amounts:
        raise FormulaError(f"{host.formula} has {element} already: name another element.")
    chosen = site or site_of(host, element)
    if chosen not in host.amounts:
        raise FormulaError(f"{host.formula} has no {chosen} to replace: name one of its elements.")
    charge, amount = float(STATES[element][0]), fraction * host.amounts[chosen]
    if charge * host.charges[chosen] < 0.0:
        raise FormulaError(
            f"{element} ({charge:+g}) cannot stand in for {chosen} ({host.charges[chosen]:+g}) in "
            f"{host.formula}: name a site whose charge has the same sign, or none."
        )
    found = {}
    for symbol, present in host.amounts.items():
        found[symbol] = present - (amount if symbol == chosen else 0.0)
        if symbol == chosen:
            found[element] = amount
    found[SODIUM] += (host.charges[chosen] - charge) * amount
    if found[SODIUM] <= _LEAST:
        raise FormulaError(
            f"{host.formula} has too little sodium to balance {amount:g} {element} on {chosen}: "
            "lower the fraction."
        )
    kept = {symbol: n for symbol, n in found.items() if n > _LEAST}
    return Substitution(element, chosen, charge, amount, write_formula(kept))
