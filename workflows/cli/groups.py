"""Groups of commands: what their help lists, and commands that are imported once they are used.

The help is plain text, as click writes it: drawing it with rich would take longer than all else.
"""

from __future__ import annotations

import re
from collections import UserDict
from importlib import import_module
from inspect import getdoc
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Command", "Group", "LazyCommands", "described"]

_WORDS = {
    "<str>": "TEXT", "<int>": "N", "<int range>": "N", "<float>": "NUMBER",
    "<float range>": "NUMBER", "<path>": "PATH", "<file>": "FILE",
}  # fmt: skip
"""What an option takes, in words of a terminal."""
_NAMED = {
    "store": "PATH", "backend": "NAME", "project": "NAME", "worker": "NAME", "exec_config": "NAME",
    "elements": "SYMBOLS", "anions": "SYMBOLS", "without": "SYMBOLS", "products": "FORMULAS",
    "sort": "FIELD", "state": "STATE",
}  # fmt: skip
"""The same for single options."""
_NUMBERS = {"float_parsing": "number", "int_parsing": "whole number"}
"""What pydantic calls an error, and what was expected; the unit is that of the help."""
_BOUNDS = {
    "greater_than_equal": ("ge", "too small", "{:g} or more"),
    "less_than_equal": ("le", "too large", "{:g} or less"),
}
"""What pydantic calls a number out of bounds, its name for the bound, what is wrong, and remedy."""
_WRITTEN = {int: re.compile(r"[0-9]{1,15}"), float: re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?")}
"""Numbers as most are written, which Python and pydantic read alike."""


class _Reader:
    """Reads what a parameter takes; unusual values are left to typer, which imports pydantic."""

    def __init__(self, param: Any) -> None:  # noqa: ANN401 (click's own)
        self._kind = param.type_descriptor.annotation

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:  # noqa: ANN401 (click's own)
        """Read a value."""
        found = self._plain(value, param)
        if found is not _UNREAD:
            return found
        return type(param).get_runtime_param(param).coerce(value, param, ctx)

    def itself(self) -> _Reader:
        """Stand where typer asks a parameter for its reader."""
        return self

    def _plain(self, value: object, param: Any) -> object:  # noqa: ANN401 (click's own)
        """Read nothing, text, lists of it, and plain numbers within the bounds."""
        if getattr(param, "multiple", False) or param.nargs != 1:
            texts = list(value) if isinstance(value, list | tuple) else []
            plain = self._kind == list[str] and bool(texts) and {*map(type, texts)} == {str}
            return texts if plain else _UNREAD
        if value is None or (self._kind is str and type(value) is str):
            return value
        if self._kind not in _WRITTEN or not _WRITTEN[self._kind].fullmatch(str(value)):
            return _UNREAD
        number = self._kind(value)
        below = param.min is not None and number < param.min
        above = param.max is not None and number > param.max
        return _UNREAD if below or above else number


_UNREAD = object()
"""Stands for what is left to typer."""


def _read_plainly(params: Iterable[Any]) -> None:
    """Have parameters read without pydantic where that can be."""
    for param in params:
        if hasattr(param, "type_descriptor"):  # of releases that read with pydantic
            param.get_runtime_param = _Reader(param).itself


class Command(TyperCommand):
    """A command whose help and errors name what its options take, and nothing of Python's types."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 (click's own)
        """
        Read the arguments; a value that is no number is named.

        Parameters
        ----------
        ctx
            Of the call.
        args
            As given.

        Returns
        -------
        list of str
            What is left of them.

        Raises
        ------
        BadParameter
            If a value is not of the type of its option.
        """
        _read_plainly(self.get_params(ctx))
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as error:
            for one in getattr(error.__cause__, "errors", list)():
                if one["type"] in _NUMBERS:
                    error.message = f"{one['input']!r} is no {_NUMBERS[one['type']]}."
                elif one["type"] in _BOUNDS:
                    key, is_, bound = _BOUNDS[one["type"]]
                    error.message = (
                        f"{one['input']} is {is_}: give {bound.format(one['ctx'][key])}."
                    )
            raise

    def format_options(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 (click's own)
        """
        Write the lists of arguments and options.

        Parameters
        ----------
        ctx
            Of the help.
        formatter
            Writes the help.
        """
        for heading, kind in (("Arguments", "argument"), ("Options", "option")):
            rows = []
            for param in self.get_params(ctx):
                record = param.get_help_record(ctx)
                if record is not None and param.param_type_name == kind:
                    rows.append((_plain(param, record[0], ctx), record[1]))
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)


class Group(TyperGroup):
    """A group of commands, each of which its help describes by a whole sentence."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 (click's own)
        """
        Read the arguments that stand before the name of a command.

        Parameters
        ----------
        ctx
            Of the call.
        args
            As given.

        Returns
        -------
        list of str
            What is left of them.
        """
        _read_plainly(self.get_params(ctx))
        return super().parse_args(ctx, args)

    def listed(self) -> Mapping[str, Iterable[tuple[str, str]]]:
        """Headings, and below each the names of commands and what they do."""
        return {"Commands": [(name, one.help or "") for name, one in self.commands.items()]}

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 (click's own)
        """
        Write the list of commands, in one column under all headings.

        Parameters
        ----------
        ctx
            Of the help; of no use here.
        formatter
            Writes the help.
        """
        del ctx
        wide = max(map(len, self.commands))
        for heading, commands in self.listed().items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(wide), _first(text)) for name, text in commands])


class LazyCommands(UserDict[str, Any]):
    """
    Commands by name; those given by an address are imported when they are asked for.

    Parameters
    ----------
    commands
        Commands, or addresses as of `described`.
    """

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 (typer keeps the class of commands)
        """Return a command, made once."""
        command = super().__getitem__(name)
        if isinstance(command, str):
            command = self[name] = _made(name, command)
        return command


def described(address: str) -> str:
    """
    Say what a command does, without reading its options.

    Parameters
    ----------
    address
        Module below ``trona.workflows.cli``, name of a function or an app in it, and class of the
        command where it has its own, joined by colons.

    Returns
    -------
    str
        Its description.
    """
    named = _named(address)[0]
    return str(named.info.help if isinstance(named, typer.Typer) else getdoc(named))


def _made(name: str, address: str) -> Any:  # noqa: ANN401
    """Import a command and read its options."""
    named, *own = _named(address)
    if isinstance(named, typer.Typer):
        named.info.name = name
        for one in named.registered_commands:
            one.cls = Command if one.cls in {None, TyperCommand} else one.cls
        return get_group(named)
    alone = typer.Typer(rich_markup_mode=None, add_completion=False)
    alone.command(name, cls=own[0] if own else Command)(named)
    return get_command(alone)


def _named(address: str) -> list[Any]:
    """Import what an address names."""
    module, *names = address.split(":")
    imported = import_module(f"trona.workflows.cli.{module}")
    return [getattr(imported, name) for name in names]


def _first(text: str) -> str:
    """Keep the first paragraph."""
    return text.partition("\n\n")[0]


def _plain(param: Any, name: str, ctx: Any) -> str:  # noqa: ANN401 (click's own)
    """Write what a parameter takes in words; an argument says it by its name."""
    type_ = param.display_type(ctx)
    word = _NAMED.get(param.name, _WORDS.get(type_, type_))
    return name.replace(f" {type_}", f" {word}" if param.param_type_name == "option" else "")
