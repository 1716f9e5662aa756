"""Data of the chart of dopants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trona.screening.stability.interphase import InterphaseClass

__all__ = ["HYDROLYSIS_AXIS", "REDUCTION_AXIS", "DopantFigure", "DopantPoint"]

HYDROLYSIS_AXIS = "energy saved in moist air (eV per atom of dopant)"
REDUCTION_AXIS = "energy saved at sodium metal (eV per atom of dopant)"
"""What stands beside the axes: how much less energy is released than by the host."""


@dataclass(frozen=True)
class DopantPoint:
    """
    A dopant.

    Parameters
    ----------
    element
        Its symbol.
    formula
        The doped composition.
    hydrolysis, reduction
        How much less energy the reactions release than those of the host, eV per atom of dopant.
    kind
        Class of the interphase at 0 V.
    """

    element: str
    formula: str
    hydrolysis: float
    reduction: float
    kind: InterphaseClass


@dataclass(frozen=True)
class DopantFigure:
    """
    Dopants of a host on two axes; the host is where both are zero.

    Parameters
    ----------
    host
        Formula.
    points
        One for each dopant.
    title
        How much is replaced, and what is supplied.
    conditions
        What they hold for, in words.
    note
        What could not be judged; empty where all was.
    """

    host: str
    points: tuple[DopantPoint, ...]
    title: str
    conditions: str
    note: str = ""
