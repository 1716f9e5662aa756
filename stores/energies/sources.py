"""Kinds of reference energies, selected by the prefix before the colon of their name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from trona.screening.equilibrium.phases import EnergyScale, Phase, PhaseTable
from trona.screening.errors import ReferenceDataError
from trona.screening.formulas import parse, same_composition
from trona.stores.provenance import fingerprint
from trona.stores.thermochemistry.free_energies import phases_at, temperature_of
from trona.stores.thermochemistry.temperatures import name_at, require_temperature

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pymatgen.entries.computed_entries import ComputedEntry

    from trona.stores.corrections.parts import EnergyBasis
    from trona.stores.corrections.schemes import Scheme

__all__ = ["Loader", "Reference", "Source", "joint", "misnamed"]

Loaded = TypeVar("Loaded")
Loader = Callable[[str, str, "Scheme | None", tuple[str, ...]], Loaded]
"""Kind, what follows the colon, correction scheme (None for the default), formulas to assess."""


@dataclass(frozen=True)
class Source(Generic[Loaded]):
    """
    A kind of reference energies.

    Parameters
    ----------
    load
        Makes the reference.
    example
        How a user writes it, for messages.
    takes, located
        True where something may follow the kind and a colon; where something must.
    """

    load: Loader[Loaded]
    example: str
    takes: bool = True
    located: bool = False


def joint(sources: Mapping[str, Source[Any]]) -> re.Pattern[str]:
    """
    Match a plus sign between two references; one inside a path joins nothing.

    Parameters
    ----------
    sources
        All kinds.

    Returns
    -------
    Pattern
        To split a name by.
    """
    named = "|".join(re.escape(kind) for kind, source in sources.items() if not source.located)
    located = "|".join(f"{re.escape(kind)}:" for kind, one in sources.items() if one.located)
    return re.compile(rf"\+(?=(?:{named})(?:[:+]|$)|{located})")


def misnamed(name: str, examples: Iterable[str]) -> ReferenceDataError:
    """
    Say that there is no such reference, and how one is named.

    Parameters
    ----------
    name
        As the user wrote it.
    examples
        Of all kinds.

    Returns
    -------
    ReferenceDataError
        To be raised.
    """
    kinds = {".csv": "table", ".json": "entries", ".sqlite": "store", ".db": "store"}
    kind = kinds.get(Path(name).suffix.lower())
    if kind is not None:
        return ReferenceDataError(f"no reference {name!r}: did you mean '{kind}:{name}'?")
    *others, last = dict.fromkeys(examples)
    return ReferenceDataError(f"no reference {name!r}: use {', '.join(others)} or {last}.")


@dataclass(frozen=True, eq=False)
class Reference:
    """
    Energies of competing phases on one scale.

    Parameters
    ----------
    name
        ``"bundled"``, ``"mp:Na-P-S@CHECKSUM"``, ``"table:FILE"``: loads the same energies again.
    phases
        All phases.
    checksum
        Of data and correction scheme, 16 hexadecimal digits.
    scheme
        Correction scheme that was applied.
    band_gaps
        Formula to gap, eV, where the reference knows one.
    gap_source
        Where the gaps come from.
    missing
        Formula to reason, for phases known to be missing.
    basis
        Corrections that the energies held before the scheme; None where unknown.
    origin
        Where and when the energies were computed or fetched, in words.
    caveats
        What every result that rests on them must say, in sentences.
    mixed
        True where the parts of a combined reference keep correction schemes of their own.
    stores
        Locations of the stores that it was read from.
    given
        Name that loads it, where the shown one hides the credentials of a store.
    arranged
        Table of the phases, where it was made with them.
    """

    name: str
    phases: Sequence[Phase]
    checksum: str
    scheme: Scheme
    band_gaps: Mapping[str, float] = field(default_factory=dict)
    gap_source: str = ""
    missing: Mapping[str, str] = field(default_factory=dict)
    basis: EnergyBasis | None = None
    origin: str = ""
    caveats: tuple[str, ...] = ()
    mixed: bool = False
    stores: tuple[str, ...] = ()
    given: str = ""
    arranged: PhaseTable | None = None

    def __repr__(self) -> str:
        """Name and size: all phases would fill hundreds of screens."""
        return f"<Reference {self.name}: {len(self.phases)} phases, {self.scale}>"

    @property
    def correction(self) -> str | None:
        """Name by which the correction scheme is asked for; None where each part has its own."""
        return None if self.mixed else self.scheme.label

    @property
    def scale(self) -> EnergyScale:
        """The common energy scale."""
        return self.phases[0].scale

    @property
    def temperature(self) -> float:
        """Temperature of the free energies, K; 0 for energies."""
        return temperature_of(self.scale)

    def without(self, formulas: str | Sequence[str]) -> Reference:
        """
        Leave phases out, as an option that the result names.

        Parameters
        ----------
        formulas
            Compositions or one, any multiple; all their polymorphs are left out.

        Returns
        -------
        Reference
            Under a name and a checksum of its own.

        Raises
        ------
        ReferenceDataError
            If it has no such phase, or the phase is an element.
        """
        formulas = [formulas] if isinstance(formulas, str) else formulas
        if not formulas:
            return self
        phases = self.phases
        for formula in formulas:
            composition = parse(formula)
            kept = tuple(p for p in phases if not same_composition(p.amounts, composition))
            if len(kept) == len(phases) or len(composition) == 1:
                raise ReferenceDataError(
                    f"cannot exclude {formula!r}: {self.name} has no such compound."
                )
            phases = kept
        excluded = ", ".join(sorted(formulas))
        digest = hashlib.sha256(f"{self.checksum} without {excluded}".encode()).hexdigest()
        name = f"{self.name} without {excluded}"
        return replace(self, name=name, phases=phases, checksum=digest[:16])

    def under(self, pressure: float) -> Reference:
        """
        Enthalpies at a pressure instead of energies.

        Parameters
        ----------
        pressure
            GPa.

        Returns
        -------
        Reference
            Under a name and a checksum of its own; the same without pressure.

        Raises
        ------
        PhaseDataError
            If a phase has no volume, or the pressure is beyond the volumes' meaning.
        """
        if pressure == 0.0:
            return self
        from trona.screening.equilibrium.pressure import at_pressure  # noqa: PLC0415

        return replace(
            self,
            name=f"{self.name} at {pressure:g} GPa",
            phases=at_pressure(self.table, pressure).phases,
            checksum=fingerprint([self.checksum, pressure]),
        )

    def at_temperature(self, temperature: float) -> Reference:
        """
        Free energies at a temperature instead of energies, gases at 1 bar.

        Parameters
        ----------
        temperature
            K.

        Returns
        -------
        Reference
            Under a name and a checksum of its own; the same at 0 K.

        Raises
        ------
        InputError
            If it is at another temperature, there are no data, or a phase lacks its volume.
        """
        if require_temperature(temperature) in {0.0, self.temperature}:
            return self
        found, said = phases_at(self.phases, temperature)
        name, caveats = name_at(self.name, temperature), (*self.caveats, said)
        checksum = fingerprint([self.checksum, "temperature", temperature])
        return replace(self, name=name, phases=found, checksum=checksum, caveats=caveats)

    def to_entries(self, elements: str | Iterable[str] = ()) -> list[ComputedEntry]:
        """
        Make entries of pymatgen, to build its diagrams from or to keep in a file.

        Parameters
        ----------
        elements
            Only phases that consist of these, or of one; all phases by default.

        Returns
        -------
        list of pymatgen.entries.computed_entries.ComputedEntry
            With all corrections in the energy, and the scale in ``data["trona"]``, by which
            ``Study(entries)`` knows them again.
        """
        asked = {elements} if isinstance(elements, str) else set(elements)
        self.table.require(asked)
        return self.entries_of((self.table.within(asked) if asked else self.table).phases)

    def entries_of(self, phases: Iterable[Phase]) -> list[ComputedEntry]:
        """
        Make entries of pymatgen of phases on the scale of these energies.

        Parameters
        ----------
        phases
            Of these energies, or a candidate's own.

        Returns
        -------
        list of pymatgen.entries.computed_entries.ComputedEntry
            As of `to_entries`.
        """
        from trona.screening.equilibrium.computed_entries import to_entry  # noqa: PLC0415

        measured = [part.shift for part in self.scheme.parts if part.anchored]
        return [
            to_entry(
                phase,
                {
                    "scheme": None if self.mixed else self.scheme.plain.label,
                    "as_measured": sum(shift(phase.amounts, None) for shift in measured),
                    "band_gap": self.band_gaps.get(phase.formula),
                },
            )
            for phase in phases
        ]

    @cached_property
    def table(self) -> PhaseTable:
        """
        The phases, checked against each other.

        Raises
        ------
        InputError
            If they cannot share a hull.
        """
        if self.arranged is not None and self.arranged.phases is self.phases:
            return self.arranged
        return PhaseTable.from_phases(self.phases)
