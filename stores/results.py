"""Results in a store: save them, find them again by what a scientist asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydash import get

from trona.screening.errors import StoreError

from .connect import open_store
from .documents import SCHEMA_VERSION, RelaxationDoc, ScreeningDoc

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Filters", "Results"]

RELAXATIONS = "relaxations"
SCREENINGS = "screenings"

Doc = TypeVar("Doc", bound=BaseModel)


@dataclass(frozen=True)
class Filters:
    """
    What to look for; None leaves a filter out.

    Parameters
    ----------
    interphase
        Class in contact with sodium at 0 V.
    hull_below
        Energy above hull at most, eV/atom.
    reduction_below
        Reduction limit at most, V.
    oxidation_above
        Oxidation limit at least, V; an unbounded limit passes.
    elements
        Elements that must all be present.
    without
        Elements that must be absent.
    state
        Completed, rejected or failed.
    """

    interphase: str | None = None
    hull_below: float | None = None
    reduction_below: float | None = None
    oxidation_above: float | None = None
    elements: Sequence[str] = ()
    without: Sequence[str] = ()
    state: str | None = None

    def criteria(self) -> dict[str, Any]:
        """
        Write the filters as a Mongo filter.

        Returns
        -------
        dict
            Empty where nothing is asked.
        """
        parts: list[dict[str, Any]] = []
        if self.interphase is not None:
            parts.append({"contact.interphase": self.interphase})
        if self.hull_below is not None:
            parts.append({"window.energy_above_hull": {"$lte": self.hull_below}})
        if self.reduction_below is not None:
            parts.append({"window.reduction_limit": {"$lte": self.reduction_below}})
        if self.oxidation_above is not None:
            unbounded = {
                "window.reduction_limit": {"$ne": None},
                "window.oxidation_limit": None,
            }
            parts.append(
                {"$or": [{"window.oxidation_limit": {"$gte": self.oxidation_above}}, unbounded]}
            )
        if self.elements:
            parts.append({"elements": {"$all": list(self.elements)}})
        if self.without:
            parts.append({"elements": {"$nin": list(self.without)}})
        if self.state is not None:
            parts.append({"state": self.state})
        return {"$and": parts} if parts else {}


class Results:
    """
    Relaxations and screening documents of one store.

    Parameters
    ----------
    location
        Path of an embedded store file, or a MongoDB URI.

    Raises
    ------
    StoreError
        If the store cannot be opened.
    """

    def __init__(self, location: str) -> None:
        self.location = location
        self._relaxations = open_store(location, RELAXATIONS)
        self._screenings = open_store(location, SCREENINGS)

    @property
    def empty(self) -> bool:
        """True where nothing was screened yet."""
        return int(self._screenings.count()) == 0

    def close(self) -> None:
        """Close both collections."""
        self._relaxations.close()  # type: ignore[no-untyped-call]
        self._screenings.close()  # type: ignore[no-untyped-call]

    def save_relaxation(self, doc: RelaxationDoc) -> None:
        """Insert or replace a relaxation by its id."""
        self._relaxations.update(doc.model_dump(mode="json"), key="id")

    def save_screening(self, doc: ScreeningDoc) -> None:
        """Insert or replace a screening result by its id."""
        self._screenings.update(doc.model_dump(mode="json"), key="id")

    def relaxation(self, identity: str) -> RelaxationDoc | None:
        """Find a relaxation by its id; None where there is none."""
        found = self._relaxations.query_one({"id": identity})
        return None if found is None else _validated(RelaxationDoc, found)

    def relaxations(self) -> list[RelaxationDoc]:
        """All relaxations, sorted by id."""
        found = self._relaxations.query(sort={"id": 1})
        return [_validated(RelaxationDoc, one) for one in found]

    def screening(self, identity: str) -> ScreeningDoc | None:
        """Find a screening result by its id; None where there is none."""
        found = self._screenings.query_one({"id": identity})
        return None if found is None else _validated(ScreeningDoc, found)

    def screenings(self, filters: Filters | None = None) -> list[ScreeningDoc]:
        """
        Screening results that pass some filters, the newest of each candidate and reference.

        Parameters
        ----------
        filters
            All results by default.

        Returns
        -------
        list of ScreeningDoc
            Sorted by label.

        Raises
        ------
        StoreError
            If a document cannot be read by this version.
        """
        asked = filters.criteria() if filters is not None else {}
        parts = [asked] if asked else []
        _, superseded = self._newest()
        if superseded:
            parts.append({"id": {"$nin": superseded}})
        criteria = {"$and": parts} if parts else {}
        docs = [_validated(ScreeningDoc, found) for found in self._screenings.query(criteria)]
        return sorted(docs, key=lambda doc: (doc.label, doc.reference.name))

    def _newest(self) -> tuple[list[dict[str, Any]], list[str]]:
        """Find the newest result of each candidate and reference, and the ids of older ones."""
        fields = ["id", "label", "formula", "created", "reference.name"]
        newest: dict[tuple[str, str], dict[str, Any]] = {}
        superseded = []
        for found in self._screenings.query(properties=fields, sort={"created": 1}):
            # A document of another schema may lack these; it is named when it is read.
            key = str(found.get("label")), str(get(found, "reference.name"))
            if key in newest:
                superseded.append(newest[key]["id"])
            newest[key] = found
        return list(newest.values()), superseded

    def named(self, label: str) -> list[ScreeningDoc]:
        """All current results of a candidate by label or formula, whatever the reference."""
        wanted = [
            one["id"]
            for one in self._newest()[0]
            if label in {one.get("label"), one.get("formula")}
        ]
        docs = self._screenings.query({"id": {"$in": wanted}})
        found = [_validated(ScreeningDoc, doc) for doc in docs]
        return sorted(found, key=lambda doc: (doc.label, doc.reference.name))


def _validated(model: type[Doc], found: dict[str, Any]) -> Doc:
    """Read a stored document, or name the field that this version cannot read."""
    found.pop("_id", None)
    try:
        return model.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise StoreError(
            f"the stored document {found.get('id')!r} has schema version "
            f"{found.get('schema_version')} (this trona writes {SCHEMA_VERSION}) and cannot be "
            f"read at {place!r}: {first['msg']}. Read it with the trona that wrote it."
        ) from None
