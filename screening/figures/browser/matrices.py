"""Interactive heat maps of contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trona.screening.figures.labels import class_words
from trona.screening.figures.matrix_data import DARKEST
from trona.screening.stability.interphase import InterphaseClass
from trona.screening.typesetting import HTML, in_lines, typeset

from .style import LEGEND, empty

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from trona.screening.figures.matrix_data import HeatCell, HeatMap

__all__ = ["show_matrix"]

_FEW = 40
"""Rows or columns up to which energies are written into the cells."""


def show_matrix(found: HeatMap) -> Figure:
    """
    Show the strongest reactions of many contacts.

    Parameters
    ----------
    found
        What it shows.

    Returns
    -------
    plotly.graph_objects.Figure
        A cell for each contact, shaded by the energy released, with a mark in the colour of its
        class; the reaction at the pointer.
    """
    from plotly.colors import sample_colorscale  # noqa: PLC0415

    rows, columns = len(found.rows), len(found.columns)
    small = max(rows, columns) <= _FEW
    figure = empty(height=min(300 + 30 * rows, 2460), width=min(380 + 60 * columns, 2400))
    figure.update_layout(legend=LEGEND, plot_bgcolor="#d9d9d9", margin={"t": 130})
    figure.update_layout(title={"text": found.title, "yref": "container", "y": 1, "pad": {"t": 16}})
    figure.update_layout(title_yanchor="top")
    figure.add_heatmap(
        z=[[cell.released for cell in row] for row in found.cells],
        x=list(range(columns)),
        y=list(range(rows)),
        text=[[cell.text if small else "" for cell in row] for row in found.cells],
        texttemplate="%{text}",
        customdata=[
            [_details(found.rows[at], found.columns[to], cell) for to, cell in enumerate(row)]
            for at, row in enumerate(found.cells)
        ],
        hovertemplate="%{customdata}<extra></extra>",
        colorscale=sample_colorscale("Greys", 9, high=DARKEST),
        zmin=0.0,
        zmax=found.highest,
        colorbar={"title": "meV/atom"},
    )
    for kind in [kind for kind in InterphaseClass if kind in found.kinds]:
        places = [
            (to, at)
            for at, row in enumerate(found.cells)
            for to, cell in enumerate(row)
            if cell.kind is kind
        ]
        figure.add_scatter(
            x=[to - 0.36 for to, _ in places],
            y=[at for _, at in places],
            mode="markers",
            marker={"symbol": "square", "size": 9 if small else 3, "color": kind.colour},
            name=class_words(kind),
            hoverinfo="skip",
        )
    names = [
        typeset(name, HTML) + ("" if volts is None else f"<br>{volts:.2f} V")
        for name, volts in zip(found.columns, found.voltages, strict=True)
    ]
    figure.update_xaxes(tickvals=list(range(columns)), ticktext=names, side="top", ticks="")
    figure.update_xaxes(range=[-0.5, columns - 0.5], tickangle=-60)
    figure.update_yaxes(
        tickvals=list(range(rows)),
        ticktext=[typeset(name, HTML) for name in found.rows],
        range=[rows - 0.5, -0.5],
        ticks="",
    )
    return figure


def _details(first: str, second: str, cell: HeatCell) -> str:
    """Write a contact for the pointer."""
    head = f"{typeset(first, HTML)} | {typeset(second, HTML)}: {class_words(cell.kind)}"
    if cell.released is None:
        return f"{head}<br>the reference cannot assess it"
    if not cell.reaction:
        return f"{head}<br>no reaction"
    reaction = in_lines(cell.reaction.replace(" -> ", " + → "), HTML)
    return f"{head}<br>{cell.released:.0f} meV/atom<br>{reaction}"
