"""Reference energies in moist air: gases at their partial pressures, with condensed phases.

Two methods. *Free energies*: everything at the temperature. *Zhu–Mo*: solids and hydroxides at
enthalpies of formation, entropy of gases only, as in Zhu & Mo, Angew. Chem. Int. Ed. 59 (2020)
17472; needs no volumes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, log
from typing import TYPE_CHECKING, Literal, cast

from trona.screening.equilibrium.phases import Phase, PhaseTable
from trona.screening.equilibrium.reservoirs import Reservoir
from trona.screening.errors import ChemicalSystemError, InputError, PhaseDataError
from trona.screening.formulas import parse
from trona.screening.units import SODIUM
from trona.stores.thermochemistry.free_energies import phases_at
from trona.stores.thermochemistry.gases import gas_potential, known_gases, vapour_pressure
from trona.stores.thermochemistry.humidity import dew_point, parse_humidity, parse_pressure
from trona.stores.thermochemistry.tables import gas_series
from trona.stores.thermochemistry.temperatures import (
    BOLTZMANN,
    KELVIN_AT_ZERO_CELSIUS,
    parse_temperature,
)

from .oxygen_salts import (
    element_energies,
    is_hydride,
    is_salt,
    oxidised_sulfur,
    with_measured_salts,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .references import Reference

__all__ = [
    "Atmosphere",
    "Conditions",
    "Method",
    "atmosphere",
    "is_gas",
    "pressure_text",
    "read_conditions",
]

Method = Literal["free-energies", "zhu-mo"]

OXYGEN, NITROGEN = 0.2095, 0.7808
"""bar, of dry air at 1 bar."""
CARBON_DIOXIDE = 420e-6
_GAS = "gas-"
_NAMED = 10
"""Salts with measured energies that are named; more are counted."""
_FAR = 100.0
"""eV."""
_AIR = frozenset(("H", "C", "O"))
"""Compounds of these alone are the air's own: gases as measured, no others."""


@dataclass(frozen=True)
class Conditions:
    """
    Moist air of 1 bar.

    Parameters
    ----------
    temperature
        K.
    water
        Partial pressure of water, bar.
    released
        Partial pressure of H2S and of every other evolved gas, bar.
    carbon_dioxide
        Partial pressure of CO2, bar; None for air without it.
    oxygen
        Partial pressure of O2, bar.
    method
        How energies are brought to the temperature.
    """

    temperature: float
    water: float
    released: float
    carbon_dioxide: float | None = CARBON_DIOXIDE
    oxygen: float = OXYGEN
    method: Method = "free-energies"

    @property
    def relative_humidity(self) -> float:
        """Partial pressure of water over that of saturation."""
        return self.water / vapour_pressure("H2O", self.temperature)

    @property
    def dew_point(self) -> float | None:
        """Dew point, or frost point below 0 °C, K."""
        return dew_point(self.water)

    @property
    def text(self) -> str:
        """What a verdict names."""
        dew = self.dew_point
        at = "" if dew is None else f" (dew point {dew - KELVIN_AT_ZERO_CELSIUS:.0f} °C)"
        return (
            f"{self.temperature - KELVIN_AT_ZERO_CELSIUS:g} °C, "
            f"{100 * self.relative_humidity:.3g} % relative humidity{at}, "
            f"{pressure_text(self.released)} of H2S and other evolved gases"
        )


def is_gas(phase: Phase) -> bool:
    """
    Tell whether a phase is a gas of the air, at the pressure at which it leaves.

    Parameters
    ----------
    phase
        Of the table of an `Atmosphere`.
    """
    return phase.id.startswith(_GAS)


def pressure_text(pressure: float) -> str:
    """
    Write a partial pressure.

    Parameters
    ----------
    pressure
        bar.

    Returns
    -------
    str
        In ppm where it is small.

    Examples
    --------
    >>> pressure_text(1e-6), pressure_text(1.0)
    ('1 ppm', '1 bar')
    """
    return f"{pressure:g} bar" if pressure >= 0.01 else f"{1e6 * pressure:g} ppm"


def read_conditions(
    temperature: str = "25C",
    humidity: str = "30%",
    released: str = "1ppm",
    carbon_dioxide: str | None = None,
    method: str = "free-energies",
) -> Conditions:
    """
    Read the conditions that a user types.

    Parameters
    ----------
    temperature
        As in ``"25C"`` or ``"298.15"``.
    humidity
        Relative humidity, dew point or partial pressure of water: ``"30%"``, ``"-40C"``,
        ``"1000ppm"``.
    released
        Pressure of H2S and of every other evolved gas, as ``"1ppm"`` or ``"1bar"``.
    carbon_dioxide
        Pressure of CO2; by default 420 ppm.
    method
        ``"free-energies"`` or ``"zhu-mo"``.

    Returns
    -------
    Conditions
        Checked.

    Raises
    ------
    InputError
        If a condition cannot be read or used.
    """
    kelvin = parse_temperature(temperature)
    if kelvin == 0.0:
        raise InputError(f"air at {temperature} has no free energy: give 250 K or more, as 25C.")
    if method not in _METHODS:
        raise InputError(f"no method {method!r}: use 'free-energies' or 'zhu-mo'.")
    dioxide = CARBON_DIOXIDE
    if carbon_dioxide is not None:
        dioxide = parse_pressure(carbon_dioxide, "CO2")
    return Conditions(
        temperature=kelvin,
        water=parse_humidity(humidity, kelvin),
        released=parse_pressure(released, "H2S"),
        carbon_dioxide=dioxide,
        method=cast("Method", method),
    )


@dataclass(frozen=True, eq=False)
class Atmosphere:
    """
    Phases and gases on one scale, and the potentials of what air supplies.

    Parameters
    ----------
    reference
        What it rests on, at 0 K.
    conditions
        Of the air.
    table
        Condensed phases, and gases at the pressures at which they leave.
    without_oxidation
        The same for water and CO2 without O2: no salts of oxidised sulfur, no reduced carbon.
    without_hydrogen
        And for salts, whose anions water does not oxidise: no H2, no hydrides.
    water, oxygen, carbon_dioxide
        What air supplies; CO2 is None where the reference has no carbon.
    saturated
        Potential of water in saturated air, eV per molecule.
    split
        Potential of water above which it splits into H2 and O2, eV per molecule.
    notes
        What every answer must say, in sentences.
    """

    reference: Reference
    conditions: Conditions
    table: PhaseTable
    without_oxidation: PhaseTable
    without_hydrogen: PhaseTable
    water: Reservoir
    oxygen: Reservoir
    carbon_dioxide: Reservoir | None
    saturated: float
    split: float
    notes: tuple[str, ...]

    def table_for(self, composition: Mapping[str, float]) -> PhaseTable:
        """
        Choose the phases for what water and CO2 do to a composition without O2.

        They do not oxidise sulfide, CO2 does not become carbon, and water becomes H2 only beside
        metals and hydrides.

        Parameters
        ----------
        composition
            Element symbol to amount per formula unit.

        Returns
        -------
        PhaseTable
            All phases where the composition itself has what would be left out.
        """
        if oxidised_sulfur(composition) or "C" in composition:
            return self.table
        return self.without_hydrogen if is_salt(composition) else self.without_oxidation

    def humidity_at(self, mu: float) -> float:
        """
        Find the relative humidity at a potential of water.

        Parameters
        ----------
        mu
            eV per molecule.

        Returns
        -------
        float
            1 is saturated; more than that is what air cannot hold.
        """
        return exp((mu - self.saturated) / (BOLTZMANN * self.conditions.temperature))

    def potential_of_water(self, pressure: float) -> float:
        """
        Find the potential of water at another partial pressure.

        Parameters
        ----------
        pressure
            bar.

        Returns
        -------
        float
            eV per molecule.
        """
        thermal = BOLTZMANN * self.conditions.temperature
        return self.water.mu + thermal * log(pressure / self.conditions.water)

    def at_water(self, pressure: float) -> Atmosphere:
        """
        Give the same air with more or less water.

        Parameters
        ----------
        pressure
            Partial pressure of water, bar.
        """
        return replace(
            self,
            conditions=replace(self.conditions, water=pressure),
            water=Reservoir("H2O", self.potential_of_water(pressure)),
        )


def atmosphere(
    reference: Reference,
    conditions: Conditions,
    elements: Iterable[str] = (),
    *,
    strict: bool = False,
) -> Atmosphere:
    """
    Put reference energies into moist air.

    Parameters
    ----------
    reference
        At 0 K, with the elements H and O.
    conditions
        Of the air.
    elements
        Of all that is going to be exposed; phases of others are left out, which saves a second.
        By default all of the reference.
    strict
        True to refuse a reference without carbon, instead of leaving CO2 out.

    Returns
    -------
    Atmosphere
        To be asked what compositions become.

    Raises
    ------
    InputError
        If the reference lacks an element of the air, or is already at a temperature.
    """
    if reference.temperature:
        raise InputError(f"{reference.name!r} is at a temperature already: give energies at 0 K.")
    symbols = {symbol for phase in reference.phases for symbol in phase.amounts}
    wanted = {*elements, SODIUM, "H", "C", "O"} if elements else symbols
    needed = {"H", "O"} | ({"C"} if strict and conditions.carbon_dioxide else set())
    if lacking := sorted(needed - symbols):
        gas = "CO2" if lacking == ["C"] else "H2O"
        raise ChemicalSystemError(
            f"air has {gas}, but {reference.name} has no phase of {', '.join(lacking)}: use a "
            "reference that covers it too."
        )
    with_carbon = "C" in symbols and conditions.carbon_dioxide is not None
    notes = [_METHODS[conditions.method]]
    within = (phase for phase in reference.phases if phase.amounts.keys() <= wanted)
    solids = [phase for phase in within if len(phase.amounts) == 1 or phase.amounts.keys() - _AIR]
    condensed, replaced = with_measured_salts(solids)
    if conditions.method == "free-energies":
        given = {phase.id for phase in condensed}
        try:
            warm, _ = phases_at(condensed, conditions.temperature)  # adds gases at 1 bar
        except PhaseDataError as error:
            without = str(error).replace(
                ", or stay at 0 K.", ", or use --method zhu-mo of trona air."
            )
            raise PhaseDataError(without) from None
        condensed = tuple(phase for phase in warm if phase.id in given)
    if replaced:
        few = len(replaced) <= _NAMED
        salts = ", ".join(sorted(replaced)) if few else f"{len(replaced)} salts of oxygen acids"
        notes.append(f"Measured energies are taken for {salts}.")
    if not with_carbon:
        notes.append(f"CO2 is left out: {reference.name} has no carbon.")
    return _with_gases(reference, conditions, condensed, with_carbon, tuple(notes))


_METHODS = {
    "free-energies": "Free energies of all phases at the temperature.",
    "zhu-mo": "Method of Zhu & Mo (2020): enthalpies of solids, entropy of gases.",
}


def _with_gases(
    reference: Reference,
    conditions: Conditions,
    condensed: tuple[Phase, ...],
    with_carbon: bool,
    notes: tuple[str, ...],
) -> Atmosphere:
    """Add gases at their pressures to condensed phases, and find what air supplies."""
    gone = pressure_text(conditions.released)
    zero_text = (
        f"{reference.scale.zero}, {conditions.method} in air at {conditions.temperature:g} K"
    )
    scale = replace(condensed[0].scale, zero=f"{zero_text}, gases leave at {gone}")
    zero = element_energies(condensed)

    def potential(formula: str, pressure: float) -> float:
        elements = sum(n * zero[symbol] for symbol, n in parse(formula).items())
        return elements + _gas(formula, conditions, pressure)

    fixed = {"O2": conditions.oxygen, "N2": NITROGEN}
    if conditions.carbon_dioxide is not None:
        fixed["CO2"] = conditions.carbon_dioxide
    gases = [
        Phase(
            f"{_GAS}{name}",
            name,
            parse(name),
            potential(name, fixed.get(name, conditions.released)),
            scale,
        )
        for name in known_gases()
        if parse(name).keys() <= zero.keys() and name != "H2O"
    ]
    solids = [replace(phase, scale=scale) for phase in condensed]
    gentle = [
        _out_of_reach(phase, "C")
        for phase in (*solids, *gases)
        if not (oxidised_sulfur(phase.amounts) or _reduced_carbon(phase))
    ]
    dioxide = None
    if with_carbon:
        dioxide = Reservoir("CO2", potential("CO2", fixed["CO2"]))
    saturated = vapour_pressure("H2O", conditions.temperature)
    hydrogen = potential("H2", conditions.released)
    return Atmosphere(
        reference=reference,
        conditions=conditions,
        table=PhaseTable.from_phases([*solids, *gases]),
        without_oxidation=PhaseTable.from_phases(gentle),
        without_hydrogen=PhaseTable.from_phases(
            _out_of_reach(phase, "H") for phase in gentle if not is_hydride(phase.amounts)
        ),
        water=Reservoir("H2O", potential("H2O", conditions.water)),
        oxygen=Reservoir("O2", potential("O2", conditions.oxygen)),
        carbon_dioxide=dioxide,
        saturated=potential("H2O", saturated),
        split=hydrogen + potential("O2", conditions.oxygen) / 2,
        notes=notes,
    )


def _reduced_carbon(phase: Phase) -> bool:
    """Tell whether a compound has carbon that is not carbonate or CO2."""
    carbon, oxygen = phase.amounts.get("C", 0.0), phase.amounts.get("O", 0.0)
    return len(phase.amounts) > 1 and oxygen < 2.0 * carbon


def _out_of_reach(phase: Phase, symbol: str) -> Phase:
    """Lift an element, which a table must have, so far that it forms nowhere."""
    return replace(phase, energy=phase.energy + _FAR) if [*phase.amounts] == [symbol] else phase


def _gas(formula: str, conditions: Conditions, pressure: float) -> float:
    """Give the potential of a gas against the elements, eV per molecule."""
    temperature = conditions.temperature
    if conditions.method == "free-energies":
        return gas_potential(formula, temperature, pressure)
    series = gas_series(parse(formula))
    increment = None if series is None else series.increment(temperature)
    if series is None or increment is None:
        raise InputError(f"the data of the gas {formula} end before {temperature:g} K.")
    return series.enthalpy + increment + BOLTZMANN * temperature * log(pressure)
