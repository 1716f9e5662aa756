"""Interactive chart of dopants on two axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trona.screening.figures.dopant_data import HYDROLYSIS_AXIS, REDUCTION_AXIS
from trona.screening.figures.labels import class_words
from trona.screening.figures.paper.style import COLOURS
from trona.screening.typesetting import HTML, gases, subscripted

from .style import LEGEND, annotate_points, empty

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from trona.screening.figures.dopant_data import DopantFigure

__all__ = ["show_dopants"]

_WIDTH, _HEIGHT = 860, 560
"""Pixels."""


def show_dopants(chart: DopantFigure) -> Figure:
    """
    Show what dopants save in moist air against what they save at sodium metal.

    Parameters
    ----------
    chart
        What it shows.

    Returns
    -------
    plotly.graph_objects.Figure
        A point for each dopant, coloured by the class of its interphase; numbers at the pointer.
    """
    host = subscripted(chart.host, HTML)
    figure = empty(height=_HEIGHT, width=_WIDTH, legend=LEGEND)
    figure.update_layout(
        title={
            "text": f"{host}: {gases(chart.title, HTML)}<br>{gases(chart.conditions, HTML)}",
            "font": {"size": 14},
        },
        margin={"b": 110},
    )
    for kind, colour in COLOURS.items():
        points = [one for one in chart.points if one.kind is kind]
        if not points:
            continue
        figure.add_scatter(
            x=[one.hydrolysis for one in points],
            y=[one.reduction for one in points],
            mode="markers",
            marker={"color": colour, "size": 10},
            name=class_words(kind),
            customdata=[subscripted(one.formula, HTML) for one in points],
            hovertemplate="%{customdata}<br>in moist air %{x:+.2f}, at sodium %{y:+.2f} eV"
            "<extra></extra>",
        )
    figure.add_scatter(
        x=[0.0],
        y=[0.0],
        mode="markers",
        marker={"color": "black", "symbol": "x", "size": 9},
        name="host",
        hoverinfo="skip",
    )
    figure.update_xaxes(title="<br>".join(filter(None, [HYDROLYSIS_AXIS, chart.note])))
    figure.update_yaxes(title=REDUCTION_AXIS)
    _name(figure, chart)
    return figure


def _name(figure: Figure, chart: DopantFigure) -> None:
    """Set the axes, and name the host and all dopants apart from each other."""
    points = np.array([[0.0, 0.0], *([one.hydrolysis, one.reduction] for one in chart.points)])
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.maximum(0.1 * (high - low), 0.1)
    low, high = low - room, high + room
    figure.update_xaxes(range=[low[0], high[0]])
    figure.update_yaxes(range=[low[1], high[1]])
    inside = np.array([_WIDTH - 115.0, _HEIGHT - 180.0])
    scale = inside / (high - low)
    start = low * scale
    bounds = (float(start[0]), float(start[1]), *(start + inside).tolist())
    names = [chart.host, *(one.element for one in chart.points)]
    figure.update_layout(annotations=annotate_points(names, points, scale, bounds))
