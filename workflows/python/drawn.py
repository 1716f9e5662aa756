"""Tables that plot themselves, for papers and interactively."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from trona.screening.tabular import Tabular

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from plotly.graph_objects import Figure as Page

__all__ = ["Drawn"]


class Drawn(Tabular):
    """
    A table with a figure of its own.

    A subclass says which figure, and what it shows.
    """

    @abstractmethod
    def _drawing(self) -> tuple[str, *tuple[object, ...]]:
        """Name of the figure in `trona.workflows.drawings`, and what it is made of."""

    def plot(self) -> Figure:
        """
        Draw the figure for a paper.

        Returns
        -------
        matplotlib.figure.Figure
            To be saved.
        """
        from trona.workflows.drawings import draw  # noqa: PLC0415

        drawn: Figure = draw(*self._drawing())
        return drawn

    def show(self) -> Page:
        """
        Show the figure in a browser or a notebook.

        Returns
        -------
        plotly.graph_objects.Figure
            To explore.
        """
        from trona.workflows.drawings import show  # noqa: PLC0415

        return show(*self._drawing())
