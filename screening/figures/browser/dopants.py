"""Interactive chart of dopants on two axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trona.screening.figures.dopant_data import HYDROLYSIS_AXIS, REDUCTION_AXIS
from trona.screening.figures.paper.style import COLOURS
from trona.screening.typesetting import HTML, class_words, subscripted

from .style import LEGEND, empty

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from trona.screening.figures.dopant_data import DopantFigure

__all__ = ["show_dopants"]


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
    figure = empty(height=560, width=860, legend=LEGEND)
    figure.update_layout(
        title={"text": f"{host}: {chart.title}<br>{chart.conditions}", "font": {"size": 14}},
        margin={"b": 110},
    )
    for kind, colour in COLOURS.items():
        points = [one for one in chart.points if one.kind is kind]
        if not points:
            continue
        figure.add_scatter(
            x=[one.hydrolysis for one in points],
            y=[one.reduction for one in points],
            mode="markers+text",
            text=[one.element for one in points],
            textposition="top center",
            marker={"color": colour, "size": 10},
            name=class_words(kind.value),
            customdata=[subscripted(one.formula, HTML) for one in points],
            hovertemplate="%{customdata}<br>in moist air %{x:+.2f}, at sodium %{y:+.2f} eV"
            "<extra></extra>",
        )
    figure.add_scatter(
        x=[0.0],
        y=[0.0],
        mode="markers+text",
        text=[host],
        textposition="bottom center",
        marker={"color": "black", "symbol": "x", "size": 9},
        name="host",
        hoverinfo="skip",
    )
    figure.update_xaxes(title="<br>".join(filter(None, [HYDROLYSIS_AXIS, chart.note])))
    figure.update_yaxes(title=REDUCTION_AXIS)
    return figure
