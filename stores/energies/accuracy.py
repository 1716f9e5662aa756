"""Stated errors of reference energies, with their sources; users can supply their own.

The errors of a potential are measured: a data file holds the deviation of its energies from DFT for
each class, as written by scripts/compare_reference.py. An unknown method has no stated error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from math import hypot
from typing import TYPE_CHECKING, Any

from trona.screening.uncertainty.error_model import CLASSES, ErrorModel
from trona.stores.corrections.calibration import calibrated_elements, calibration
from trona.stores.corrections.methods import DFT, Accuracy, method_of
from trona.stores.data_files import data_content
from trona.stores.thermochemistry.free_energies import estimate_error, temperature_of

if TYPE_CHECKING:
    from trona.screening.equilibrium.phases import EnergyScale
    from trona.stores.corrections.methods import Method

__all__ = [
    "DFT",
    "Accuracy",
    "Deviation",
    "accuracy",
    "calibrated",
    "common_deviation",
    "deviations",
    "unstated",
]

_ALL = "all"
_ALIGNED = re.compile(r"(.*), with (.*) aligned")
"""Method of a scale with two sources, as `alignment.align` names it."""


@dataclass(frozen=True)
class Deviation:
    """
    Formation energies of a class, bundled minus DFT.

    Parameters
    ----------
    phases
        Number of compounds compared.
    mean, mean_absolute
        eV/atom.
    std
        Standard deviation about the mean, eV/atom.
    sigma
        1.4826 times the median distance from the median, eV/atom: the standard deviation of the
        bulk, which a few wrong structures do not move.
    own
        Standard deviation of what is left of a compound's difference without the part that the
        compounds of its elements share (`common_deviation`), eV/atom.
    """

    phases: int
    mean: float
    mean_absolute: float
    std: float
    sigma: float
    own: float


def deviations(file: str) -> dict[str, Deviation]:
    """
    Deviations of a potential's energies from DFT.

    Parameters
    ----------
    file
        Data file that the row of the method names.

    Returns
    -------
    dict
        Class to deviation; ``"all"`` for all compounds together.
    """
    return {name: Deviation(**row) for name, row in _content(file)["classes"].items()}


def common_deviation(file: str) -> float:
    """
    Part of the deviations that all compounds of an element share.

    Parameters
    ----------
    file
        Data file that the row of the method names.

    Returns
    -------
    float
        Standard deviation, eV per atom of the element.
    """
    return float(_content(file)["common"])


def accuracy(scale: EnergyScale) -> Accuracy | None:
    """
    Errors stated for energies of a scale.

    Parameters
    ----------
    scale
        Of the reference energies.

    Returns
    -------
    Accuracy or None
        What the row of the method states; a user's table counts as DFT, and of aligned energies
        that of the scale that they are on. None where nothing is known of a method: no error is
        better than that of another one.
    """
    joined = _ALIGNED.fullmatch(scale.method)
    stated = [_stated(name) for name in (joined.groups() if joined else (scale.method,))]
    found = None if None in stated else stated[0]
    temperature = temperature_of(scale)
    return found if found is None or not temperature else _warmed(found, temperature)


def _warmed(cold: Accuracy, temperature: float) -> Accuracy:
    """Add the error of free energies that are estimated."""
    errors = {name: estimate_error(name, temperature) for name in CLASSES}
    own = {name: cold.model.by_class.get(name, cold.model.sigma) for name in CLASSES}
    model = replace(
        cold.model,
        sigma=hypot(cold.model.sigma, estimate_error(None, temperature)),
        by_class={name: hypot(own[name], error) for name, error in errors.items()},
    )
    least, most = (1000 * f(errors.values()) for f in (min, max))
    return Accuracy(
        model,
        f"{cold.source}; the estimate of free energies at {temperature:g} K adds {least:.0f} to "
        f"{most:.0f} meV/atom by class (docs/temperature.md)",
    )


def _stated(name: str) -> Accuracy | None:
    """Read what the row of a method states."""
    method = method_of(name)
    if method is None:
        return None
    return _measured(method) if method.deviations else method.error


def unstated(scale: EnergyScale) -> tuple[str, ...]:
    """
    Say that no error is stated for energies, where that is so.

    Parameters
    ----------
    scale
        Of the reference energies.

    Returns
    -------
    tuple of str
        One sentence, or none.
    """
    if accuracy(scale) is not None:
        return ()
    sentence = (
        f"No error is stated for energies of {scale.method}: limits and classes stand without ± "
        "and without probabilities (trona window --sigma takes an error of your own)."
    )
    return (sentence,)


def calibrated(method: Method) -> bool:
    """
    Tell whether energies of a method are calibrated by default.

    Parameters
    ----------
    method
        Row of the table of methods.

    Returns
    -------
    bool
        True where its correction holds fitted shifts.
    """
    return "calibrated" in (method.correction or "").split(",")


@cache
def _measured(method: Method) -> Accuracy:
    """Add the error of DFT to the deviations from DFT."""
    found, common = deviations(method.deviations), common_deviation(method.deviations)
    own = {name: round(hypot(one.own, DFT.model.sigma), 4) for name, one in found.items()}
    least, most = (1000 * f(found[name].own for name in CLASSES) for f in (min, max))
    seen, unseen, page = frozenset[str](), 0.0, "docs/bundled-chgnet.md"
    if calibrated(method):
        seen, page = calibrated_elements(), "docs/bundled-reference.md"
        unseen = round(hypot(calibration()["before"]["ninety_percent"] / 1000, DFT.model.sigma), 4)
    return Accuracy(
        ErrorModel(own[_ALL], common, {name: own[name] for name in CLASSES}, seen, unseen),
        f"{method.name.split()[0]} scatters about DFT by {least:.0f} to {most:.0f} meV/atom in "
        f"each compound, by its class, and {1000 * common:.0f} meV per atom of an element in all "
        f"its compounds ({page}); the 20 meV/atom of DFT are added in quadrature",
    )


@cache
def _content(file: str) -> dict[str, Any]:
    """Read a data file once."""
    content: dict[str, Any] = data_content("trona.stores.energies", file)
    return content
