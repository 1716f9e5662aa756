"""Reference energies of competing phases by name: bundled, Materials Project, or the user's own.

A reference is on one energy scale and carries a checksum that identifies it in results.
"""

from __future__ import annotations

import gc
import hashlib
import json
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, lru_cache, reduce
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from trona.screening.equilibrium.phase_columns import shifted_table
from trona.screening.errors import ReferenceDataError
from trona.screening.formulas import fractions_key, parse
from trona.screening.units import SODIUM
from trona.stores.corrections.anchors import anchored, measured_shifts
from trona.stores.corrections.methods import basis_of
from trona.stores.corrections.parts import EnergyBasis
from trona.stores.corrections.schemes import (
    AS_PUBLISHED,
    SULFIDE_BY_CHARGE_LEGACY,
    Scheme,
    compose,
    default_scheme,
)
from trona.stores.provenance import fingerprint
from trona.stores.settings import Settings
from trona.stores.thermochemistry.temperatures import cold_name

from .accuracy import unstated
from .bundled import SETS, bundled_data, packed_energies, set_table
from .sources import Reference, Source, joint, misnamed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from trona.screening.equilibrium.phases import Phase

__all__ = [
    "SOURCES",
    "Reference",
    "Source",
    "load_reference",
    "reference_of_entries",
    "source_names",
]

_ALIGNED = "aligned:"


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
        the formulas (``"mp-r2scan"`` for r2SCAN energies); ``"table:FILE"`` for a CSV file of
        formation energies; ``"store:LOCATION"`` for the relaxations in a store,
        ``"store:LOCATION#METHOD"`` for those of one method; ``"entries:FILE.json"`` for entries of
        pymatgen, ``"entries:FILE.json#mp"`` with their scale. ``"A+B"`` joins two of one scale,
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
    with _collector_paused():
        asked = None if correction is None else compose(correction)
        plain = None if asked is None else asked.plain
        aligned = name.startswith(_ALIGNED)
        loaded = [_load_part(part, plain, tuple(formulas)) for part in source_names(name)]
        if not aligned:
            loaded = [reduce(_joined, loaded)]
            _require_elements(loaded[0])
        loaded = [_as_measured(one, asked) for one in loaded]
        reference = _aligned(loaded, name) if aligned else loaded[0]
        return _with_unstated(reference).at_temperature(cold_name(name)[1])


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Pause the garbage collector, which would visit all phases again and again."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def reference_of_entries(
    entries: object, scale: str | None = None, correction: str | None = None
) -> Reference:
    """
    Make reference energies of entries of pymatgen.

    Parameters
    ----------
    entries
        List of ComputedEntry, ComputedStructureEntry or PDEntry, or a PhaseDiagram.
    scale
        Energy scale, where the entries do not tell it: ``"mp"``, ``"mp-r2scan"``,
        ``"formation"``, or a method.
    correction
        As for `load_reference`.

    Returns
    -------
    Reference
        On one scale.

    Raises
    ------
    InputError
        If the entries cannot share a hull, or their scale is unknown.
    """
    from .computed.loading import entries_reference  # noqa: PLC0415 (only entries need it)

    asked = None if correction is None else compose(correction)
    found = entries_reference(entries, scale, None if asked is None else asked.plain)
    return _with_unstated(_as_measured(found, asked))


def _with_unstated(reference: Reference) -> Reference:
    """Say where no error is stated for the energies."""
    said = unstated(reference.scale)
    return replace(reference, caveats=reference.caveats + said) if said else reference


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
    return _rescaled(reference, measured_shifts(reference.table, scheme), scheme, checksum)


def _joined(first: Reference, second: Reference) -> Reference:
    """Join two references of one scale."""
    from . import alignment  # noqa: PLC0415 (only joint references need it)

    phases = alignment.join(first.phases, second.phases)
    return _combined(first, second, phases, "")


def _aligned(parts: Sequence[Reference], name: str) -> Reference:
    """Put a second reference onto the scale of a first one, and say how far they disagree."""
    from . import alignment  # noqa: PLC0415 (as above)

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
    if not reference.stores:  # all others have them
        return
    present = {symbol for phase in reference.phases for symbol in phase.amounts}
    pure = {next(iter(p.amounts)) for p in reference.phases if len(p.amounts) == 1}
    if absent := sorted(present - pure):
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
    table = set_table(data, scheme)
    return Reference(
        name=name,
        phases=table.phases,
        arranged=table,
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
    from trona.stores.materials_project import snapshot_files, snapshots  # noqa: PLC0415

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

    from . import from_store as relaxed  # noqa: PLC0415

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
    from .tables.loading import load_table  # noqa: PLC0415

    path = Path(rest).expanduser()
    raw, found = load_table(path)
    scheme = scheme or (SULFIDE_BY_CHARGE_LEGACY if found.flagged else AS_PUBLISHED)
    basis = EnergyBasis.LEGACY if found.flagged else None
    name = f"table:{path}"
    scheme.require(basis, name)
    reference = Reference(
        name=name,
        phases=found.table.phases,
        arranged=found.table,
        checksum=_checksum(raw, scheme),
        scheme=AS_PUBLISHED,
        band_gaps=found.band_gaps,
        gap_source=f"band_gap column of {path.name}",
        basis=basis,
    )
    if not scheme.parts:
        return reference
    shifts = np.array([scheme.shift(phase.amounts) for phase in reference.table.phases])
    return _rescaled(reference, shifts, scheme, reference.checksum)


def _load_entries(_: str, rest: str, scheme: Scheme | None, __: Iterable[str]) -> Reference:
    """Read entries of pymatgen."""
    from .computed.loading import load_entries  # noqa: PLC0415

    return load_entries(rest, scheme)


def _rescaled(
    reference: Reference, shifts: NDArray[np.float64], scheme: Scheme, checksum: str
) -> Reference:
    """Shift the energies to those of another scheme, in the table that is arranged already."""
    scale = replace(reference.scale, correction=scheme.name)
    table = shifted_table(reference.table, shifts, scale)
    return replace(reference, phases=table.phases, arranged=table, scheme=scheme, checksum=checksum)


SOURCES: dict[str, Source[Reference]] = {
    **{
        name: Source(
            lambda kind, _, scheme, __: _load_bundled(kind, scheme or SETS[kind].scheme),
            f"'{name}'",
            takes=False,
        )
        for name in SETS
    },
    **dict.fromkeys(("mp", "mp-r2scan"), Source(_load_snapshot, "'mp:SYSTEM' as in mp:Na-P-S")),
    "table": Source(_load_table, "'table:FILE.csv'", located=True),
    "store": Source(_load_store, "'store:PATH'", located=True),
    "entries": Source(_load_entries, "'entries:FILE.json'", located=True),
}
"""Kinds of reference energies, by what stands before the colon; another package may add its own."""
