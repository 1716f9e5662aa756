"""Paper heat maps of contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trona.screening.figures.matrix_data import DARKEST
from trona.screening.typesetting import typeset

from .style import COLOURS, class_legend, letters_on, root

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from trona.screening.figures.matrix_data import HeatMap

__all__ = ["draw_matrix"]

_FEW = 40
"""Rows or columns up to which energies and classes are written into the cells."""


def draw_matrix(found: HeatMap) -> Figure:
    """
    Draw the strongest reactions of many contacts.

    Parameters
    ----------
    found
        What it shows.

    Returns
    -------
    matplotlib.figure.Figure
        A cell for each contact, shaded by the energy released, with its number and a mark in the
        colour of its class; grey where the reference cannot assess it.
    """
    from matplotlib import colormaps  # noqa: PLC0415
    from matplotlib.colors import ListedColormap, to_hex  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    n_rows, n_columns = len(found.rows), len(found.columns)
    size = (min(3.6 + 0.55 * n_columns, 24.0), min(2.2 + 0.3 * n_rows, 30.0))
    axes = Figure(figsize=size, layout="constrained").add_subplot()
    axes.set_facecolor("0.85")
    values = np.array(
        [[np.nan if c.released is None else c.released for c in row] for row in found.cells]
    )
    greys = ListedColormap(colormaps["Greys"](np.linspace(0.0, DARKEST, 256)))
    image = axes.imshow(values, cmap=greys, vmin=0.0, vmax=found.highest, aspect="auto")
    small = max(n_rows, n_columns) <= _FEW
    for at, row in enumerate(found.cells):
        for column, cell in enumerate(row):
            axes.plot(
                column - 0.36, at, "s", color=COLOURS[cell.kind], markersize=6 if small else 2
            )
            if small:
                behind = greys((cell.released or 0.0) / found.highest)
                colour = letters_on(to_hex(behind))
                axes.text(
                    column + 0.08, at, cell.text, color=colour, fontsize=7.5, ha="center",
                    va="center",
                )  # fmt: skip
    labels = [
        typeset(name) if volts is None else f"{typeset(name)}\n{volts:.2f} V"
        for name, volts in zip(found.columns, found.voltages, strict=True)
    ]
    axes.set_xticks(
        range(n_columns), labels, fontsize=8 if small else 4, rotation=60, ha="left",
        rotation_mode="anchor", linespacing=1.3,
    )  # fmt: skip
    axes.set_yticks(range(n_rows), [typeset(one) for one in found.rows], fontsize=8 if small else 4)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    figure = root(axes)
    figure.colorbar(image, ax=axes, label="meV released per atom", shrink=0.8)
    axes.set_xlabel(found.title)
    class_legend(figure, found.kinds)
    return figure
