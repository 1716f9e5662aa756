"""Documents of compositions in moist air."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING

from trona.screening.equilibrium.grand import profile
from trona.screening.formulas import number, parse
from trona.screening.reactions import terms
from trona.screening.stability.coverage import Coverage, coverage
from trona.screening.stability.discharge import molar_mass
from trona.screening.stability.exposure import (
    Course,
    Exposed,
    Exposure,
    expose,
    follow_water,
    own_energy,
)
from trona.screening.units import SODIUM
from trona.stores.documents.air import (
    AirConditionsDoc,
    AirDoc,
    ExposureDoc,
    FirstStepDoc,
    GasDoc,
    InterphaseAirDoc,
)
from trona.stores.energies.atmosphere import is_gas
from trona.stores.thermochemistry.gases import known_gases, vapour_pressure
from trona.stores.thermochemistry.humidity import dew_point
from trona.stores.thermochemistry.temperatures import KELVIN_AT_ZERO_CELSIUS

from .assessment import scale_document
from .reservations import reservations

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trona.screening.equilibrium.phases import PhaseTable
    from trona.screening.equilibrium.reservoirs import Reservoir
    from trona.stores.energies.atmosphere import Atmosphere, Conditions

__all__ = [
    "KINETICS",
    "LOW_SALTS",
    "InAir",
    "air_document",
    "air_documents",
    "conditions_document",
    "first_step",
    "follow_in_air",
    "given_off",
    "in_air",
    "ranked_documents",
]

_MOLAR_VOLUME = 24789.6
"""mL/mol of an ideal gas at 298.15 K and 1 bar (CODATA 2018)."""
_DRIEST, _WETTEST = 4.0, 2.5
"""eV below and above the potential of water in saturated air, between which it is followed."""
KINETICS = (
    "Equilibrium only: the rate of a reaction, and whether a layer stops it, are not included. "
    "Without O2, it is assumed that anions of salts are not oxidised and CO2 is not reduced."
)
LOW_SALTS = (
    "Phosphates, borates and other oxygen salts without measured energies are too stable by 0.1 "
    "to 0.3 eV per O: reactions that end there are overstated."
)
_MIXTURE = (
    "{} is no phase of the reference: this is what the phases do that it decomposes to. For a "
    "hydrate that the reference lacks, nothing follows from it."
)


@dataclass(frozen=True, eq=False)
class InAir:
    """
    A composition in air of every humidity.

    Parameters
    ----------
    air
        What it is exposed to.
    exposed
        The composition.
    water
        Open to water alone.
    oxygen
        Open to O2 alone.
    carbon_dioxide
        Open to CO2 alone; None without carbon.
    moist
        Open to H2O and CO2; None without carbon.
    together
        Open to all of them.
    interphase
        Products of the contact with sodium metal, open to water.
    open
        Pairs of elements, including oxygen, without a common phase.
    caveats
        Caveats, in sentences.
    """

    air: Atmosphere
    exposed: Exposed
    water: Course
    oxygen: Exposure
    carbon_dioxide: Exposure | None
    moist: Course | None
    together: Course
    interphase: tuple[Course, ...]
    open: tuple[str, ...]
    caveats: tuple[str, ...]


def in_air(formula: str, air: Atmosphere, *, interphase: bool = True) -> InAir:
    """
    Expose a composition to moist air.

    Parameters
    ----------
    formula
        As the user writes it.
    air
        What it is exposed to.
    interphase
        Also the products of its contact with sodium metal.

    Returns
    -------
    InAir
        Products and driving forces at every humidity.

    Raises
    ------
    InputError
        If the formula cannot be used with the reference.
    """
    table = air.table_for(parse(formula))
    exposed = own_energy(table, parse(formula), formula)
    dioxide = air.carbon_dioxide
    found = _with_gases(
        coverage(air.reference.table, {*parse(formula), "O"}, [parse(formula)]),
    )
    others = [air.oxygen] if dioxide is None else [dioxide, air.oxygen]
    return InAir(
        air=air,
        exposed=exposed,
        water=_course(air, table, exposed, []),
        oxygen=expose(air.table, exposed, [air.oxygen]),
        carbon_dioxide=None if dioxide is None else expose(table, exposed, [dioxide]),
        moist=None if dioxide is None else _course(air, table, exposed, [dioxide]),
        together=_course(air, air.table, exposed, others),
        interphase=_interphase(formula, air) if interphase else (),
        open=tuple("-".join(pair) for pair in found.open),
        caveats=(
            *([_MIXTURE.format(formula)] if exposed.mixture else []),
            *reservations([formula], air.reference, found),
            *air.notes,
            LOW_SALTS,
            KINETICS,
        ),
    )


def _with_gases(found: Coverage) -> Coverage:
    """Count PH3 and its like as what joins an element and hydrogen: they are among the phases."""
    joined = {frozenset(parse(gas)) for gas in known_gases() if "H" in parse(gas)}
    return Coverage(
        tuple(pair for pair in found.open if frozenset(pair) not in joined),
        tuple(pair for pair in found.minor if frozenset(pair) not in joined),
    )


def follow_in_air(formula: str, air: Atmosphere, *, with_carbon_dioxide: bool = False) -> Course:
    """
    Follow a composition from dry air to supersaturation.

    Parameters
    ----------
    formula
        As the user writes it.
    air
        What it is exposed to.
    with_carbon_dioxide
        True to supply CO2 beside H2O, where the reference has carbon.

    Returns
    -------
    Course
        With exact breakpoints.

    Raises
    ------
    InputError
        If the formula cannot be used with the reference.
    """
    table = air.table_for(parse(formula))
    dioxide = air.carbon_dioxide if with_carbon_dioxide else None
    exposed = own_energy(table, parse(formula), formula)
    return _course(air, table, exposed, [] if dioxide is None else [dioxide])


def _course(
    air: Atmosphere, table: PhaseTable, exposed: Exposed, others: Sequence[Reservoir]
) -> Course:
    """Follow a composition from dry air to supersaturation."""
    top = min(air.saturated + _WETTEST, air.split - 1e-3)
    return follow_water(table, exposed, others, air.saturated - _DRIEST, top)


def _interphase(formula: str, air: Atmosphere) -> tuple[Course, ...]:
    """Expose the products of the contact with sodium metal."""
    if not parse(formula).keys() - {SODIUM}:
        return ()
    rung = profile(air.reference.table, parse(formula)).at(0.0)
    if abs(rung.sodium_exchanged) < 1e-6:
        return ()
    return tuple(_product(air, phase.formula) for phase in rung.phases)


@lru_cache(maxsize=1024)
def _product(air: Atmosphere, formula: str) -> Course:
    """Expose a product; many electrolytes share them."""
    table = air.table_for(parse(formula))
    return _course(air, table, own_energy(table, parse(formula), formula), [])


def air_documents(
    formulas: Iterable[str],
    air: Atmosphere,
    pressures: Sequence[float] = (),
    *,
    interphase: bool = True,
) -> list[AirDoc]:
    """
    Expose compositions to air of one or several humidities.

    Parameters
    ----------
    formulas
        As the user writes them.
    air
        What they are exposed to.
    pressures
        Partial pressures of water, bar; by default that of the air.
    interphase
        Also the products of their contact with sodium metal.

    Returns
    -------
    list of AirDoc
        One for each formula and humidity, in their order.

    Raises
    ------
    InputError
        If a formula cannot be used with the reference.
    """
    airs = [air.at_water(pressure) for pressure in pressures] or [air]
    docs: list[AirDoc] = []
    for formula in dict.fromkeys(formulas):
        found = in_air(formula, air, interphase=interphase)
        docs.extend(air_document(found, one) for one in airs)
    return docs


def ranked_documents(docs: Iterable[AirDoc]) -> list[AirDoc]:
    """
    Order compositions by how much they resist water.

    Parameters
    ----------
    docs
        In any order.

    Returns
    -------
    list of AirDoc
        Highest energy of the first step first, then the least driving force per atom.
    """

    def key(doc: AirDoc) -> tuple[float, float, str]:
        step = -inf if doc.water.reacts else inf  # where a first step says nothing
        if doc.first_step is not None:
            step = doc.first_step.energy_per_water
        return -step, -doc.water.energy_per_atom, doc.formula

    return sorted(docs, key=key)


def air_document(found: InAir, air: Atmosphere | None = None) -> AirDoc:
    """
    Describe a composition in moist air as a document.

    Parameters
    ----------
    found
        At every humidity.
    air
        The same air at the humidity to write down; by default that of ``found``.

    Returns
    -------
    AirDoc
        With a verdict that names its conditions.
    """
    air = air or found.air
    mu, exposed = air.water.mu, found.exposed
    water, step = found.water.at(mu), first_step(found.water, air)
    dioxide, above = found.carbon_dioxide, exposed.energy - exposed.stable
    return AirDoc(
        formula=exposed.formula,
        reference=air.reference.name,
        energy_scale=scale_document(air.table.scale),
        conditions=conditions_document(air.conditions),
        verdict=_verdict(found, water, step, air) + _beside_water(found, water, mu),
        open_pairs=list(found.open),
        mixture=exposed.mixture,
        energy_above_hull=None if exposed.mixture else max(above / exposed.n_atoms, 0.0),
        first_step=step,
        dries_below=None if found.water.drying is None else air.humidity_at(found.water.drying),
        water=_exposure(water),
        oxygen=_exposure(found.oxygen),
        carbon_dioxide=None if dioxide is None else _exposure(dioxide),
        water_and_carbon_dioxide=None if found.moist is None else _exposure(found.moist.at(mu)),
        air=_exposure(found.together.at(mu)),
        interphase=[_product_document(one, air) for one in found.interphase],
        caveats=list(found.caveats),
    )


def conditions_document(conditions: Conditions) -> AirConditionsDoc:
    """
    Write conditions down.

    Parameters
    ----------
    conditions
        Of the air.
    """
    return AirConditionsDoc(
        temperature=conditions.temperature,
        relative_humidity=conditions.relative_humidity,
        dew_point=_celsius(conditions.water),
        water=conditions.water,
        released=conditions.released,
        carbon_dioxide=conditions.carbon_dioxide,
        oxygen=conditions.oxygen,
        method=conditions.method,
        text=conditions.text,
    )


def _celsius(pressure: float) -> float | None:
    """Give the dew point of water at a partial pressure, °C."""
    found = dew_point(pressure)
    return None if found is None else found - KELVIN_AT_ZERO_CELSIUS


def first_step(course: Course, air: Atmosphere) -> FirstStepDoc | None:
    """
    Write the first reaction with water down.

    Parameters
    ----------
    course
        A composition in air of every humidity.
    air
        At the humidity to write down.

    Returns
    -------
    FirstStepDoc or None
        None without a reaction with water at any humidity.
    """
    step = course.first_step(air.water.mu)
    if step is None or course.onset is None:
        return None
    humidity = air.humidity_at(course.onset)
    saturated = vapour_pressure("H2O", air.conditions.temperature)
    return FirstStepDoc(
        reaction=step[1].equation,
        energy_per_water=step[0],
        relative_humidity=humidity,
        dew_point=_celsius(humidity * saturated) if humidity <= 1.0 else None,
    )


@lru_cache(maxsize=1024)
def _exposure(found: Exposure) -> ExposureDoc:
    """Write a reaction with gases of the air down."""
    taken, water = found.taken, found.taken.get("H2O", 0.0)
    parts = list(zip(found.found.phases, found.found.amounts.tolist(), strict=True))
    gases = given_off(found)
    return ExposureDoc(
        open_to=[one.formula for one in found.reservoirs],
        reacts=found.reacts,
        hydrate=water > 0.0 and len(taken) == 1 and len(parts) == 1 and not gases,
        reaction=found.equation,
        energy_per_formula_unit=found.energy,
        energy_per_atom=found.energy_per_atom,
        energy_per_water=found.energy / water if water > 0.0 else None,
        taken=taken,
        products={phase.formula: x for phase, x in parts},
        gases=gases,
    )


def given_off(found: Exposure) -> list[GasDoc]:
    """
    List the gases that a reaction evolves.

    Parameters
    ----------
    found
        The reaction.
    """
    mass = molar_mass(found.exposed.composition)
    return [
        GasDoc(formula=phase.formula, amount=x, ml_per_g=x * _MOLAR_VOLUME / mass)
        for phase, x in zip(found.found.phases, found.found.amounts.tolist(), strict=True)
        if is_gas(phase)
    ]


def _product_document(course: Course, air: Atmosphere) -> InterphaseAirDoc:
    """Write a product of the interphase beside water down."""
    found = course.at(air.water.mu)
    return InterphaseAirDoc(
        formula=course.exposed.formula,
        reaction=found.equation,
        energy_per_formula_unit=found.energy,
        energy_per_atom=found.energy_per_atom,
        first_step=first_step(course, air),
    )


def _verdict(found: InAir, water: Exposure, step: FirstStepDoc | None, air: Atmosphere) -> str:
    """Say what happens, and under which conditions."""
    text, exposed = air.conditions.text, found.exposed
    if found.open and (step is None or step.energy_per_water >= 0.0):
        return (
            f"Whether {exposed.formula} reacts with water at {text} cannot be said: the reference "
            f"has no phase with {', '.join(found.open)}."
        )
    lost = -water.taken.get("H2O", 0.0)
    if lost > 0.0:
        return f"{exposed.formula} loses {number(lost)} H2O per formula unit at {text}."
    if step is None:
        return f"{exposed.formula} takes up no water at any humidity ({text})."
    per_water = f"{step.energy_per_water:+.2f} eV per H2O in the first step"
    if step.energy_per_water < 0.0:
        document = _exposure(water)
        if document.hydrate:
            return f"{exposed.formula} becomes a hydrate at {text}: {per_water}."
        given = [gas for gas in document.gases if gas.formula != "H2"] or document.gases
        off = f", giving off {terms((g.formula, g.amount) for g in given)}" if given else ""
        return f"{exposed.formula} reacts with water at {text}: {per_water}{off}."
    if step.relative_humidity > 1.0:
        where = "nor would it in saturated air"
    else:
        where = f"it would above {100 * step.relative_humidity:.3g} % relative humidity"
    return f"{exposed.formula} does not react with water at {text}: {per_water}; {where}."


def _beside_water(found: InAir, water: Exposure, mu: float) -> str:
    """Say which other gases attack a composition that water alone does not."""
    gases = {
        "CO2": found.carbon_dioxide,
        "H2O and CO2 together": None if found.moist is None else found.moist.at(mu),
        "O2": found.oxygen,
    }
    named = [name for name, one in gases.items() if one is not None and one.reacts]
    if water.reacts or found.open or not named:
        return ""
    listed = " and with ".join(named)
    return f" With {listed} a reaction releases energy; energies do not tell how fast it is."
