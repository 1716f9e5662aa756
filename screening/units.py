"""Units, and the sign convention of voltage against sodium metal.

Energies are eV, lengths Å, voltages V against Na/Na+. One electron moves per sodium, so a
chemical potential difference in eV is numerically a voltage in V.
"""

from __future__ import annotations

from math import inf, isfinite
from typing import TYPE_CHECKING, TypeVar

from .errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "HELD",
    "SODIUM",
    "areal_charge",
    "chemical_potential",
    "limit_text",
    "range_text",
    "require_small_energy",
    "rounded",
    "voltage",
]

MOST_ERROR = 2.0
"""eV/atom: no error of an energy and no barrier to a reaction is larger."""
HELD = 0.025
"""Up to this (eV/atom above the hull) an electrolyte is taken to hold together: the thermal energy
at room temperature, and the error of DFT (Hautier, Ong, Jain, Moore & Ceder, Phys. Rev. B 85 (2012)
155208)."""
SODIUM = "Na"
"""The element that the electrode exchanges with the electrolyte."""

_DECIMALS = 6
"""Of energies (eV), voltages (V) and fractions, where an answer leaves trona."""
_SMALL = {"water", "oxygen", "carbon_dioxide", "released", "dries_below"}
"""Pressures and humidities, which may be small: they keep six digits instead."""
_NOISE = 1e-12

ELEMENTARY_CHARGE = 1.602176634e-19
"""C, exact in SI since 2019."""
_COULOMB_PER_MAH = 3.6
_PER_CM2 = 1e20
"""Atoms per cm² in 1 µm of a density of one atom per Å³."""

Number = TypeVar("Number", float, "NDArray[np.float64]")


def require_small_energy(value: float, name: str) -> None:
    """
    Refuse an error or a tolerance that is not plausible in eV per atom.

    Parameters
    ----------
    value
        eV/atom.
    name
        What it is.

    Raises
    ------
    InputError
        If it is negative, not finite, or so large that another unit is meant.
    """
    if not (isfinite(value) and value >= 0.0):
        raise InputError(f"{name} is {value:g} eV/atom: give 0 or more.")
    if value > MOST_ERROR:
        raise InputError(
            f"{name} is {value:g} eV/atom, and at most {MOST_ERROR:g} makes sense: give it in eV "
            f"per atom ({value:g} meV are {value / 1000:g} eV)."
        )


def voltage(mu: Number, mu_metal: float) -> Number:
    """
    Voltage against sodium metal at a sodium chemical potential.

    Parameters
    ----------
    mu
        Chemical potential of sodium, eV per atom, on the scale of the hull; one or an array.
    mu_metal
        Chemical potential of sodium metal on the same scale, eV per atom.

    Returns
    -------
    float or ndarray
        V = (mu_metal − mu) / e, in V.

    Examples
    --------
    >>> voltage(-3.25, -1.25)
    2.0
    """
    return mu_metal - mu


def chemical_potential(volts: float, mu_metal: float) -> float:
    """
    Sodium chemical potential at a voltage against sodium metal.

    Parameters
    ----------
    volts
        Voltage against Na/Na+, V.
    mu_metal
        Chemical potential of sodium metal, eV per atom.

    Returns
    -------
    float
        mu = mu_metal − e V, in eV per atom.

    Examples
    --------
    >>> chemical_potential(2.0, -1.25)
    -3.25
    """
    return mu_metal - volts


def areal_charge(density: float) -> float:
    """
    Charge per area of the sodium in a layer of 1 µm.

    Parameters
    ----------
    density
        Sodium atoms per Å³; one electron each.

    Returns
    -------
    float
        mAh/cm² per µm.

    Examples
    --------
    >>> round(areal_charge(1 / 39.5), 3)  # sodium metal
    0.113
    """
    return density * _PER_CM2 * ELEMENTARY_CHARGE / _COULOMB_PER_MAH


def limit_text(volts: float | None, digits: int = 2) -> str:
    """
    Write the upper end of a range of voltage.

    Parameters
    ----------
    volts
        V; None and infinity mean that there is none.
    digits
        Decimals.

    Returns
    -------
    str
        Without the unit.

    Examples
    --------
    >>> limit_text(2.4283), limit_text(None)
    ('2.43', '∞')
    """
    return "∞" if volts is None or volts == inf else f"{volts:.{digits}f}"


def range_text(lower: float, upper: float | None, digits: int = 2, between: str = " to ") -> str:
    """
    Write a range of voltage.

    Parameters
    ----------
    lower, upper
        Ends, V; an upper end of None or infinity is unbounded.
    digits
        Decimals.
    between
        What stands between the ends.

    Returns
    -------
    str
        Without the unit.

    Examples
    --------
    >>> range_text(1.25, 2.4283), range_text(1.25, None, between="–")
    ('1.25 to 2.43', '1.25–∞')
    """
    return f"{lower:.{digits}f}{between}{limit_text(upper, digits)}"


def rounded(value: float, name: str = "") -> float:
    """
    Round a number to its significant digits for output.

    Parameters
    ----------
    value
        A number; what is not finite stays as it is.
    name
        Of its column or field: pressures and humidities may be small.

    Returns
    -------
    float
        Without the noise of the arithmetic, and never ``-0.0``.

    Examples
    --------
    >>> rounded(1.1081129999999826), rounded(-8.9e-16), rounded(5.4813274e-14, "humidity")
    (1.108113, 0.0, 5.48133e-14)
    """
    if name in _SMALL or "humidity" in name:
        quiet = 0.0 if name == "released" and abs(value) < _NOISE else value
        return float(f"{quiet:.{_DECIMALS}g}") + 0.0
    return round(value, _DECIMALS) + 0.0
