"""Thermal contributions to the energies of phases, and phases at a temperature.

Sources in order of preference: a measured table; for a solid without one, the descriptor of Bartel
et al. from its volume; a phase with neither is refused. Energies at 0 K are used as enthalpies of
formation at 298.15 K, to which the corrections are fitted. Elements keep their energies: free
energies are of formation, from the elements in their reference states at the temperature.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from trona.screening.equilibrium.phases import Phase
from trona.screening.errors import InputError, PhaseDataError
from trona.screening.formulas import fractions_key, parse
from trona.screening.uncertainty.error_model import anion_class

from .descriptor import estimated_increment
from .elements import elements_increment
from .measured import measured_energy
from .tables import known_gases
from .temperatures import ROOM_TEMPERATURE, temperature_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trona.screening.equilibrium.phases import EnergyScale

__all__ = ["Heat", "estimate_error", "heat", "phases_at", "scale_at", "temperature_of", "warmed"]

_ERRORS = {
    "oxide or oxysulfide": 0.018,
    "halide": 0.016,
    "sulfide": 0.025,
    "hydride or hydroborate": 0.027,
    "intermetallic or pnictide": 0.011,
}
_ANY = 0.017
"""eV/atom, root mean square: descriptor against tables at 298.15 K, for 197 compounds with the
volumes of the set of SevenNet (docs/temperature.md). Errors grow with temperature as it does."""
_ZERO = ", free energy at "


@dataclass(frozen=True)
class Heat:
    """
    Thermal contribution to the energy of a phase.

    Parameters
    ----------
    energy
        eV per formula unit.
    sigma
        Standard error, eV per atom.
    source
        Where it comes from, in words.
    measured
        True where a table has it.
    """

    energy: float
    sigma: float
    source: str
    measured: bool


def heat(
    amounts: Mapping[str, float], temperature: float, volume: float | None = None
) -> Heat | None:
    """
    Find the thermal contribution to an energy of formation.

    Parameters
    ----------
    amounts
        Element symbol to amount per formula unit.
    temperature
        K, in the range of the data.
    volume
        Å³ per formula unit; None where unknown.

    Returns
    -------
    Heat or None
        Zero for an element, the reference; None where there is neither table nor volume.

    Raises
    ------
    ChemicalSystemError
        If an element has no data.
    """
    if len(amounts) == 1 or temperature == 0.0:
        return Heat(0.0, 0.0, "zero by definition", measured=True)
    cold, warm = (measured_energy(amounts, one) for one in (0.0, temperature))
    if cold is not None and warm is not None:
        return Heat(warm.energy - cold.energy, 0.0, warm.source, measured=True)
    if volume is None:
        return None
    atoms = sum(amounts.values())
    estimate = estimated_increment(amounts, temperature, volume / atoms)
    energy = atoms * estimate - elements_increment(amounts, temperature)
    sigma = estimate_error(anion_class(amounts), temperature)
    return Heat(energy, sigma, "descriptor of Bartel et al. (2018)", measured=False)


def estimate_error(name: str | None, temperature: float) -> float:
    """
    State the error of free energies by the descriptor.

    Parameters
    ----------
    name
        Class of compounds, of `anion_class`; None for all together.
    temperature
        K.

    Returns
    -------
    float
        Standard error, eV/atom.
    """
    return _ERRORS.get(name or "", _ANY) * temperature / ROOM_TEMPERATURE


def scale_at(scale: EnergyScale, temperature: float) -> EnergyScale:
    """
    Name the temperature in an energy scale, so that scales of different temperatures never mix.

    Parameters
    ----------
    scale
        At 0 K.
    temperature
        K.
    """
    return replace(scale, zero=f"{scale.zero}{_ZERO}{temperature_text(temperature)}")


def temperature_of(scale: EnergyScale) -> float:
    """
    Read the temperature of an energy scale.

    Parameters
    ----------
    scale
        Of phases.

    Returns
    -------
    float
        K; 0 where it names none.
    """
    _, found, text = scale.zero.partition(_ZERO)
    return float(text.split(" ")[0]) if found else 0.0


def warmed(phase: Phase, temperature: float) -> Phase:
    """
    Bring a phase to a temperature.

    Parameters
    ----------
    phase
        At 0 K.
    temperature
        K, in the range of the data.

    Returns
    -------
    Phase
        On a scale that names the temperature.

    Raises
    ------
    PhaseDataError
        If it has neither a measured table nor a volume.
    """
    added = heat(phase.amounts, temperature, phase.volume)
    if added is None:
        raise _unknown([phase])
    scale = scale_at(phase.scale, temperature)
    return replace(phase, energy=phase.energy + added.energy, scale=scale)


def _unknown(phases: Sequence[Phase]) -> PhaseDataError:
    """Say which phases have no free energy, and what to do."""
    first = f"{phases[0].formula} ({phases[0].id})"
    subject = f"{len(phases)} phases, {first} first, have" if len(phases) > 1 else f"{first} has"
    return PhaseDataError(
        f"{subject} no volume and no measured free energy: give volumes (volume_per_atom in a "
        "table), leave such phases out, or stay at 0 K."
    )


def phases_at(phases: Sequence[Phase], temperature: float) -> tuple[tuple[Phase, ...], str]:
    """
    Bring phases to a temperature, and add measured gases that they lack.

    Parameters
    ----------
    phases
        At 0 K on one scale, elements among them.
    temperature
        K, in the range of the data.

    Returns
    -------
    tuple
        Phases on a scale that names the temperature, and a sentence about their free energies.

    Raises
    ------
    InputError
        If the phases are at a temperature already.
    PhaseDataError
        If a phase has neither a measured table nor a volume.
    """
    if present := temperature_of(phases[0].scale):
        raise InputError(
            f"these energies are at {temperature_text(present)} already: name one temperature."
        )
    unknown = [one for one in phases if heat(one.amounts, temperature, one.volume) is None]
    if unknown:
        raise _unknown(unknown)
    found = tuple(warmed(phase, temperature) for phase in phases)
    gases = tuple(_absent_gases(found, temperature))
    known = Counter(
        measured_energy(phase.amounts, temperature) is not None
        for phase in phases
        if len(phase.amounts) > 1
    )
    said = (
        f"At {temperature_text(temperature)}: the heat content of {known[True]} of "
        f"{known.total()} compounds is measured, that of the others estimated "
        f"(±{1000 * estimate_error(None, temperature):.0f} meV/atom); gases are at 1 bar."
    )
    return found + gases, said


def _absent_gases(phases: Sequence[Phase], temperature: float) -> Iterable[Phase]:
    """Make the measured gases of the elements of some phases that are not among them."""
    present = {fractions_key(phase.amounts) for phase in phases}
    elements: dict[str, float] = {}
    for phase in phases:
        if len(phase.amounts) == 1:
            symbol = next(iter(phase.amounts))
            lowest = elements.get(symbol, phase.energy_per_atom)
            elements[symbol] = min(lowest, phase.energy_per_atom)
    for formula in known_gases():
        amounts = parse(formula)
        found = measured_energy(amounts, temperature)
        known = fractions_key(amounts) in present
        if found is None or known or not amounts.keys() <= elements.keys():
            continue
        zero = sum(amount * elements[symbol] for symbol, amount in amounts.items())
        yield Phase(
            id=f"measured-{formula}",
            formula=formula,
            amounts=amounts,
            energy=zero + found.energy,
            scale=phases[0].scale,
            source=f"measured: {found.source}",
        )
