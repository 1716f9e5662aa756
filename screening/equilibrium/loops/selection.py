"""Which loops a process uses: interpreted at first, compiled where there is much to do."""

from __future__ import annotations

from importlib import import_module
from time import thread_time
from typing import TYPE_CHECKING

from . import interpreted

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LOOPS"]

_PATIENCE = 0.3
"""Time that interpreted loops may take in a process before the compiled ones are loaded, s."""
_COMPILED = ("kernels", "near", "settling", "systems")
"""Modules of compiled loops."""


class _Loops:
    """The loops that a process uses: interpreted at first, compiled where there is much to do."""

    def __init__(self) -> None:
        self._compiled: dict[str, Callable[..., int]] = {}
        self._spent = 0.0

    @property
    def interpreted(self) -> bool:
        """True until the compiled loops are loaded."""
        return not self._compiled

    def compile(self) -> None:
        """Load the compiled loops, once."""
        if self._compiled:
            return
        modules = (import_module(f".{name}", __package__) for name in _COMPILED)
        self._compiled = {name: vars(one)[name] for one in modules for name in one.__all__}

    def run(self, name: str, *arguments: object) -> int:
        """Run a loop by its name."""
        if self._compiled:
            return self._compiled[name](*arguments)
        start = thread_time()
        outcome = int(getattr(interpreted, name)(*arguments))
        self._spent += thread_time() - start
        if self._spent > _PATIENCE:
            self.compile()
        return outcome


LOOPS = _Loops()
