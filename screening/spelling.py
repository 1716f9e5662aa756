"""Formulas whose capitals were typed wrongly."""

from __future__ import annotations

import re
from itertools import pairwise, product
from math import inf

from .simple_formulas import ELECTRONEGATIVITY

__all__ = ["near"]

_PLAIN = re.compile(r"(?:[A-Za-z]+(?:\d+(?:\.\d+)?)?)+")
_WRITTEN = {*ELECTRONEGATIVITY, "D", "T"}
"""Symbols that a formula may hold; deuterium and tritium count as hydrogen."""
_WORD = 4
"""Letters without a digit, above which a text is a word rather than a formula."""
_LONGEST_RUN = 8


def near(text: str) -> str | None:
    """
    Find a formula that differs from a text in capitals only.

    Parameters
    ----------
    text
        As a user typed it.

    Returns
    -------
    str or None
        The reading with sodium, or else with the fewest elements; None where there is none, or
        the text looks like a word.

    Examples
    --------
    >>> near("na3ps4"), near("Na3Ps4"), near("NACL"), near("nonsense")
    ('Na3PS4', 'Na3PS4', 'NaCl', None)
    """
    plain = text.strip()
    letters = sum(character.isalpha() for character in plain)
    if _PLAIN.fullmatch(plain) is None or (letters == len(plain) and letters > _WORD):
        return None
    runs = [run for run in re.split(r"([A-Za-z]+)", plain) if run]
    read = [_spellings(run) if run.isalpha() else [[run]] for run in runs]
    options = [[symbol for part in parts for symbol in part] for parts in product(*read)]
    options = [one for one in options if "".join(one) != plain and _plausible(one)]
    best = min(options, key=lambda symbols: ("Na" not in symbols, len(symbols)), default=None)
    return None if best is None else "".join(best)


def _plausible(symbols: list[str]) -> bool:
    """Tell whether symbols and amounts may be a compound rather than a word such as foo."""
    if any(one == other for one, other in pairwise(symbols)):  # as in FOO
        return False
    if any(ELECTRONEGATIVITY.get(one) == inf for one in symbols):  # as moscovium in NMc811
        return False
    if "Na" in symbols or not all(map(str.isalpha, symbols)):
        return True
    first, last = (ELECTRONEGATIVITY.get(symbols[at], 0.0) for at in (0, -1))
    return len(symbols) == 2 and 0.0 < first < 2.0 < last < 4.0


def _spellings(run: str) -> list[list[str]]:
    """Split letters into symbols of elements in every way; at most a few letters."""
    if not run:
        return [[]]
    if len(run) > _LONGEST_RUN:
        return []
    return [
        [run[:length].capitalize(), *rest]
        for length in (2, 1)
        if length <= len(run) and run[:length].capitalize() in _WRITTEN
        for rest in _spellings(run[length:])
    ]
