"""Interphase classes in tables, with their confidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trona.screening.stability.interphase import InterphaseClass
from trona.screening.uncertainty.confidence import verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["percent", "said", "styled"]


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
    Write a class as sure as it is.

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
