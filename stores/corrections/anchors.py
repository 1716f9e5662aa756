"""Corrections that bring water, hydroxides and molecules to their measured enthalpies of formation.

PBE with the usual corrections overbinds water, hydroxides and small molecules, by an amount that
depends on the source. A reference that contains them shows by how much: the shift takes H2O,
hydroxides and molecules to their measured enthalpies of formation, and compounds that contain water
or hydroxide by the same amount per H2O and per OH. pymatgen's
`MaterialsProjectAqueousCompatibility` does the same for water and hydrates (pull requests 1826 and
2886). Boranes are left to the policy for hydroborates, which treats both sides of their reactions
alike.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from trona.screening.equilibrium.arrangement import composition_keys
from trona.screening.errors import CorrectionError
from trona.screening.formulas import fractions_key, parse, same_composition
from trona.stores.thermochemistry.measured import measured_energy
from trona.stores.thermochemistry.tables import known_molecules

from .hydrates import water_and_hydroxide
from .parts import PARTS, WATER_AS_MEASURED, is_hydroborate
from .schemes import Scheme

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from trona.screening.equilibrium.phases import Phase, PhaseTable

    from .mp2020 import Calculation
    from .parts import Part

__all__ = [
    "Compositions",
    "MoleculeShift",
    "WaterShift",
    "anchored",
    "measured_shifts",
    "shifted",
]

_WATER, _HYDROXIDE, _PEROXIDE = (parse(one) for one in ("H2O", "NaOH", "H2O2"))
_NONMETALS = frozenset(["B", "C", "N", "Si", "P", "S", "Cl", "As", "Se", "Br", "Te", "I"])
_ADDUCTS = {"H3S": "H2S", "SiH8": "SiH4"} | dict.fromkeys(("SO4", "SO5", "SO6", "SO12"), "SO3")
"""Packings of a molecule with H2 or O2, and the molecule in a formula unit. Nobody measured them;
uncorrected they would replace the molecule."""
Key = tuple[tuple[str, float], ...]


@dataclass(frozen=True, eq=False)
class Compositions:
    """
    Compositions of a table, for few questions: looked up there, not all listed.

    Two are equal where their tables hold the same compositions.

    Parameters
    ----------
    table
        Energies.
    """

    table: PhaseTable

    def hold(self, amounts: Mapping[str, float]) -> bool:
        """
        Tell whether a composition is one of them.

        Parameters
        ----------
        amounts
            Element symbol to amount, any multiple.
        """
        return self.table.find(amounts) is not None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Compositions):
            return NotImplemented
        return self.table is other.table or self._codes == other._codes

    def __hash__(self) -> int:
        return hash((self.table.elements, len(self.table.ground)))

    @cached_property
    def _codes(self) -> tuple[tuple[str, ...], bytes]:
        """What the table holds, in its order."""
        table = self.table
        return table.elements, composition_keys(table.amounts[table.ground]).tobytes()


@dataclass(frozen=True)
class WaterShift:
    """
    Energy that takes water, hydrates and hydroxides to measured values.

    Parameters
    ----------
    water, hydroxide
        eV per H2O and per OH.
    own
        Compositions of hydroxides with a measured enthalpy of their own, and their shift, eV per
        atom.
    known
        Of the reference: what is left of a hydrate without its water is one of them.
    """

    water: float
    hydroxide: float
    own: tuple[tuple[Key, float], ...]
    known: Compositions

    def __call__(self, amounts: Mapping[str, float], _: Calculation | None) -> float:
        """
        Shift a formula unit.

        Parameters
        ----------
        amounts
            Element symbol to amount per formula unit.

        Returns
        -------
        float
            eV.
        """
        if "H" not in amounts or "O" not in amounts:
            return 0.0
        key = fractions_key(amounts)
        for composition, shift in self.own:
            if composition == key:
                return shift * sum(amounts.values())
        water, hydroxide = water_and_hydroxide(amounts, self.known.hold)
        return water * self.water + hydroxide * self.hydroxide

    def places(self, table: PhaseTable) -> NDArray[np.intp]:
        """
        Find the phases that this may shift.

        Parameters
        ----------
        table
            Energies.

        Returns
        -------
        ndarray : shape (n_found,)
            Positions in the table.
        """
        return table.places_holding(("H", "O"))


@dataclass(frozen=True)
class MoleculeShift:
    """
    Energy that takes molecules to measured values.

    Parameters
    ----------
    shifts
        Compositions, and eV per atom.
    """

    shifts: tuple[tuple[Key, float], ...]

    def __call__(self, amounts: Mapping[str, float], _: Calculation | None) -> float:
        """
        Shift a formula unit.

        Parameters
        ----------
        amounts
            Element symbol to amount per formula unit.

        Returns
        -------
        float
            eV.
        """
        by_composition, systems = self._found
        if frozenset(amounts) not in systems:  # nearly all phases of a table
            return 0.0
        return by_composition.get(fractions_key(amounts), 0.0) * sum(amounts.values())

    def places(self, table: PhaseTable) -> NDArray[np.intp]:
        """
        Find the phases that this may shift.

        Parameters
        ----------
        table
            Energies.

        Returns
        -------
        ndarray : shape (n_found,)
            Positions in the table.
        """
        _, systems = self._found
        return np.concatenate([table.places_of(system) for system in systems])

    @cached_property
    def _found(self) -> tuple[dict[Key, float], frozenset[frozenset[str]]]:
        """Shifts by composition, and the sets of elements of these."""
        systems = (frozenset(symbol for symbol, _ in key) for key, _ in self.shifts)
        return dict(self.shifts), frozenset(systems)


def anchored(scheme: Scheme, table: PhaseTable, name: str, asked: Scheme | None) -> Scheme:
    """
    Add the corrections of water and molecules to a scheme, and say how large they are.

    Parameters
    ----------
    scheme
        Of the energies.
    table
        The energies.
    name
        Of the energies, for the message.
    asked
        What a user asks for; None for what fits the energies.

    Returns
    -------
    Scheme
        The same where nothing is added.

    Raises
    ------
    CorrectionError
        If the energies lack what a correction needs that is asked for.
    """
    wanted = [part for part in PARTS.values() if part.anchored]
    if asked is not None:
        wanted = [part for part in asked.parts if part.anchored]
    found = {part.label: _bound(part, table) for part in wanted}
    absent = [label for label, part in found.items() if part is None]
    if absent and asked is not None:
        needed = "H2O" if absent[0] == WATER_AS_MEASURED else "a measured molecule"
        raise CorrectionError(
            f"{name}: the correction {absent[0]!r} needs {needed} among the energies; leave it out."
        )
    return Scheme((*scheme.parts, *(part for part in found.values() if part is not None)))


def shifted(phases: Iterable[Phase], scheme: Scheme) -> tuple[Phase, ...]:
    """
    Apply the corrections of water and molecules to a few phases.

    Parameters
    ----------
    phases
        With all other corrections of the scheme.
    scheme
        With the shifts of these.

    Returns
    -------
    tuple of Phase
        On the scale of the scheme.
    """
    parts = [part for part in scheme.parts if part.anchored]
    return tuple(
        phase.moved(
            sum((part.shift(phase.amounts, None) for part in parts), start=0.0),
            replace(phase.scale, correction=scheme.name),
        )
        for phase in phases
    )


def measured_shifts(table: PhaseTable, scheme: Scheme) -> NDArray[np.float64]:
    """
    Find what the corrections of water and molecules add to the energies of a table.

    Parameters
    ----------
    table
        With all other corrections of the scheme.
    scheme
        With the shifts of these.

    Returns
    -------
    ndarray : shape (n_phases,)
        eV per formula unit; only phases that hold the elements in question are looked at.
    """
    shifts = np.zeros(len(table))
    for part in scheme.parts:
        if isinstance(part.shift, WaterShift | MoleculeShift):
            for place in part.shift.places(table).tolist():
                shifts[place] += part.shift(table.phases[place].amounts, None)
    return shifts


def _bound(part: Part, table: PhaseTable) -> Part | None:
    """Give a correction its shifts; None where the energies have nothing that it is about."""
    if part.label == WATER_AS_MEASURED:
        return _bound_water(part, table)
    formulas = [one for one in known_molecules() if one not in {"H2O", "H2O2"}]
    apart = [one for one in formulas if not is_hydroborate(parse(one))]
    excess = ((one, _excess(parse(one), table)) for one in apart)
    found = {one: shift for one, shift in excess if shift is not None}
    if not found:
        return None
    name = f"{part.label}/1 (of {len(found)} molecules)"
    found |= {one: found[inside] for one, inside in _ADDUCTS.items() if inside in found}
    shifts = tuple(
        (fractions_key(parse(one)), shift / sum(parse(one).values()))
        for one, shift in found.items()
    )
    return replace(part, name=name, shift=MoleculeShift(shifts))


def _bound_water(part: Part, table: PhaseTable) -> Part | None:
    """Take the shifts of water and hydroxide from the energies of H2O and NaOH."""
    water = _excess(_WATER, table)
    if water is None:
        return None
    hydroxide = _excess(_HYDROXIDE, table)
    found = {
        fractions_key(phase.amounts): phase.amounts
        for phase in table.holding(_PEROXIDE)
        if _is_metal_hydroxide(phase.amounts)
        or (phase.amounts.keys() == _PEROXIDE.keys() and same_composition(phase.amounts, _PEROXIDE))
    }
    own = tuple(
        (key, shift / sum(amounts.values()))
        for key, amounts in sorted(found.items())
        if (shift := _excess(amounts, table)) is not None
    )
    per_hydroxide = 0.0 if hydroxide is None else hydroxide
    named = [f"{water:+.3f} eV per H2O"]
    named += [] if hydroxide is None else [f"{hydroxide:+.3f} eV per OH"]
    name = f"{part.label}/1 ({', '.join(named)})"
    return replace(
        part, name=name, shift=WaterShift(water, per_hydroxide, own, Compositions(table))
    )


def _is_metal_hydroxide(amounts: Mapping[str, float]) -> bool:
    """Tell M(OH)n of one metal by its composition."""
    others = amounts.keys() - {"H", "O"}
    return len(others) == 1 and not others & _NONMETALS and amounts.get("H") == amounts.get("O")


def _excess(amounts: Mapping[str, float], table: PhaseTable) -> float | None:
    """Find measured minus given energy of formation, eV per formula unit; None where unknown."""
    measured, phase = measured_energy(amounts, 0.0), table.find(amounts)
    if measured is None or phase is None:
        return None
    zero = sum(n * table.find_required({e: 1.0}).energy_per_atom for e, n in amounts.items())
    given = phase.energy_per_atom * sum(amounts.values()) - zero
    return measured.energy - given
