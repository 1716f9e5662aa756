"""Structures of the Materials Project by identifier: fetched once, then read from disk.

They are stored next to the snapshots, one file each, with database version, date and licence.
Unknown identifiers, withdrawn ones, and ones merged into another material are distinguished.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version as package_version
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import Field, ValidationError
from pymatgen.core import Structure

from trona.screening.errors import ReferenceDataError
from trona.stores.documents.results import Document, StructureDoc
from trona.stores.provenance import fingerprint

from .client import TIMEOUT, asking, connect, within
from .snapshot_files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from mp_api.client import MPRester
    from pydantic import SecretStr

__all__ = ["FOLDER", "MaterialDoc", "is_material_id", "obtain"]

FOLDER = "structures"
"""Inside the folder of the snapshots."""

_ID = re.compile(r"(?:mp|mvc)-(?:\d+|[a-z]{4,})")
_AT_ONCE = 200
"""Identifiers in one question; more would not fit into an address."""
_FIELDS = ("material_id", "deprecated", "deprecation_reasons", "structure", "builder_meta")
_LICENCES = {"BY-C": "CC BY 4.0", "BY-NC": "CC BY-NC 4.0"}
"""As emmet's documents name them; what names none is under the site's own, CC BY 4.0."""


class MaterialDoc(Document):
    """The structure of one material as the Materials Project gave it, with its provenance."""

    schema_version: int = Field(default=1, description="Version of this dictionary.")
    material_id: str = Field(description="Identifier in the Materials Project.")
    structure: StructureDoc = Field(description="As relaxed by the Materials Project.")
    database_version: str = Field(description="Version of the Materials Project's database.")
    endpoint: str = Field(description="Host that answered.")
    fetched: datetime = Field(description="When, UTC.")
    client: str = Field(description="Version of the client that fetched it.")
    licence: str = Field(description="Under which the Materials Project gives it.")

    @property
    def source(self) -> str:
        """Origin in words: it becomes the source of a screening result."""
        return (
            f"Materials Project {self.material_id}, database {self.database_version}, "
            f"fetched {self.fetched:%Y-%m-%d}, {self.licence}"
        )


def is_material_id(text: str) -> bool:
    """
    Tell whether a text is an identifier of the Materials Project.

    Parameters
    ----------
    text
        As a user types it.

    Examples
    --------
    >>> is_material_id("mp-28782"), is_material_id("Na3PS4")
    (True, False)
    """
    return _ID.fullmatch(text) is not None


def obtain(
    identifiers: Sequence[str],
    folder: Path,
    key: SecretStr | None,
    *,
    endpoint: str | None = None,
    timeout: float = TIMEOUT,
) -> dict[str, MaterialDoc | str]:
    """
    Give structures by identifier; the Materials Project is asked for those that are not on disk.

    Parameters
    ----------
    identifiers
        Such as ``"mp-28782"``.
    folder
        Of the snapshots.
    key
        The user's key; not needed for what is on disk.
    endpoint
        Address of the API; the client's own by default.
    timeout
        Seconds that one question may take.

    Returns
    -------
    dict
        Identifier to document, or to the sentence that says why there is none.

    Raises
    ------
    ReferenceDataError
        If something is not on disk and the client is not installed, the key is missing or refused,
        the network or the server fails, or the folder cannot be written.
    """
    wanted = list(dict.fromkeys(identifiers))
    found: dict[str, MaterialDoc | str] = {}
    for one in wanted:
        if (material := _read(folder, one)) is not None:
            found[one] = material
    absent = [one for one in wanted if one not in found]
    if absent:
        found |= asking(key, lambda secret: _fetch(absent, secret, endpoint, timeout))
        for answer in found.values():
            if isinstance(answer, MaterialDoc) and answer.material_id in absent:
                _write(folder, answer)
    return found


def _path(folder: Path, identifier: str) -> Path:
    """Name the file of a structure."""
    return folder / FOLDER / f"{identifier}.json.gz"


def _read(folder: Path, identifier: str) -> MaterialDoc | None:
    """Read a structure from disk; None where there is none, or a damaged one."""
    try:
        content = json.loads(gzip.decompress(_path(folder, identifier).read_bytes()))
        material = MaterialDoc.model_validate(content["material"])
        whole = content["checksum"] == _checksum(material)
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, ValidationError):
        return None
    return material if whole and material.material_id == identifier else None


def _write(folder: Path, material: MaterialDoc) -> None:
    """Keep a structure."""
    path = _path(folder, material.material_id)
    content = {"checksum": _checksum(material), "material": material.model_dump(mode="json")}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, gzip.compress(json.dumps(content).encode(), mtime=0))
    except OSError as error:
        raise ReferenceDataError(
            f"cannot write the structure into {str(path.parent)!r}: {error.strerror or error}. "
            "Set TRONA_REFERENCES to a folder that you may write to."
        ) from None


def _checksum(material: MaterialDoc) -> str:
    """Identify a document."""
    return fingerprint(material.model_dump(mode="json"))


def _fetch(
    identifiers: Sequence[str], secret: str, endpoint: str | None, timeout: float
) -> dict[str, MaterialDoc | str]:
    """Ask for structures, then for what became of those that are not there."""
    from mp_api.client.core.utils import validate_ids  # noqa: PLC0415 (seconds)

    # The database spells a number in letters too (mp-28782 is mp-aaaabqpa): one spelling for all.
    names = dict(zip(identifiers, (validate_ids([one])[0] for one in identifiers), strict=True))
    found: dict[str, MaterialDoc | str] = {}
    with connect(secret, endpoint, timeout) as client:
        for part in _parts(list(names.values())):
            for doc in within(timeout, partial(_ask, client, "material_ids", part)):
                (name,) = validate_ids([doc["material_id"]])
                found[name] = _material(doc, name, client)
        for part in _parts([name for name in names.values() if name not in found]):
            for doc in within(timeout, partial(_ask, client, "task_ids", part)):
                (name,) = validate_ids([doc["material_id"]])
                for one in set(part).intersection(validate_ids(doc["task_ids"])):
                    found[one] = (
                        f"{one!r} is no material of its own any more in the Materials Project: "
                        f"ask for {name}, of which it is a calculation."
                    )
    unknown = "the Materials Project knows no material {!r}: look its number up on its site."
    return {
        one: _as_asked(found.get(name, unknown.format(one)), one) for one, name in names.items()
    }


def _as_asked(found: MaterialDoc | str, identifier: str) -> MaterialDoc | str:
    """Call a material as the user does."""
    if isinstance(found, str):
        return found
    return found.model_copy(update={"material_id": identifier})


def _parts(identifiers: Sequence[str]) -> Iterator[list[str]]:
    """Divide identifiers among questions."""
    for first in range(0, len(identifiers), _AT_ONCE):
        yield list(identifiers[first : first + _AT_ONCE])


def _ask(client: MPRester, by: str, identifiers: list[str]) -> list[dict[str, Any]]:
    """Ask for documents, withdrawn ones too."""
    fields = _FIELDS if by == "material_ids" else ("material_id", "task_ids")
    which: dict[str, Any] = {by: identifiers}
    return list(
        client.materials.search(**which, deprecated=None, all_fields=False, fields=list(fields))
    )


def _material(doc: Mapping[str, Any], identifier: str, client: MPRester) -> MaterialDoc | str:
    """Reduce a document to what is kept, or say why it is not used."""
    if doc.get("deprecated"):
        reasons = ", ".join(map(str, doc.get("deprecation_reasons") or ())) or "no reason given"
        return (
            f"the Materials Project has withdrawn {identifier!r} ({reasons}): choose another, or "
            "give a CIF file."
        )
    given = doc["structure"]
    structure = given if isinstance(given, Structure) else Structure.from_dict(given)
    licence = (doc.get("builder_meta") or {}).get("license")
    return MaterialDoc(
        material_id=identifier,
        structure=StructureDoc.from_structure(structure),
        database_version=str(client.db_version),
        endpoint=urlsplit(client.endpoint).hostname or "unknown",
        fetched=datetime.now(UTC).replace(microsecond=0),
        client=f"mp-api {package_version('mp-api')}",
        licence=_LICENCES.get(licence or "BY-C", str(licence)),
    )
