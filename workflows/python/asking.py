"""Questions of a study that refuse what they do not take in one sentence."""

from __future__ import annotations

import inspect
from functools import wraps
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeVar

from trona.screening.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["plainly_asked"]

Asked = TypeVar("Asked", bound=type)
_NUMBER, _TEXT = {"float", "float | None", "int"}, {"str", "str | None"}
"""Annotations of arguments that are numbers, and of those that are texts."""


def plainly_asked(cls: Asked) -> Asked:
    """
    Check the arguments of all public methods of a class under its own name.

    Parameters
    ----------
    cls
        Whose parents a user does not know.

    Returns
    -------
    type
        The same class.
    """
    own = list(inspect.signature(cls).parameters)
    for name, method in inspect.getmembers(cls, inspect.isfunction):
        if name == "__init__":
            setattr(cls, name, _checked(method, cls.__name__, [], cls.__name__))
        elif not name.startswith("_"):
            setattr(cls, name, _checked(method, f"{cls.__name__}.{name}", own, cls.__name__))
    return cls


def _checked(
    method: Callable[..., Any], called: str, elsewhere: list[str], owner: str
) -> Callable[..., Any]:
    """Refuse unknown, missing and surplus arguments, and values of another kind."""
    signature = inspect.signature(method)
    taken = list(signature.parameters)[1:]
    listed = ", ".join(taken)

    @wraps(method)
    def asked(*given: Any, **named: Any) -> Any:  # noqa: ANN401 (those of the method)
        for name, value in named.items():
            if name in taken:
                continue
            remedy = f"it takes {listed}."
            if name in elsewhere:
                short = called.removeprefix(f"{owner}.")
                remedy = f"state it for the study, as {owner}(..., {name}={value!r}).{short}(...)."
            raise TypeError(f"{called} takes no {name!r}: {remedy}")
        try:
            bound = signature.bind(*given, **named).arguments
        except TypeError as error:
            raise TypeError(f"{called}: {error}; it takes {listed}.") from None
        for name, value in bound.items():
            parameter = signature.parameters[name]
            if parameter.kind is not parameter.VAR_POSITIONAL:
                _require_kind(name, value, str(parameter.annotation))
        return method(*given, **named)

    asked.__qualname__ = called
    return asked


def _require_kind(name: str, value: object, annotation: str) -> None:
    """Refuse a text for a number, and a number for a text."""
    if value is None:
        return
    if annotation in _NUMBER and (not isinstance(value, Real) or isinstance(value, bool)):
        raise InputError(f"{name}: {value!r} is no number: give it without quotes or a unit.")
    if annotation in _TEXT and isinstance(value, Real):
        raise InputError(
            f"{name}: {value!r} is no text: put it in quotes, with its unit if it has one."
        )
