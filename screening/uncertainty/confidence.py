"""Confidence in a class: when it counts as certain, and how other classes are reported and ranked.

A class is a verdict derived from energies that have errors. When the energies are sampled, the
class holds in a fraction of the draws; one that holds in half of them is not reported as an answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trona.screening.stability.interphase import InterphaseClass

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LIKELY", "SURE", "is_sure", "verdict", "worst_plausible"]

SURE = 0.9
"""From this share of the draws on, a class stands alone."""
LIKELY = 2.0 / 3.0
"""From this share on it is called likely, below it uncertain."""
_WORTH_NAMING = 0.05
"""Classes of a smaller share are not named beside others."""
_ROUNDING = 1e-9


def is_sure(kind: str, shares: Mapping[str, float]) -> bool:
    """
    Tell whether a class may be shown without its share.

    Parameters
    ----------
    kind
        Class by the energies as they are.
    shares
        Class to share of the draws; empty where no error is stated.

    Returns
    -------
    bool
        True where nothing is known of the errors: the class then is what the energies say.
    """
    return not shares or shares.get(kind, 0.0) >= SURE


def verdict(kind: str, shares: Mapping[str, float]) -> tuple[str, dict[InterphaseClass, float]]:
    """
    State a class with its confidence.

    Parameters
    ----------
    kind
        Class by the energies as they are.
    shares
        Class to share of the draws; empty where no error is stated.

    Returns
    -------
    tuple
        ``""``, ``"likely"`` or ``"uncertain"``, and the classes to name with their shares.

    Examples
    --------
    >>> word, named = verdict("stable", {"unknown": 0.53, "stable": 0.46, "blocking": 0.01})
    >>> word, [f"{kind} {share:.0%}" for kind, share in named.items()]
    ('uncertain', ['unknown 53%', 'stable 46%'])
    """
    if is_sure(kind, shares):
        return "", {InterphaseClass(kind): shares.get(kind, 1.0)}
    falling = sorted(shares.items(), key=lambda one: -one[1])
    if falling[0][1] >= LIKELY:
        return "likely", {InterphaseClass(falling[0][0]): falling[0][1]}
    return "uncertain", {InterphaseClass(k): x for k, x in falling if x >= _WORTH_NAMING}


def worst_plausible(kind: str, shares: Mapping[str, float]) -> InterphaseClass:
    """
    Find the most harmful class that cannot be left out: the one that counts in a ranking.

    Parameters
    ----------
    kind
        Class by the energies as they are.
    shares
        Class to share of the draws; empty where no error is stated.

    Returns
    -------
    InterphaseClass
        That class or a worse one holds in more than one draw of ten; an unknown class is worst.

    Examples
    --------
    >>> worst_plausible("stable", {"stable": 0.8, "mixed-conducting": 0.15, "unknown": 0.05}).value
    'mixed-conducting'
    """
    found, reached = InterphaseClass(kind), 0.0
    for one in sorted(map(InterphaseClass, shares), key=_harm, reverse=True):
        found, reached = one, reached + shares[one]
        if reached > 1.0 - SURE + _ROUNDING:
            break
    return found


def _harm(kind: InterphaseClass) -> float:
    """Order classes by harm, unknown worst."""
    return 2.0 if kind.severity is None else kind.severity
