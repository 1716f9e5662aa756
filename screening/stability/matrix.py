"""Many materials against many: the strongest reaction of each pair and its class; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from trona.screening.tabular import Tabular

from .contact import contact_interphase
from .coverage import coverage
from .interface import Material, react, reactant
from .interphase import InterphaseClass

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trona.screening.equilibrium.phases import PhaseTable

    from .interface import Kink, MixingLine, Reactant
    from .interphase import Interphase, PropertyTable, Thresholds

__all__ = [
    "Matrix",
    "MatrixCell",
    "MatrixEntry",
    "contact_energy",
    "contact_matrix",
    "contacts_made",
]

_NO_ENERGY = 1e-10
"""Energies (eV/atom) closer to zero than this are none."""


@dataclass(frozen=True, eq=False)
class MatrixEntry(Material):
    """
    A row or a column of a matrix.

    Parameters
    ----------
    formula, composition
        As of a `Material`.
    label
        What it is called.
    voltage
        Of the sodium reservoir that it is, V against Na/Na+: an electrode at its own potential.
        None where no sodium comes or goes.
    """

    label: str
    voltage: float | None = None


@dataclass(frozen=True, eq=False)
class MatrixCell:
    """
    The strongest reaction of a pair.

    Parameters
    ----------
    first, second
        The materials.
    energy_per_atom
        What the contact releases, eV per atom of the reactants, not positive (`contact_energy`);
        where pairs of elements are open, a stronger reaction may be missing.
    kink
        The reaction; None where there is none.
    kind
        Its class; unknown where pairs of elements are open.
    interphase
        What the class rests on; None without a reaction.
    open_pairs
        Pairs of elements of both without a common phase.
    uncertainty
        Standard deviation of the energy, eV per atom of the reactants; None where it is not known
        or there is no reaction.
    """

    first: MatrixEntry
    second: MatrixEntry
    energy_per_atom: float
    kink: Kink | None
    kind: InterphaseClass
    interphase: Interphase | None
    open_pairs: tuple[tuple[str, str], ...]
    uncertainty: float | None = None


@dataclass(frozen=True, eq=False)
class Matrix(Tabular):
    """
    Materials against materials.

    Parameters
    ----------
    firsts, seconds
        Rows and columns.
    cells
        One tuple for each row, with one cell for each column.
    symmetric
        True where rows and columns are the same materials.
    caveats
        Caveats, in sentences.
    """

    firsts: tuple[MatrixEntry, ...]
    seconds: tuple[MatrixEntry, ...]
    cells: tuple[tuple[MatrixCell, ...], ...]
    symmetric: bool
    caveats: tuple[str, ...] = ()

    @property
    def contacts(self) -> str:
        """How the contacts are made: closed, or open to sodium at the potential of each column."""
        return contacts_made([one.voltage for one in self.seconds])

    @property
    def heading(self) -> str:
        """Size of the matrix, and how the contacts are made."""
        n_rows, n_columns = len(self.firsts), len(self.seconds)
        what = f"{n_rows} × {n_columns} contacts, {self.contacts}: strongest reaction"
        return ". ".join([what, " ".join(self.caveats)]) if self.caveats else what

    def rows(self) -> list[dict[str, object]]:
        """List the pairs, row by row; of a symmetric matrix each pair once."""
        return [
            {
                "first": cell.first.label,
                "second": cell.second.label,
                "voltage (V)": cell.second.voltage,
                "energy (meV/atom)": 1000.0 * cell.energy_per_atom,
                "error (meV/atom)": None if cell.uncertainty is None else 1000.0 * cell.uncertainty,
                "class": cell.kind.value,
                "reaction": None if cell.kink is None else cell.kink.equation,
            }
            for cell in self.pairs
        ]

    @property
    def pairs(self) -> tuple[MatrixCell, ...]:
        """All cells, row by row; of a symmetric matrix those above the diagonal."""
        return tuple(
            chain.from_iterable(
                row[at + 1 :] if self.symmetric else row for at, row in enumerate(self.cells)
            )
        )


def contacts_made(voltages: Sequence[float | None]) -> str:
    """
    Say how the contacts of a matrix are made.

    Parameters
    ----------
    voltages
        Of the columns, V; None where closed.

    Returns
    -------
    str
        For headings.
    """
    n_open = sum(volts is not None for volts in voltages)
    if not n_open:
        return "closed"
    each = "each electrode at its own potential"
    return each if n_open == len(voltages) else "closed where no potential stands"


def contact_energy(line: MixingLine, kink: Kink) -> float:
    """
    Energy that a contact releases at one point of the mixing line.

    Parameters
    ----------
    line
        An electrolyte, and what it touches.
    kink
        One of the points.

    Returns
    -------
    float
        eV per atom of the reactants, not positive. Closed, the part that mixing releases. Open to
        sodium, also what the first material releases alone at that voltage: the second is the
        electrode, whose own change at its potential is no reaction of the contact.
    """
    if line.voltage is None:
        return line.mixing_energy(kink)
    return min(kink.energy_per_atom - kink.fraction * line.kinks[-1].energy_per_atom, 0.0)


def contact_matrix(
    table: PhaseTable,
    firsts: Sequence[MatrixEntry],
    seconds: Sequence[MatrixEntry] | None,
    properties: PropertyTable,
    thresholds: Thresholds | None = None,
    error: Callable[[MixingLine, Kink], float] | None = None,
) -> Matrix:
    """
    React every material of a list with every one of another.

    Parameters
    ----------
    table
        Phases on one energy scale.
    firsts
        Electrolytes, say.
    seconds
        Electrodes, say, each closed or at its potential; None for all pairs of the first list.
    properties
        Conductor properties by composition.
    thresholds
        Fractions from which conducting phases are connected.
    error
        Standard deviation of what a contact releases, eV per atom of the reactants; none is stated
        without.

    Returns
    -------
    Matrix
        One cell for each pair.

    Raises
    ------
    FormulaError
        If a material has no atoms.
    ChemicalSystemError
        If an element has no reference phase.
    VoltageError
        If a voltage is negative or not finite.
    """
    ask = partial(_cell, table, properties=properties, thresholds=thresholds, error=error)
    left = [reactant(table, one.composition, one.formula) for one in firsts]
    if seconds is None:
        return _all_pairs(firsts, left, ask)
    right = [reactant(table, one.composition, one.formula) for one in seconds]
    cells = tuple(
        tuple(ask((first, second), (a, b)) for second, b in zip(seconds, right, strict=True))
        for first, a in zip(firsts, left, strict=True)
    )
    return Matrix(tuple(firsts), tuple(seconds), cells, symmetric=False)


def _all_pairs(
    materials: Sequence[MatrixEntry],
    sides: Sequence[Reactant],
    ask: Callable[[tuple[MatrixEntry, MatrixEntry], tuple[Reactant, Reactant]], MatrixCell],
) -> Matrix:
    """React all materials with each other: every pair once, shown in both places."""
    found: dict[tuple[int, int], MatrixCell] = {}
    places = range(len(materials))
    for i in places:
        for j in places[i:]:
            pair, both = (materials[i], materials[j]), (sides[i], sides[j])
            found[i, j] = found[j, i] = ask(pair, both)
    cells = tuple(tuple(found[i, j] for j in places) for i in places)
    return Matrix(tuple(materials), tuple(materials), cells, symmetric=True)


def _cell(
    table: PhaseTable,
    pair: tuple[MatrixEntry, MatrixEntry],
    sides: tuple[Reactant, Reactant],
    *,
    properties: PropertyTable,
    thresholds: Thresholds | None,
    error: Callable[[MixingLine, Kink], float] | None,
) -> MatrixCell:
    """Find the strongest reaction of two materials and classify it."""
    line = react(table, *sides, pair[1].voltage)
    asked = [side.composition for side in sides]
    open_pairs = coverage(table, {*asked[0], *asked[1]}, asked).open
    best = min(line.kinks, key=lambda kink: round(contact_energy(line, kink), 10))
    energy = contact_energy(line, best)
    if energy > -_NO_ENERGY:
        mixture = sides[0].mixture or (line.voltage is None and sides[1].mixture)
        kind = InterphaseClass.DECOMPOSES if mixture else InterphaseClass.STABLE
        kind = InterphaseClass.UNKNOWN if open_pairs else kind
        return MatrixCell(*pair, 0.0, None, kind, None, open_pairs)
    lasts = best if line.lasting is line.strongest else line.lasting
    found = contact_interphase(line, lasts, properties, thresholds)
    known = found is not None and not open_pairs
    kind = found.kind if found is not None and known else InterphaseClass.UNKNOWN
    spread = None if error is None or open_pairs else error(line, best)
    return MatrixCell(*pair, energy, lasts, kind, found, open_pairs, spread)
