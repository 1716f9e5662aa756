"""Candidates by Materials Project identifier, fetched with the user's API key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trona.screening.errors import ReferenceDataError
from trona.stores.materials_project.client import find_key
from trona.stores.materials_project.structures import MaterialDoc, is_material_id, obtain
from trona.stores.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["is_material_id", "material", "materials"]


def materials(identifiers: Iterable[str]) -> dict[str, MaterialDoc | str]:
    """
    Give structures of the Materials Project: from disk, or fetched in one go.

    Parameters
    ----------
    identifiers
        Such as ``"mp-28782"``; where there are none, nothing is asked.

    Returns
    -------
    dict
        Identifier to document, or to the sentence that says why there is none.

    Raises
    ------
    ReferenceDataError
        If something must be fetched, and key, network or server fail.
    """
    wanted = list(identifiers)
    return obtain(wanted, Path(Settings().references).expanduser(), find_key()) if wanted else {}


def material(identifier: str) -> MaterialDoc:
    """
    Give one structure of the Materials Project.

    Parameters
    ----------
    identifier
        Such as ``"mp-28782"``.

    Returns
    -------
    MaterialDoc
        With its provenance.

    Raises
    ------
    ReferenceDataError
        If there is none, or it cannot be fetched.
    """
    found = materials([identifier])[identifier]
    if isinstance(found, str):
        raise ReferenceDataError(found)
    return found
