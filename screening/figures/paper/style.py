"""Style of the matplotlib figures, and the ladder. Matplotlib is imported inside the functions."""

from __future__ import annotations

import itertools
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from trona.screening.errors import InputError
from trona.screening.figures.labels import class_words, placed, spaced
from trona.screening.stability.interphase import InterphaseClass
from trona.screening.typesetting import in_lines, subscripted, typeset

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from trona.screening.figures.ladder_data import LadderFigure, LadderStep

__all__ = [
    "COLOURS",
    "GREY",
    "VOLTAGE",
    "WIDTH",
    "class_legend",
    "draw_ladder",
    "letters_on",
    "name_points",
    "root",
    "save_figure",
    "tidy",
]

COLOURS = {kind: kind.colour for kind in InterphaseClass}
"""Palette of Okabe & Ito (2008), readable with every colour vision."""
GREY = "0.75"
"""Lines that lead from a label to what it names."""
VOLTAGE = "voltage against Na/Na$^+$ (V)"
WIDTH = 6.9
"""Inches of two columns of a journal (175 mm): letters have in print the size they are drawn in."""
_POINTS_PER_INCH = 72.0
_LETTER = 0.56
"""Width of a letter over the size of its font, on average."""
_LETTER_WIDTH = 3.5
"""Per cent of the bars of products that a letter in them takes."""
_LONG = 16
"""Letters from which a formula has a line of its own below the axes."""
_AROUND = 1.75
"""Inches above and below the axes of a ladder."""
_LABEL_LINE, _LABEL_GAP = 0.15, 0.05
"""Inches that a line of a label beside a ladder takes, and that are free between two labels."""
_BLACK_FROM = 0.179
"""Relative luminance from which black letters stand out more than white ones (WCAG 2.2)."""
_NEAR = 9.0
"""Points between a name and its point up to which no line has to lead there,"""
_CLEARLY = 1.6
"""unless another point is not farther from it than this many times as much."""


def draw_ladder(ladder: LadderFigure) -> Figure:
    """
    Draw sodium content against voltage, with the products of each step as stacked fractions.

    Parameters
    ----------
    ladder
        What it shows.

    Returns
    -------
    matplotlib.figure.Figure
        Sodium exchanged on the left, coloured by the class of all products together; products on
        the right, coloured by the class that each would make alone.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415

    labels = [in_lines(step.products) for step in ladder.steps]
    needed = sum(_LABEL_LINE * (text.count("\n") + 1) + _LABEL_GAP for text in labels)
    figure = Figure(figsize=(WIDTH, max(4.4, _AROUND + needed)), layout="constrained")
    content, parts = figure.subplots(1, 2, sharey=True, width_ratios=[1.9, 1.0])
    _draw_content(content, ladder)
    for step in ladder.steps:
        _draw_parts(parts, step, min(step.upper, ladder.top), ladder.top / 26)
    _label_products(parts, ladder, labels)
    between = "\n" if len(ladder.formula) > _LONG else " "
    content.set_xlabel(f"Na exchanged per{between}{subscripted(ladder.formula)}")
    content.set_ylabel(VOLTAGE)
    content.set_ylim(0, ladder.top)
    parts.set_xlabel(f"products ({ladder.units})")
    parts.set_xlim(0, 100)
    content.set_title(f"{subscripted(ladder.formula)}: {ladder.title}", fontsize=10, loc="left")
    class_legend(figure, ladder.kinds)
    tidy(content, parts)
    return figure


def _draw_content(axes: Axes, ladder: LadderFigure) -> None:
    """Draw the sodium exchanged as a staircase with thick, coloured steps."""
    ends = []
    for step in ladder.steps:
        upper = min(step.upper, ladder.top)
        axes.plot(
            [step.sodium, step.sodium],
            [step.lower, upper],
            color=COLOURS[step.kind],
            linewidth=5,
            solid_capstyle="butt",
        )
        ends.append((step.sodium, upper))
    for (left, level), (right, _) in itertools.pairwise(ends):
        axes.plot([left, right], [level, level], color="0.6", linewidth=0.8, zorder=0)


def _draw_parts(axes: Axes, step: LadderStep, upper: float, room: float) -> None:
    """Stack the fractions of the products of a step, and name those that have room (V) for it."""
    left = 0.0
    for part in step.parts:
        kind = part.kind if step.kind.reacts else step.kind
        axes.barh(
            step.lower,
            100.0 * part.fraction,
            upper - step.lower,
            left,
            align="edge",
            color=COLOURS[kind],
            edgecolor="white",
            linewidth=0.6,
        )
        if (
            len(part.formula) * _LETTER_WIDTH <= 100.0 * part.fraction
            and upper - step.lower >= room
        ):
            axes.text(
                left + 50.0 * part.fraction,
                (step.lower + upper) / 2,
                subscripted(part.formula),
                color=letters_on(COLOURS[kind]),
                fontsize=7,
                ha="center",
                va="center_baseline",
            )
        left += 100.0 * part.fraction


def letters_on(colour: str) -> str:
    """
    Choose the colour of letters that stand out from what is behind them.

    Parameters
    ----------
    colour
        Behind them, as ``"#0072B2"``.

    Returns
    -------
    str
        ``"black"`` or ``"white"``.

    Examples
    --------
    >>> letters_on("#F0E442"), letters_on("#1B3A57")
    ('black', 'white')
    """
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "black" if luminance >= _BLACK_FROM else "white"


def _label_products(axes: Axes, ladder: LadderFigure, labels: Sequence[str]) -> None:
    """Write the products beside their steps, apart from each other and not below the axes."""
    volts = ladder.top / (root(axes).get_figheight() - _AROUND)
    heights = [volts * (_LABEL_LINE * (text.count("\n") + 1) + _LABEL_GAP) for text in labels]
    middles = [(step.lower + min(step.upper, ladder.top)) / 2 for step in ladder.steps]
    apart = [(one + other) / 2 for one, other in itertools.pairwise(heights)]
    levels = spaced(middles, apart, (heights[0] / 2, ladder.top - heights[-1] / 2))
    for label, middle, level in zip(labels, middles, levels, strict=True):
        axes.annotate(
            label,
            xy=(1.0, middle),
            xycoords=axes.get_yaxis_transform(),
            xytext=(1.12, level),
            textcoords=axes.get_yaxis_transform(),
            fontsize=7.5,
            va="center",
            arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.5, "relpos": (0, 0.5)},
            annotation_clip=False,
        )


_LEGEND_ENTRY = 1.6
"""Width that the longest name of a class needs in a legend, inches."""


def class_legend(figure: Figure, kinds: Iterable[InterphaseClass], title: str = "") -> None:
    """
    Explain the colours of some interphase classes below a figure.

    Parameters
    ----------
    figure
        Whose axes are drawn.
    kinds
        Classes that it shows.
    title
        What the classes are of.
    """
    from matplotlib.patches import Patch  # noqa: PLC0415

    shown = set(kinds)
    patches = [
        Patch(color=colour, label=class_words(kind))
        for kind, colour in COLOURS.items()
        if kind in shown
    ]
    figure.legend(
        handles=patches,
        fontsize=8,
        frameon=False,
        ncols=ceil(len(patches) / ceil(len(patches) * _LEGEND_ENTRY / figure.get_figwidth())),
        loc="outside lower center",
        title=title or None,
        title_fontsize=8,
    )


def name_points(
    axes: Axes,
    names: Sequence[str],
    points: NDArray[np.float64],
    obstacles: NDArray[np.float64] | None = None,
    size: float = 8.0,
) -> None:
    """
    Write names beside points, clear of each other; farther ones with a line that leads to them.

    Parameters
    ----------
    axes
        Whose limits are set and whose place in the figure is fixed.
    names
        Formulas or labels, plain.
    points : shape (n_points, 2)
        In data coordinates.
    obstacles : shape (n_obstacles, 2)
        What names should not cover, in data coordinates.
    size
        Of the font, points.
    """
    figure = root(axes)
    axes.apply_aspect()
    scale = _POINTS_PER_INCH / figure.dpi
    page = axes.transData.transform(points) * scale
    avoid = None if obstacles is None else axes.transData.transform(obstacles) * scale
    boxes = np.array([[size * _LETTER * len(name) + 2.0, size * 1.3] for name in names])
    edges = figure.get_size_inches() * _POINTS_PER_INCH
    box = axes.get_position()
    top = min(box.y1 * edges[1] + 10.0, edges[1] - 4.0)
    bounds = (box.x0 * edges[0] + 2.0, box.y0 * edges[1] + 2.0, edges[0] - 4.0, top)
    middles = placed(page, boxes, bounds, avoid)
    for name, here, middle, half in zip(names, page, middles, boxes / 2, strict=True):
        gaps = np.hypot(*np.maximum(np.abs(middle - page) - half, 0.0).T)
        gap = gaps[(page == here).all(axis=1)].min()
        others = gaps[(page != here).any(axis=1)].min(initial=np.inf)
        leader = {"arrowstyle": "-", "color": GREY, "linewidth": 0.6, "shrinkB": 3}
        axes.annotate(
            typeset(name),
            xy=tuple(here),
            xycoords="figure points",
            xytext=tuple(middle),
            textcoords="figure points",
            fontsize=size,
            ha="center",
            va="center",
            arrowprops=leader if gap > _NEAR or others < _CLEARLY * gap else None,
        )


def tidy(*axes: Axes) -> None:
    """
    Leave out the lines around axes that carry no scale, and set the size of their texts.

    Parameters
    ----------
    *axes
        Drawn axes.
    """
    for one in axes:
        one.spines[["top", "right"]].set_visible(False)
        one.tick_params(axis="x", labelsize=8)
        for axis in (one.xaxis, one.yaxis):
            axis.label.set_fontsize(9)
        one.tick_params(axis="y", labelsize=8)


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


def save_figure(figure: Figure, path: Path) -> None:
    """
    Write a figure to a file; text stays text in pdf and svg.

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
    from matplotlib import rc_context  # noqa: PLC0415

    try:
        with rc_context({"pdf.fonttype": 42, "svg.fonttype": "none"}):
            figure.savefig(path, dpi=200)
    except (OSError, ValueError) as error:
        raise InputError(f"cannot write the figure {str(path)!r}: {error}.") from None
