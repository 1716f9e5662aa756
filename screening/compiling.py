"""How loops are compiled: at import, once on a machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numba import float64, intp, njit, types

if TYPE_CHECKING:
    from collections.abc import Callable

    from numba.core.typing.templates import Signature

__all__ = ["FLOATS", "MATRIX", "PLACES", "compiled"]

FLOATS = types.Array(float64, 1, "C", readonly=True)
"""Numbers that a loop reads."""
MATRIX = types.Array(float64, 2, "C", readonly=True)
"""Rows of numbers that it reads."""
PLACES = types.Array(intp, 1, "C", readonly=True)
"""Positions that it reads."""


def compiled(
    signature: Signature, *, nogil: bool = True, fastmath: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """
    Compile at import, and keep the machine code on disk where there is room for it.

    Parameters
    ----------
    signature
        Types of the arguments and of the result.
    nogil
        False where threads that run at the same time would spoil each other's arrays.
    fastmath
        True to let the compiler reorder sums; the last bits then depend on the machine.

    Returns
    -------
    Callable
        A decorator.
    """

    def compile_function(function: Callable[..., Any]) -> Callable[..., Any]:
        how: dict[str, Any] = {"error_model": "numpy", "nogil": nogil, "fastmath": fastmath}
        try:
            return njit(signature, cache=True, **how)(function)
        except RuntimeError:  # numba finds no folder that it may write to
            return njit(signature, **how)(function)

    return compile_function
