"""Phases and the table of them that every hull is built from; arrays and plain values only.

A table keeps all phases for reporting and marks the lowest polymorph of each composition (the
*ground* phases) for the hull. It is where energies of different scales are refused.
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
from trona.screening.formulas import composition_codes, same_composition
from trona.screening.tabular import Tabular
from trona.screening.units import SODIUM

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["EnergyScale", "Phase", "PhaseTable", "System"]

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

    @property
    def n_atoms(self) -> float:
        """Atoms per formula unit."""
        return float(sum(self.amounts.values()))

    @property
    def energy_per_atom(self) -> float:
        """Energy, eV per atom."""
        return self.energy / self.n_atoms


@dataclass(frozen=True, eq=False)
class System:
    """
    The ground phases of one chemical system, laid out for the simplex.

    Parameters
    ----------
    elements
        Elements of the rows, sorted; without sodium where that is open.
    amounts : shape (n_elements, n_phases)
        Amounts of the row elements per formula unit, divided by ``sizes``.
    energies : shape (n_phases,)
        eV per formula unit divided by ``sizes``.
    sodium : shape (n_phases,)
        Sodium exchanged with the reservoir per formula unit, divided by ``sizes``; zero where
        the system is closed.
    sizes : shape (n_phases,)
        Atoms in the rows per formula unit: the scale of each column.
    index : shape (n_phases,)
        Position of each column in the table.
    start : shape (n_elements,)
        Column of the reference phase of each row element.
    """

    elements: tuple[str, ...]
    amounts: NDArray[np.float64]
    energies: NDArray[np.float64]
    sodium: NDArray[np.float64]
    sizes: NDArray[np.float64]
    index: NDArray[np.intp]
    start: NDArray[np.intp]

    def __post_init__(self) -> None:
        for array in vars(self).values():
            if isinstance(array, np.ndarray):
                array.setflags(write=False)


@dataclass(frozen=True, eq=False)
class PhaseTable(Tabular):
    """
    All phases of a study on one energy scale, in an order that does not depend on the input's.

    Build it with `PhaseTable.from_phases`.

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
    """

    phases: tuple[Phase, ...]
    elements: tuple[str, ...]
    scale: EnergyScale
    amounts: NDArray[np.float64]
    energies: NDArray[np.float64]
    ground: NDArray[np.intp]
    _codes: NDArray[np.int64]
    _systems: dict[tuple[tuple[str, ...], bool], System] = field(default_factory=dict)

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
        amounts = _amounts_matrix([phase.amounts for phase in given], elements)
        energies = np.array([phase.energy for phase in given])
        codes = composition_codes(amounts)
        order = _sorted(codes, energies / amounts.sum(axis=1), given)
        amounts, energies, codes = amounts[order], energies[order], codes[order]
        first = np.ones(len(given), dtype=bool)
        first[1:] = (codes[1:] != codes[:-1]).any(axis=1)
        ground = np.flatnonzero(first)
        present = (amounts[ground] > 0).sum(axis=1) == 1
        missing = (amounts[ground[present]] > 0).sum(axis=0) == 0
        if missing.any():
            absent = ", ".join(elements[i] for i in np.flatnonzero(missing))
            raise ChemicalSystemError(
                f"no reference phase for {absent}: add the element to the energies."
            )
        codes = codes[ground]
        for array in (amounts, energies, ground, codes):
            array.setflags(write=False)
        ordered = tuple(map(given.__getitem__, order.tolist()))
        return cls(ordered, elements, given[0].scale, amounts, energies, ground, codes)

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

    @property
    def mu_sodium_metal(self) -> float:
        """
        Chemical potential of sodium metal on this table's scale, eV per atom.

        Raises
        ------
        ChemicalSystemError
            If the table holds no sodium.
        """
        return self.find_required({SODIUM: 1.0}).energy_per_atom

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
        row = [inside.get(symbol, 0.0) for symbol in self.elements]
        return self._places.get(composition_codes(np.array([row]))[0].tobytes())

    @cached_property
    def _places(self) -> dict[bytes, int]:
        """Code of a composition to its place among the ground phases."""
        return {code.tobytes(): at for at, code in enumerate(self._codes)}

    @cached_property
    def joined(self) -> NDArray[np.float64]:
        """Number of phases that hold both of two elements; shape (n_elements, n_elements)."""
        held = (self.amounts > 0).astype(np.float64)  # floats multiply many times faster
        found = held.T @ held
        found.setflags(write=False)
        return found

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
        return tuple(p for p in self.phases if same_composition(p.amounts, amounts))

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
        Keep the phases that consist of some elements: what many questions about them need.

        Parameters
        ----------
        symbols
            Elements to keep; those that the table lacks are passed over.

        Returns
        -------
        PhaseTable
            In the same order, with the energies of this table.
        """
        asked = set(symbols)
        outside = [at for at, symbol in enumerate(self.elements) if symbol not in asked]
        inside = [at for at, symbol in enumerate(self.elements) if symbol in asked]
        keep = (self.amounts[:, outside] == 0).all(axis=1)
        stays = keep[self.ground]
        place = np.cumsum(keep) - 1
        return PhaseTable(
            phases=tuple(self.phases[at] for at in np.flatnonzero(keep).tolist()),
            elements=tuple(self.elements[at] for at in inside),
            scale=self.scale,
            amounts=np.ascontiguousarray(self.amounts[keep][:, inside]),
            energies=self.energies[keep],
            ground=place[self.ground[stays]],
            _codes=np.ascontiguousarray(self._codes[stays][:, inside]),
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
        if (rows, closed) not in self._systems:
            self.require(rows)
            while len(self._systems) >= _MAX_SYSTEMS:
                del self._systems[next(iter(self._systems))]
            self._systems[rows, closed] = self._build_system(rows, closed=closed)
        return self._systems[rows, closed]

    @cached_property
    def _ground(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Amounts of the ground phases, and 1 for each element that they hold."""
        amounts = self.amounts[self.ground]
        return amounts, (amounts > 0).astype(np.float64)

    def _build_system(self, rows: tuple[str, ...], *, closed: bool) -> System:
        """Lay out the columns of the phases that consist of the row elements and the reservoir."""
        inside = [self.elements.index(symbol) for symbol in rows]
        amounts, held = self._ground
        sodium = np.zeros(len(amounts))
        free = list(inside)
        if SODIUM in self.elements and not closed:
            free.append(self.elements.index(SODIUM))
            sodium = amounts[:, free[-1]]
        asked = np.zeros((len(self.elements), 2))
        asked[:, 0] = 1.0
        asked[free, 0] = 0.0
        asked[inside, 1] = 1.0
        n_outside, n_inside = (held @ asked).T  # elements of each phase
        keep = (n_outside == 0) & (n_inside > 0)
        index, sodium = self.ground[keep], sodium[keep]
        sizes = amounts[keep][:, inside].sum(axis=1)
        matrix = np.ascontiguousarray((amounts[keep][:, inside] / sizes[:, None]).T)
        return System(
            elements=rows,
            amounts=matrix,
            energies=self.energies[index] / sizes,
            sodium=sodium / sizes,
            sizes=sizes,
            index=index,
            start=np.argmax(np.where(sodium == 0.0, matrix, 0.0), axis=1),
        )


def _amounts_matrix(
    compositions: Sequence[Mapping[str, float]], elements: tuple[str, ...]
) -> NDArray[np.float64]:
    """Write compositions as rows; shape (n_compositions, n_elements)."""
    column = {symbol: position for position, symbol in enumerate(elements)}
    matrix = np.zeros((len(compositions), len(elements)))
    rows = np.repeat(np.arange(len(compositions)), list(map(len, compositions)))
    columns = map(column.__getitem__, chain.from_iterable(compositions))
    values = chain.from_iterable(one.values() for one in compositions)
    matrix[rows, np.fromiter(columns, np.intp)] = np.fromiter(values, np.float64)
    return matrix


def _sorted(
    codes: NDArray[np.int64], per_atom: NDArray[np.float64], phases: Sequence[Phase]
) -> NDArray[np.intp]:
    """Order by composition, then energy; by id only where those are equal, since it is slow."""
    order = np.lexsort((per_atom, *-codes.T[::-1]))
    alike = (np.diff(per_atom[order]) == 0.0) & (np.diff(codes[order], axis=0) == 0).all(axis=1)
    if not alike.any():
        return order
    names = np.argsort(np.argsort([phase.id for phase in phases]))
    return np.lexsort((names, per_atom, *-codes.T[::-1]))


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
