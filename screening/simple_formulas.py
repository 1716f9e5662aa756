"""Formulas parsed and reduced as pymatgen does, without its long import."""

from __future__ import annotations

import re
from math import gcd, inf, isclose
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["ELECTRONEGATIVITY", "read_simple", "reduced_formula"]

_PAULING = """
H 2.2 Li 0.98 Be 1.57 B 2.04 C 2.55 N 3.04 O 3.44 F 3.98 Na 0.93 Mg 1.31 Al 1.61 Si 1.9 P 2.19
S 2.58 Cl 3.16 K 0.82 Ca 1 Sc 1.36 Ti 1.54 V 1.63 Cr 1.66 Mn 1.55 Fe 1.83 Co 1.88 Ni 1.91 Cu 1.9
Zn 1.65 Ga 1.81 Ge 2.01 As 2.18 Se 2.55 Br 2.96 Kr 3 Rb 0.82 Sr 0.95 Y 1.22 Zr 1.33 Nb 1.6 Mo 2.16
Tc 1.9 Ru 2.2 Rh 2.28 Pd 2.2 Ag 1.93 Cd 1.69 In 1.78 Sn 1.96 Sb 2.05 Te 2.1 I 2.66 Xe 2.6 Cs 0.79
Ba 0.89 La 1.1 Ce 1.12 Pr 1.13 Nd 1.14 Pm 1.13 Sm 1.17 Eu 1.2 Gd 1.2 Tb 1.1 Dy 1.22 Ho 1.23 Er 1.24
Tm 1.25 Yb 1.1 Lu 1.27 Hf 1.3 Ta 1.5 W 2.36 Re 1.9 Os 2.2 Ir 2.2 Pt 2.28 Au 2.54 Hg 2 Tl 1.62
Pb 2.33 Bi 2.02 Po 2 At 2.2 Rn 2.2 Fr 0.7 Ra 0.9 Ac 1.1 Th 1.3 Pa 1.5 U 1.38 Np 1.36 Pu 1.28 Am 1.3
Cm 1.3 Bk 1.3 Cf 1.3 Es 1.3 Fm 1.3 Md 1.3 No 1.3 Lr 1.3
"""
_WITHOUT = "He Ne Ar Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og"

_VALUES = _PAULING.split()
ELECTRONEGATIVITY: Mapping[str, float] = {
    **dict(zip(_VALUES[::2], map(float, _VALUES[1::2]), strict=True)),
    **dict.fromkeys(_WITHOUT.split(), inf),
}
"""Of every element on Pauling's scale, as pymatgen has it; inf where there is none."""

_TOLERANCE = 1e-8
"""Amounts below this are absent, and amounts this near to a whole number are whole."""
_POLYANION = 1.65
"""Elements whose electronegativities differ by less form an anion."""
_NOT_REDUCED = {
    **{f"{metal}O": f"{metal}2O2" for metal in ("Li", "Na", "K", "H", "Cs", "Rb")},
    **{symbol: f"{symbol}2" for symbol in ("O", "N", "F", "Cl", "H")},
}
"""Peroxides and molecules."""
_TOKEN = re.compile(r"([A-Z][a-z]?)(\d+(?:\.\d+)?)?|([(\[{])|[)\]}](\d+(?:\.\d+)?)?")
"""A symbol with its amount, or a bracket."""


def read_simple(text: str) -> dict[str, float] | None:
    """
    Read a formula of symbols, amounts and brackets.

    Parameters
    ----------
    text
        Without adducts.

    Returns
    -------
    dict or None
        Element symbol to amount, in order of appearance; None where there is anything else.

    Examples
    --------
    >>> read_simple("Na3Zr2(SiO4)2PO4"), read_simple("nonsense")
    ({'Na': 3.0, 'Zr': 2.0, 'Si': 2.0, 'O': 12.0, 'P': 1.0}, None)
    """
    open_: list[list[tuple[str, float]]] = [[]]
    end = 0
    for token in _TOKEN.finditer(text):
        if token.start() != end:
            return None
        end, (symbol, amount, opening, factor) = token.end(), token.groups()
        if symbol:
            open_[-1].append((symbol, float(amount or 1)))
        elif opening:
            open_.append([])
        elif len(open_) > 1 and open_[-1]:
            inside = _added(open_.pop(), float(factor or 1))
            open_[-1] += inside.items()
        else:
            return None
    if end != len(text) or len(open_) > 1:
        return None
    amounts = _added(open_[0], 1.0)
    return amounts if amounts.keys() <= ELECTRONEGATIVITY.keys() and all(amounts.values()) else None


def _added(terms: Iterable[tuple[str, float]], factor: float) -> dict[str, float]:
    """Add up the amounts of each element, multiplied."""
    amounts: dict[str, float] = {}
    for symbol, amount in terms:
        amounts[symbol] = amounts.get(symbol, 0.0) + amount * factor
    return amounts


def reduced_formula(amounts: Mapping[str, float]) -> str:
    """
    Reduce a composition and write it as pymatgen does.

    Parameters
    ----------
    amounts
        Element symbol to amount, not negative.

    Returns
    -------
    str
        Elements by electronegativity, anions that repeat in brackets; fractional amounts stay.

    Examples
    --------
    >>> reduced_formula({"Na": 6, "P": 2, "S": 8}), reduced_formula({"O": 6, "H": 6, "Al": 2})
    ('Na3PS4', 'Al(HO)3')
    """
    there = {symbol: float(x) for symbol, x in amounts.items() if x >= _TOLERANCE}
    if not all(abs(amount - round(amount)) < _TOLERANCE for amount in there.values()):
        order = sorted(there, key=_order)
        return "".join(f"{symbol}{_written(there[symbol])}" for symbol in order)
    formula, _ = _reduced({symbol: round(amount) for symbol, amount in there.items()})
    return _NOT_REDUCED.get(formula, formula)


def _order(symbol: str) -> tuple[float, str]:
    """Sort by electronegativity."""
    return ELECTRONEGATIVITY[symbol], symbol


def _written(amount: float) -> str:
    """Write an amount."""
    return str(round(amount) if isclose(amount, round(amount), abs_tol=_TOLERANCE, rel_tol=0)
               else round(amount, 8))  # fmt: skip


def _reduced(amounts: Mapping[str, int]) -> tuple[str, int]:
    """Divide whole amounts by their divisor; gives the formula and the divisor."""
    symbols, divisor = sorted(amounts, key=_order), gcd(*amounts.values())
    anion = ""
    if len(symbols) > 2:
        *_, first, last = symbols
        if ELECTRONEGATIVITY[last] - ELECTRONEGATIVITY[first] < _POLYANION:
            inside = {symbol: amounts[symbol] // divisor for symbol in (first, last)}
            formula, times = _reduced(inside)
            if times != 1:
                anion, symbols = f"({formula}){times}", symbols[:-2]
    counts = ((symbol, amounts[symbol] // divisor) for symbol in symbols)
    return "".join(f"{s}{n if n > 1 else ''}" for s, n in counts) + anion, divisor
