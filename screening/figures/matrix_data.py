"""Data of a heat map of contacts: numbers and labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trona.screening.stability.matrix import contacts_made
from trona.screening.typesetting import titled

if TYPE_CHECKING:
    from trona.screening.stability.interphase import InterphaseClass
    from trona.screening.stability.matrix import Matrix

__all__ = ["DARKEST", "HeatCell", "HeatMap", "heat_map"]

DARKEST = 0.7
"""Part of the scale of greys, from white to black, that is used: the grey of the most energy.

Darker greys would hide the colours of the classes.
"""


@dataclass(frozen=True)
class HeatCell:
    """
    One contact.

    Parameters
    ----------
    released
        meV per atom of the reactants, not negative; None where the reference cannot assess it.
    kind
        Its class.
    reaction
        In words; empty without a reaction.
    """

    released: float | None
    kind: InterphaseClass
    reaction: str

    @property
    def text(self) -> str:
        """Text of the cell."""
        if self.released is None:
            return "?"
        return f"{self.released:.0f}" if self.reaction else "–"


@dataclass(frozen=True)
class HeatMap:
    """
    Contacts of many materials.

    Parameters
    ----------
    rows, columns
        Labels.
    voltages
        Of the columns, V; None where closed.
    cells
        One tuple for each row.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    voltages: tuple[float | None, ...]
    cells: tuple[tuple[HeatCell, ...], ...]

    @property
    def title(self) -> str:
        """How the contacts are made."""
        return f"strongest reaction, {contacts_made(self.voltages)}"

    @property
    def kinds(self) -> set[InterphaseClass]:
        """Classes that occur."""
        return {cell.kind for row in self.cells for cell in row}

    @property
    def highest(self) -> float:
        """Largest energy released, meV/atom; at least 1."""
        found = [cell.released or 0.0 for row in self.cells for cell in row]
        return max([1.0, *found])


def heat_map(matrix: Matrix) -> HeatMap:
    """
    Make a heat map of a matrix.

    Parameters
    ----------
    matrix
        As computed.

    Returns
    -------
    HeatMap
        Energies in meV/atom; none where pairs of elements are open.
    """
    return HeatMap(
        rows=tuple(titled(one.label, one.formula) for one in matrix.firsts),
        columns=tuple(one.label for one in matrix.seconds),
        voltages=tuple(one.voltage for one in matrix.seconds),
        cells=tuple(
            tuple(
                HeatCell(
                    None if cell.open_pairs else abs(1000.0 * cell.energy_per_atom),
                    cell.kind,
                    "" if cell.kink is None else cell.kink.equation,
                )
                for cell in row
            )
            for row in matrix.cells
        ),
    )
