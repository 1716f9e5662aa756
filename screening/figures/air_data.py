"""Data of the figure of driving force against dew point."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AIR_AXIS", "AirCurve", "AirFigure"]

AIR_AXIS = "driving force in moist air (meV per atom)"
"""What stands beside the vertical axis."""
_NOTHING = 1e-6
"""meV per atom that rounding leaves."""


@dataclass(frozen=True)
class AirCurve:
    """
    A composition in air of rising humidity.

    Parameters
    ----------
    formula
        The composition.
    dew_points
        °C, rising.
    energies
        Energy that the reaction with water releases, meV per atom of the composition.
    onset
        Dew point from which water is taken up, °C; None where that is outside the figure.
    """

    formula: str
    dew_points: tuple[float, ...]
    energies: tuple[float, ...]
    onset: float | None

    @property
    def note(self) -> str:
        """What stands behind the formula; empty where energy is released."""
        return "" if max(self.energies, default=0.0) > _NOTHING else " (no driving force)"


@dataclass(frozen=True)
class AirFigure:
    """
    Compositions in air of rising humidity.

    Parameters
    ----------
    curves
        One for each composition.
    conditions
        What they hold for, in words.
    """

    curves: tuple[AirCurve, ...]
    conditions: str
