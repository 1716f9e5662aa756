"""Paper chart of dopants on two axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trona.screening.figures.dopant_data import HYDROLYSIS_AXIS, REDUCTION_AXIS
from trona.screening.typesetting import gases, subscripted

from .style import COLOURS, WIDTH, class_legend, name_points, root, tidy

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from trona.screening.figures.dopant_data import DopantFigure

__all__ = ["draw_dopants"]


def draw_dopants(chart: DopantFigure) -> Figure:
    """
    Draw what dopants save in moist air against what they save at sodium metal.

    Parameters
    ----------
    chart
        What it shows.

    Returns
    -------
    matplotlib.figure.Figure
        A point for each dopant, coloured by the class of its interphase; the host as a cross.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415

    axes = Figure(figsize=(WIDTH, 5.2)).add_axes((0.11, 0.17, 0.85, 0.73))
    points = np.array([[0.0, 0.0], *([one.hydrolysis, one.reduction] for one in chart.points)])
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.maximum(0.1 * (high - low), 0.1)
    axes.set_xlim(low[0] - room[0], high[0] + room[0])
    axes.set_ylim(low[1] - room[1], high[1] + room[1])
    for line in (axes.axvline, axes.axhline):
        line(0.0, color="0.55", linewidth=0.8, linestyle=(0, (4, 3)), zorder=0)
    axes.plot([0.0], [0.0], "x", color="black", markersize=7)
    for one in chart.points:
        axes.plot([one.hydrolysis], [one.reduction], "o", color=COLOURS[one.kind], markersize=6)
    name_points(axes, [chart.host, *(one.element for one in chart.points)], points)
    axes.set_xlabel("\n".join(filter(None, [HYDROLYSIS_AXIS, chart.note])))
    axes.set_ylabel(REDUCTION_AXIS)
    title = f"{subscripted(chart.host)}: {gases(chart.title)}\n{gases(chart.conditions)}"
    axes.set_title(title, fontsize=9, loc="left")
    class_legend(root(axes), {one.kind for one in chart.points}, "interphase at 0 V")
    tidy(axes)
    return root(axes)
