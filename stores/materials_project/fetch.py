"""Fetch a snapshot from the Materials Project through its client, mp-api.

The client pages through ``materials/thermo`` for the energies and ``materials/summary`` for the
band gaps, one chemical system and all its sub-systems in one query. It does not report a truncated
response, so the number of entries announced by the server is requested and compared. Every failure
is one sentence without the API key, and then nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version as package_version
from itertools import combinations
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from trona.screening.errors import InputError, ReferenceDataError
from trona.screening.formulas import canonical, parse, same_composition

from . import snapshot_files
from .client import TIMEOUT, asking, connect, within
from .snapshots import KINDS, Snapshot, SnapshotPhase

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mp_api.client import MPRester
    from pydantic import SecretStr

    from .snapshot_files import SnapshotFile

__all__ = ["PAGE", "Fetched", "fetch"]

PAGE = 1000
"""Entries in one answer; the server gives no more."""

_MOST_ELEMENTS = 9
"""All sub-systems of more would not fit into one address (mp-api has the same limit)."""

_QUERY_NAMES = {"R2SCAN": "r2SCAN"}
"""Thermo types that the server knows by another name, as in mp-api 0.46.5."""

_THERMO_FIELDS = (
    "material_id", "formula_pretty", "composition", "nsites", "volume", "symmetry", "thermo_type",
    "energy_type", "energy_per_atom", "uncorrected_energy_per_atom",
)  # fmt: skip


@dataclass(frozen=True)
class Fetched:
    """
    A fetched snapshot.

    Parameters
    ----------
    file
        Where it is.
    new
        False where an earlier snapshot of the current database covers the system already.
    """

    file: SnapshotFile
    new: bool


def fetch(
    elements: Sequence[str],
    key: SecretStr | None,
    folder: Path,
    *,
    thermo_type: str = "GGA_GGA+U",
    endpoint: str | None = None,
    timeout: float = TIMEOUT,
    page: int = PAGE,
    again: bool = False,
) -> Fetched:
    """
    Fetch all materials of a chemical system and its sub-systems, and keep them.

    Parameters
    ----------
    elements
        Elements of the system.
    key
        The user's key.
    folder
        Of the snapshots.
    thermo_type
        ``"GGA_GGA+U"`` or ``"R2SCAN"``.
    endpoint
        Address of the API; the client's own by default.
    timeout
        Seconds that one question may take.
    page
        Entries in one answer.
    again
        Fetch even if a snapshot of the current database covers the system.

    Returns
    -------
    Fetched
        The snapshot's file.

    Raises
    ------
    ReferenceDataError
        If the client is not installed, the key is missing or refused, the network or the server
        fails, or the answer is not complete. Nothing is written then.
    """
    question = _Question(tuple(sorted(set(elements))), thermo_type, timeout, page)
    return asking(key, lambda secret: _fetch(question, secret, endpoint, folder, again))


@dataclass(frozen=True)
class _Question:
    """What is asked for: elements, sorted, and thermo type; in which time and pages."""

    elements: tuple[str, ...]
    thermo_type: str
    timeout: float
    page: int

    def __post_init__(self) -> None:
        if self.thermo_type not in KINDS:
            raise ReferenceDataError(
                f"no thermo type {self.thermo_type!r} on one energy scale: choose from "
                f"{', '.join(KINDS)} (GGA_GGA+U_R2SCAN mixes functionals anew in each system)."
            )
        if len(self.elements) > _MOST_ELEMENTS:
            raise ReferenceDataError(
                f"{'-'.join(self.elements)} has {len(self.elements)} elements: fetch "
                f"{_MOST_ELEMENTS} at most."
            )

    @property
    def systems(self) -> list[str]:
        """The chemical system and all its sub-systems."""
        sizes = range(1, len(self.elements) + 1)
        return ["-".join(part) for size in sizes for part in combinations(self.elements, size)]


def _fetch(
    question: _Question, secret: str, endpoint: str | None, folder: Path, again: bool
) -> Fetched:
    """Ask for the version, then for the data if they are not there."""
    with connect(secret, endpoint, question.timeout) as client:
        present = snapshot_files.covering(folder, question.thermo_type, question.elements)
        current = snapshot_files.version_in_name(client.db_version)
        if (
            present is not None
            and present.database_version == current
            and snapshot_files.sound(present)
            and not again
        ):
            return Fetched(present, new=False)
        snapshot = _download(client, question)
    return Fetched(snapshot_files.save_snapshot(snapshot, folder), new=True)


def _download(client: MPRester, question: _Question) -> Snapshot:
    """Ask for energies and band gaps, and make a snapshot of the answers."""
    materials, wanted = client.materials, question.thermo_type
    systems = ",".join(question.systems)

    def energies() -> list[dict[str, Any]]:
        types = _QUERY_NAMES.get(wanted, wanted)
        announced = materials.thermo.count({"chemsys": systems, "thermo_types": types})
        docs = materials.thermo.search(
            chemsys=question.systems,
            thermo_types=[wanted],
            all_fields=False,
            fields=list(_THERMO_FIELDS),
            chunk_size=question.page,
        )
        return _complete(docs, announced)

    def gaps() -> list[dict[str, Any]]:
        announced = materials.summary.count({"chemsys": systems})
        docs = materials.summary.search(
            chemsys=question.systems,
            all_fields=False,
            fields=["material_id", "band_gap"],
            chunk_size=question.page,
        )
        return _complete(docs, announced)

    docs = within(question.timeout, energies)
    found = {doc["material_id"]: doc.get("band_gap") for doc in within(question.timeout, gaps)}
    rows = [_row(doc, question, found.get(doc["material_id"])) for doc in docs]
    return Snapshot(
        elements=list(question.elements),
        thermo_type=wanted,
        database_version=client.db_version,
        endpoint=urlsplit(client.endpoint).hostname or "unknown",
        fetched=datetime.now(UTC).replace(microsecond=0),
        client=f"mp-api {package_version('mp-api')}",
        phases=_with_references(rows, question.elements),
    )


def _complete(docs: Sequence[Any], announced: int) -> list[dict[str, Any]]:
    """Check that all documents came, each once; the client itself does not."""
    came = len({doc["material_id"] for doc in docs})
    if not came == len(docs) == announced:
        raise ReferenceDataError(
            f"the Materials Project announced {announced} entries and sent {came} different ones "
            f"in {len(docs)}: the answer is not complete and not kept; try again."
        )
    return list(docs)


def _row(doc: Mapping[str, Any], question: _Question, band_gap: float | None) -> SnapshotPhase:
    """Reduce one entry to what a hull needs, or say what is wrong with it."""
    try:
        formula, thermo_type = doc["formula_pretty"], str(doc["thermo_type"])
        amounts = parse(formula)
        if not (
            same_composition(amounts, doc["composition"])
            and amounts.keys() <= set(question.elements)
            and thermo_type.casefold() == question.thermo_type.casefold()
        ):
            raise ReferenceDataError(f"{formula} of type {thermo_type} was not asked for")
        return SnapshotPhase(
            material_id=doc["material_id"],
            formula=canonical(amounts),
            energy_per_atom=doc["energy_per_atom"],
            uncorrected_energy_per_atom=doc["uncorrected_energy_per_atom"],
            run_type=doc["energy_type"],
            volume_per_atom=doc["volume"] / doc["nsites"],
            space_group=(doc.get("symmetry") or {}).get("symbol"),
            band_gap=band_gap,
        )
    except (InputError, ValidationError, KeyError, TypeError, ZeroDivisionError) as error:
        why = str(error)
        if isinstance(error, ValidationError):
            first = error.errors()[0]
            why = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        elif isinstance(error, KeyError):
            why = f"{why} is missing"
        raise ReferenceDataError(
            f"the Materials Project's entry {doc['material_id']} cannot be used "
            f"({why.rstrip('.')}): nothing is kept; try again, or update mp-api."
        ) from None


def _with_references(rows: Sequence[SnapshotPhase], elements: Sequence[str]) -> list[SnapshotPhase]:
    """Sort the rows, and check that each element has a phase of its own."""
    compositions = [parse(row.formula) for row in rows]
    pure = {next(iter(amounts)) for amounts in compositions if len(amounts) == 1}
    if absent := sorted(set(elements) - pure):
        raise ReferenceDataError(
            f"the Materials Project sent no phase of the element {', '.join(absent)}, without "
            "which there is no hull: nothing is kept; ask for a system without it."
        )
    return sorted(rows, key=lambda row: row.material_id)
