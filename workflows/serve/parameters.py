"""Validated request parameters: known names, bounded lengths, finite numbers."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from trona.screening.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["LONGEST", "MOST", "Asked"]

LONGEST = 200
"""Characters of a formula or another text."""
MOST = 40
"""Materials on one side of a matrix."""

_YES, _NO = ("1", "true", "on", "yes"), ("", "0", "false", "off", "no")


class Asked:
    """
    Parameters of a request.

    Parameters
    ----------
    given
        Name to value, as in the address; empty values count as not given.
    known
        Names that there are.

    Raises
    ------
    InputError
        If a name is not known, or a value is too long.
    """

    def __init__(self, given: Mapping[str, str], known: Collection[str]) -> None:
        for name, value in given.items():
            if name not in known:
                raise InputError(f"no parameter {name[:40]!r}: choose from {', '.join(known)}.")
            limit = LONGEST * (MOST if name in _LISTS else 1)
            if len(value) > limit:
                raise InputError(
                    f"{name} has {len(value):,} characters: write at most {limit:,} of them."
                )
        self._given = {name: value.strip() for name, value in given.items() if value.strip()}

    def maybe(self, name: str) -> str | None:
        """Return a text; None where it is not given."""
        return self._given.get(name)

    def text(self, name: str) -> str:
        """
        Return a required text.

        Parameters
        ----------
        name
            Of the parameter.

        Returns
        -------
        str
            Not empty.

        Raises
        ------
        InputError
            If it is missing.
        """
        if name not in self._given:
            raise InputError(f"{name} is missing: give one.")
        return self._given[name]

    def number(self, name: str) -> float | None:
        """
        Return a number.

        Parameters
        ----------
        name
            Of the parameter.

        Returns
        -------
        float or None
            None where it is not given.

        Raises
        ------
        InputError
            If it is no finite number.
        """
        if name not in self._given:
            return None
        try:
            value = float(self._given[name])
        except ValueError:
            value = float("nan")
        if not isfinite(value):
            raise InputError(f"{name} is {self._given[name]!r}: give a number.")
        return value

    def count(self, name: str, default: int, most: int) -> int:
        """
        Return a whole number from 1 on.

        Parameters
        ----------
        name
            Of the parameter.
        default
            Where it is not given.
        most
            Largest that there may be.

        Returns
        -------
        int
            Within these bounds.

        Raises
        ------
        InputError
            If it is not.
        """
        text = self._given.get(name, str(default))
        if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
            raise InputError(f"{name} is {text!r}: give a whole number from 1 to {most:,}.")
        return int(text)

    def flag(self, name: str) -> bool:
        """
        Return a yes or no.

        Parameters
        ----------
        name
            Of the parameter.

        Returns
        -------
        bool
            False where it is not given.

        Raises
        ------
        InputError
            If it is neither.
        """
        text = self._given.get(name, "").lower()
        if text not in {*_YES, *_NO}:
            raise InputError(f"{name} is {text!r}: give 1 or 0.")
        return text in _YES

    def names(self, name: str) -> list[str]:
        """
        Return a list whose items are separated by commas or line breaks.

        Parameters
        ----------
        name
            Of the parameter.

        Returns
        -------
        list of str
            Each once, in order; empty where it is not given.

        Raises
        ------
        InputError
            If there are more than `MOST`, or one is too long.
        """
        parts = self._given.get(name, "").replace("\n", ",").split(",")
        found = list(dict.fromkeys(part.strip() for part in parts if part.strip()))
        if len(found) > MOST:
            raise InputError(f"{name} has {len(found)} materials: give at most {MOST}.")
        if long := next((one for one in found if len(one) > LONGEST), None):
            raise InputError(f"{long[:40]!r}… has more than {LONGEST} characters: shorten it.")
        return found


_LISTS = ("materials", "against", "mark")
