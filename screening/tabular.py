"""Results as pandas data frames, and their display in a notebook. Pandas is imported inside."""

from __future__ import annotations

from abc import ABC, abstractmethod
from html import escape
from math import inf, isnan
from typing import TYPE_CHECKING

from .typesetting import HTML, subscripted
from .units import rounded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pandas import DataFrame

__all__ = ["Tabular"]

_CHEMICAL = {"formula", "reaction", "products", "candidate", "without"}
"""Columns of formulas: their digits become subscripts."""
_SHORT = 300
"""Characters of a heading in a text for one line."""
_SCREEN, _PAGE = 20, 60
"""Rows of a table that a terminal and a notebook show; a frame holds all of them."""


class Tabular(ABC):
    """
    A result in table form, with units in the column names.

    A subclass says what its rows are and what to write above them.
    """

    def __init_subclass__(cls) -> None:
        """Keep the short text of this class: a dataclass would write out all that it holds."""
        if "__repr__" not in vars(cls):
            setattr(cls, "__repr__", Tabular.__repr__)  # noqa: B010 (an assignment that is meant)

    def __repr__(self) -> str:
        text = self.heading
        short = text if len(text) <= _SHORT else f"{text[:_SHORT].rstrip()} …"
        return f"<{type(self).__name__}: {short}>"

    @abstractmethod
    def rows(self) -> Sequence[Mapping[str, object]]:
        """List the rows of the table: name of each column, with its unit, to the value."""

    @property
    @abstractmethod
    def heading(self) -> str:
        """What the table is about, in plain text."""

    def to_frame(self) -> DataFrame:
        """
        Make a frame of pandas.

        Returns
        -------
        pandas.DataFrame
            One row for each of `rows`; units stand in the names of the columns, and what is
            unknown is missing. Numbers are rounded to what is meant.
        """
        from pandas import DataFrame  # noqa: PLC0415

        return DataFrame(
            [
                {name: rounded(x, name) if isinstance(x, float) else x for name, x in row.items()}
                for row in self.rows()
            ]
        )

    def _repr_html_(self) -> str:
        """Show the heading and the table in a notebook."""
        frame = self.to_frame()
        written = {
            escape(name): [
                _chemical(x) if name in _CHEMICAL and isinstance(x, str) else _written(x)
                for x in frame[name]
            ]
            for name in frame.columns
        }
        table = type(frame)(written).to_html(index=False, escape=False, max_rows=_PAGE)
        return f"<p><b>{_chemical(self.heading)}</b></p>{table}"

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Show the same as text, in IPython on a terminal: all that a result holds is too long."""
        text = f"{self.heading}\n{self.to_frame().to_string(index=False, max_rows=_SCREEN)}"
        return {"text/plain": text, "text/html": self._repr_html_()}


def _chemical(text: str) -> str:
    """Write formulas with subscripts."""
    return subscripted(text.replace(" -> ", " → "), HTML)


def _written(value: object) -> str:
    """Write a number with four digits, a text as it is, and a question mark for what is unknown."""
    if isinstance(value, float):
        return "?" if isnan(value) else "∞" if value == inf else f"{value:.4g}"
    return "?" if value is None else escape(str(value))
