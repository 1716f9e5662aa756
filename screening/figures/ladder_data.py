"""Data of the figure of a decomposition ladder."""

from __future__ import annotations

from dataclasses import dataclass
from math import isinf
from typing import TYPE_CHECKING

from trona.screening.formulas import number
from trona.screening.stability.interphase import InterphaseClass
from trona.screening.stability.products import by_harm
from trona.screening.stability.window import Reaction
from trona.screening.units import range_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trona.screening.stability.interphase import Interphase
    from trona.screening.stability.window import Rung, Stability

__all__ = ["UNITS", "LadderFigure", "LadderPart", "LadderStep", "ladder_figure"]

UNITS = {"volume": "vol%", "atoms": "at%"}
"""How parts of all products are written, by what they are parts of."""
_HEADROOM = 0.6
"""V shown above the highest breakpoint."""
_HIGHEST = 5.5
"""V above which no sodium cell operates: what happens there is not drawn, a window excepted."""


@dataclass(frozen=True)
class LadderPart:
    """
    A product in one step of a ladder.

    Parameters
    ----------
    formula
        The product.
    amount
        Formula units per formula unit of the electrolyte.
    fraction
        Part of all products, by the step's basis.
    kind
        Class of an interphase of this product alone.
    """

    formula: str
    amount: float
    fraction: float
    kind: InterphaseClass


@dataclass(frozen=True)
class LadderStep:
    """
    A range of voltage with one set of products.

    Parameters
    ----------
    lower, upper
        V; ``upper`` is inf in the last step.
    sodium
        Sodium accepted per formula unit; negative where it is released.
    kind
        Class of the products together.
    basis
        Of the fractions: ``"volume"`` or ``"atoms"``.
    parts
        Products, most harmful first.
    """

    lower: float
    upper: float
    sodium: float
    kind: InterphaseClass
    basis: str
    parts: tuple[LadderPart, ...]

    @property
    def products(self) -> str:
        """Products with their amounts, as one side of a reaction."""
        if len(self.parts) == 1 and self.kind is InterphaseClass.STABLE:
            return self.parts[0].formula
        return " + ".join(
            f"{'' if (x := number(part.amount, 3)) == '1' else f'{x} '}{part.formula}"
            for part in self.parts
        )


@dataclass(frozen=True)
class LadderFigure:
    """
    Decomposition ladder of one composition.

    Parameters
    ----------
    formula
        The composition.
    lower, upper
        Its window, V; both None where no range is free of exchange.
    steps
        Lowest voltage first.
    """

    formula: str
    lower: float | None
    upper: float | None
    steps: tuple[LadderStep, ...]

    @property
    def top(self) -> float:
        """Upper end of the voltage axis, V."""
        last = self.steps[-1]
        return (last.lower if isinf(last.upper) else max(last.lower, _HIGHEST)) + _HEADROOM

    @property
    def units(self) -> str:
        """Of the fractions of products."""
        return " or ".join(sorted({UNITS[step.basis] for step in self.steps}, reverse=True))

    @property
    def kinds(self) -> set[InterphaseClass]:
        """Classes that are shown."""
        reacting = [step for step in self.steps if step.kind.reacts]
        return {step.kind for step in self.steps} | {p.kind for s in reacting for p in s.parts}

    @property
    def title(self) -> str:
        """What the window is, without the formula."""
        if self.lower is None or self.upper is None:
            return "no range without exchange of sodium"
        apart = any(step.kind is InterphaseClass.DECOMPOSES for step in self.steps)
        state = "no sodium exchanged" if apart else "stable"
        return f"{state} from {range_text(self.lower, self.upper)} V"


def ladder_figure(stability: Stability, interphases: Sequence[Interphase]) -> LadderFigure:
    """
    Show the ladder of a composition.

    Parameters
    ----------
    stability
        As assessed.
    interphases
        One for each interval of its ladder.

    Returns
    -------
    LadderFigure
        All steps.
    """
    pairs = zip(stability.ladder, interphases, strict=True)
    window = stability.window
    return LadderFigure(
        formula=stability.formula,
        lower=None if window is None else window.reduction,
        upper=None if window is None else window.oxidation,
        steps=tuple(
            _step(rung, interphase)
            for rung, interphase in pairs
            if rung.interval.voltage_lower
            <= max(_HIGHEST, 0.0 if window is None else window.reduction)
        ),
    )


def _step(rung: Rung, interphase: Interphase) -> LadderStep:
    """Show one interval."""
    return LadderStep(
        lower=rung.interval.voltage_lower,
        upper=rung.interval.voltage_upper,
        sodium=rung.interval.sodium_exchanged if rung.kind is not Reaction.NONE else 0.0,
        kind=interphase.kind,
        basis=interphase.fraction_basis,
        parts=tuple(
            LadderPart(one.phase.formula, one.amount, one.fraction, one.properties.kind)
            for one in by_harm(interphase.shares)
        ),
    )
