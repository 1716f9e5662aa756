"""Phases held as columns: a question about one chemical system makes only the phases of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, overload

import numpy as np

from .arrangement import arranged, table_order
from .phases import Phase, PhaseTable
from .system import System

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .arrangement import PackedAmounts
    from .phases import EnergyScale

__all__ = ["PhaseColumns", "arranged_table", "shifted_table"]


@dataclass(frozen=True, eq=False)
class PhaseColumns(Sequence[Phase]):
    """
    Phases that are made when they are first asked for, and kept.

    What is given is not checked again.

    Parameters
    ----------
    amounts
        Of all phases.
    energies : shape (n_phases,)
        eV per formula unit.
    scale
        The scale of all energies.
    volumes : shape (n_phases,)
        Å³ per formula unit; nan where unknown.
    ids, formulas, sources, space_groups
        As of `Phase`, one for each phase.
    order : shape (n_phases,)
        Positions in the order of this sequence.
    made
        Phases made so far, by position.
    """

    amounts: PackedAmounts
    energies: NDArray[np.float64]
    scale: EnergyScale
    volumes: NDArray[np.float64]
    ids: Sequence[str]
    formulas: Sequence[str]
    sources: Sequence[str]
    space_groups: Sequence[str | None]
    order: NDArray[np.intp]
    made: dict[int, Phase] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.order)

    @overload
    def __getitem__(self, at: int) -> Phase: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Phase, ...]: ...
    def __getitem__(self, at: int | slice) -> Phase | tuple[Phase, ...]:
        if isinstance(at, slice):
            return tuple(map(self._phase, self._places[at]))
        place = self._places[at]
        return self.made.get(place) or self._phase(place)

    def __iter__(self) -> Iterator[Phase]:
        return map(self._phase, self._places)

    def ordered(self, order: NDArray[np.intp]) -> PhaseColumns:
        """
        Put the same phases in another order.

        Parameters
        ----------
        order : shape (n_phases,)
            Places in this order.

        Returns
        -------
        PhaseColumns
            Made of the same phases.
        """
        return replace(self, order=self.order[order])

    def moved(self, energies: NDArray[np.float64], scale: EnergyScale) -> PhaseColumns:
        """
        Shift all energies.

        Parameters
        ----------
        energies : shape (n_phases,)
            eV per formula unit, in the order of this sequence.
        scale
            That the sums are on.

        Returns
        -------
        PhaseColumns
            The same otherwise.
        """
        shifted = self.energies.copy()
        shifted[self.order] += energies
        return replace(self, energies=shifted, scale=scale, made={})

    @cached_property
    def _places(self) -> list[int]:
        """The order as a list, which gives one position sooner."""
        places: list[int] = self.order.tolist()
        return places

    def _phase(self, at: int) -> Phase:
        """Make a phase, once: threads get the same one."""
        if at in self.made:
            return self.made[at]
        volume = float(self.volumes[at])
        phase = Phase.__new__(Phase)
        vars(phase).update(
            id=self.ids[at],
            formula=self.formulas[at],
            amounts=self.amounts[at],
            energy=float(self.energies[at]),
            scale=self.scale,
            source=self.sources[at],
            volume=None if volume != volume else volume,  # noqa: PLR0124 (nan)
            space_group=self.space_groups[at],
        )
        return self.made.setdefault(at, phase)


def arranged_table(columns: PhaseColumns) -> PhaseTable:
    """
    Arrange phases in a table without making them.

    Parameters
    ----------
    columns
        The phases, all with ids of their own.

    Returns
    -------
    PhaseTable
        As `PhaseTable.from_phases` makes it.

    Raises
    ------
    ChemicalSystemError
        If an element has no reference phase.
    """
    elements, amounts = columns.amounts.elements, columns.amounts.matrix()
    order, ground = arranged(amounts, columns.energies, elements, columns.ids)
    phases = columns.ordered(order)
    energies = columns.energies[order]
    return PhaseTable(phases, elements, columns.scale, amounts[order], energies, ground)


def shifted_table(table: PhaseTable, shifts: NDArray[np.float64], scale: EnergyScale) -> PhaseTable:
    """
    Shift the energies of a table; only polymorphs are sorted again.

    Parameters
    ----------
    table
        Phases.
    shifts : shape (n_phases,)
        eV per formula unit, in the order of the table.
    scale
        That the sums are on.

    Returns
    -------
    PhaseTable
        As `PhaseTable.from_phases` makes it of phases with these energies.
    """
    energies, amounts, phases = table.energies + shifts, table.amounts, table.phases
    place = np.searchsorted(table.ground, np.arange(len(table)), side="right")
    order = table_order(place[:, None], energies / amounts.sum(axis=1), _ids(phases))
    systems = dict[tuple[tuple[str, ...], bool], System]()
    moved: PhaseColumns | tuple[Phase, ...]
    if isinstance(phases, PhaseColumns):
        moved = phases.moved(shifts, scale).ordered(order)
    else:
        at = zip(order.tolist(), shifts[order].tolist(), strict=True)
        moved = tuple(phases[place].moved(energy, scale) for place, energy in at)
    energies = energies[order]
    if (order[1:] < order[:-1]).any():
        amounts = amounts[order]
    else:  # the columns of a system are the same phases as before
        for key, one in table.systems.items():
            systems[key] = replace(one, energies=energies[one.index] / one.sizes)
    changed = PhaseTable(moved, table.elements, scale, amounts, energies, table.ground, systems)
    kept = vars(table).keys() & {"index", "keys", "_places", "is_ground"}
    vars(changed).update({name: vars(table)[name] for name in kept})
    return changed


def _ids(phases: Sequence[Phase]) -> Sequence[str]:
    """Ids of phases in their order."""
    if isinstance(phases, PhaseColumns):
        return list(map(phases.ids.__getitem__, phases.order.tolist()))
    return [phase.id for phase in phases]
