"""Search criteria for results, translated into a Mongo filter that is safe against injection.

Field names come from one table and operators from the code here; user text appears only as a
checked value behind ``$eq``, ``$lt`` and the like.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from trona.screening.errors import InputError
from trona.screening.stability.interphase import InterphaseClass

from .query_language import FIELDS, comparison, criteria_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trona.stores.documents.bookkeeping import SummaryDoc

__all__ = ["Filters"]

_CHOICES = {
    "interphase": tuple(kind.value for kind in InterphaseClass),
    "state": ("completed", "rejected", "failed"),
}


@dataclass(frozen=True)
class Filters:
    """
    Search criteria; None leaves a filter out.

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
    anions
        Anion system, as in ``"O-S"``.
    products
        Formulas that must all be among the products at 0 V.
    reference
        Name of the reference energies.
    method
        Functional or potential of the relaxation.
    text
        To be found in label, formula, source or reason, in upper or lower case.
    where
        Expression for the rest, as in ``"severity < 0.5 and not elements has Cl"``.

    Raises
    ------
    InputError
        If a value is not of its kind, or the expression cannot be read.
    """

    interphase: str | None = None
    hull_below: float | None = None
    reduction_below: float | None = None
    oxidation_above: float | None = None
    elements: Sequence[str] = ()
    without: Sequence[str] = ()
    state: str | None = None
    anions: str | None = None
    products: Sequence[str] = ()
    reference: str | None = None
    method: str | None = None
    text: str | None = None
    where: str | None = None

    def __post_init__(self) -> None:
        for name in ("hull_below", "reduction_below", "oxidation_above"):
            value = getattr(self, name)
            if value is None:
                continue
            if not isinstance(value, (int, float)) or not isfinite(value):
                raise InputError(f"the filter {name!r} is {value!r}: give a number.")
        for name in ("interphase", "state", "anions", "reference", "method", "text", "where"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, str):
                raise InputError(f"the filter {name!r} is {value!r}: give a text.")
            if value is not None and value not in _CHOICES.get(name, (value,)):
                raise InputError(f"no {name} {value!r}: choose from {', '.join(_CHOICES[name])}.")
        for name in ("elements", "without", "products"):
            if isinstance(values := getattr(self, name), str) or any(
                not isinstance(value, str) for value in values
            ):
                raise InputError(f"the filter {name!r} is {values!r}: give a list of texts.")
        self.criteria()

    def criteria(self) -> dict[str, Any]:
        """
        Write the filters as a Mongo filter on summaries; the text is left to `mentions`.

        Returns
        -------
        dict
            Empty where nothing is asked.
        """
        asked = (
            ("class", "=", self.interphase),
            ("hull", "<=", self.hull_below),
            ("reduction", "<=", self.reduction_below),
            ("oxidation", ">=", self.oxidation_above),
            ("state", "=", self.state),
            ("anions", "=", self.anions),
            ("reference", "=", self.reference),
            ("method", "=", self.method),
            *(("elements", "has", symbol) for symbol in self.elements),
            *(("products", "has", formula) for formula in self.products),
        )
        parts = [comparison(FIELDS[name], op, x) for name, op, x in asked if x is not None]
        parts += [comparison(FIELDS["elements"], "lacks", symbol) for symbol in self.without]
        if self.where is not None:
            parts.append(criteria_of(self.where))
        return {"$and": parts} if parts else {}

    def mentions(self, summary: SummaryDoc) -> bool:
        """
        Tell whether a result passes the text filter.

        Parameters
        ----------
        summary
            Of the result.
        """
        if self.text is None:
            return True
        places = (summary.label, summary.formula, summary.source, summary.reason or "")
        return any(self.text.casefold() in place.casefold() for place in places)
