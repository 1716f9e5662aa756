"""Reference energies of competing phases by name: bundled, Materials Project, or a user's own.

A reference is on one energy scale and carries a checksum, so that a result can say what it rests
on.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib.resources import files
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trona.screening.errors import InputError, ReferenceDataError
from trona.screening.formulas import canonical, parse, same_composition
from trona.screening.phases import EnergyScale, Phase, PhaseTable
from trona.screening.units import SODIUM

from . import snapshot_files, snapshots
from .entries import (
    AS_PUBLISHED,
    SCHEMES,
    SULFIDE_BY_CHARGE_LEGACY,
    SULFIDE_BY_CHARGE_MP2020,
    Scheme,
)
from .settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["BUNDLED_SCHEME", "Reference", "load"]

BUNDLED_SCHEME = SULFIDE_BY_CHARGE_MP2020
"""CHGNet is trained on energies of the MP2020 scale."""

_SNAPSHOT_SCHEMES = {"GGA_GGA+U": SULFIDE_BY_CHARGE_MP2020, "R2SCAN": AS_PUBLISHED}
"""Energies of thermo type GGA_GGA+U carry the corrections of MP2020, those of R2SCAN none."""

_CHECKSUM = re.compile(r"[0-9a-f]{6,16}")

_ENERGY_COLUMNS = ("formation_energy_per_atom", "formation_energy", "energy_per_atom")
_OVER_CORRECTED = "polysulfide_over-corrected"
"""Flag by which a table says that it carries one sulfide correction per S atom."""


@dataclass(frozen=True, eq=False)
class Reference:
    """
    Energies of competing phases on one scale.

    Parameters
    ----------
    name
        ``"bundled"``, ``"mp:Na-P-S@CHECKSUM"`` or ``"table:PATH"``: loads the same energies again.
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
    origin
        Where and when the energies were computed or fetched, in words.
    """

    name: str
    phases: tuple[Phase, ...]
    checksum: str
    scheme: Scheme
    band_gaps: Mapping[str, float] = field(default_factory=dict)
    gap_source: str = ""
    missing: Mapping[str, str] = field(default_factory=dict)
    origin: str = ""

    @property
    def correction(self) -> str:
        """Name by which the correction scheme is asked for."""
        return next(name for name, scheme in SCHEMES.items() if scheme == self.scheme)

    @property
    def scale(self) -> EnergyScale:
        """The common energy scale."""
        return self.phases[0].scale

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
        name = f"{self.name} without {excluded}" if formulas else self.name
        return replace(
            self, name=name, phases=phases, checksum=digest[:16] if formulas else self.checksum
        )

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


def load(name: str, correction: str | None = None, formulas: Iterable[str] = ()) -> Reference:
    """
    Load reference energies by name.

    Parameters
    ----------
    name
        ``"bundled"``; ``"mp:Na-P-S"`` for the newest snapshot of the Materials Project that
        covers a system, ``"mp:CHECKSUM"`` for a certain one, ``"mp"`` for the newest that covers
        the formulas (``"mp-r2scan"`` for r2SCAN energies); ``"table:PATH"`` for a CSV file of
        formation energies.
    correction
        Name of a correction scheme; by default by charge for the bundled set, for PBE energies
        of the Materials Project and for a table that flags over-corrected polysulfides, else as
        published.
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
    """
    if correction is not None and correction not in SCHEMES:
        raise ReferenceDataError(
            f"no correction scheme {correction!r}: choose from {', '.join(SCHEMES)}."
        )
    scheme = None if correction is None else SCHEMES[correction]
    kind, _, rest = name.partition(":")
    if name == "bundled":
        return _load_bundled(scheme or BUNDLED_SCHEME)
    if kind in snapshots.KINDS.values():
        return _load_snapshot(kind, rest, scheme, formulas)
    if kind == "table" and rest:
        return _load_table(Path(rest).expanduser(), scheme)
    raise ReferenceDataError(
        f"no reference {name!r}: use 'bundled', 'mp:SYSTEM' as in mp:Na-P-S, or 'table:PATH.csv'."
    )


def _checksum(data: bytes, scheme: Scheme) -> str:
    """Identify data and the scheme applied to them."""
    return hashlib.sha256(data + scheme.name.encode()).hexdigest()[:16]


@cache
def bundled_data() -> dict[str, Any]:
    """
    Raw content of the bundled set: phases with uncorrected energies and structures.

    Returns
    -------
    dict
        As written by the script that computes the set.
    """
    packed = files("trona.stores").joinpath("bundled.json.gz").read_bytes()
    data: dict[str, Any] = json.loads(gzip.decompress(packed))
    return data


@cache
def _load_bundled(scheme: Scheme) -> Reference:
    """Build the bundled reference."""
    data = bundled_data()
    scale = EnergyScale(data["method"], scheme.name)
    phases = []
    for row in data["phases"]:
        amounts = parse(row["formula"])
        n_atoms = sum(amounts.values())
        phases.append(
            Phase(
                id=row["id"],
                formula=row["formula"],
                amounts=amounts,
                energy=row["energy_per_atom"] * n_atoms + scheme.shift(amounts),
                scale=scale,
                source=row["source"],
                volume=row["volume_per_atom"] * n_atoms,
                space_group=row["space_group"],
            )
        )
    return Reference(
        name="bundled",
        phases=tuple(phases),
        checksum=_checksum(json.dumps(data, sort_keys=True).encode(), scheme),
        scheme=scheme,
        missing={row["formula"]: row["reason"] for row in data["missing"]},
        origin=f"computed with {data['method']} on {data['created']}, ships with trona",
    )


def _load_snapshot(
    kind: str, which: str, scheme: Scheme | None, formulas: Iterable[str]
) -> Reference:
    """Find and read a snapshot of the Materials Project."""
    file = _find_snapshot(kind, which, formulas)
    default = _SNAPSHOT_SCHEMES[file.thermo_type]
    if scheme not in {None, AS_PUBLISHED, default}:
        raise ReferenceDataError(
            f"the correction scheme {scheme.name!r} does not fit {file.thermo_type} energies of "
            "the Materials Project: leave --correction away, or use as-published."
        )
    scheme, snapshot = scheme or default, snapshot_files.read(file)
    database = f"Materials Project database {snapshot.database_version}"
    return Reference(
        name=file.name,
        phases=snapshots.phases(snapshot, scheme),
        checksum=_checksum(snapshot.checksum.encode(), scheme),
        scheme=scheme,
        band_gaps=snapshots.band_gaps(snapshot.phases),
        gap_source=f"{database}, computed gap",
        origin=f"{database}, {snapshot.thermo_type}, fetched {snapshot.fetched:%Y-%m-%d} with "
        f"{snapshot.client} from {snapshot.endpoint}",
    )


def _find_snapshot(kind: str, which: str, formulas: Iterable[str]) -> snapshot_files.SnapshotFile:
    """Find the snapshot that a name means: by checksum, by system, or by what is to be assessed."""
    folder = Path(Settings().references).expanduser()
    system, _, checksum = which.rpartition("@")
    if system or _CHECKSUM.fullmatch(which):
        return snapshot_files.pinned(folder, checksum)
    needed = {symbol for formula in formulas for symbol in parse(formula)}
    if not which and not needed:
        raise ReferenceDataError(f"{kind!r} alone names no chemical system: write {kind}:Na-P-S.")
    elements = snapshot_files.read_system(which) if which else sorted({*needed, SODIUM})
    thermo_type = next(t for t, name in snapshots.KINDS.items() if name == kind)
    file = snapshot_files.covering(folder, thermo_type, elements)
    if file is None:
        option = "" if kind == "mp" else f" --thermo-type {thermo_type}"
        raise ReferenceDataError(
            f"no snapshot of the Materials Project covers {'-'.join(elements)}: run 'trona "
            f"reference fetch {'-'.join(elements)}{option}', or use 'bundled'."
        )
    return file


def _load_table(path: Path, scheme: Scheme | None) -> Reference:
    """Read a CSV table of formation energies; elements that it leaves out are zero."""
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ReferenceDataError(
            f"cannot read the table {str(path)!r}: {reason}. Give a CSV file of formation energies."
        ) from None
    rows = list(csv.DictReader(text.splitlines()))
    energy_column = _energy_column(rows, path)
    flagged = any(_OVER_CORRECTED in (row.get("flags") or "") for row in rows)
    scheme = scheme or (SULFIDE_BY_CHARGE_LEGACY if flagged else AS_PUBLISHED)
    name = f"table:{path}"
    scale = EnergyScale(f"table {path.name}", scheme.name, zero="elements")
    phases, gaps = [], {}
    for line, row in enumerate(rows, start=2):
        phase = _row_phase(row, line, energy_column, scheme, scale, path)
        phases.append(phase)
        if row.get("band_gap"):
            gaps[phase.formula] = _number(row["band_gap"], "band_gap", line, path)
    phases += _absent_elements(phases, scale)
    return Reference(
        name=name,
        phases=tuple(phases),
        checksum=_checksum(raw, scheme),
        scheme=scheme,
        band_gaps=gaps,
        gap_source=f"band_gap column of {path.name}",
    )


def _energy_column(rows: list[dict[str, str]], path: Path) -> str:
    """Find the column of formation energies."""
    columns = set(rows[0]) if rows else set()
    for column in _ENERGY_COLUMNS:
        if column in columns and "formula" in columns:
            return column
    raise ReferenceDataError(
        f"the table {str(path)!r} needs the columns 'formula' and '{_ENERGY_COLUMNS[0]}' "
        "(eV/atom) and at least one row."
    )


def _row_phase(
    row: dict[str, str],
    line: int,
    energy_column: str,
    scheme: Scheme,
    scale: EnergyScale,
    path: Path,
) -> Phase:
    """Turn one row into a phase; elements are written as molecules where they are (O2)."""
    formula = (row["formula"] or "").strip()
    try:
        amounts = parse(formula)
    except InputError as error:
        raise ReferenceDataError(f"line {line} of {str(path)!r}: {error}") from None
    if len(amounts) == 1:
        formula = canonical(amounts)
        amounts = parse(formula)
    n_atoms = sum(amounts.values())
    energy = _number(row[energy_column], energy_column, line, path)
    volume = row.get("volume_per_atom")
    return Phase(
        id=(row.get("id") or row.get("material_id") or "").strip() or f"{formula}#{line}",
        formula=formula,
        amounts=amounts,
        energy=energy * n_atoms + scheme.shift(amounts),
        scale=scale,
        source=f"line {line} of {path.name}",
        volume=_number(volume, "volume_per_atom", line, path) * n_atoms if volume else None,
        space_group=row.get("space_group") or None,
    )


def _number(text: str | None, column: str, line: int, path: Path) -> float:
    """Read a finite number or name the cell that is none."""
    try:
        value = float(text or "")
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise ReferenceDataError(
            f"line {line} of {str(path)!r}: {column} is {text!r}, give a number."
        )
    return value


def _absent_elements(phases: list[Phase], scale: EnergyScale) -> list[Phase]:
    """Add the elements that a table leaves out: their formation energy is zero by definition."""
    present = {symbol for phase in phases for symbol in phase.amounts}
    given = {next(iter(phase.amounts)) for phase in phases if len(phase.amounts) == 1}
    added = []
    for symbol in sorted(present - given):
        formula = canonical({symbol: 1.0})
        source = "element: zero by definition"
        added.append(Phase(f"element-{symbol}", formula, parse(formula), 0.0, scale, source))
    return added
