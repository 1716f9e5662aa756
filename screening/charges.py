"""Charge balance of compositions from oxidation states; no structure, no I/O.

The count holds for salts in which each cation, anion and framework element has one oxidation state.
Where atoms of the same element bond to each other (polysulfides, polyphosphides, boron cages,
alloys) no statement is made.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from .errors import FormulaError
from .formulas import canonical, number, parse, same_composition
from .units import SODIUM

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "STATES",
    "charge_sum",
    "exact_formula",
    "imbalance",
    "objection",
    "oxidation_states",
    "require_sodium",
    "write_formula",
]

_ALKALI = dict.fromkeys(("Li", "Na", "K", "Rb", "Cs"), (1,))
_CENTRES: dict[str, tuple[int, ...]] = {
    "Be": (2,), "Mg": (2,), "Ca": (2,), "Sr": (2,), "Ba": (2,), "Zn": (2,), "Cd": (2,),
    "B": (3,), "Al": (3,), "Ga": (3,), "In": (3,), "Sc": (3,), "Y": (3,), "La": (3,), "Bi": (3, 5),
    "Si": (4,), "Ge": (4, 2, 3), "Sn": (4, 2), "Zr": (4,), "Hf": (4,),
    "P": (5, 4, 3), "As": (5, 3), "Sb": (5, 3), "Nb": (5, 4, 3), "Ta": (5,),
    "Mo": (6, 4, 3), "W": (6, 4),
    "Ti": (4, 3), "V": (5, 4, 3, 2), "Cr": (3, 6, 4, 2), "Mn": (2, 3, 4, 7), "Fe": (3, 2, 4),
    "Co": (2, 3, 4), "Ni": (2, 3, 4), "Cu": (2, 1, 3), "Ag": (1, 2, 3),
}  # fmt: skip
_ANIONS = {
    **dict.fromkeys(("O", "S", "Se", "Te"), (-2,)),
    **dict.fromkeys(("F", "Cl", "Br", "I"), (-1,)),
}
STATES: dict[str, tuple[int, ...]] = {**_ALKALI, "H": (1,), **_CENTRES, **_ANIONS}
"""Oxidation states of an element in its salts, the usual one first (Greenwood & Earnshaw, Chemistry
of the Elements). P⁴⁺ and Ge³⁺ stand for P–P and Ge–Ge bonds, as in Na4P2S6."""

_OXO = {"S": (6, 4), "Se": (6, 4), "Cl": (7, 5), "I": (7, 5)}
"""Further states of anion formers in oxo anions, where there are three O or more for each."""
_LEAST_OXYGEN, _FULL_OXYGEN = 3.0, 4.0
"""O for each centre: from three a sulfite or a sulfate, from four a sulfate."""

_MIXED_VALENCE = frozenset({"Ti", "V", "Nb", "Cr", "Mn", "Fe", "Co", "Ni", "Cu"})
"""Elements whose average state may lie between two of its states, as in cathodes."""
_TOLERANCE = 1e-3
"""Charges per formula unit below this are rounding of the amounts."""


def oxidation_states(amounts: Mapping[str, float]) -> dict[str, float] | None:
    """
    Find one oxidation state per element that makes a composition neutral.

    Parameters
    ----------
    amounts
        Element symbol to amount per formula unit.

    Returns
    -------
    dict or None
        Element symbol to its (average) oxidation state, the usual states first; None if there is
        no such assignment, or counting does not apply.
    """
    if not _countable(amounts):
        return None
    fixed = [symbol for symbol in amounts if symbol not in _MIXED_VALENCE]
    mixed = [symbol for symbol in amounts if symbol in _MIXED_VALENCE]
    options = [_states_in(symbol, amounts) for symbol in fixed]
    choices = product(*(range(len(states)) for states in options))
    for chosen in sorted(choices, key=lambda places: (sum(places), places)):
        states: dict[str, float] = {
            symbol: options[at][place]
            for at, (symbol, place) in enumerate(zip(fixed, chosen, strict=True))
        }
        found = _with_mixed(states, mixed, amounts)
        if found is not None:
            return {symbol: found[symbol] for symbol in amounts}
    return None


def _states_in(symbol: str, amounts: Mapping[str, float]) -> tuple[int, ...]:
    """List the states that an element may have in a composition."""
    oxo = amounts.get("O", 0.0) >= _LEAST_OXYGEN * amounts[symbol]
    return STATES[symbol] + (_OXO.get(symbol, ()) if oxo else ())


def _with_mixed(
    states: Mapping[str, float], mixed: list[str], amounts: Mapping[str, float]
) -> dict[str, float] | None:
    """Let the elements of mixed valence make up for the charge of the others, if they can."""
    missing = -charge_sum(amounts, states)
    if not mixed:
        return dict(states) if abs(missing) <= _TOLERANCE else None
    low = sum(min(STATES[symbol]) * amounts[symbol] for symbol in mixed)
    high = sum(max(STATES[symbol]) * amounts[symbol] for symbol in mixed)
    if not low - _TOLERANCE <= missing <= high + _TOLERANCE:
        return None
    share = 0.0 if high == low else (missing - low) / (high - low)
    averages = {
        symbol: min(STATES[symbol]) + share * (max(STATES[symbol]) - min(STATES[symbol]))
        for symbol in mixed
    }
    return {**states, **averages}


def charge_sum(amounts: Mapping[str, float], states: Mapping[str, float]) -> float:
    """
    Add up the charges of a composition.

    Parameters
    ----------
    amounts
        Element symbol to amount per formula unit.
    states
        Oxidation state of each of those that carries a charge.

    Returns
    -------
    float
        Elementary charges per formula unit.
    """
    return sum(states[symbol] * amounts[symbol] for symbol in states)


def _countable(amounts: Mapping[str, float]) -> bool:
    """Tell whether a composition is a salt of known elements in which counting can decide."""
    symbols = set(amounts)
    if not symbols <= STATES.keys() or {"B", "H"} <= symbols:
        return False
    return bool(symbols & _CENTRES.keys()) and bool(symbols & _ANIONS.keys())


def imbalance(amounts: Mapping[str, float]) -> float | None:
    """
    Excess charge that no assignment of oxidation states can balance.

    Parameters
    ----------
    amounts
        Element symbol to amount per formula unit.

    Returns
    -------
    float or None
        Elementary charges per formula unit with the states that come nearest; None where the
        composition is neutral, or counting does not apply.
    """
    if not _countable(amounts) or oxidation_states(amounts) is not None:
        return None
    return charge_sum(amounts, _nearest_states(amounts))


def _nearest_states(amounts: Mapping[str, float]) -> dict[str, float]:
    """
    Choose the states that come nearest to neutral.

    Each element has its usual state, but for the centres of oxo anions (S⁶⁺ in a sulfate) and for
    elements of mixed valence.
    """
    options = [_likely_states(symbol, amounts) for symbol in amounts]
    choices: list[dict[str, float]] = [
        dict(zip(amounts, chosen, strict=True)) for chosen in product(*options)
    ]
    return min(choices, key=lambda states: abs(charge_sum(amounts, states)))


def _likely_states(symbol: str, amounts: Mapping[str, float]) -> tuple[int, ...]:
    """List the states of an element that a message may name."""
    if symbol in _MIXED_VALENCE:
        return STATES[symbol]
    oxo = _states_in(symbol, amounts)[len(STATES[symbol]) :]
    if amounts.get("O", 0.0) >= _FULL_OXYGEN * amounts[symbol]:
        oxo = oxo[:1]
    return (STATES[symbol][0], *oxo)


def objection(amounts: Mapping[str, float], name: str) -> str | None:
    """
    Say why a composition cannot be a salt.

    Parameters
    ----------
    amounts
        Element symbol to amount per formula unit.
    name
        What to call it.

    Returns
    -------
    str or None
        One sentence with the count and the nearest neutral composition; None without objection.
    """
    excess = imbalance(amounts)
    if excess is None:
        return None
    states = _nearest_states(amounts)
    counted = " ".join(f"{symbol}{states[symbol]:+g}" for symbol in amounts)
    sodium = amounts.get(SODIUM, 0.0) - excess
    repair = ""
    if sodium > _TOLERANCE:
        repair = f" ({write_formula({**amounts, SODIUM: sodium})} is neutral)"
    return (
        f"{name!r} is not neutral: {counted} leave a charge of {excess:+.3g}; "
        f"correct its amounts{repair}"
    )


def write_formula(amounts: Mapping[str, float]) -> str:
    """
    Write amounts as a formula, in their order and without reducing them.

    Parameters
    ----------
    amounts
        Element symbol to amount.

    Returns
    -------
    str
        To four digits, a one left out.
    """
    texts = {symbol: number(amount) for symbol, amount in amounts.items() if amount > 0}
    return "".join(symbol + ("" if text == "1" else text) for symbol, text in texts.items())


def exact_formula(amounts: Mapping[str, float], whole: Mapping[str, float]) -> str:
    """
    Write a composition per formula unit if four digits are exact, otherwise in whole atoms.

    Parameters
    ----------
    amounts
        Element symbol to amount per formula unit.
    whole
        The same in atoms of a cell.

    Returns
    -------
    str
        A formula of exactly that composition.
    """
    text = write_formula(amounts)
    return text if same_composition(parse(text), whole) else canonical(whole)


def require_sodium(composition: Mapping[str, float], formula: str) -> None:
    """
    Refuse a composition that is no sodium compound.

    Parameters
    ----------
    composition
        Element symbol to amount.
    formula
        As the user wrote it.

    Raises
    ------
    FormulaError
        If there is no sodium, or nothing else.
    """
    if SODIUM not in composition or len(composition) == 1:
        raise FormulaError(
            f"{formula!r} is not a compound of sodium: name an electrolyte such as Na3PS4."
        )
