"""The location of a store in a form that can be shown: without credentials."""

from __future__ import annotations

import re

__all__ = ["redacted"]

_PASSWORD = re.compile(r"(?<=password=)[^&]*", re.IGNORECASE)
"""In the options of a URI, as that of a key file."""


def redacted(location: str) -> str:
    """
    Write a store's location without its credentials.

    Parameters
    ----------
    location
        Path or URI.

    Returns
    -------
    str
        Safe to print.

    Examples
    --------
    >>> redacted("mongodb://user:secret@host/trona")
    'mongodb://***@host/trona'
    """
    scheme, separator, rest = location.partition("://")
    if not separator:
        return location
    if "@" in rest:
        rest = f"***@{rest.rpartition('@')[2]}"
    return f"{scheme}://{_PASSWORD.sub('***', rest)}"
