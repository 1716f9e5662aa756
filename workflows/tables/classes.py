"""Interphase classes in tables, with their confidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trona.screening.stability.interphase import InterphaseClass
from trona.screening.uncertainty.confidence import verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["legend", "percent", "said", "styled"]

_PLAIN = {InterphaseClass.STABLE}
"""Classes whose words need no explanation."""
_OPEN = {
    InterphaseClass.GROWTH_STOPS,
    InterphaseClass.GROWTH_GOES_ON,
    InterphaseClass.UNKNOWN,
}
"""Classes that leave open whether sodium ions or electrons pass."""


def styled(interphase: str) -> str:
    """
    Write an interphase class in its colour.

    Parameters
    ----------
    interphase
        The class.

    Returns
    -------
    str
        Rich markup.
    """
    kind = InterphaseClass(interphase)
    return f"[{kind.style}]{kind.short}[/]"


def said(interphase: str, shares: Mapping[str, float], between: str = ", ") -> str:
    """
    Write a class with its confidence.

    Parameters
    ----------
    interphase
        The class by the energies as they are.
    shares
        Class to share of the draws; empty where none were drawn.
    between
        What stands between several classes.

    Returns
    -------
    str
        Rich markup, as in ``"stable"``, ``"likely stable 78 %"`` or
        ``"uncertain: unknown 53 %, stable 46 %"``.
    """
    word, named = verdict(interphase, shares)
    if not word:
        return styled(interphase)
    listed = between.join(f"{styled(kind)} {percent(share)}" for kind, share in named.items())
    gap = between if "\n" in between else " "
    return f"{word}{':' if word == 'uncertain' else ''}{gap}{listed}"


def legend(kinds: Iterable[str | None], *, brief: bool = False) -> list[str]:
    """
    Explain the short words for the interphase classes in a table, in one line.

    Parameters
    ----------
    kinds
        Classes in the table, in any order.
    brief
        True to explain only those that leave conduction open.

    Returns
    -------
    list of str
        One line in rich markup; empty if no word needs an explanation.

    Examples
    --------
    >>> legend(["stable", "growth-stops"])
    ['[dim]stops growing: blocks electrons, Na⁺ unknown[/]']
    """
    shown = set(kinds)
    named = [kind for kind in InterphaseClass if kind in shown and kind not in _PLAIN]
    if brief:
        named = [kind for kind in named if kind in _OPEN]
    words = [
        f"{kind.short}: {kind.meaning.partition(':')[0].replace('both', 'electrons and Na⁺')}"
        for kind in named
    ]
    return [f"[dim]{'; '.join(words)}[/]"] if words else []


def percent(fraction: float) -> str:
    """
    Write a fraction of draws.

    Parameters
    ----------
    fraction
        From 0 to 1.

    Returns
    -------
    str
        Never 0 or 100 % where it is neither.
    """
    if 0.99 < fraction < 1.0:
        return ">99 %"
    return f"{fraction * 100:.0f} %" if fraction >= 0.01 else "<1 %"
