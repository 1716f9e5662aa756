"""Values of options are read as typer reads them, the plain ones without pydantic."""

from __future__ import annotations

import pytest
import typer
from typer.main import get_command

from trona.workflows.cli.groups import Command, _Reader

TEXTS = (
    *("3", "0", "007", "12", "-1", "+2", " 2 ", "1_0", "1.0", "1.5", ".5", "5.", "1e-2", "nan"),
    *("inf", "0x1", "", "x", "٣", "99999999999999999999", "0.1234567890123456", "123456789.25"),
)


def parameters():
    """Options of typer with and without bounds, by name."""

    def command(
        formulas: list[str],
        text: str = "",
        number: float | None = None,
        whole: int | None = None,
        least: int = typer.Option(1, min=1),
        share: float = typer.Option(0.5, min=0.0, max=1.0),
        several: list[str] | None = None,
    ) -> None:
        del formulas, text, number, whole, least, share, several

    app = typer.Typer()
    app.command()(command)
    return {one.name: one for one in get_command(app).params}


def outcome(reader, param, value):
    """What becomes of a value, or what is said of it."""
    try:
        found = reader.coerce(value, param, None)
    except typer.BadParameter as error:
        return str(error)
    return repr(found)


@pytest.mark.parametrize("name", ["text", "number", "whole", "least", "share"])
def test_a_value_is_read_as_typer_reads_it(name):
    param = parameters()[name]
    typers = type(param).get_runtime_param(param)
    for value in (None, *TEXTS, 1, 2, 0.5):
        assert outcome(_Reader(param), param, value) == outcome(typers, param, value), value


@pytest.mark.parametrize("name", ["several", "formulas"])
def test_a_list_is_read_as_typer_reads_it(name):
    param = parameters()[name]
    typers = type(param).get_runtime_param(param)
    for value in (["a", "b"], ("a", "b"), ["a"], [], (), None, ["a", 1]):
        assert outcome(_Reader(param), param, value) == outcome(typers, param, value), value


def test_a_command_that_is_called_twice_reads_in_the_same_way():
    app = typer.Typer()
    seen = []

    def command(number: int = 1) -> None:
        seen.append(number)

    app.command(cls=Command)(command)
    made = get_command(app)
    for typed in ("4", "5"):
        made.main(["--number", typed], standalone_mode=False)
    assert seen == [4, 5]
    with pytest.raises(typer.BadParameter, match="'many' is no whole number"):
        made.main(["--number", "many"], standalone_mode=False)
