"""Stored documents of any schema version: migrated if they are old, or refused with the reason.

Every collection of the data dictionary has its model here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from trona.screening.errors import StoreError

from .bookkeeping import SummaryDoc
from .results import SCHEMA_VERSION, Document

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["COLLECTIONS", "collection_of", "migrated", "read_document"]

_MODELS = {
    "candidates": ("bookkeeping", "CandidateDoc"),
    "relaxations": ("results", "RelaxationDoc"),
    "entries": ("bookkeeping", "EntryDoc"),
    "screenings": ("results", "ScreeningDoc"),
    "summaries": ("bookkeeping", "SummaryDoc"),
    "interfaces": ("contacts", "InterfaceDoc"),
    "buffers": ("buffers", "BufferDoc"),
    "cells": ("buffers", "CellDoc"),
    "runs": ("bookkeeping", "RunDoc"),
    "segments": ("molecular_dynamics", "SegmentDoc"),
}
"""Module and class of what each collection holds."""


class _Collections(Mapping[str, type[Document]]):
    """Collections by name; a model is imported when it is asked for, since a query needs few."""

    def __getitem__(self, name: str) -> type[Document]:
        module, model = _MODELS[name]
        found: type[Document] = getattr(import_module(f".{module}", __package__), model)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(_MODELS)

    def __len__(self) -> int:
        return len(_MODELS)


COLLECTIONS: Mapping[str, type[Document]] = _Collections()
"""Collections of a store, by name, with what they hold."""

Doc = TypeVar("Doc", bound=Document)


def _from_1(model: type[Document], content: dict[str, Any]) -> dict[str, Any]:
    """State that version 1 did not record who computed a document, rather than guess."""
    return {**content, "who": None} if "who" in model.model_fields else content


_UNVERSIONED: Mapping[str, int] = {"SegmentDoc": 1}
"""Kinds that were stored without a version at first, and the version that they had."""

_STEPS: dict[int, Callable[[type[Document], dict[str, Any]], dict[str, Any]]] = {1: _from_1}
"""From a version to the next."""


def collection_of(model: type[Document]) -> str:
    """
    Name the collection of a kind of document.

    Parameters
    ----------
    model
        One of the data dictionary.

    Returns
    -------
    str
        Its name in every store.

    Raises
    ------
    StopIteration
        If it is not stored.
    """
    place = (model.__module__.rpartition(".")[2], model.__name__)
    return next(name for name, one in _MODELS.items() if one == place)


def _current(model: type[Document]) -> int:
    """Read the version that this trona writes."""
    return int(model.model_fields["schema_version"].default)


def _version(model: type[Document], content: Mapping[str, Any]) -> object:
    """Read the version of a stored document."""
    return content.get("schema_version", _UNVERSIONED.get(model.__name__))


def migrated(model: type[Document], content: dict[str, Any]) -> dict[str, Any]:
    """
    Bring a stored document to the current version, step by step.

    Parameters
    ----------
    model
        What it is.
    content
        As stored.

    Returns
    -------
    dict
        Of the current version; what is newer or has no version is left as it is, and so are
        summaries, which are made again.
    """
    version = _version(model, content)
    if not isinstance(version, int) or version not in _STEPS or model is SummaryDoc:
        return content
    for step in range(version, SCHEMA_VERSION):
        content = _STEPS[step](model, content)
    return {**content, "schema_version": SCHEMA_VERSION}


def read_document(model: type[Doc], content: dict[str, Any]) -> Doc:
    """
    Read a stored document.

    Parameters
    ----------
    model
        What it is.
    content
        As stored; MongoDB's ``_id`` may be there.

    Returns
    -------
    Document
        Of the current version.

    Raises
    ------
    StoreError
        If it cannot be read, with the document, its version and the field.
    """
    plain = {name: value for name, value in content.items() if name != "_id"}
    version = _version(model, plain)
    what = f"the stored {model.__name__} {plain.get('id')!r}"
    if not isinstance(version, int):
        raise StoreError(
            f"{what} has no schema version (field 'schema_version'): it was not written by trona."
        )
    current = _current(model)
    if version > current:
        raise StoreError(
            f"{what} has schema version {version}, and this version of trona reads up to "
            f"{current}: upgrade trona."
        )
    if model is SummaryDoc and version < current:
        raise StoreError(
            f"{what} has schema version {version}, and this version of trona reads summaries of "
            f"version {current}: 'trona store reindex' makes it again."
        )
    try:
        return model.model_validate(migrated(model, plain))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise StoreError(
            f"{what} (schema version {version}, this trona writes {current}) cannot be read "
            f"at {place!r}: {first['msg']}. Compute it again, or read it with the trona that wrote "
            "it."
        ) from None
