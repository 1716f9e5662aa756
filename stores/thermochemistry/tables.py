"""Measured data: enthalpy of formation, and G(T) - H(298.15 K), of elements, solids and gases.

The data file is extracted from the NIST-JANAF tables (Chase, J. Phys. Chem. Ref. Data Monograph 9,
1998) as distributed in the package `janaf`, and from the CRC Handbook as distributed in the package
`chemicals`, by scripts/extract_thermochemistry.py. It is read on first use.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from trona.screening.formulas import fractions_key, parse
from trona.screening.simple_formulas import read_simple

from .temperatures import COLDEST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = [
    "Series",
    "condensed_series",
    "element_series",
    "gas_series",
    "known_gases",
    "known_molecules",
]

_EV_PER_KJ = 1 / 96.48533212
"""eV in a particle for kJ in a mole (CODATA 2018)."""
_WHITE_PHOSPHORUS = 12.851 * _EV_PER_KJ
"""eV per atom above black phosphorus, trona's element (JANAF P-001, P-007). The tables state
enthalpies of formation against white phosphorus."""

Key = tuple[tuple[str, float], ...]


@dataclass(frozen=True, eq=False)
class Series:
    """
    One substance in one state, or in those that follow each other with temperature.

    Parameters
    ----------
    formula
        As the source writes it; energies are per this unit.
    amounts
        Element symbol to amount per formula unit.
    state
        ``"element"``, ``"condensed"`` or ``"gas"``.
    source
        Table, in words.
    enthalpy
        Of formation at 298.15 K against trona's elements, eV.
    entropy
        At 298.15 K where there is no table, eV/K; else None, as where it is not known.
    printed
        Rows as the source prints them: temperature, K; -[G - H(298.15 K)]/T, J/(mol K);
        H - H(298.15 K), kJ/mol. Two rows of one temperature are a transition.
    """

    formula: str
    amounts: Mapping[str, float]
    state: str
    source: str
    enthalpy: float
    entropy: float | None
    printed: Sequence[Sequence[float]]

    @cached_property
    def rows(self) -> NDArray[np.float64]:
        """Rows in K, eV/K and eV; shape (n_rows, 3)."""
        rows = np.array(self.printed, dtype=float).reshape(-1, 3)
        rows[:, 1] *= _EV_PER_KJ / 1000
        rows[:, 2] *= _EV_PER_KJ
        rows.setflags(write=False)
        return rows

    @cached_property
    def key(self) -> Key:
        """Atomic fractions (`formulas.fractions_key`)."""
        return fractions_key(self.amounts)

    @property
    def atoms(self) -> float:
        """Atoms per formula unit."""
        return sum(self.amounts.values())

    def increment(self, temperature: float) -> float | None:
        """
        Interpolate G(T) - H(298.15 K).

        Parameters
        ----------
        temperature
            K.

        Returns
        -------
        float or None
            eV per formula unit; None beyond the table. Below its first row, but not below
            `COLDEST`, enthalpy and entropy are held (supercooled water).
        """
        if self.entropy is not None:
            return -temperature * self.entropy
        if not self.printed:
            return None
        known = self.rows[:, 0]
        if temperature < known[0]:
            return self._held(temperature) if temperature >= COLDEST else None
        if temperature > known[-1]:
            return None
        if temperature == known[-1]:
            return float(-temperature * self.rows[-1, 1])
        low = int(np.searchsorted(known, temperature, side="right")) - 1
        return -temperature * _hermite(temperature, *self.rows[low], *self.rows[low + 1])

    def _held(self, temperature: float) -> float:
        """Extrapolate with the enthalpy and entropy of the first row."""
        first, gef, increment = self.rows[0]
        entropy = gef + increment / first
        return float(increment - temperature * entropy)


def _hermite(t: float, t0: float, y0: float, h0: float, t1: float, y1: float, h1: float) -> float:
    """Interpolate the Gibbs energy function, whose slope is (H - H(298.15 K))/T²."""
    width = t1 - t0
    x = (t - t0) / width
    m0, m1 = width * h0 / t0**2, width * h1 / t1**2
    cubic = (2 * y0 - 2 * y1 + m0 + m1) * x**3 + (3 * y1 - 3 * y0 - 2 * m0 - m1) * x**2
    return float(cubic + m0 * x + y0)


def element_series(symbol: str) -> Series | None:
    """
    Find the reference state of an element.

    Parameters
    ----------
    symbol
        Of the element.

    Returns
    -------
    Series or None
        Per formula unit of its source (``"Cl2"``); None where there is no table.
    """
    return _series()["element"].get(fractions_key({symbol: 1.0}))


def condensed_series(amounts: Mapping[str, float]) -> Series | None:
    """
    Find the solid, and the liquid that it melts to.

    Parameters
    ----------
    amounts
        Element symbol to amount, any multiple.

    Returns
    -------
    Series or None
        None where there is no table.
    """
    return _series()["condensed"].get(fractions_key(amounts))


def gas_series(amounts: Mapping[str, float]) -> Series | None:
    """
    Find the gas of a composition; of several molecules the lightest that is known.

    Parameters
    ----------
    amounts
        Element symbol to amount, as the molecule has it or any multiple.

    Returns
    -------
    Series or None
        None where there is no table.
    """
    key = fractions_key(amounts)
    exact = _molecules().get((key, round(sum(amounts.values()), 6)))
    return exact or _series()["gas"].get(key)


def known_gases() -> tuple[str, ...]:
    """
    List the gases.

    Returns
    -------
    tuple of str
        Formulas, sorted.
    """
    return tuple(sorted(one.formula for one in _molecules().values()))


def known_molecules() -> tuple[str, ...]:
    """
    List what consists of molecules: the gases, and liquids and solids that have no table.

    Returns
    -------
    tuple of str
        Formulas, sorted.
    """
    liquids = {one.formula for one in _content() if one.state == "condensed" and not one.printed}
    return tuple(sorted(liquids.union(known_gases())))


@cache
def _content() -> tuple[Series, ...]:
    """Read the data file once."""
    packed = files("trona.stores.thermochemistry").joinpath("measured.json.gz").read_bytes()
    return tuple(map(_read, orjson.loads(gzip.decompress(packed))["substances"]))


def _read(row: Mapping[str, Any]) -> Series:
    """Convert a substance to eV and to trona's elements."""
    amounts = read_simple(row["formula"]) or parse(row["formula"])
    entropy = row.get("entropy")
    return Series(
        formula=row["formula"],
        amounts=amounts,
        state=row["state"],
        source=row["source"],
        enthalpy=0.0 if row["state"] == "element" else _against_elements(row["enthalpy"], amounts),
        entropy=None if entropy is None else entropy * _EV_PER_KJ / 1000,
        printed=row["rows"],
    )


def _against_elements(enthalpy: float, amounts: Mapping[str, float]) -> float:
    """Convert kJ/mol against the elements of the tables to eV against those of trona."""
    return enthalpy * _EV_PER_KJ + amounts.get("P", 0.0) * _WHITE_PHOSPHORUS


@cache
def _series() -> dict[str, dict[Key, Series]]:
    """Sort the series by state and composition; of gases of one composition, the lightest."""
    found: dict[str, dict[Key, Series]] = {"element": {}, "condensed": {}, "gas": {}}
    for one in sorted(_content(), key=lambda one: one.atoms):
        found[one.state].setdefault(one.key, one)
    return found


@cache
def _molecules() -> dict[tuple[Key, float], Series]:
    """Sort gases by composition and number of atoms."""
    return {(one.key, round(one.atoms, 6)): one for one in _content() if one.state == "gas"}
