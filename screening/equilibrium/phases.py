"""Phases, and the table of phases from which every hull is built.

A table keeps all phases for reporting and marks the lowest polymorph of each composition (the
*ground* phases) for the hull. It refuses energies of different scales.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from trona.screening.errors import ChemicalSystemError, EnergyScaleError, PhaseDataError
from trona.screening.formulas import fractions_key
from trona.screening.tabular import Tabular
from trona.screening.units import SODIUM

from .arrangement import amounts_matrix, arranged, composition_key, composition_keys
from .element_index import ElementIndex
from .system import System

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["EnergyScale", "Phase", "PhaseTable"]

_MAX_SYSTEMS = 64
"""Chemical systems that a table keeps laid out: a stream of candidates must not fill the memory."""


@dataclass(frozen=True)
class EnergyScale:
    """
    What makes two energies comparable: all three fields must agree within one hull.

    Parameters
    ----------
    method
        Functional or potential with its version, such as ``"CHGNet 0.3.0"``.
    correction
        Named, versioned correction scheme, such as ``"sulfide-by-charge/1"``.
    zero
        Zero of energy: ``"total"`` or ``"elements"`` (formation energies).
    """

    method: str
    correction: str
    zero: str = "total"

    def __str__(self) -> str:
        return f"{self.method}, correction {self.correction}, zero: {self.zero}"


@dataclass(frozen=True)
class Phase:
    """
    One phase: a composition with an energy on a stated scale.

    Parameters
    ----------
    id
        Unique identifier within a table.
    formula
        Formula as shown to people; amounts and energy are per this unit.
    amounts
        Element symbol to amount per formula unit.
    energy
        eV per formula unit, corrections included.
    scale
        The scale that the energy is on.
    source
        Where the energy comes from, in words.
    volume
        Å³ per formula unit; None where unknown.
    space_group
        International symbol; None where unknown.

    Raises
    ------
    PhaseDataError
        If energy, an amount or the volume is not finite, or one of the latter not positive.
    """

    id: str
    formula: str
    amounts: Mapping[str, float]
    energy: float
    scale: EnergyScale
    source: str = ""
    volume: float | None = None
    space_group: str | None = None

    def __post_init__(self) -> None:
        if not isfinite(self.energy):
            raise PhaseDataError(
                f"phase {self.id!r} ({self.formula}) has energy {self.energy} eV: "
                "leave it out or compute it again."
            )
        if self.volume is not None and not (isfinite(self.volume) and self.volume > 0):
            raise PhaseDataError(
                f"phase {self.id!r} ({self.formula}) has volume {self.volume} Å³: "
                "give a positive number or none."
            )
        if not self.amounts or not all(isfinite(x) and x > 0 for x in self.amounts.values()):
            raise PhaseDataError(
                f"phase {self.id!r} has amounts {dict(self.amounts)}: give positive numbers."
            )

    def moved(self, energy: float, scale: EnergyScale) -> Phase:
        """
        Shift the energy.

        Parameters
        ----------
        energy
            eV per formula unit.
        scale
            That the sum is on.

        Returns
        -------
        Phase
            The same otherwise; not checked again, since a table has many thousands.
        """
        moved = Phase.__new__(Phase)
        vars(moved).update(vars(self), energy=self.energy + energy, scale=scale)
        return moved

    @cached_property
    def key(self) -> tuple[tuple[str, float], ...]:
        """Atomic fractions (`formulas.fractions_key`): equal for multiples of a composition."""
        return fractions_key(self.amounts)

    @property
    def n_atoms(self) -> float:
        """Atoms per formula unit."""
        return float(sum(self.amounts.values()))

    @property
    def energy_per_atom(self) -> float:
        """Energy, eV per atom."""
        return self.energy / self.n_atoms


@dataclass(frozen=True, eq=False)
class PhaseTable(Tabular):
    """
    All phases of a study on one energy scale, in an order independent of the input order.

    Build it with `PhaseTable.from_phases`, or with `phase_columns.arranged_table`.

    Parameters
    ----------
    phases
        Sorted by composition (most of the first element first), then energy, then id.
    elements
        All elements present, sorted.
    scale
        The common energy scale.
    amounts : shape (n_phases, n_elements)
        Amounts per formula unit.
    energies : shape (n_phases,)
        eV per formula unit.
    ground : shape (n_ground,)
        Positions of the lowest polymorph of each composition.
    systems
        What `system` has laid out.
    """

    phases: Sequence[Phase]
    elements: tuple[str, ...]
    scale: EnergyScale
    amounts: NDArray[np.float64]
    energies: NDArray[np.float64]
    ground: NDArray[np.intp]
    systems: dict[tuple[tuple[str, ...], bool], System] = field(default_factory=dict)

    @classmethod
    def from_phases(cls, phases: Iterable[Phase]) -> PhaseTable:
        """
        Check phases against each other and arrange them.

        Parameters
        ----------
        phases
            Any number of phases; every element among them needs a phase of its own.

        Returns
        -------
        PhaseTable
            The same table for any order of the input.

        Raises
        ------
        PhaseDataError
            If there is no phase, or two carry one id.
        EnergyScaleError
            If two phases are on different scales.
        ChemicalSystemError
            If an element has no reference phase.
        """
        given = tuple(phases)
        _check_together(given)
        elements = tuple(sorted(set(chain.from_iterable(phase.amounts for phase in given))))
        amounts = amounts_matrix([phase.amounts for phase in given], elements)
        energies = np.array([phase.energy for phase in given], dtype=np.float64)
        order, ground = arranged(amounts, energies, elements, [phase.id for phase in given])
        ordered = tuple(map(given.__getitem__, order.tolist()))
        return cls(ordered, elements, given[0].scale, amounts[order], energies[order], ground)

    def __post_init__(self) -> None:
        for array in (self.amounts, self.energies, self.ground):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.phases)

    @property
    def heading(self) -> str:
        """Size and energy scale."""
        return f"{len(self)} phases of {'-'.join(self.elements)}, {self.scale.method}"

    def rows(self) -> list[dict[str, object]]:
        """List the phases in their order; distances to the hull are `energies_above_hull`."""
        return [
            {
                "formula": phase.formula,
                "id": phase.id,
                "energy (eV/atom)": phase.energy_per_atom,
                "volume (Å³/atom)": None if phase.volume is None else phase.volume / phase.n_atoms,
            }
            for phase in self.phases
        ]

    @cached_property
    def mu_sodium_metal(self) -> float:
        """
        Chemical potential of sodium metal on this table's scale, eV per atom.

        Raises
        ------
        ChemicalSystemError
            If the table holds no sodium.
        """
        return self.sodium_metal.energy_per_atom

    @cached_property
    def sodium_metal(self) -> Phase:
        """Lowest phase of sodium itself."""
        return self.find_required({SODIUM: 1.0})

    def find(self, amounts: Mapping[str, float]) -> Phase | None:
        """
        Lowest polymorph of a composition.

        Parameters
        ----------
        amounts
            Element symbol to amount, any multiple.

        Returns
        -------
        Phase or None
            None where the table has no phase of that composition.
        """
        at = self._place(amounts)
        return None if at is None else self.phases[self.ground[at]]

    def n_polymorphs(self, amounts: Mapping[str, float]) -> int:
        """Count the phases of a composition."""
        at = self._place(amounts)
        return 0 if at is None else int(np.diff([*self.ground[at : at + 2], len(self)])[0])

    def _place(self, amounts: Mapping[str, float]) -> int | None:
        """Find the place of a composition among the ground phases; None where it has none."""
        inside = {symbol: amount for symbol, amount in amounts.items() if amount > 0}
        if not inside or not inside.keys() <= set(self.elements):
            return None
        key = composition_key(inside, self._columns_of, self.keys.shape[1])
        return self._places.get(key)

    @cached_property
    def _places(self) -> dict[bytes, int]:
        """Key of a composition to its place among the ground phases."""
        text, size = self.keys.tobytes(), self.keys.itemsize * self.keys.shape[1]
        return {text[at : at + size]: at // size for at in range(0, len(text), size)}

    def find_required(self, amounts: Mapping[str, float]) -> Phase:
        """
        Lowest polymorph of an element or composition that must be present.

        Raises
        ------
        ChemicalSystemError
            If the table has no such phase.
        """
        phase = self.find(amounts)
        if phase is None:
            raise ChemicalSystemError(
                f"no reference phase for {'-'.join(amounts)}: add it to the energies, "
                "or use a reference that covers it."
            )
        return phase

    def polymorphs(self, amounts: Mapping[str, float]) -> tuple[Phase, ...]:
        """All phases of a composition, lowest energy per atom first."""
        at = self._place(amounts)
        first = 0 if at is None else int(self.ground[at])
        return tuple(self.phases[first : first + self.n_polymorphs(amounts)])

    def holding(self, symbols: Iterable[str]) -> tuple[Phase, ...]:
        """
        Find the phases that contain all of these elements, and possibly others, in table order.

        Parameters
        ----------
        symbols
            Elements; none is found where the table lacks one.
        """
        return tuple(map(self.phases.__getitem__, self.places_holding(symbols).tolist()))

    def places_holding(self, symbols: Iterable[str]) -> NDArray[np.intp]:
        """
        Find the positions of the phases that contain all of these elements; see `holding`.

        Parameters
        ----------
        symbols
            Elements.
        """
        asked = set(symbols)
        if not asked <= self._columns_of.keys():
            return np.empty(0, dtype=np.intp)
        return self.index.holding(self._columns(asked))

    def places_of(self, symbols: Iterable[str]) -> NDArray[np.intp]:
        """
        Find the positions of the phases that contain exactly these elements.

        Parameters
        ----------
        symbols
            Elements; none is found where the table lacks one.
        """
        asked = set(symbols)
        if not asked <= self._columns_of.keys():
            return np.empty(0, dtype=np.intp)
        return self.index.exactly(self._columns(asked))

    def require(self, symbols: Iterable[str]) -> None:
        """
        Check that elements are part of this table.

        Raises
        ------
        ChemicalSystemError
            Naming every element without a reference phase.
        """
        missing = sorted(set(symbols) - set(self.elements))
        if missing:
            raise ChemicalSystemError(
                f"no reference phase for {', '.join(missing)}: this reference covers "
                f"{'-'.join(self.elements)}; use one that also covers it."
            )

    def within(self, symbols: Iterable[str]) -> PhaseTable:
        """
        Keep the phases of a chemical system and its sub-systems, for many questions about them.

        Parameters
        ----------
        symbols
            Elements to keep; those that the table lacks are passed over.

        Returns
        -------
        PhaseTable
            In the same order, with the energies of this table.
        """
        inside = self._columns(set(symbols) & set(self.elements))
        rows = self.index.within(inside)
        return PhaseTable(
            phases=tuple(map(self.phases.__getitem__, rows.tolist())),
            elements=tuple(self.elements[at] for at in inside),
            scale=self.scale,
            amounts=np.ascontiguousarray(self.amounts[rows][:, inside]),
            energies=self.energies[rows],
            ground=np.flatnonzero(self.is_ground[rows]),
        )

    def system(self, symbols: Iterable[str], *, closed: bool = False) -> System:
        """
        Ground phases made of some elements, as columns.

        Parameters
        ----------
        symbols
            Elements of a composition.
        closed
            True to balance sodium like any element; by default it is exchanged with a reservoir
            and gets no row.

        Returns
        -------
        System
            Cached: asked twice in a row, built once.

        Raises
        ------
        ChemicalSystemError
            If an element has no reference phase.
        """
        rows = tuple(sorted(set(symbols) if closed else set(symbols) - {SODIUM}))
        found = self.systems.get((rows, closed))
        if found is None:
            self.require(rows)
            found = self._build_system(rows, closed=closed)
            for oldest in list(self.systems)[: max(len(self.systems) - _MAX_SYSTEMS + 1, 0)]:
                self.systems.pop(oldest, None)  # another thread may have removed it
            self.systems[rows, closed] = found
        return found

    @cached_property
    def index(self) -> ElementIndex:
        """Positions of the phases by the elements that they hold."""
        return ElementIndex.of(self.amounts)

    @cached_property
    def keys(self) -> NDArray[np.int64]:
        """Sort keys of the compositions of the ground phases; shape (n_ground, n_keys)."""
        return composition_keys(self.amounts[self.ground])

    @cached_property
    def is_ground(self) -> NDArray[np.bool_]:
        """Which phases are ground phases; shape (n_phases,)."""
        marked = np.zeros(len(self), dtype=bool)
        marked[self.ground] = True
        return marked

    @cached_property
    def _columns_of(self) -> dict[str, int]:
        """Column of each element."""
        return {symbol: at for at, symbol in enumerate(self.elements)}

    def _columns(self, symbols: Iterable[str]) -> list[int]:
        """Find the columns of some elements, ascending."""
        return sorted(map(self._columns_of.__getitem__, symbols))

    def _build_system(self, rows: tuple[str, ...], *, closed: bool) -> System:
        """Lay out the columns of the phases that consist of the row elements and the reservoir."""
        inside = self._columns(rows)
        opens = SODIUM in self._columns_of and not closed
        free = [*inside, self._columns_of[SODIUM]] if opens else inside
        index = self.index.within(free)
        index = index[self.is_ground[index]]
        amounts = self.amounts[index]
        if opens:  # sodium itself is the reservoir
            keep = (amounts[:, inside] > 0).any(axis=1)
            index, amounts = index[keep], amounts[keep]
        sodium = amounts[:, free[-1]] if opens else np.zeros(len(amounts))
        return System.laid_out(rows, amounts[:, inside], self.energies[index], sodium, index)


def _check_together(phases: Sequence[Phase]) -> None:
    """Refuse an empty set, two energy scales, or one id twice."""
    if not phases:
        raise PhaseDataError("no phase to build a table from: give at least one.")
    common = phases[0].scale
    scales = {common, *(phase.scale for phase in phases if phase.scale is not common)}
    if len(scales) > 1:
        names = " | ".join(sorted(map(str, scales)))
        raise EnergyScaleError(f"energies of different scales cannot share a hull: {names}.")
    if len({phase.id for phase in phases}) < len(phases):
        twice, _ = Counter(phase.id for phase in phases).most_common(1)[0]
        raise PhaseDataError(f"two phases have the id {twice!r}: make ids unique.")
