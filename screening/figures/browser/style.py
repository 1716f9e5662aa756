"""Layout and style shared by the interactive figures. Plotly is imported inside the functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trona.screening.errors import InputError
from trona.screening.figures.labels import placed
from trona.screening.typesetting import HTML, typeset

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from plotly.graph_objects import Figure

__all__ = ["LEGEND", "VOLTAGE", "annotate_points", "empty", "library", "write_html"]

VOLTAGE = "voltage against Na/Na<sup>+</sup> (V)"
LEGEND = {"orientation": "h", "yref": "container", "y": 0.01, "yanchor": "bottom"}
"""Below everything else."""


def empty(**layout: Any) -> Figure:  # noqa: ANN401
    """
    Begin a figure in the common style.

    Parameters
    ----------
    **layout
        Of plotly, beside the style.

    Returns
    -------
    plotly.graph_objects.Figure
        Without traces.
    """
    from plotly import graph_objects  # noqa: PLC0415

    figure = graph_objects.Figure()
    figure.update_layout(
        template="simple_white",
        font={"size": 13},
        margin={"l": 70, "r": 45, "t": 70, "b": 60},
        modebar={"orientation": "v"},
        hoverlabel={"align": "left"},
        showlegend=True,  # of one trace too: what its colour means
    )
    figure.update_layout(**layout)
    return figure


def library() -> str:
    """
    Read the JavaScript that draws figures in a browser.

    Returns
    -------
    str
        Some megabytes: once in a page, whatever it shows.

    Raises
    ------
    InputError
        If plotly is not installed.
    """
    try:
        from plotly.offline import get_plotlyjs  # noqa: PLC0415
    except ImportError:
        raise InputError("figures in a page need plotly: install trona[plot].") from None
    return str(get_plotlyjs())


def annotate_points(
    names: Sequence[str],
    points: NDArray[np.float64],
    scale: NDArray[np.float64],
    room: tuple[float, float, float, float],
    obstacles: NDArray[np.float64] | None = None,
) -> list[dict[str, Any]]:
    """
    Write names beside points, clear of each other.

    Parameters
    ----------
    names
        Formulas or labels, plain.
    points : shape (n_points, 2)
        In data coordinates.
    scale : shape (2,)
        Pixels per unit of the axes.
    room
        Left, bottom, right and top of the axes, pixels from their origin.
    obstacles : shape (n_obstacles, 2)
        What names should not cover, in data coordinates.

    Returns
    -------
    list of dict
        Annotations of plotly.
    """
    sizes = np.array([[6.6 * len(name) + 8.0, 18.0] for name in names])
    avoid = None if obstacles is None else obstacles * scale
    shifts = placed(points * scale, sizes, room, avoid) - points * scale
    return [
        {
            "x": float(x), "y": float(y), "ax": float(dx), "ay": float(-dy), "standoff": 5,
            "text": typeset(name, HTML), "showarrow": True, "arrowhead": 0, "arrowwidth": 0.6,
            "arrowcolor": "#909090", "font": {"size": 12},
        }
        for name, (x, y), (dx, dy) in zip(names, points, shifts, strict=True)
    ]  # fmt: skip


def write_html(figure: Figure, path: Path) -> None:
    """
    Write a figure to an HTML file that needs no network to be seen.

    Parameters
    ----------
    figure
        As shown.
    path
        File to write.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    try:
        figure.write_html(path, include_plotlyjs=True)
    except OSError as error:
        raise InputError(f"cannot write the figure {str(path)!r}: {error}.") from None
