"""Dopants from the options that two commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .energies import load_energies
from .options import comma_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trona.stores.documents.dopants import DopantsDoc

__all__ = ["compared"]


def compared(
    host: str,
    elements: Sequence[str],
    fraction: float,
    site: str | None,
    conditions: tuple[str, str, str, str | None, str],
    energies: tuple[str | None, str | None, str | None],
) -> DopantsDoc:
    """
    Compare dopants of a host.

    Parameters
    ----------
    host
        Formula.
    elements
        Dopants; the default list if empty.
    fraction
        Of the atoms on the site.
    site
        Element that is replaced; None for that which fits.
    conditions
        Temperature, humidity, pressure of evolved gases, that of CO2, and method, as typed.
    energies
        Reference, corrections and phases to leave out, as typed.

    Returns
    -------
    DopantsDoc
        The least hydrolysed first.

    Raises
    ------
    InputError
        If something that is typed cannot be used.
    """
    from trona.stores.assess.doping.charts import compare_dopants, doped_formulas  # noqa: PLC0415
    from trona.stores.energies.atmosphere import read_conditions  # noqa: PLC0415

    elements = [one for typed in elements for one in comma_list(typed)]
    temperature, humidity, released, dioxide, method = conditions
    air = read_conditions(temperature, humidity, released, dioxide, method)
    formulas = doped_formulas(host, elements, fraction, site)
    found = load_energies(*energies, *formulas)
    return compare_dopants(
        host, elements, found, air, fraction, site, with_dioxide=dioxide is not None
    )
