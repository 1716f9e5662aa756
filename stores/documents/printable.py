"""Documents prepared for JSON and CSV output, with numbers rounded to their significant digits.

Stored documents are not rounded: ids are hashes of them.
"""

from __future__ import annotations

from typing import Any

from trona.screening.units import rounded

__all__ = ["printable"]

_EXACT = {"structure", "structures", "versions"}
"""Fields whose numbers stay as they are: a structure that is read again is the same."""


def printable(content: Any, name: str = "") -> Any:  # noqa: ANN401 (whatever JSON can write)
    """
    Convert content to its printed form.

    Parameters
    ----------
    content
        Anything that JSON can write; documents may be in it.
    name
        Of the field that holds it.

    Returns
    -------
    dict, list or plain value
        Without documents, with rounded numbers.

    Examples
    --------
    >>> printable({"voltage": 1.1081129999999826, "voltages": [8.9e-16, None], "n": 3})
    {'voltage': 1.108113, 'voltages': [0.0, None], 'n': 3}
    """
    if hasattr(content, "model_dump"):
        content = content.model_dump(mode="json")
    if isinstance(content, float):
        return rounded(content, name)
    if name in _EXACT:
        return content
    if isinstance(content, dict):
        return {key: printable(value, str(key)) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [printable(value, name) for value in content]
    return content
