"""The calculators that a process has made, so that other processes can create them in advance."""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["calculator_line", "loaded", "make", "note"]

_PROCESSOR = "cpu"
_MADE: dict[str, None] = {}


def note(function: Callable[..., Any], device: str, choices: Mapping[str, Any]) -> None:
    """
    Remember that a calculator was made.

    Parameters
    ----------
    function
        What made it, a public name of its module.
    device
        Where it runs; what is on a graphics card is no use to a copy of the process.
    choices
        Its arguments, plain content.
    """
    if device == _PROCESSOR:
        _MADE[calculator_line(function.__module__, function.__name__, choices)] = None


def calculator_line(module: str, name: str, choices: Mapping[str, Any]) -> str:
    """
    Describe a calculator.

    Parameters
    ----------
    module, name
        Of the function that makes it.
    choices
        Its arguments, plain content.

    Returns
    -------
    str
        One line, as `make` takes it.
    """
    return json.dumps([module, name, dict(choices)], sort_keys=True)


def loaded() -> list[str]:
    """
    List the calculators that this process has made.

    Returns
    -------
    list of str
        Each on one line, as `make` takes it.
    """
    return list(_MADE)


def make(line: str) -> None:
    """
    Make a calculator that forks of this process inherit.

    It is made in one thread: those of OpenMP would be missing in a copy, which would wait for them.
    Where torch finds a graphics card nothing is made, as it refuses to differentiate in a copy.

    Parameters
    ----------
    line
        Of `loaded`.
    """
    import torch  # noqa: PLC0415 (slow to import)

    module, name, choices = json.loads(line)
    function = getattr(import_module(module), name)
    if torch.cuda.is_available():
        return
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        function(**choices)
    finally:
        torch.set_num_threads(threads)
