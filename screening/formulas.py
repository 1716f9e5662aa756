"""Chemical formulas: parsing to amounts per formula unit, and formatting.

A composition is a plain mapping from element symbol to amount per formula unit, so fractional
formulas (Na2.25Y0.25Zr0.75Cl6) and hydrates (Na3SbS4·8H2O) need no class of their own.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from math import gcd, isfinite, lcm, pi
from typing import TYPE_CHECKING

from .errors import FormulaError
from .simple_formulas import ELECTRONEGATIVITY, read_simple, reduced_formula
from .spelling import near

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "canonical",
    "fraction_code",
    "fraction_codes",
    "fractions_key",
    "glass_parts",
    "number",
    "parse",
    "plain",
    "present",
    "same_composition",
    "usual",
]

_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_ADDUCT = re.compile(r"[·•⋅∙*]")
_TYPED_HYDRATE = re.compile(r"(.*[A-Za-z)\]])([1-9]\d*|)\.([1-9]\d*|)H2O")
"""A hydrate typed with a full stop, as Na3SbS4.8H2O."""
_ZERO_FOR_O = re.compile(r"(?:[A-Za-z)\]]|[·•⋅∙*][\d.]*H2)(0)(?:(?=\d)|(?<=H20)$)")
"""A zero where the letter O is meant: P04, 8H20."""
_NONE_OF_IT = re.compile(r"[A-Za-z]0(?!\.\d*[1-9])")
"""An amount of zero, or one that begins with it as the numbers of labels do."""
_COMPONENT = re.compile(r"\(?(\d+(?:\.\d+)?)\)?\s*([A-Z][A-Za-z\d()\[\]]*)")
_GLASS = re.compile(
    rf"(?P<parts>{_COMPONENT.pattern}(?:\s*[-–−·•⋅∙]\s*{_COMPONENT.pattern})+)"
    r"\s*\(?(?P<unit>(?:mol|wt)\.?\s?%)?\)?"
)
"""Components with amounts, as 75Na2S-25P2S5, 75Na2S·25P2S5 or 75 Na2S – 25 P2S5 (mol%)."""
_BRACKETED = re.compile(r"\(([A-Z][A-Za-z\d]*)\)(\d+(?:\.\d+)?)")  # as in (Na2S)75(P2S5)25
_NAMES = {
    "NASICON": "Na3Zr2Si2PO12",
    "NYZC": "Na2.25Y0.25Zr0.75Cl6",
    "NZSP": "Na3Zr2Si2PO12",
}
"""What papers call electrolytes, where it is no formula; to be suggested, as contents vary."""
_SIMPLE, _ROUNDED = 12, 5e-4
"""A share within this of a fraction with a small denominator is meant to be that fraction."""
_PARTS = 10_000
"""Denominators of other shares."""
_LEADING_FACTOR = re.compile(r"^(\d+(?:\.\d+)?)?(.+)$", re.DOTALL)
_FRACTION_DIGITS = 8
"""Compositions equal to this many digits of atomic fraction are one composition."""
_UNITS: float = 10.0**_FRACTION_DIGITS
_PLAIN_DIGITS = 6
"""Significant digits up to which a number that needs no exponent has ten decimals at most."""
_OFF_THE_RATIONALS: float = 10**-_FRACTION_DIGITS / pi
"""Added before rounding, so that no fraction of small integers falls on a rounding boundary."""


def parse(formula: str) -> dict[str, float]:
    """
    Read a chemical formula.

    Parameters
    ----------
    formula
        Element symbols with amounts, brackets, subscript digits and adducts after a middle dot or
        an asterisk: ``"Na3PS4"``, ``"Na2.25Y0.25Zr0.75Cl6"``, ``"Na3SbS4·8H2O"``; or components in
        mol%, as glasses are written: ``"75Na2S-25P2S5"``, ``"75Na2S·25P2S5"`` or
        ``"(Na2S)75(P2S5)25"``.

    Returns
    -------
    dict
        Amount of each element per formula unit as written, in order of appearance; of a glass, per
        smallest unit of whole numbers.

    Raises
    ------
    FormulaError
        If the text is no formula, or names something that is not an element.

    Examples
    --------
    >>> parse("Na3SbS4·8H2O")
    {'Na': 3.0, 'Sb': 1.0, 'S': 4.0, 'H': 16.0, 'O': 8.0}
    >>> parse("Na2(B10H10)0.5(B12H12)0.5")
    {'Na': 2.0, 'B': 11.0, 'H': 11.0}
    >>> parse("75Na2S-25P2S5")
    {'Na': 3.0, 'S': 4.0, 'P': 1.0}
    >>> parse("(Na2S)75(P2S5)25") == parse("75Na2S-25P2S5")
    True
    """
    return _parsed(formula).copy()


@lru_cache(maxsize=1024)
def _parsed(formula: str) -> dict[str, float]:
    """Read a formula that one answer asks for in many places; the result is never changed."""
    _require_one_reading(formula)
    if (glass := glass_parts(formula)) is not None:
        return _whole(glass)
    amounts: dict[str, float] = {}
    for part in _ADDUCT.split(formula.translate(_SUBSCRIPTS).strip()):
        match = _LEADING_FACTOR.match(part.strip())
        if match is None:
            raise FormulaError(f"{formula!r} is not a chemical formula; write it like Na3PS4.")
        factor = float(match[1] or 1)
        for symbol, amount in _parse_plain(match[2], formula).items():
            amounts[symbol] = amounts.get(symbol, 0.0) + factor * amount
    if not amounts or present(amounts, formula) != amounts:
        raise FormulaError(f"{formula!r} has an amount that is not a positive number.")
    return amounts


def glass_parts(text: str) -> dict[str, float] | None:
    """
    Read a composition written as components in mol%, as glasses are.

    Parameters
    ----------
    text
        Amounts and components joined by hyphens, with or without ``mol%`` behind them; the amounts
        add up to 100, or to 1. Joined by middle dots, or in brackets with their amounts behind,
        they are a glass only if they add up to 100.

    Returns
    -------
    dict or None
        Component to its amount as written; None where the text is no such notation.

    Raises
    ------
    FormulaError
        If the amounts add up to neither, or are percent by weight.

    Examples
    --------
    >>> glass_parts("75Na2S-25P2S5"), glass_parts("Na-P-S")
    ({'Na2S': 75.0, 'P2S5': 25.0}, None)
    """
    typed = text.translate(_SUBSCRIPTS).strip()
    match = _GLASS.fullmatch(typed)
    if match is None:
        return _bracketed(typed)
    if match["unit"] and match["unit"].startswith("wt"):
        raise FormulaError(f"{text!r} is in percent by weight: give mol%.")
    found: dict[str, float] = {}
    for amount, component in _COMPONENT.findall(match["parts"]):
        found[component] = found.get(component, 0.0) + float(amount)
    total = sum(found.values())
    if _ADDUCT.search(match["parts"]) and not match["unit"] and abs(total - 100.0) > 0.5:
        return None  # a double salt
    if not any(abs(total - whole) <= 0.005 * whole for whole in (1.0, 100.0)):
        raise FormulaError(
            f"the components of {text!r} add up to {total:g}: give mol%, which add up to 100."
        )
    return found


def _bracketed(text: str) -> dict[str, float] | None:
    """Read components in brackets whose amounts add up to 100."""
    parts = _BRACKETED.findall(text)
    if len(parts) < 2 or _BRACKETED.sub("", text):
        return None
    found = {one: sum(float(x) for name, x in parts if name == one) for one, _ in parts}
    return found if abs(sum(found.values()) - 100.0) <= 0.5 else None


def _whole(components: Mapping[str, float]) -> dict[str, float]:
    """Add components up to the smallest unit of whole numbers; 66.7 and 33.3 are thirds."""
    total = sum(components.values())
    amounts: dict[str, Fraction] = {}
    for component, share in components.items():
        part = Fraction(share / total).limit_denominator(_SIMPLE)
        if abs(float(part) * total - share) > _ROUNDED * total:
            part = Fraction(share / total).limit_denominator(_PARTS)
        for symbol, amount in parse(component).items():
            exact = part * Fraction(amount).limit_denominator(_PARTS)
            amounts[symbol] = amounts.get(symbol, Fraction(0)) + exact
    parts = amounts.values()
    unit = Fraction(gcd(*(x.numerator for x in parts)), lcm(*(x.denominator for x in parts)))
    return {symbol: float(one / unit) for symbol, one in amounts.items()}


def _require_one_reading(formula: str) -> None:
    """Ask where a formula may mean two things, or has a zero for a letter."""
    text = formula.translate(_SUBSCRIPTS).strip()
    hydrate = _TYPED_HYDRATE.fullmatch(text)
    if hydrate is not None and not _ADDUCT.search(text):
        salt, amount, water = hydrate.groups()
        other = f", or {salt}{amount or 0}.{water}(H2O) for that amount" if water else ""
        raise FormulaError(
            f"{formula!r} may be a hydrate or a decimal amount: write {salt}{amount}·{water}H2O "
            f"for the hydrate{other}."
        )
    meant = _ZERO_FOR_O.sub(lambda found: f"{found[0][:-1]}O", text)  # it ends with the zero
    if meant != text and _is_formula(meant):
        raise FormulaError(
            f"{formula!r} has the digit zero where {meant} has the letter O: correct it."
        )


def _is_formula(text: str) -> bool:
    """Tell whether a text can be read as a formula."""
    try:
        parse(text)
    except FormulaError:
        return False
    return True


def present(amounts: Mapping[str, float], name: str | None = None) -> dict[str, float]:
    """
    Keep the elements that are present, and refuse invalid amounts.

    Parameters
    ----------
    amounts
        Element symbol to amount; zero means absent.
    name
        What to call the composition in the message; by default as `plain` writes it.

    Returns
    -------
    dict
        The positive amounts.

    Raises
    ------
    FormulaError
        If an amount is negative or not finite.
    """
    for symbol, amount in amounts.items():
        if not (isfinite(amount) and amount >= 0):
            raise FormulaError(
                f"{name or plain(amounts)!r} has the amount {amount} of {symbol}: "
                "give a positive number."
            )
    return {symbol: float(amount) for symbol, amount in amounts.items() if amount > 0}


def _parse_plain(text: str, whole: str) -> dict[str, float]:
    """Read one adduct-free part and check that every symbol is an element."""
    simple = read_simple(text)
    if simple is not None:
        return simple
    from pymatgen.core import Composition, Element  # noqa: PLC0415 (slow, not always needed)

    try:
        composition = Composition(text)
    except ValueError:
        raise FormulaError(f"{whole!r} is not a chemical formula; {_remedy(whole)}") from None
    amounts: dict[str, float] = {}
    for species, amount in composition.items():
        symbol = str(species.symbol)
        if not Element.is_valid_symbol(symbol):
            raise FormulaError(
                f"{whole!r} names {symbol!r}, which is not an element; {_remedy(whole)}"
            )
        amounts[symbol] = amounts.get(symbol, 0.0) + float(amount)  # D and H are one element
    return amounts


def _remedy(text: str) -> str:
    """Suggest the formula that was probably meant, or show how formulas are written."""
    meant = _NAMES.get(text.strip().upper()) or near(text)
    if meant is None or _NONE_OF_IT.search(meant):
        return "write it like Na3PS4 or Na3SbS4·8H2O."
    return f"did you mean {meant}?"


def plain(amounts: Mapping[str, float]) -> str:
    """
    Write a composition for a message, without reducing or checking it.

    Parameters
    ----------
    amounts
        Element symbol to amount.

    Returns
    -------
    str
        For example ``"Na2S1"``.
    """
    return "".join(f"{symbol}{amount:g}" for symbol, amount in amounts.items())


def canonical(amounts: Mapping[str, float]) -> str:
    """
    Reduced formula of a composition in pymatgen's convention.

    Parameters
    ----------
    amounts
        Element symbol to amount.

    Returns
    -------
    str
        For example ``"Na3PS4"``, ``"O2"``; fractional amounts stay as they are.

    Examples
    --------
    >>> canonical({"Na": 6, "P": 2, "S": 8})
    'Na3PS4'
    """
    if amounts and amounts.keys() <= ELECTRONEGATIVITY.keys() and min(amounts.values()) >= 0:
        return reduced_formula(amounts)
    from pymatgen.core import Composition  # noqa: PLC0415 (slow, not always needed)

    return str(Composition(dict(amounts)).reduced_formula)


def usual(amounts: Mapping[str, float]) -> str:
    """
    Reduced formula of a compound without brackets, as chemists order it.

    Parameters
    ----------
    amounts
        Element symbol to amount.

    Returns
    -------
    str
        Elements by electronegativity, hydroxides ending in OH.

    Examples
    --------
    >>> usual({"Al": 1, "Na": 1, "O": 2}), usual({"Na": 2, "S": 8, "Cr": 4})
    ('NaAlO2', 'NaCr2S4')
    """
    reduced = parse(canonical(amounts))
    order = sorted(reduced, key=lambda symbol: (ELECTRONEGATIVITY[symbol], symbol))
    if order[-2:] == ["H", "O"] and reduced["H"] == reduced["O"]:
        order[-2:] = ["O", "H"]
    return "".join(
        symbol if reduced[symbol] == 1 else symbol + number(reduced[symbol], 8) for symbol in order
    )


def fractions_key(amounts: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    """
    Hashable atomic fractions: equal for compositions that differ by a multiple only.

    Parameters
    ----------
    amounts
        Element symbol to amount.

    Returns
    -------
    tuple
        Pairs of symbol and atomic fraction, sorted by symbol.

    Examples
    --------
    >>> fractions_key({"S": 2, "Na": 2}) == fractions_key({"Na": 1, "S": 1})
    True
    """
    total = sum(amounts.values())
    return tuple(
        (symbol, round(amount / total + _OFF_THE_RATIONALS, _FRACTION_DIGITS))
        for symbol, amount in sorted(amounts.items())
        if amount > 0
    )


def fraction_code(fraction: float) -> int:
    """
    Integer that is equal for atomic fractions that count as equal.

    Parameters
    ----------
    fraction
        Atomic fraction.

    Returns
    -------
    int
        As `fraction_codes` gives it.
    """
    return round((fraction + _OFF_THE_RATIONALS) * _UNITS)


def fraction_codes(fractions: NDArray[np.float64]) -> NDArray[np.int64]:
    """
    Integers that are equal for atomic fractions that count as equal.

    Parameters
    ----------
    fractions
        Atomic fractions, in an array of any shape.

    Returns
    -------
    ndarray
        In units of 1e-8, of the same shape.
    """
    import numpy as np  # noqa: PLC0415 (slow to import; formulas alone need none)

    units = np.rint((fractions + _OFF_THE_RATIONALS) * _UNITS)
    return np.asarray(units, dtype=np.int64)


def same_composition(first: Mapping[str, float], second: Mapping[str, float]) -> bool:
    """
    Tell whether two compositions agree up to a multiple.

    Parameters
    ----------
    first, second
        Element symbol to amount.

    Returns
    -------
    bool
        True where all atomic fractions agree to eight digits.
    """
    return fractions_key(first) == fractions_key(second)


def number(value: float, digits: int = 4) -> str:
    """
    Write a stoichiometric number as a chemist would.

    Parameters
    ----------
    value
        The number.
    digits
        Significant digits kept.

    Returns
    -------
    str
        Without trailing zeros, never in exponent form.

    Examples
    --------
    >>> number(8.000000000001), number(1 / 3), number(40.0)
    ('8', '0.3333', '40')
    """
    text = f"{value:.{digits}g}"
    if "e" in text or digits > _PLAIN_DIGITS:
        text = f"{float(text):.10f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
