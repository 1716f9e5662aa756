"""Reference energies from the options of a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from .options import comma_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trona.stores.energies.references import Reference

__all__ = ["load_energies", "tell_caveats"]


def load_energies(
    name: str | None,
    correction: str | None,
    exclude: str | None,
    *formulas: str,
    pressure: float = 0.0,
    temperature: str = "0",
) -> Reference:
    """
    Load the reference energies that a user asks for, to assess some compositions.

    Parameters
    ----------
    name
        Of the reference; None for the default of the settings.
    correction
        Names of corrections, joined by commas; None for those that fit.
    exclude
        Phases to leave out, joined by commas.
    *formulas
        Compositions that are going to be assessed.
    pressure
        GPa.
    temperature
        As typed, such as ``"298.15"`` or ``"25C"``.

    Returns
    -------
    Reference
        On one scale.

    Raises
    ------
    InputError
        If there are no such energies, or an option does not fit them.
    """
    from trona.stores.energies.conditions import under_conditions  # noqa: PLC0415
    from trona.stores.energies.references import load_reference  # noqa: PLC0415
    from trona.stores.settings import Settings  # noqa: PLC0415

    energies = load_reference(name or Settings().reference, correction, formulas)
    return under_conditions(energies.without(comma_list(exclude)), pressure, temperature)


def tell_caveats(
    energies: Reference, formulas: Sequence[str] = (), *, together: bool = False
) -> None:
    """
    Print caveats on standard error that the results do not contain.

    Parameters
    ----------
    energies
        What the results rest on.
    formulas
        Compositions that were assessed: what the reference lacks of each is named.
    together
        True where they meet, so that the elements of all count together.
    """
    from trona.stores.assess.reservations import reservations  # noqa: PLC0415

    for line in reservations(formulas, energies, apart=not together):
        typer.echo(line, err=True)
