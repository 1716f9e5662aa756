"""Paper figure of the driving force in moist air against dew point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trona.screening.figures.air_data import AIR_AXIS
from trona.screening.typesetting import gases, subscripted

from .curves import LINES
from .style import tidy

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from trona.screening.figures.air_data import AirFigure

__all__ = ["draw_air"]

_STYLES = ("-", "--", ":", "-.")
"""By turns, so that lines on each other are told apart."""


def draw_air(air: AirFigure) -> Figure:
    """
    Draw the driving force of the reaction with water against the dew point.

    Parameters
    ----------
    air
        Compositions in air of rising humidity.

    Returns
    -------
    matplotlib.figure.Figure
        A line for each, and a point where its reaction begins.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(6.4, 4.4), layout="constrained")
    axes = figure.subplots()
    for at, curve in enumerate(air.curves):
        colour = LINES[at % len(LINES)]
        style = _STYLES[at % len(_STYLES)]
        label = subscripted(curve.formula) + curve.note
        axes.plot(curve.dew_points, curve.energies, style, color=colour, label=label)
        if curve.onset is not None:
            axes.plot([curve.onset], [0.0], "o", color=colour, markersize=5, clip_on=False)
    axes.set(xlabel="dew point (°C)", ylabel=AIR_AXIS)
    axes.margins(y=0.02)
    axes.set_ylim(bottom=min(0.0, -0.02 * axes.get_ylim()[1]))  # what does not react is seen
    axes.set_title(gases(air.conditions), fontsize=9, loc="left")
    axes.legend(fontsize=8, frameon=False)
    tidy(axes)
    return figure
