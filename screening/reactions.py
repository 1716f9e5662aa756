"""Balanced reactions with the sodium reservoir, written per formula unit of the electrolyte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .formulas import number

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["terms", "write_reaction"]

_NO_SODIUM = 5e-7
"""Exchanged sodium below this per formula unit is none."""


def write_reaction(
    reactant: str, products: Iterable[tuple[str, float]], sodium_exchanged: float = 0.0
) -> str:
    """
    Write a reaction with sodium on the side where it is consumed or released.

    Parameters
    ----------
    reactant
        Formula of the electrolyte; its coefficient is one.
    products
        Formula and amount per formula unit of the reactant.
    sodium_exchanged
        Sodium taken up per formula unit; negative where it is released.

    Returns
    -------
    str
        For example ``"Na3PS4 + 8 Na -> Na3P + 4 Na2S"``.

    Examples
    --------
    >>> write_reaction("Na3PS4", [("Na3P", 1.0), ("Na2S", 4.0)], 8.0)
    'Na3PS4 + 8 Na -> Na3P + 4 Na2S'
    >>> write_reaction("NaI", [("I", 1.0)], -1.0)
    'NaI -> I + Na'
    """
    taken, given = max(sodium_exchanged, 0.0), max(-sodium_exchanged, 0.0)
    return f"{terms([(reactant, 1.0), ('Na', taken)])} -> {terms([*products, ('Na', given)])}"


def terms(parts: Iterable[tuple[str, float]]) -> str:
    """
    Write one side of a reaction.

    Parameters
    ----------
    parts
        Formula and amount; what is absent is left out.

    Returns
    -------
    str
        For example ``"Na3P + 4 Na2S"``.

    Examples
    --------
    >>> terms([("Na3P", 1.0), ("Na2S", 4.0), ("Na", 0.0)])
    'Na3P + 4 Na2S'
    """
    return " + ".join(_term(formula, amount) for formula, amount in parts if amount > _NO_SODIUM)


def _term(formula: str, amount: float) -> str:
    """Write one term, leaving out a coefficient of one."""
    coefficient = number(amount)
    return formula if coefficient == "1" else f"{coefficient} {formula}"
