"""Options that select screened candidates, declared once for all commands."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import wraps
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Annotated, get_type_hints

import typer

from trona.workflows.cli.completion import (
    complete_backend,
    complete_class,
    complete_reference,
    complete_state,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FilterOptions", "with_filters"]


@dataclass(frozen=True)
class FilterOptions:
    """Filters from the command line: one field per option, None if it is not given."""

    interphase: Annotated[
        str | None,
        typer.Option(
            "--class",
            help="Interphase class at 0 V, also in the words of tables, or SEI or MCI.",
            metavar="CLASS",
            autocompletion=complete_class,
        ),
    ] = None
    hull_below: Annotated[
        float | None, typer.Option(help="Maximum energy above hull.", metavar="eV/atom")
    ] = None
    reduction_below: Annotated[
        float | None, typer.Option(help="Maximum reduction limit.", metavar="V")
    ] = None
    oxidation_above: Annotated[
        float | None, typer.Option(help="Minimum oxidation limit.", metavar="V")
    ] = None
    elements: Annotated[
        str | None, typer.Option(help="Elements that must be present, such as Na,P,S.")
    ] = None
    without: Annotated[
        str | None, typer.Option(help="Elements that must be absent, such as Cl,Br.")
    ] = None
    anions: Annotated[str | None, typer.Option(help="Anion system, such as S or O-S.")] = None
    products: Annotated[str | None, typer.Option(help="Products at 0 V, such as Na3P,Na2S.")] = None
    reference: Annotated[
        str | None,
        typer.Option(
            help="Name of the reference energies.",
            metavar="NAME",
            autocompletion=complete_reference,
        ),
    ] = None
    backend: Annotated[
        str | None,
        typer.Option(
            help="Backend of the relaxations, such as chgnet.", autocompletion=complete_backend
        ),
    ] = None
    state: Annotated[
        str | None,
        typer.Option(help="completed, rejected or failed.", autocompletion=complete_state),
    ] = None
    text: Annotated[str | None, typer.Option(help="Part of label, formula, source or reason.")] = (
        None
    )
    where: Annotated[
        str | None,
        typer.Option(
            help='Further conditions, such as "severity < 0.5 and not elements has Cl"; names of '
            "columns and of JSON are understood too; energies in eV.",
            metavar="QUESTION",
        ),
    ] = None


def with_filters(command: Callable[..., None]) -> Callable[..., None]:
    """
    Give a command the options of `FilterOptions` where its parameter ``filters`` stands.

    Parameters
    ----------
    command
        It takes ``filters``, a `FilterOptions`; its annotations can be evaluated at run time.

    Returns
    -------
    callable
        The same command with one parameter for each option, as typer reads them.
    """
    hints = get_type_hints(FilterOptions, include_extras=True)
    options = {
        one.name: Parameter(
            one.name, Parameter.KEYWORD_ONLY, default=one.default, annotation=hints[one.name]
        )
        for one in fields(FilterOptions)
    }

    @wraps(command)
    def run(**given: object) -> None:
        typed = {name: given.pop(name) for name in options}
        command(filters=FilterOptions(**typed), **given)  # type: ignore[arg-type]

    own = signature(command, eval_str=True)
    listed: list[Parameter] = []
    for name, parameter in own.parameters.items():
        if name == "filters":
            listed += options.values()
        else:
            listed.append(parameter.replace(kind=Parameter.KEYWORD_ONLY))
    run.__signature__ = own.replace(parameters=listed)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in listed}
    return run
