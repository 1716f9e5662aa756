"""Paper figures of many candidates: windows as bars, interphases on a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trona.screening.figures.labels import spaced, stacked
from trona.screening.figures.ladder_data import UNITS
from trona.screening.typesetting import typeset

from .style import COLOURS, VOLTAGE, WIDTH, class_legend, name_points, root, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from trona.screening.figures.overview_data import InterphaseMap, WindowBar, WindowBars

__all__ = ["draw_bars", "draw_map"]

_POINTS_PER_INCH = 72.0
_ABOVE = 16.0
"""Points between the axes and the names of electrodes above them."""
_ROW = 37.0
"""Points that a row of these names takes."""


def draw_bars(windows: WindowBars) -> Figure:
    """
    Draw windows of candidates on one voltage axis.

    Parameters
    ----------
    windows
        What it shows.

    Returns
    -------
    matplotlib.figure.Figure
        A row for each candidate, coloured by its interphase at 0 V; electrodes as dashed lines.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415

    n_bars = len(windows.bars)
    axes = Figure(figsize=(WIDTH, 1.7 + 0.27 * n_bars), layout="constrained").add_subplot()
    for row, bar in enumerate(windows.bars):
        _draw_bar(axes, row, bar, windows.top)
    names = [typeset(bar.label) + bar.signs for bar in windows.bars]
    axes.set_yticks(range(n_bars), names, fontsize=9)
    axes.set_ylim(n_bars - 0.4, -0.6)
    axes.set_xlim(0.0, windows.top)
    axes.set_xlabel("\n".join([VOLTAGE, *windows.notes]))
    axes.tick_params(axis="y", length=0)
    _draw_marks(axes, windows)
    class_legend(root(axes), {bar.kind for bar in windows.bars}, "interphase at 0 V")
    tidy(axes)
    return root(axes)


def _draw_bar(axes: Axes, row: int, bar: WindowBar, top: float) -> None:
    """Draw one window with its limits; an arrow where it goes on, a diamond where it is a point."""
    colour = COLOURS[bar.kind]
    upper = min(bar.upper, top)
    inside = colour if bar.sure else "white"
    if bar.lower == bar.upper:
        axes.plot([bar.lower], [row], "D", color=colour, markerfacecolor=inside, markersize=5)
    else:
        hatch = None if bar.sure else "///"
        axes.barh(row, upper - bar.lower, 0.62, bar.lower, color=inside, ec=colour, hatch=hatch)
    ends = [(bar.lower, -3, "right")] if 0.0 < bar.lower < bar.upper else []
    ends += [(upper, 3 if bar.lower < bar.upper else 6, "left")]
    for volts, offset, side in ends:
        text = f"{volts:.2f}" if volts < top else "→"
        axes.annotate(
            text,
            (volts, row),
            (offset, 0),
            textcoords="offset points",
            fontsize=7.5,
            ha=side,
            va="center",
            annotation_clip=False,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
        )


def _draw_marks(axes: Axes, windows: WindowBars) -> None:
    """Draw electrodes as dashed lines with their names above, apart from each other."""
    from matplotlib.transforms import ScaledTranslation  # noqa: PLC0415

    marks = sorted(windows.marks, key=lambda mark: mark.voltage)
    leader = {"arrowstyle": "-", "color": "0.45", "linewidth": 0.6, "relpos": (0.5, 0)}
    wide = any(mark.computed is not None for mark in marks)
    width, beyond = (0.21 if wide else 0.13) * windows.top, 0.1 * windows.top
    volts = [mark.voltage for mark in marks]
    places, rows = spaced(volts, width, (-beyond, windows.top + beyond)), [0] * len(marks)
    if (len(marks) - 1) * width > windows.top + 2 * beyond:  # too many for one row
        places, rows = volts, stacked(volts, [width] * len(marks))
    figure = root(axes)
    figure.set_figheight(figure.get_figheight() + max(rows, default=0) * _ROW / _POINTS_PER_INCH)
    for mark, place, row in zip(marks, places, rows, strict=True):
        above = axes.get_xaxis_transform() + ScaledTranslation(
            0.0, (_ABOVE + _ROW * row) / _POINTS_PER_INCH, figure.dpi_scale_trans
        )
        axes.axvline(mark.voltage, color="0.45", linewidth=0.9, linestyle=(0, (4, 3)), zorder=0)
        axes.annotate(
            f"{typeset(mark.formula)}\n{mark.potential}",
            xy=(mark.voltage, 1.0),
            xycoords=axes.get_xaxis_transform(),
            xytext=(place, 1.0),
            textcoords=above,
            fontsize=8,
            ha="center",
            va="bottom",
            arrowprops=None if row else leader,
            annotation_clip=False,
        )


def draw_map(interphases: InterphaseMap) -> Figure:
    """
    Draw the conducting part of interphases against what drives their reaction.

    Parameters
    ----------
    interphases
        What it shows.

    Returns
    -------
    matplotlib.figure.Figure
        A point for each candidate, coloured by class; a bar above it as long as the part whose
        conduction is unknown; dashed lines where conducting parts become connected.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415

    axes = Figure(figsize=(WIDTH, 5.2)).add_axes((0.1, 0.2, 0.86, 0.73))
    for point in interphases.points:
        colour, height = COLOURS[point.kind], 100.0 * point.conducting
        if point.unknown:
            ends = [height, height + 100.0 * point.unknown]
            axes.plot([point.driving_force] * 2, ends, color=colour, linewidth=1.2, alpha=0.6)
        inside = colour if point.sure else "white"
        axes.plot(
            [point.driving_force], [height], "o", color=colour, markerfacecolor=inside, markersize=6
        )
    reach = max(point.driving_force for point in interphases.points) or 0.1
    high = 100.0 * max(point.conducting + point.unknown for point in interphases.points)
    axes.set_xlim(-0.04 * reach, 1.12 * reach)
    axes.set_ylim(-4.0, max(1.08 * high, 30.0))
    _draw_thresholds(axes, interphases)
    points = np.array([[p.driving_force, 100.0 * p.conducting] for p in interphases.points])
    name_points(axes, [point.label for point in interphases.points], points)
    axes.set_xlabel(
        "\n".join(["driving force (eV released per electrolyte atom)", *interphases.notes])
    )
    units = " or ".join(sorted({UNITS[p.basis] for p in interphases.points}, reverse=True))
    axes.set_ylabel(f"electron-conducting part of the products ({units})")
    title = f"interphases at {interphases.voltage:g} V against Na/Na$^+$"
    axes.set_title(title, fontsize=10, loc="left")
    class_legend(root(axes), {point.kind for point in interphases.points})
    tidy(axes)
    return root(axes)


def _draw_thresholds(axes: Axes, interphases: InterphaseMap) -> None:
    """Draw the fractions from which conducting parts are connected."""
    for name, level in (
        ("metals connect", interphases.thresholds.metal),
        ("narrow-gap phases connect", interphases.thresholds.percolation),
    ):
        axes.axhline(100.0 * level, color="0.55", linewidth=0.8, linestyle=(0, (4, 3)), zorder=0)
        axes.annotate(
            name,
            xy=(1.0, 100.0 * level),
            xycoords=axes.get_yaxis_transform(),
            xytext=(0, 2),
            textcoords="offset points",
            fontsize=7.5,
            color="0.4",
            ha="right",
        )
