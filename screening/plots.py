"""Figure of a ladder, and what all figures share. Matplotlib is imported inside the functions."""

from __future__ import annotations

import itertools
from math import isinf
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import isotonic_regression

from .errors import InputError
from .formulas import number
from .interphase import InterphaseClass
from .window import Reaction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from .interphase import Interphase
    from .window import Rung, Stability

__all__ = ["COLOURS", "draw_ladder", "root", "save", "spaced", "subscripted"]

COLOURS = {
    InterphaseClass.STABLE: "#009E73",
    InterphaseClass.PASSIVATING: "#56B4E9",
    InterphaseClass.BLOCKING: "#0072B2",
    InterphaseClass.MIXED_CONDUCTING: "#E69F00",
    InterphaseClass.ELECTRONIC_CONDUCTOR: "#D55E00",
    InterphaseClass.UNKNOWN: "#999999",
}
"""Palette of Okabe & Ito (2008), readable with every colour vision."""

_HEADROOM = 0.6
"""V drawn above the highest breakpoint."""


def subscripted(formula: str) -> str:
    """
    Write a formula with subscript digits.

    Parameters
    ----------
    formula
        Plain formula.

    Returns
    -------
    str
        In matplotlib's math text.

    Examples
    --------
    >>> subscripted("Na3PS3.4O0.6")
    'Na$_{3}$PS$_{3.4}$O$_{0.6}$'
    """
    text, digits, previous = "", "", ""
    for letter in f"{formula}·":
        inside = letter.isdigit() or (letter == "." and digits)
        if inside and (digits or previous.isalpha() or previous == ")"):
            digits += letter
            continue
        text += (f"$_{{{digits}}}$" if digits else "") + letter
        digits, previous = "", letter
    return text[:-1]


def draw_ladder(
    stability: Stability, interphases: Sequence[Interphase], axes: Axes | None = None
) -> Figure:
    """
    Draw sodium content against voltage, with the products of each step.

    Parameters
    ----------
    stability
        Result of one composition.
    interphases
        One for each interval of its ladder: they colour the steps.
    axes
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.figure.Figure
        The figure that holds the axes.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415

    if axes is None:
        axes = Figure(figsize=(7.2, 4.6), layout="constrained").add_subplot()
    top = stability.ladder[-1].interval.voltage_lower + _HEADROOM
    drawn: set[InterphaseClass] = set()
    ends: list[tuple[float, float]] = []
    for rung, interphase in zip(stability.ladder, interphases, strict=True):
        upper = min(rung.interval.voltage_upper, top)
        content = rung.interval.sodium_exchanged
        axes.plot(
            [content, content],
            [rung.interval.voltage_lower, upper],
            color=COLOURS[interphase.kind],
            linewidth=5,
            solid_capstyle="butt",
            label=None if interphase.kind in drawn else interphase.kind.value,
        )
        drawn.add(interphase.kind)
        ends.append((content, upper))
    for (left, level), (right, _) in itertools.pairwise(ends):
        axes.plot([left, right], [level, level], color="0.6", linewidth=0.8, zorder=0)
    _label_products(axes, stability, top)
    axes.set_xlabel(f"Na exchanged per {subscripted(stability.formula)}")
    axes.set_ylabel("voltage against Na/Na$^+$ (V)")
    axes.set_ylim(0, top)
    axes.set_title(_title(stability), fontsize=10, loc="left")
    axes.legend(fontsize=8, frameon=False, ncols=5, loc="upper left", bbox_to_anchor=(-0.1, -0.14))
    return root(axes)


def root(axes: Axes) -> Figure:
    """
    Find the figure that holds some axes.

    Parameters
    ----------
    axes
        Drawn axes.

    Returns
    -------
    matplotlib.figure.Figure
        To be saved.

    Raises
    ------
    ValueError
        If they belong to no figure.
    """
    figure = axes.get_figure(root=True)
    if figure is None:
        raise ValueError("the axes belong to no figure")
    return figure


def spaced(levels: Sequence[float], apart: float) -> list[float]:
    """
    Move labels as little as it takes for none to cover another.

    Parameters
    ----------
    levels
        Where they belong, in rising order.
    apart
        Least distance.

    Returns
    -------
    list of float
        In the same order: the least squares of all moves, an isotonic regression.

    Examples
    --------
    >>> spaced([0.0, 0.5, 3.0], 1.0)
    [-0.25, 0.75, 3.0]
    """
    steps = apart * np.arange(len(levels))
    return [float(x) for x in isotonic_regression(np.asarray(levels) - steps).x + steps]


def _title(stability: Stability) -> str:
    """Name the electrolyte and its window."""
    name = subscripted(stability.formula)
    window = stability.window
    if window is None:
        return f"{name}: no range without exchange of sodium"
    upper = "∞" if isinf(window.oxidation) else f"{window.oxidation:.2f}"
    return f"{name}: stable from {window.reduction:.2f} to {upper} V"


def _label_products(axes: Axes, stability: Stability, top: float) -> None:
    """Write the products beside their steps, apart from each other, away from the steps' left."""
    middles = [
        (rung.interval.voltage_lower + min(rung.interval.voltage_upper, top)) / 2
        for rung in stability.ladder
    ]
    levels = spaced(middles, top / 17)
    for rung, middle, level in zip(stability.ladder, middles, levels, strict=True):
        axes.annotate(
            _products(rung),
            xy=(rung.interval.sodium_exchanged, middle),
            xytext=(1.03, level),
            textcoords=axes.get_yaxis_transform(),
            fontsize=7.5,
            va="center",
            arrowprops={"arrowstyle": "-", "color": "0.75", "linewidth": 0.5},
            annotation_clip=False,
        )


def _products(rung: Rung) -> str:
    """Write the products of a step with their amounts."""
    if rung.kind is Reaction.NONE and len(rung.interval.phases) == 1:
        return subscripted(rung.interval.phases[0].formula)
    pairs = zip(rung.interval.phases, rung.interval.amounts, strict=True)
    return " + ".join(
        f"{'' if number(x, 3) == '1' else number(x, 3) + ' '}{subscripted(p.formula)}"
        for p, x in pairs
    )


def save(figure: Figure, path: Path) -> None:
    """
    Write a figure to a file.

    Parameters
    ----------
    figure
        As drawn.
    path
        The ending decides the format: png, pdf, svg.

    Raises
    ------
    InputError
        If the file cannot be written or the format is unknown.
    """
    try:
        figure.savefig(path, dpi=200)
    except (OSError, ValueError) as error:
        raise InputError(f"cannot write the figure {str(path)!r}: {error}.") from None
