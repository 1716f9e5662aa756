"""A small query language: comparisons of named fields with and, or, not and parentheses.

::

    question   = all {"or" all}            all  = one {"and" one}
    one        = "not" one | "(" question ")" | field operator value
    operator   = "<" | "<=" | ">" | ">=" | "=" | "!=" | "has" | "lacks"
    value      = number | word | 'text' | "text"

A field is named as here, or as in tables, JSON and CSV: ``reduction_limit``, ``above hull``,
``products at 0 V``. Energies are eV, whatever unit a table prints.

An unknown field satisfies neither a comparison nor its negation. User text becomes a checked value
of the filter, never an operator or a field.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from math import inf, isfinite
from typing import TYPE_CHECKING, Any, Literal

from trona.screening.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "FIELDS",
    "Field",
    "comparison",
    "criteria_of",
    "find_field",
    "read_anions",
    "read_class",
]

Kind = Literal["number", "text", "list", "flag", "date"]


@dataclass(frozen=True)
class Field:
    """
    A field that can be queried.

    Parameters
    ----------
    name
        As a user writes it.
    path
        Field of a summary.
    kind
        What its values are.
    unit
        Of a number.
    """

    name: str
    path: str
    kind: Kind
    unit: str = ""


FIELDS = {
    one.name: one
    for one in (
        Field("label", "label", "text"),
        Field("formula", "formula", "text"),
        Field("elements", "elements", "list"),
        Field("anions", "anions", "text"),
        Field("state", "state", "text"),
        Field("class", "interphase", "text"),
        Field("share", "interphase_share", "number", "of the draws"),
        Field("severity", "severity", "number"),
        Field("hull", "energy_above_hull", "number", "eV/atom"),
        Field("mixture", "mixture", "flag"),
        Field("reduction", "reduction_limit", "number", "V"),
        Field("oxidation", "oxidation_limit", "number", "V"),
        Field("force", "driving_force", "number", "eV/atom"),
        Field("sodium", "sodium_consumed", "number", "per formula unit"),
        Field("products", "products", "list"),
        Field("air", "air_first_step", "number", "eV per H2O"),
        Field("reference", "reference", "text"),
        Field("checksum", "reference_checksum", "text"),
        Field("correction", "correction", "text"),
        Field("method", "method", "text"),
        Field("group", "space_group", "text"),
        Field("source", "source", "text"),
        Field("created", "created", "date"),
        Field("who", "who", "text"),
        Field("project", "project", "text"),
    )
}
"""By name."""

_ALIASES = {one.path: one.name for one in FIELDS.values()} | {
    "candidate": "label",
    "e_hull": "hull",
    "above_hull": "hull",
    "interphase_at_0_v": "class",
    "released": "force",
    "na_used": "sodium",
    "products_at_0_v": "products",
    "in_air": "air",
}
"""Names that tables, JSON and CSV have for the same, in small letters."""
_TOO_LARGE = {
    "hull": (5.0, "meV/atom"),
    "force": (20.0, "meV/atom"),
    "reduction": (20.0, "mV"),
    "oxidation": (20.0, "mV"),
}
"""Numbers that no candidate reaches, and the unit in which they were meant."""
_RANGES = {"window": "reduction and oxidation"}
"""Columns that are two fields."""
_WORDS = 4
"""Words that the name of a column has at most."""

_ABBREVIATED = {"sei": "passivating", "mci": "mixed-conducting"}
"""What papers call classes."""
_OPERATORS: dict[Kind, dict[str, str]] = {
    "number": {"<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte", "=": "$eq", "!=": "$nin"},
    "text": {"=": "$eq", "!=": "$nin"},
    "flag": {"=": "$eq", "!=": "$nin"},
    "date": {"<": "$lt", ">=": "$gte"},
    "list": {"has": "$eq", "lacks": "$ne"},
}
_OPPOSITE = {"<": ">=", "<=": ">", "=": "!=", "has": "lacks"}
_OPPOSITE |= {after: before for before, after in _OPPOSITE.items()}
_MAX_DEPTH = 50
_TOKEN = re.compile(r"""\s*(?:(<=|>=|!=|==|[<>=()])|'([^']*)'|"([^"]*)"|([^\s<>=!()'"]+))""")


def find_field(name: str) -> Field:
    """
    Find a field by its name, or by that which tables and JSON have for it.

    Parameters
    ----------
    name
        Such as ``"hull"``, ``"energy_above_hull"`` or ``"E_hull"``.

    Returns
    -------
    Field
        The field.

    Raises
    ------
    InputError
        If there is none.

    Examples
    --------
    >>> find_field("reduction_limit").name, find_field("Products at 0 V").name
    ('reduction', 'products')
    """
    key = _key(name)
    found = FIELDS.get(_ALIASES.get(key, key))
    if found is None and key in _RANGES:
        raise InputError(f"{name!r} is a range: ask for {_RANGES[key]}.")
    if found is None:
        raise InputError(f"no field {name!r}: choose from {_known()}.")
    return found


def _key(name: str) -> str:
    """Write a name as the aliases have it."""
    return "_".join(name.lower().replace("-", "_").split())


def _known() -> str:
    """List the names of fields, those of tables and JSON in brackets."""
    others = {
        one.name: [a for a, name in _ALIASES.items() if name == one.name != a]
        for one in FIELDS.values()
    }
    return ", ".join(
        f"{name} ({', '.join(names)})" if names else name for name, names in others.items()
    )


def comparison(field: Field, operator: str, value: object) -> dict[str, Any]:
    """
    Compare a field with a value.

    Parameters
    ----------
    field
        Of `FIELDS`.
    operator
        As a user writes it.
    value
        A number, or text that is one where the field is; text; true or false; a date.

    Returns
    -------
    dict
        Mongo filter on summaries; a field that is unknown does not pass.

    Raises
    ------
    InputError
        If operator or value do not fit the field.
    """
    known = _OPERATORS[field.kind]
    if operator not in known:
        raise InputError(
            f"{field.name!r} is a {field.kind}, which cannot be compared with {operator!r}: use "
            f"{', '.join(known)}."
        )
    checked = _checked(field, value)
    if operator == "!=":
        return {field.path: {"$nin": [checked, None]}}
    found = {field.path: {known[operator]: checked}}
    if field.name == "oxidation" and operator in {">", ">="}:
        return {"$or": [found, {"unbounded": {"$eq": True}}]}
    return found


def _checked(field: Field, value: object) -> float | str | bool:
    """Read a value as the field has it."""
    text = str(value)
    if field.kind == "number":
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if not isfinite(number):
            unit = f" in {field.unit}" if field.unit else ""
            raise InputError(f"{field.name!r} is compared with {text!r}: give a number{unit}.")
        _check_unit(field, number)
        return number
    if field.kind == "flag":
        if text.lower() not in {"true", "false"}:
            raise InputError(f"{field.name!r} is compared with {text!r}: give true or false.")
        return text.lower() == "true"
    if field.kind == "date":
        try:
            datetime.fromisoformat(text)
        except ValueError:
            raise InputError(
                f"{field.name!r} is compared with {text!r}: give a date as in 2026-11-21."
            ) from None
    readers = {"class": read_class, "anions": read_anions}
    return readers.get(field.name, str)(text)


def _check_unit(field: Field, number: float) -> None:
    """Refuse a number that only makes sense in a smaller unit."""
    limit, smaller = _TOO_LARGE.get(field.name, (inf, ""))
    if abs(number) >= limit:
        raise InputError(
            f"{field.name!r} is compared with {number:g} {field.unit}, which no candidate reaches: "
            f"give {field.unit}, such as {number / 1000:g} for {number:g} {smaller}."
        )


def read_anions(text: str) -> str:
    """
    Read an anion system.

    Parameters
    ----------
    text
        Anions joined by hyphens or commas, in any order; ``"none"`` where there is none.

    Returns
    -------
    str
        As results hold it.

    Raises
    ------
    InputError
        If something in it is no anion.

    Examples
    --------
    >>> read_anions("S-O"), read_anions("O, S"), read_anions("none")
    ('O-S', 'O-S', 'none')
    """
    from .summaries import ANIONS  # noqa: PLC0415 (completion)

    parts = {part for part in re.split(r"[-,\s]+", text) if part}
    if parts == {"none"}:
        return "none"
    for part in sorted(parts - {*ANIONS, "BH"}) or ([] if parts else [text]):
        raise InputError(
            f"{part!r} is not an anion: choose from {', '.join(ANIONS)} and BH (hydroborates), "
            "joined as in O-S, or none."
        )
    return "-".join(sorted(parts))


def read_class(text: str) -> str:
    """
    Read an interphase class.

    Parameters
    ----------
    text
        As results hold it, as tables write it, or SEI or MCI, in any case; hyphens count as spaces.

    Returns
    -------
    str
        As results hold it; the text itself where it is no class.

    Examples
    --------
    >>> [read_class(one) for one in ("MCI", "keeps growing", "e- conductor", "blocking")]
    ['mixed-conducting', 'growth-goes-on', 'electronic-conductor', 'blocking']
    """
    from trona.screening.stability.interphase import InterphaseClass  # noqa: PLC0415 (completion)

    words = dict(_ABBREVIATED)
    for kind in InterphaseClass:
        plain = kind.short.replace("⁻", "")
        words |= dict.fromkeys(map(_spelt, (kind.value, kind.short, plain)), kind.value)
        words[_spelt(plain.partition(" (")[0])] = kind.value
    return words.get(_spelt(text), text)


def _spelt(words: str) -> str:
    """Write words so that case, hyphens and spaces make no difference."""
    return " ".join(words.casefold().replace("-", " ").split())


def criteria_of(expression: str) -> dict[str, Any]:
    """
    Read an expression.

    Parameters
    ----------
    expression
        As in ``"hull < 0.03 and (class = passivating or class = stable)"``.

    Returns
    -------
    dict
        Mongo filter on summaries.

    Raises
    ------
    InputError
        If it cannot be read, with the place.

    Examples
    --------
    >>> criteria_of("hull < 0.03 and not elements has Cl")
    {'$and': [{'energy_above_hull': {'$lt': 0.03}}, {'elements': {'$ne': 'Cl'}}]}
    """
    reader = _Reader(_tokens(expression), expression)
    found = reader.alternatives(negated=False)
    if not reader.at_end:
        raise reader.error("'and' or 'or'")
    return found


def _tokens(expression: str) -> list[tuple[str, bool]]:
    """Split an expression into words, each with whether it was quoted."""
    found, at = [], 0
    text = expression.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise InputError(f"cannot read {text[at:]!r} in the question {expression!r}.")
        sign, single, double, word = match.groups()
        quoted = single if single is not None else double
        found.append((quoted, True) if quoted is not None else (sign or word, False))
        at = match.end()
    return found


@dataclass
class _Reader:
    """Reads words one after another; a negation is carried down to the comparisons."""

    tokens: Sequence[tuple[str, bool]]
    expression: str
    at: int = 0
    depth: int = 0

    @property
    def at_end(self) -> bool:
        """Tell whether all was read."""
        return self.at >= len(self.tokens)

    def error(self, wanted: str) -> InputError:
        """Say what was expected where."""
        found = "its end" if self.at_end else repr(self.tokens[self.at][0])
        return InputError(
            f"expected {wanted} instead of {found} in the question {self.expression!r}; write for "
            'example "hull < 0.03 and class = passivating".'
        )

    def take(self, *words: str) -> bool:
        """Read one of some words if it is next."""
        if self.at_end or self.tokens[self.at][1] or self.tokens[self.at][0].lower() not in words:
            return False
        self.at += 1
        return True

    def alternatives(self, *, negated: bool) -> dict[str, Any]:
        """Read parts joined by or."""
        parts = [self.all_of(negated=negated)]
        while self.take("or"):
            parts.append(self.all_of(negated=negated))
        return _joined("$and" if negated else "$or", parts)

    def all_of(self, *, negated: bool) -> dict[str, Any]:
        """Read parts joined by and."""
        parts = [self.one(negated=negated)]
        while self.take("and"):
            parts.append(self.one(negated=negated))
        return _joined("$or" if negated else "$and", parts)

    def one(self, *, negated: bool) -> dict[str, Any]:
        """Read a negation, brackets or a comparison."""
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise InputError(
                f"the question is nested deeper than {_MAX_DEPTH} levels: simplify it."
            )
        if self.take("not"):
            found = self.one(negated=not negated)
        elif self.take("("):
            found = self.alternatives(negated=negated)
            if not self.take(")"):
                raise self.error("')'")
        else:
            found = self.compared(negated=negated)
        self.depth -= 1
        return found

    def field(self) -> Field:
        """Read the name of a field, which may be several words, as in 'products at 0 V'."""
        for count in range(_WORDS, 0, -1):
            words = self.tokens[self.at : self.at + count]
            key = _key(" ".join(word for word, _ in words))
            if len(words) < count or (count > 1 and any(quoted for _, quoted in words)):
                continue
            if key in _RANGES or _ALIASES.get(key, key) in FIELDS:
                self.at += count
                return find_field(key)
        raise self.error(f"a field ({_known()})")

    def compared(self, *, negated: bool) -> dict[str, Any]:
        """Read a comparison, and turn it round where it is negated."""
        field = self.field()
        signs = {sign for known in _OPERATORS.values() for sign in known} | {"=="}
        if not self.take(*signs):
            raise self.error(f"one of {', '.join(_OPERATORS[field.kind])}")
        sign = self.tokens[self.at - 1][0].lower().replace("==", "=")
        if self.at_end or self.tokens[self.at][0] in {"(", ")"}:
            raise self.error("a value")
        self.at += 1
        return comparison(field, _OPPOSITE[sign] if negated else sign, self.tokens[self.at - 1][0])


def _joined(operator: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Join filters; one alone stands for itself."""
    return parts[0] if len(parts) == 1 else {operator: parts}
