"""Measured energies against the tables that they come from, and against known facts."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

from trona.screening.errors import InputError
from trona.screening.formulas import parse
from trona.stores.thermochemistry.elements import element_increment
from trona.stores.thermochemistry.gases import gas_potential, known_gases, vapour_pressure
from trona.stores.thermochemistry.measured import formation, measured_energy
from trona.stores.thermochemistry.tables import _content, condensed_series, element_series
from trona.stores.thermochemistry.temperatures import BOLTZMANN, parse_temperature

ROOM = 298.15
KJ = 1 / 96.48533212


# Free energies of formation, kJ/mol: Wagman et al., J. Phys. Chem. Ref. Data 11, Suppl. 2 (1982),
# another compilation than the one that the data come from.
@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("H2O", -237.13),
        ("H2S", -33.56),
        ("CO2", -394.36),
        ("HCl", -95.30),
        ("NaOH", -379.49),
        ("NH3", -16.45),
        ("SO2", -300.19),
        ("HF", -273.2),
        ("NaCl", -384.14),
        ("Na2O", -375.46),
    ],
)
def test_free_energies_at_298_k_are_those_of_another_compilation(formula, expected):
    found = measured_energy(parse(formula), ROOM)
    assert found is not None
    assert found.energy == pytest.approx(expected * KJ, abs=0.05)


def test_every_table_gives_its_own_free_energy_of_formation():
    folder = Path(str(distribution("janaf").locate_file("janaf/data")))
    checked, off = 0, []
    for series in _content():
        table = folder / f"{series.source.removeprefix('JANAF ')}.txt"
        if series.state == "element" or "P" in series.amounts or not table.is_file():
            continue
        for line in table.read_text("utf-8").splitlines()[2:]:
            cells = line.split("\t")
            if cells[0] in {"298.15", "300", "500", "800"} and len(cells) > 6:
                found = formation(series, float(cells[0]))
                checked += 1
                if abs(found - float(cells[6]) * KJ) > 0.003 * sum(series.amounts.values()):
                    off.append(series.formula)
    assert checked > 1000
    # What these print as free energies contradicts their own enthalpies and entropies.
    assert set(off) <= {"Al1Cl4Na1", "B1H1O2", "F2Hg2", "H1K1"}


@pytest.mark.parametrize("gas", ["H2", "O2", "N2", "F2", "Cl2"])
def test_elements_that_are_gases_are_zero_at_one_bar(gas):
    for temperature in (ROOM, 353.0):
        assert gas_potential(gas, temperature) == pytest.approx(0.0, abs=1e-9)
        diluted = gas_potential(gas, temperature, 1e-3)
        assert diluted == pytest.approx(BOLTZMANN * temperature * -6.9078, abs=1e-4)


def test_the_named_gases_are_there():
    needed = "H2 O2 N2 F2 Cl2 H2O H2S SO2 CO2 HCl HF NH3 PH3 B2H6"
    assert set(needed.split()) <= set(known_gases())


def test_water_boils_at_373_k_and_dries_at_32_millibar():
    assert vapour_pressure("H2O", ROOM) == pytest.approx(0.0317, rel=0.01)
    assert vapour_pressure("H2O", 373.15) == pytest.approx(1.013, rel=0.02)
    assert measured_energy(parse("H2O"), 360.0).state == "condensed"
    assert measured_energy(parse("H2O"), 380.0).state == "gas"


def test_sodium_is_liquid_above_371_k():
    series = element_series("Na")
    below, at, above = (series.increment(t) for t in (370.0, 370.98, 372.0))
    solid, liquid = (at - below) / 0.98, (above - at) / 1.02
    fusion = (solid - liquid) * 370.98
    assert fusion == pytest.approx(2.60 * KJ, rel=0.1)


def test_phosphorus_is_black_phosphorus():
    assert element_increment("P", ROOM) == pytest.approx(-ROOM * 22.586e-3 * KJ, abs=1e-4)
    assert measured_energy(parse("PH3"), 0.0).energy == pytest.approx((5.4 + 12.85) * KJ, abs=1e-3)


def test_elements_agree_with_the_tables_of_the_descriptor():
    from pymatgen.entries.computed_entries import G_ELEMS

    for symbol in ("Na", "S", "Cl", "I", "Br", "Al", "Zr", "Sb", "Sn", "Y"):
        for temperature in (300.0, 400.0, 600.0):
            expected = G_ELEMS[f"{temperature:.0f}"][symbol]
            assert element_increment(symbol, temperature) == pytest.approx(expected, abs=0.003)


def test_a_compound_without_a_table_is_unknown_and_not_zero():
    assert measured_energy(parse("Na3PS4"), ROOM) is None
    assert measured_energy(parse("Na"), ROOM) is None
    assert condensed_series(parse("Na3SbS4")) is None


def test_heavy_hydrogen_is_no_hydrogen():
    assert measured_energy(parse("H2S"), 0.0).energy == pytest.approx(-20.5 * KJ, abs=0.002)


@pytest.mark.parametrize(
    ("typed", "kelvin"),
    [
        ("25C", 298.15),
        ("300", 300.0),
        ("353.15 K", 353.15),
        ("0", 0.0),
        ("\N{MINUS SIGN}20C", 253.15),
    ],
)
def test_temperatures_are_read(typed, kelvin):
    assert parse_temperature(typed) == kelvin


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("-1", "below absolute zero"),
        ("-300C", "below absolute zero"),
        ("100", "beyond the thermochemical data"),
        ("60", "without heat content; 60 °C is written 60C"),
        ("-50C", "without heat content.$"),
        ("2500", "beyond the thermochemical data"),
        ("warm", "is no temperature"),
        ("nan", "is no temperature"),
    ],
)
def test_temperatures_without_data_are_refused(typed, said):
    with pytest.raises(InputError, match=said):
        parse_temperature(typed)


@pytest.mark.parametrize("pressure", [0.0, -1.0, float("nan"), float("inf")])
def test_a_pressure_of_zero_is_refused(pressure):
    with pytest.raises(InputError, match="give more than 0"):
        gas_potential("H2O", ROOM, pressure)


def test_an_unknown_gas_is_refused():
    with pytest.raises(InputError, match="no data of the gas 'NaCl'"):
        gas_potential("NaCl", ROOM)
    with pytest.raises(InputError, match="no free energy at 0 K"):
        gas_potential("H2O", 0.0)


def test_importing_trona_reads_no_tables():
    script = (
        "import sys, trona.stores.thermochemistry.tables as t;"
        "assert not {'janaf', 'chemicals', 'polars'} & set(sys.modules);"
        "assert t._content.cache_info().currsize == 0"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
