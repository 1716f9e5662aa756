"""Reference energies from pymatgen entries: phases on one scale, with their origin."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from trona.screening.equilibrium.computed_entries import entry_note, noted_phase
from trona.screening.equilibrium.phases import EnergyScale, Phase
from trona.screening.errors import CorrectionError, EnergyScaleError, ReferenceDataError
from trona.screening.formulas import canonical, parse
from trona.stores.corrections.methods import basis_of
from trona.stores.corrections.mp2020 import Calculation
from trona.stores.corrections.schemes import AS_PUBLISHED, compose, default_scheme
from trona.stores.energies.entries import is_mock
from trona.stores.energies.from_store import lowest_gaps
from trona.stores.energies.sources import Reference
from trona.stores.energies.tables.rows import absent_elements
from trona.stores.provenance import fingerprint

from .reading import entries_in, read_entries
from .scales import FORMATION, UNCORRECTED, entries_method

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pymatgen.core.entries import Entry

    from trona.stores.corrections.schemes import Scheme

__all__ = ["Reading", "entries_reference", "entry_phases", "load_entries"]

_MOST_ENERGY = 6.0
"""eV/atom; no formation energy is larger."""
_STATED = re.compile(r"(?P<path>.+?\.json(?:\.gz)?)(?:#(?P<stated>.+))?", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """
    How energies of entries are read.

    Parameters
    ----------
    name
        What the entries are called in messages.
    method
        By which they were computed; `FORMATION` for formation energies.
    scheme
        Corrections that they get.
    """

    name: str
    method: str
    scheme: Scheme

    @property
    def scale(self) -> EnergyScale:
        """What the energies are on afterwards."""
        if self.method == FORMATION:
            return EnergyScale("table of formation energies", self.scheme.name, zero="elements")
        return EnergyScale(self.method, self.scheme.name)


def load_entries(rest: str, scheme: Scheme | None) -> Reference:
    """
    Load entries from a file as reference energies.

    Parameters
    ----------
    rest
        Path, with ``#`` and the scale behind it where the entries do not tell it.
    scheme
        Corrections; None for those that fit.

    Returns
    -------
    Reference
        On one scale.

    Raises
    ------
    ReferenceDataError
        If the file cannot be read.
    EnergyScaleError
        If the energies cannot share a hull, or their scale is unknown.
    """
    match = _STATED.fullmatch(rest)
    if match is None:
        raise ReferenceDataError(
            f"no reference 'entries:{rest}': name a JSON file, as in entries:FILE.json or "
            "entries:FILE.json#mp."
        )
    path = Path(match["path"]).expanduser()
    _, found = read_entries(path)
    suffix = f"#{match['stated']}" if match["stated"] else ""
    return entries_reference(found, match["stated"], scheme, f"entries:{path}{suffix}")


def entries_reference(
    given: object, stated: str | None = None, scheme: Scheme | None = None, name: str = ""
) -> Reference:
    """
    Make reference energies of entries of pymatgen.

    Parameters
    ----------
    given
        List of entries, or a phase diagram.
    stated
        Scale that the user states: ``"mp"``, ``"mp-r2scan"``, ``"formation"`` or a method; None
        for what the entries tell.
    scheme
        Corrections; None for those that fit.
    name
        Of the reference; by default the number of entries.

    Returns
    -------
    Reference
        On one scale.

    Raises
    ------
    ReferenceDataError
        If there are no entries, or one cannot be used.
    EnergyScaleError
        If the energies cannot share a hull, or their scale is unknown.
    CorrectionError
        If the corrections do not fit the energies.
    """
    entries = entries_in(given)
    called = name or f"the {len(entries)} entries"
    if any(entry_note(entry) is not None for entry in entries):
        return _from_trona(entries, stated, scheme, name, called)
    phases, way = entry_phases(entries, stated, scheme, called)
    if way.scale.zero != "total":
        phases = (*phases, *absent_elements(phases, way.scale))
    gaps = _gaps(entries, phases)
    said = f"stated by the user as {stated!r}" if stated else "as the entries tell"
    return Reference(
        name=_named(name, phases),
        phases=phases,
        checksum=_checksum(phases),
        scheme=way.scheme,
        basis=basis_of(way.scale.method),
        band_gaps=gaps,
        gap_source=f"band_gap of {called}" if gaps else "",
        origin=f"{len(entries)} entries of pymatgen, scale {said}{_runs(entries)}",
    )


def entry_phases(
    entries: Sequence[Entry], stated: str | None, scheme: Scheme | None, name: str
) -> tuple[tuple[Phase, ...], Reading]:
    """
    Turn entries into phases on one scale.

    Parameters
    ----------
    entries
        Of pymatgen, not those that trona wrote.
    stated
        Scale that the user states; None for what the entries tell.
    scheme
        Corrections; None for those that fit.
    name
        What to call the entries in messages.

    Returns
    -------
    tuple
        The phases, per reduced formula unit, and how they were read.

    Raises
    ------
    InputError
        If they cannot share a hull, their scale is unknown, or an energy cannot be used.
    """
    method = entries_method(entries, stated, name)
    scheme = scheme or (AS_PUBLISHED if method == FORMATION else default_scheme(method))
    scheme.require(basis_of(method), name)
    way = Reading(name, method, scheme)
    named = _identifiers(entries)
    return tuple(_phase(one, at, way) for one, at in zip(entries, named, strict=True)), way


def _identifiers(entries: Sequence[Entry]) -> list[str]:
    """Name each entry, by its own id or by its formula and place."""
    own = [getattr(entry, "entry_id", None) for entry in entries]
    counts = Counter(str(one) for one in own if one)
    return [
        str(one)
        if one and counts[str(one)] == 1
        else f"{one or entry.composition.reduced_formula}#{at}"
        for at, (one, entry) in enumerate(zip(own, entries, strict=True), start=1)
    ]


def _phase(entry: Entry, identifier: str, way: Reading) -> Phase:
    """Turn an entry into a phase per reduced formula unit."""
    cell = _amounts(entry, way.name)
    formula = canonical(cell)
    amounts = parse(formula)
    units = sum(cell.values()) / sum(amounts.values())
    structure = getattr(entry, "structure", None)
    plain = way.method == UNCORRECTED
    total = float(getattr(entry, "uncorrected_energy", entry.energy) if plain else entry.energy)
    if not isfinite(total):
        raise ReferenceDataError(f"{way.name}: the energy of {formula} is {total}: leave it out.")
    if way.method == FORMATION and abs(total) > _MOST_ENERGY * sum(cell.values()):
        raise ReferenceDataError(
            f"{way.name}: {formula} has {total / sum(cell.values()):g} eV/atom, and no formation "
            f"energy exceeds {_MOST_ENERGY:g}: state the scale of total energies."
        )
    return Phase(
        id=identifier,
        formula=formula,
        amounts=amounts,
        energy=total / units + way.scheme.shift(amounts, _calculation(entry, way)),
        scale=way.scale,
        source=f"entry {identifier} of pymatgen",
        volume=None if structure is None else float(structure.volume) / units,
    )


def _amounts(entry: Entry, name: str) -> dict[str, float]:
    """Read the composition of an entry; oxidation states are passed over."""
    try:
        found = entry.composition.get_el_amt_dict()
        return parse("".join(f"{symbol}{amount:.10g}" for symbol, amount in found.items()))
    except (ValueError, AttributeError) as error:
        raise ReferenceDataError(
            f"{name}: the composition {entry.composition} cannot be used ({error}): leave it out."
        ) from None


def _calculation(entry: Entry, way: Reading) -> Calculation | None:
    """Collect what a correction by structure asks for; None where the entry lacks it."""
    structure = getattr(entry, "structure", None)
    if not way.scheme.structural or structure is None:
        return None
    known = getattr(entry, "parameters", None) or {}
    specs = known.get("potcar_spec") or []
    titles = [str(one.get("titel")) for one in specs] or known.get("potcar_symbols") or []
    return Calculation(
        structure=structure,
        run_type=known.get("run_type"),
        hubbards=known.get("hubbards") or {},
        potcar_titles=tuple(titles),
    )


def _gaps(entries: Sequence[Entry], phases: Sequence[Phase]) -> dict[str, float]:
    """Band gaps that entries carry in their data."""
    found = [(getattr(one, "data", None) or {}).get("band_gap") for one in entries]
    known = [float(gap) if isinstance(gap, int | float) else None for gap in found]
    return lowest_gaps(phases[: len(known)], known)


def _runs(entries: Sequence[Entry]) -> str:
    """Say with which functionals entries were computed."""
    kinds = {(getattr(one, "parameters", None) or {}).get("run_type") for one in entries} - {None}
    return f", run types {', '.join(sorted(map(str, kinds)))}" if kinds else ""


def _from_trona(
    entries: Sequence[Entry], stated: str | None, scheme: Scheme | None, name: str, called: str
) -> Reference:
    """Read back entries written by `Reference.to_entries`, which carry their scale."""
    notes = [entry_note(entry) for entry in entries]
    foreign = next((one for one, note in zip(entries, notes, strict=True) if note is None), None)
    if foreign is not None:
        raise EnergyScaleError(
            f"{called} are in part from trona, and in part not, such as "
            f"{foreign.composition.reduced_formula}: give those of one source."
        )
    if stated is not None:
        raise EnergyScaleError(
            f"{called} name their energy scale themselves, and {stated!r} was stated: leave the "
            "statement out."
        )
    phases = tuple(noted_phase(entry) for entry in entries)
    scale = phases[0].scale
    methods = sorted({phase.scale.method for phase in phases})
    if len(methods) > 1 or is_mock(scale.method):
        why = "which cannot share a hull" if len(methods) > 1 else "which mean nothing"
        raise EnergyScaleError(
            f"{called} hold energies of {', '.join(methods)}, {why}: give those of one method."
        )
    if scale.zero not in {"total", "elements"}:
        raise EnergyScaleError(
            f"{called} hold energies at a temperature or a pressure ({scale.zero}): write those at "
            "0 K, and give temperature or pressure to the study."
        )
    label = (notes[0] or {}).get("scheme")
    if not label:
        raise EnergyScaleError(
            f"{called} are of two references put together, each with its own corrections: write "
            "the entries of each apart."
        )
    held = compose(str(label))
    if scheme is not None and scheme.label != held.label:
        raise CorrectionError(
            f"{called} hold the corrections {held.label!r} already: leave the correction out."
        )
    phases = tuple(map(partial(_unmeasured, held), phases, notes))
    gaps = {
        phase.formula: float(gap)
        for phase, note in zip(phases, notes, strict=True)
        if note is not None and isinstance(gap := note.get("band_gap"), int | float)
    }
    return Reference(
        name=_named(name, phases),
        phases=phases,
        checksum=_checksum(phases),
        scheme=held,
        basis=basis_of(scale.method),
        band_gaps=gaps,
        gap_source=f"band_gap of {called}" if gaps else "",
        origin=f"{len(entries)} entries that trona wrote",
    )


def _unmeasured(held: Scheme, phase: Phase, note: Mapping[str, object] | None) -> Phase:
    """Take back what water and molecules got as measured: it is found again from all entries."""
    shift = (note or {}).get("as_measured")
    scale = replace(phase.scale, correction=held.name)
    energy = phase.energy - (float(shift) if isinstance(shift, int | float) else 0.0)
    return replace(phase, energy=energy, scale=scale)


def _named(name: str, phases: Sequence[Phase]) -> str:
    """Name entries that have no file by their number and content."""
    return name or f"{len(phases)} entries@{_checksum(phases)}"


def _checksum(phases: Sequence[Phase]) -> str:
    """Identify energies and their scale."""
    rows = sorted((phase.id, phase.formula, phase.energy) for phase in phases)
    return fingerprint([json.dumps(rows), str(phases[0].scale)])
