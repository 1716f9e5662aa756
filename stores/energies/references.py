"""Reference energies of competing phases by name: bundled, Materials Project, or a user's own.

A reference is on one energy scale and carries a checksum, so that a result can say what it rests
on.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache, reduce
from pathlib import Path
from typing import TYPE_CHECKING

from trona.screening.equilibrium.phases import EnergyScale, Phase, PhaseTable
from trona.screening.equilibrium.pressure import at_pressure
from trona.screening.errors import ReferenceDataError
from trona.screening.formulas import fractions_key, parse, same_composition
from trona.screening.units import SODIUM
from trona.stores.corrections.anchors import anchored, shifted
from trona.stores.corrections.methods import basis_of
from trona.stores.corrections.parts import EnergyBasis
from trona.stores.corrections.schemes import (
    AS_PUBLISHED,
    SULFIDE_BY_CHARGE_LEGACY,
    Scheme,
    compose,
    default_scheme,
)
from trona.stores.materials_project import snapshot_files, snapshots
from trona.stores.provenance import fingerprint
from trona.stores.settings import Settings
from trona.stores.thermochemistry.free_energies import phases_at, temperature_of
from trona.stores.thermochemistry.temperatures import cold_name, name_at, require_temperature

from . import alignment
from . import from_store as relaxed
from .accuracy import unstated
from .bundled import SETS, bundled_data, packed_energies, set_phases
from .sources import Source, joint, misnamed
from .tables.loading import load_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["SOURCES", "Reference", "Source", "load_reference", "source_names"]

_ALIGNED = "aligned:"


@dataclass(frozen=True, eq=False)
class Reference:
    """
    Energies of competing phases on one scale.

    Parameters
    ----------
    name
        ``"bundled"``, ``"mp:Na-P-S@CHECKSUM"``, ``"table:PATH"``: loads the same energies again.
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
    """

    name: str
    phases: tuple[Phase, ...]
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

    def without(self, formulas: Sequence[str]) -> Reference:
        """
        Leave phases out, as an option that the result names.

        Parameters
        ----------
        formulas
            Compositions, any multiple; all their polymorphs are left out.

        Returns
        -------
        Reference
            Under a name and a checksum of its own.

        Raises
        ------
        ReferenceDataError
            If it has no such phase, or the phase is an element.
        """
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

    @cached_property
    def table(self) -> PhaseTable:
        """
        The phases, checked against each other.

        Raises
        ------
        InputError
            If they cannot share a hull.
        """
        return PhaseTable.from_phases(self.phases)


def load_reference(
    name: str, correction: str | None = None, formulas: Iterable[str] = ()
) -> Reference:
    """
    Load reference energies by name.

    Parameters
    ----------
    name
        ``"bundled"``; ``"mp:Na-P-S"`` for the newest snapshot of the Materials Project that
        covers a system, ``"mp:CHECKSUM"`` for a certain one, ``"mp"`` for the newest that covers
        the formulas (``"mp-r2scan"`` for r2SCAN energies); ``"table:PATH"`` for a CSV file of
        formation energies; ``"store:LOCATION"`` for the relaxations in a store,
        ``"store:LOCATION#METHOD"`` for those of one method. ``"A+B"`` joins two of one scale,
        ``"aligned:A+B"`` puts B onto the scale of A and says how far they disagree.
    correction
        Names of corrections, joined by commas; by default those of the method, by charge for a
        flagged table, and water and molecules as measured where there are any.
    formulas
        Compositions that are going to be assessed.

    Returns
    -------
    Reference
        On one scale.

    Raises
    ------
    ReferenceDataError
        If there is no such reference, or it cannot be read.
    CorrectionError
        If there is no such correction, or it does not fit the energies.
    EnergyScaleError
        If energies of different scales would meet.
    """
    asked = None if correction is None else compose(correction)
    plain = None if asked is None else asked.plain
    aligned = name.startswith(_ALIGNED)
    loaded = [_load_part(part, plain, tuple(formulas)) for part in source_names(name)]
    if not aligned:
        loaded = [reduce(_joined, loaded)]
        _require_elements(loaded[0])
    loaded = [_as_measured(one, asked) for one in loaded]
    reference = _aligned(loaded, name) if aligned else loaded[0]
    if said := unstated(reference.scale):
        reference = replace(reference, caveats=reference.caveats + said)
    return reference.at_temperature(cold_name(name)[1])


def source_names(name: str) -> list[str]:
    """
    Split the name of reference energies into those of its sources.

    Parameters
    ----------
    name
        As for `load_reference`.

    Returns
    -------
    list of str
        One for each source.
    """
    return joint(SOURCES).split(cold_name(name)[0].removeprefix(_ALIGNED))


def _load_part(name: str, scheme: Scheme | None, formulas: tuple[str, ...]) -> Reference:
    """Load energies of one source."""
    kind, _, rest = name.partition(":")
    source = SOURCES.get(kind)
    if source is None or (source.located and not rest) or (name != kind and not source.takes):
        raise misnamed(name, [one.example for one in SOURCES.values()])
    return source.load(kind, rest, scheme, formulas)


@lru_cache(maxsize=8)
def _as_measured(reference: Reference, asked: Scheme | None) -> Reference:
    """Take water, hydroxides and molecules to measured energies: those that fit, or are asked."""
    scheme = anchored(reference.scheme, reference.table, reference.name, asked)
    if scheme == reference.scheme:
        return reference
    checksum = fingerprint([reference.checksum, scheme.name])
    return _rescaled(reference, shifted(reference.phases, scheme), scheme, checksum)


def _joined(first: Reference, second: Reference) -> Reference:
    """Join two references of one scale."""
    phases = alignment.join(first.phases, second.phases)
    return _combined(first, second, phases, "")


def _aligned(parts: Sequence[Reference], name: str) -> Reference:
    """Put a second reference onto the scale of a first one, and say how far they disagree."""
    if len(parts) != 2:
        raise ReferenceDataError(
            f"{name!r} does not name two references: write aligned:FIRST+SECOND, as in "
            "aligned:bundled+table:mine.csv."
        )
    first, second = parts
    found = alignment.align(first.table, second.table)
    caveat = (
        f"Aligned energies: {found.n_added} of {len(found.phases)} phases are of {second.name}, "
        f"put on the scale of {first.name} through the elements. {found.residual}."
    )
    whole = _combined(first, second, found.phases, _ALIGNED)
    return replace(whole, caveats=(*whole.caveats, caveat))


def _combined(
    first: Reference, second: Reference, phases: tuple[Phase, ...], prefix: str
) -> Reference:
    """Describe two references in one; what the first knows has precedence."""
    present = {fractions_key(phase.amounts) for phase in phases}
    missing = {**second.missing, **first.missing}
    parts = (first, second)
    return replace(
        first,
        name=f"{prefix}{first.name}+{second.name}",
        given=f"{prefix}{first.given or first.name}+{second.given or second.name}",
        phases=phases,
        checksum=fingerprint([prefix, first.checksum, second.checksum]),
        band_gaps={**second.band_gaps, **first.band_gaps},
        gap_source="; ".join(part.gap_source for part in parts if part.gap_source),
        missing={f: why for f, why in missing.items() if fractions_key(parse(f)) not in present},
        origin="; ".join(f"{part.name}: {part.origin}" for part in parts if part.origin),
        caveats=first.caveats + second.caveats,
        mixed=first.mixed or second.mixed or first.scheme != second.scheme,
        stores=first.stores + second.stores,
    )


def _require_elements(reference: Reference) -> None:
    """Refuse energies of a store that lack the elements, and say how to add them."""
    present = {symbol for phase in reference.phases for symbol in phase.amounts}
    pure = {next(iter(p.amounts)) for p in reference.phases if len(p.amounts) == 1}
    if reference.stores and (absent := sorted(present - pure)):
        same = (one.name for one in SETS.values() if one.method == reference.scale.method)
        raise ReferenceDataError(
            f"{reference.name!r} has no phase of the element {', '.join(absent)}: join it with "
            f"energies of the same scale, as in {next(same, 'mp')}+{reference.name}."
        )


def _checksum(data: bytes, scheme: Scheme) -> str:
    """Identify data and the scheme applied to them."""
    return hashlib.sha256(data + scheme.name.encode()).hexdigest()[:16]


@cache
def _load_bundled(name: str, scheme: Scheme) -> Reference:
    """Build a bundled reference."""
    data = bundled_data(name)
    basis = basis_of(data["method"])
    scheme.require(basis, name)
    return Reference(
        name=name,
        phases=set_phases(data, scheme),
        checksum=_checksum(packed_energies(name), scheme),
        scheme=scheme,
        missing={row["formula"]: row["reason"] for row in data["missing"]},
        basis=basis,
        origin=f"computed with {data['method']} on {data['created']}, ships with trona",
    )


def _load_snapshot(
    kind: str, which: str, scheme: Scheme | None, formulas: Iterable[str]
) -> Reference:
    """Find and read a snapshot of the Materials Project."""
    needed = {symbol for formula in formulas for symbol in parse(formula)}
    folder = Path(Settings().references).expanduser()
    file = snapshot_files.find_snapshot(folder, kind, which, {*needed, SODIUM} if needed else ())
    method = snapshots.METHODS[file.thermo_type]
    basis, scheme = basis_of(method), scheme or default_scheme(method)
    scheme.require(basis, f"{file.thermo_type} energies of the Materials Project")
    snapshot = snapshot_files.read_snapshot(file)
    database = f"Materials Project database {snapshot.database_version}"
    return Reference(
        name=file.name,
        phases=snapshots.phases(snapshot, scheme),
        checksum=_checksum(snapshot.checksum.encode(), scheme),
        scheme=scheme,
        basis=basis,
        band_gaps=snapshots.band_gaps(snapshot.phases),
        gap_source=f"{database}, computed gap",
        origin=f"{database}, {snapshot.thermo_type}, fetched {snapshot.fetched:%Y-%m-%d} with "
        f"{snapshot.client} from {snapshot.endpoint}",
    )


def _load_store(_: str, rest: str, scheme: Scheme | None, __: Iterable[str]) -> Reference:
    """Read the relaxations in a store; those that cannot be trusted are left out and counted."""
    from trona.stores.collections.results import Results  # noqa: PLC0415
    from trona.stores.database.connect import exists, redacted, resolved  # noqa: PLC0415 (imports jobflow)

    location, _, method = rest.partition("#")
    name = f"store:{redacted(location)}"
    if not exists(location):
        raise ReferenceDataError(f"there is no store {redacted(location)!r}: name another.")
    results = Results(resolved(location))
    try:
        chosen = relaxed.of_one_method(results.relaxations(), method or None, name)
    finally:
        results.close()
    basis = basis_of(chosen[0].method)
    scheme = scheme or default_scheme(chosen[0].method)
    scheme.require(basis, name)
    found = relaxed.admitted(chosen, scheme, name)
    rows = sorted((phase.id, phase.formula, phase.energy) for phase in found.phases)
    suffix = f"#{method}" if method else ""
    rejected = f"{len(found.rejected)} relaxations of {name} are left out as not trustworthy."
    return Reference(
        name=name + suffix,
        given=f"store:{rest}",
        phases=found.phases,
        checksum=_checksum(json.dumps(rows).encode(), scheme),
        scheme=scheme,
        basis=basis,
        band_gaps=found.band_gaps,
        gap_source=f"computed with {chosen[0].method}, {name}" if found.band_gaps else "",
        missing=found.missing,
        origin=found.origin,
        caveats=(rejected,) if found.rejected else (),
        stores=(resolved(location),),
    )


def _load_table(_: str, rest: str, scheme: Scheme | None, __: Iterable[str]) -> Reference:
    """Read a CSV table of formation energies; elements that it leaves out are zero."""
    path = Path(rest).expanduser()
    raw, found = load_table(path)
    scheme = scheme or (SULFIDE_BY_CHARGE_LEGACY if found.flagged else AS_PUBLISHED)
    basis = EnergyBasis.LEGACY if found.flagged else None
    name = f"table:{path}"
    scheme.require(basis, name)
    reference = Reference(
        name=name,
        phases=found.phases,
        checksum=_checksum(raw, scheme),
        scheme=AS_PUBLISHED,
        band_gaps=found.band_gaps,
        gap_source=f"band_gap column of {path.name}",
        basis=basis,
    )
    vars(reference)["table"] = found.table  # arranged already
    if not scheme.parts:
        return reference
    scale = replace(reference.scale, correction=scheme.name)
    shifts = (phase.moved(scheme.shift(phase.amounts), scale) for phase in reference.phases)
    return _rescaled(reference, tuple(shifts), scheme, reference.checksum)


def _rescaled(
    reference: Reference, phases: tuple[Phase, ...], scheme: Scheme, checksum: str
) -> Reference:
    """Give all phases the energies of another scheme, in the table that is arranged already."""
    place = {id(phase): at for at, phase in enumerate(reference.phases)}
    arranged = [phases[place[id(phase)]] for phase in reference.table.phases]
    table = reference.table.changed(arranged)
    changed = replace(reference, phases=phases, scheme=scheme, checksum=checksum)
    vars(changed)["table"] = table
    return changed


SOURCES: dict[str, Source[Reference]] = {
    **{
        name: Source(
            lambda kind, _, scheme, __: _load_bundled(kind, scheme or SETS[kind].scheme),
            f"'{name}'",
            takes=False,
        )
        for name in SETS
    },
    **dict.fromkeys(
        snapshots.KINDS.values(), Source(_load_snapshot, "'mp:SYSTEM' as in mp:Na-P-S")
    ),
    "table": Source(_load_table, "'table:PATH.csv'", located=True),
    "store": Source(_load_store, "'store:PATH'", located=True),
}
"""Kinds of reference energies, by what stands before the colon; another package may add its own."""
