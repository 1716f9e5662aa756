"""Fetch a snapshot from the Materials Project through its own client, mp-api.

The client pages through ``materials/thermo`` for the energies and ``materials/summary`` for the
band gaps, one chemical system and all its sub-systems in one query. It keeps silent about an answer
that ends early, so the number of entries that the server announces is asked for and compared.
Every failure is one sentence without the key, and nothing is written then.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version as package_version
from importlib.util import find_spec
from itertools import combinations
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationError

from trona.screening.errors import InputError, ReferenceDataError
from trona.screening.formulas import canonical, parse, same_composition

from . import snapshot_files
from .settings import Settings
from .snapshots import KINDS, Snapshot, SnapshotPhase

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from mp_api.client import MPRester

    from .snapshot_files import SnapshotFile

__all__ = ["PAGE", "TIMEOUT", "Fetched", "fetch", "find_key"]

PAGE = 1000
"""Entries in one answer; the server gives no more."""

TIMEOUT = 120.0
"""Seconds that one question, with all its pages, may take."""

_MOST_ELEMENTS = 9
"""All sub-systems of more would not fit into one address (mp-api has the same limit)."""

_QUERY_NAMES = {"R2SCAN": "r2SCAN"}
"""Thermo types that the server knows by another name, as in mp-api 0.46.5."""

_THERMO_FIELDS = (
    "material_id", "formula_pretty", "composition", "nsites", "volume", "symmetry", "thermo_type",
    "energy_type", "energy_per_atom", "uncorrected_energy_per_atom",
)  # fmt: skip

_LONGEST_REASON = 200
"""Characters of a foreign error that are shown."""

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Fetched:
    """
    A snapshot that is there now.

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
    secret = _plain(key)
    if find_spec("mp_api") is None:
        raise ReferenceDataError(
            "fetching needs the package 'mp-api': install trona with its mp extra."
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the client: what matters is checked in the answer
        try:
            return _fetch(question, secret, endpoint, folder, again)
        except InputError:
            raise
        except Exception as error:  # noqa: BLE001 (the boundary to client, network and server)
            raise ReferenceDataError(_explain(error, secret)) from None


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


def find_key() -> SecretStr | None:
    """
    Look for the user's key: in the environment, then in pymatgen's settings file.

    Returns
    -------
    SecretStr or None
        None where there is none; it prints as asterisks.
    """
    from pymatgen.core import SETTINGS  # noqa: PLC0415 (reads a file)

    key = Settings().mp_api_key
    if key is None and (configured := SETTINGS.get("PMG_MAPI_KEY")):
        key = SecretStr(str(configured))
    return key


def _plain(key: SecretStr | None) -> str:
    """Take the key out of its wrapping and refuse what can be none."""
    secret = "" if key is None else key.get_secret_value().strip()
    if not secret:
        raise ReferenceDataError(f"there is no key for the Materials Project: {_NEW_KEY}.")
    if not (secret.isascii() and secret.isalnum()):
        raise ReferenceDataError(
            f"the key for the Materials Project holds a character that no key has: {_NEW_KEY}."
        )
    return secret


def _fetch(
    question: _Question, secret: str, endpoint: str | None, folder: Path, again: bool
) -> Fetched:
    """Ask for the version, then for the data if they are not there."""
    from mp_api.client import MPRester  # noqa: PLC0415 (seconds)

    def connect() -> MPRester:
        return MPRester(
            secret, endpoint=endpoint, use_document_model=False, mute_progress_bars=True
        )

    with _within(question.timeout, connect) as client:
        if not client.db_version:
            raise ReferenceDataError(
                "the Materials Project refuses this network (status 403) and does not tell its "
                "database version: see https://status.materialsproject.org."
            )
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
    return Fetched(snapshot_files.save(snapshot, folder), new=True)


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

    docs = _within(question.timeout, energies)
    found = {doc["material_id"]: doc.get("band_gap") for doc in _within(question.timeout, gaps)}
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


def _within(seconds: float, ask: Callable[[], Answer]) -> Answer:
    """Wait for an answer, but not for ever: the client's first question has no time limit."""
    outcome: list[Answer | BaseException] = []

    def work() -> None:
        try:
            outcome.append(ask())
        except BaseException as error:  # noqa: BLE001 (raised again where it is awaited)
            outcome.append(error)

    thread = Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if not outcome:
        raise ReferenceDataError(
            f"the Materials Project did not answer within {seconds:g} s: try again, or wait longer "
            "with --timeout."
        )
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0]


_STATUS = re.compile(r"status code (\d{3})|too many (\d{3}) error responses")
_REASON = re.compile(
    r"Connection refused|reset by peer|IncompleteRead|CERTIFICATE_VERIFY_FAILED|ProxyError|"
    r"Name or service not known|name resolution|Network is unreachable"
)
_NETWORK = "check the network, and MP_API_ENDPOINT if you set it"
_NEW_KEY = "copy yours from https://next-gen.materialsproject.org/api into MP_API_KEY"
_STATUS_PAGE = "see https://status.materialsproject.org"


def _explain(error: Exception, secret: str) -> str:
    """Say in one sentence what went wrong between here and the server, without the key."""
    text = " ".join(str(error).replace(secret, "***").split())
    kind = type(error).__name__
    found = _STATUS.search(text)
    status = next(filter(None, found.groups()), "") if found else ""
    if status == "429" or "rate limit" in text:
        what = "has had too many requests from here (429): wait some minutes and try again"
    elif status in {"401", "403"}:
        what = f"refuses the key ({status}): {_NEW_KEY}"
    elif status.startswith("5"):
        what = f"has trouble of its own ({status}): try again later, and {_STATUS_PAGE}"
    elif status or "does not support the request" in text:
        what = f"does not understand this mp-api ({status or 400}): update the package mp-api"
    elif "Valid API keys are" in text:
        what = f"takes no key of {len(secret)} characters: {_NEW_KEY}"
    elif "JSON" in kind:
        what = "sent something that is cut off, or not JSON: nothing is kept; try again"
    elif "timed out" in text:
        what = "did not answer in time: nothing is kept; try again"
    elif "onnection" in text or "Max retries" in text:
        reason = _REASON.search(text)
        what = f"cannot be reached ({reason[0] if reason else kind}): nothing is kept; {_NETWORK}"
    else:
        what = (
            f"sent something that cannot be used ({kind}: {text[:_LONGEST_REASON]}): update mp-api"
        )
    return f"the Materials Project {what}."
