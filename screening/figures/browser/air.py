"""Interactive figure of the driving force in moist air against dew point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trona.screening.figures.air_data import AIR_AXIS
from trona.screening.figures.paper.curves import LINES
from trona.screening.typesetting import HTML, gases, subscripted

from .style import empty

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from trona.screening.figures.air_data import AirFigure

__all__ = ["show_air"]

_DASHES = ("solid", "dash", "dot", "dashdot")
"""By turns, so that lines on each other are told apart."""


def show_air(air: AirFigure) -> Figure:
    """
    Show the driving force of the reaction with water against the dew point.

    Parameters
    ----------
    air
        Compositions in air of rising humidity.

    Returns
    -------
    plotly.graph_objects.Figure
        A line for each, with its numbers at the pointer.
    """
    figure = empty(height=480, title=gases(air.conditions, HTML))
    for at, curve in enumerate(air.curves):
        name = subscripted(curve.formula, HTML)
        figure.add_scatter(
            x=curve.dew_points,
            y=curve.energies,
            mode="lines",
            name=f"{name}{curve.note}",
            line={"color": LINES[at % len(LINES)], "dash": _DASHES[at % len(_DASHES)]},
            hovertemplate=f"{name}<br>%{{y:.1f}} meV/atom at %{{x:.1f}} °C<extra></extra>",
        )
    figure.update_xaxes(title="dew point (°C)")
    figure.update_yaxes(title=AIR_AXIS, rangemode="tozero")
    return figure
