"""Layers in moist air: one equilibrium each with its water and CO2, at stated conditions.

O2 is left out, as in `trona.stores.assess.air`: the anions of salts are assumed not to be oxidised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trona.screening.errors import InputError
from trona.screening.formulas import parse
from trona.screening.stability.coverage import coverage
from trona.screening.stability.exposure import expose, own_energy
from trona.stores.documents.buffers import LayerAirDoc
from trona.stores.energies.atmosphere import atmosphere, is_gas, read_conditions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trona.stores.documents.buffers import LayerDoc
    from trona.stores.energies.atmosphere import Atmosphere
    from trona.stores.energies.references import Reference

__all__ = ["add_air"]


def add_air(layers: Sequence[LayerDoc], reference: Reference, tolerated: float) -> str | None:
    """
    Add to layers their reactions with H2O and CO2 in air at the default conditions.

    Parameters
    ----------
    layers
        Those to ask about; each gets its `air`.
    reference
        Energies of competing phases.
    tolerated
        Driving force up to which nothing counts, eV per atom.

    Returns
    -------
    str or None
        What they were open to, and the conditions; None without layers, or where the reference
        has no such air.
    """
    if not layers:
        return None
    elements = {symbol for one in layers for symbol in parse(one.formula)}
    try:
        air = atmosphere(reference, read_conditions(), elements)
    except InputError as error:
        for one in layers:
            one.air = _unknown(str(error).rstrip("."))
        return None
    for one in layers:
        one.air = _exposed(one.formula, air, tolerated)
    gases = "H2O" if air.carbon_dioxide is None else "H2O and CO2"
    return f"{gases} at {air.conditions.text}"


def _unknown(reason: str) -> LayerAirDoc:
    """Say why nothing is known."""
    return LayerAirDoc(verdict="unknown", released=None, reaction=None, reason=reason)


def _exposed(formula: str, air: Atmosphere, tolerated: float) -> LayerAirDoc:
    """Expose a layer to water and, where the reference has carbon, CO2."""
    composition = parse(formula)
    gases = [one for one in (air.water, air.carbon_dioxide) if one is not None]
    try:
        table = air.table_for(composition)
        own = own_energy(table, composition, formula)
        found = expose(table, own, gases)
    except InputError as error:
        return _unknown(str(error).rstrip("."))
    released = -found.energy_per_atom - (own.energy - own.stable) / own.n_atoms
    reacts = found.reacts and released > tolerated
    pairs = coverage(air.reference.table, {*composition, "O"}, [composition]).open
    if pairs and not reacts:
        joined = ", ".join("-".join(pair) for pair in pairs)
        return _unknown(f"no phase with {joined}")
    products = found.found.phases
    hydrate = len(products) == 1 and not is_gas(products[0]) and [*found.taken] == ["H2O"]
    return LayerAirDoc(
        verdict=("hydrate" if hydrate else "reacts") if reacts else "no reaction",
        released=max(released, 0.0),
        reaction=found.equation if reacts else None,
        reason=None,
    )
