"""Summaries as they are stored: read by their fields, without pydantic, which is slow to import.

What is not as `SummaryDoc` writes it is left to the model, which reads it all the same or says what
is wrong.
"""

from __future__ import annotations

from datetime import datetime
from types import NoneType, SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from trona.stores.defaults import SUMMARY_SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trona.stores.documents.bookkeeping import SummaryDoc

__all__ = ["ALL", "HEAD", "KINDS", "RANKED", "FieldReader"]

_TEXT, _FLAG = frozenset({str}), frozenset({bool})
_NUMBER = frozenset({float})
_MAYBE = frozenset({NoneType})
_LIST = frozenset({list})

KINDS: Mapping[str, frozenset[type]] = {
    "label": _TEXT,
    "reference": _TEXT,
    "air_conditions": _TEXT | _MAYBE,
    "created": _TEXT,
    "id": _TEXT,
    "schema_version": frozenset({int}),
    "formula": _TEXT,
    "elements": _LIST,
    "anions": _TEXT,
    "state": _TEXT,
    "reason": _TEXT | _MAYBE,
    "reference_checksum": _TEXT,
    "correction": _TEXT | _MAYBE,
    "method": _TEXT | _MAYBE,
    "energy_above_hull": _NUMBER | _MAYBE,
    "mixture": _FLAG | _MAYBE,
    "reduction_limit": _NUMBER | _MAYBE,
    "oxidation_limit": _NUMBER | _MAYBE,
    "unbounded": _FLAG,
    "stabilized_reduction_limit": _NUMBER | _MAYBE,
    "interphase": _TEXT | _MAYBE,
    "drawn_classes": _LIST,
    "drawn_shares": _LIST,
    "interphase_share": _NUMBER | _MAYBE,
    "severity": _NUMBER | _MAYBE,
    "reaction": _TEXT | _MAYBE,
    "doubts": _LIST,
    "products": _LIST,
    "product_amounts": _LIST,
    "driving_force": _NUMBER | _MAYBE,
    "sodium_consumed": _NUMBER | _MAYBE,
    "sodium_consumed_per_atom": _NUMBER | _MAYBE,
    "air_reacts": _FLAG | _MAYBE,
    "air_first_step": _NUMBER | _MAYBE,
    "space_group": _TEXT | _MAYBE,
    "source": _TEXT,
    "who": _TEXT | _MAYBE,
    "project": _TEXT | _MAYBE,
}
"""Fields of a summary, with the types that each has in JSON."""

_NUMBERS = frozenset({"drawn_shares", "product_amounts"})
"""Lists of numbers; the others are of text."""
_CHOICES: Mapping[str, frozenset[object]] = {
    "schema_version": frozenset({SUMMARY_SCHEMA_VERSION}),
    "state": frozenset({"completed", "rejected", "failed"}),
}
"""Fields that have one of some values."""

ALL = tuple(KINDS)
"""All fields, in an order in which `HEAD` comes first."""
HEAD = ALL[:6]
"""Fields that say whether a newer result replaces it, and whether it has to be made again."""
RANKED = (
    *HEAD,
    *("reaction", "interphase", "drawn_classes", "drawn_shares", "doubts"),
    *("severity", "energy_above_hull", "driving_force", "reduction_limit", "oxidation_limit"),
    *("unbounded", "sodium_consumed_per_atom"),
)
"""Fields that the ranking takes."""


class _Stored(SimpleNamespace):
    """Some fields of a summary."""

    created: Any
    drawn_classes: list[str]
    drawn_shares: list[float]

    @property
    def interphase_shares(self) -> dict[str, float]:
        """Class to share of the draws in which it holds."""
        return dict(zip(self.drawn_classes, self.drawn_shares, strict=True))


class FieldReader:
    """
    Reads some fields of stored summaries.

    Parameters
    ----------
    names
        Of `KINDS`.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._sound: set[tuple[type, ...]] = set()
        self._lists = [
            (at, float if name in _NUMBERS else str)
            for at, name in enumerate(names)
            if KINDS[name] is _LIST
        ]
        self._choices = [(at, _CHOICES[name]) for at, name in enumerate(names) if name in _CHOICES]

    def read(self, values: Sequence[Any]) -> SummaryDoc | None:
        """
        Read a summary.

        Parameters
        ----------
        values
            As stored, one for each name; None where the summary has no such field.

        Returns
        -------
        SummaryDoc or None
            What has these of its attributes; None where a value is not of its kind, or the summary
            is of another version.
        """
        types = tuple(map(type, values))
        if types not in self._sound:
            if not all(one in KINDS[name] for name, one in zip(self._names, types, strict=True)):
                return None
            self._sound.add(types)
        for at, kind in self._lists:
            for one in values[at]:
                if type(one) is not kind:
                    return None
        if not all(values[at] in known for at, known in self._choices):
            return None
        found = _Stored(**dict(zip(self._names, values, strict=True)))
        try:
            found.created = datetime.fromisoformat(found.created)
        except ValueError:
            return None
        return cast("SummaryDoc", found)
