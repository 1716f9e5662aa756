"""Reference energies in moist air: conditions, potentials, the method of Zhu & Mo."""

from __future__ import annotations

import pytest

from tests.support.folders import SHARED
from trona.screening.errors import ChemicalSystemError, InputError
from trona.screening.formulas import parse
from trona.screening.stability.exposure import own_energy
from trona.stores.assess.air import air_documents, in_air
from trona.stores.energies.atmosphere import atmosphere, read_conditions
from trona.stores.energies.references import load_reference
from trona.stores.thermochemistry.gases import gas_potential
from trona.stores.thermochemistry.measured import measured_energy

TABLE = SHARED / "reference" / "formation_energies.csv"
needs_table = pytest.mark.skipif(not TABLE.exists(), reason="the DFT table is not there")


def zhu_mo(reference, released, humidity="1000ppm", without=()):
    conditions = read_conditions("25C", humidity, released, method="zhu-mo")
    return atmosphere(reference.without(list(without)), conditions)


def reaction(air, left, right):
    """Energy of a reaction written down, eV per H2O; gases at their pressures."""

    def energy(formula):
        if formula == "H2O":
            return air.water.mu
        return own_energy(air.table, parse(formula), formula).energy

    change = sum(n * energy(f) for f, n in right.items()) - sum(
        n * energy(f) for f, n in left.items()
    )
    return change / abs(left.get("H2O", 0.0) - right.get("H2O", 0.0))


@needs_table
@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({"NaCl": 1, "H2O": 1}, {"NaOH": 1, "HCl": 1}, 1.53),
        ({"Na2S": 0.5, "H2O": 1}, {"NaOH": 1, "H2S": 0.5}, 0.37),
        ({"NaOH": 2}, {"Na2O": 1, "H2O": 1}, 1.19),
        ({"Na3PS4": 1, "H2O": 1}, {"Na3PS3O": 1, "H2S": 1}, -0.43),
    ],
)
def test_reactions_of_zhu_and_mo(left, right, expected):
    """Published for the first three: 1.532, 0.416 and 1.083 eV per H2O (Angew. Chem. 2020)."""
    air = zhu_mo(load_reference(f"table:{TABLE}"), "1bar")
    assert reaction(air, left, right) == pytest.approx(expected, abs=0.011)


@needs_table
def test_first_steps_on_the_dft_table_by_the_method_of_zhu_and_mo():
    reference = load_reference(f"table:{TABLE}")
    first = {"Na3PS4": -0.43, "Na3PS3O": -0.25, "Na3BS3": -0.53, "Na4SiS4": -0.58}
    unmoved = ["Na3SbS4", "Na4SnS4", "Na4GeS4", "Na2S", "NaCl"]
    air = zhu_mo(reference, "1bar", without=["NaHS"])
    found = {doc.formula: doc for doc in air_documents([*first, *unmoved], air, interphase=False)}
    steps = {formula: found[formula].first_step.energy_per_water for formula in first}
    assert steps == pytest.approx(first, abs=0.011)
    assert found["Na3PS4"].first_step.reaction == "Na3PS4 + H2O -> H2S + Na3PS3O"
    assert not any(found[formula].water.reacts for formula in unmoved)
    (chloride,) = air_documents(["Na2ZrCl6"], zhu_mo(reference, "1ppm"), interphase=False)
    assert chloride.first_step.energy_per_water == pytest.approx(-0.64, abs=0.02)


@needs_table
@pytest.mark.parametrize(
    ("water", "products", "at_1_bar", "at_1_ppm"),
    [
        (5.25, {"H2S": 4, "NaOH": 2.5, "Na2Sb4O11": 0.25}, 0.61, 0.34),
        (3, {"H2S": 1.5, "NaOH": 3, "Sb2S3": 0.5, "S": 1}, 0.79, 0.60),
        (3, {"H2S": 3, "Na3SbO3": 1, "S": 1}, 0.95, 0.58),
        (4, {"H2": 3, "H2S": 1, "Na2SO4": 1, "NaSbS2": 1}, 0.33, -0.03),
    ],
)
def test_thioantimonate_gives_gas_at_1_ppm_only_where_water_oxidises_sulfide(
    water, products, at_1_bar, at_1_ppm
):
    reference = load_reference(f"table:{TABLE}")
    found = [
        reaction(zhu_mo(reference, released), {"Na3SbS4": 1, "H2O": water}, products)
        for released in ("1bar", "1ppm")
    ]
    assert found == pytest.approx([at_1_bar, at_1_ppm], abs=0.011)
    air = zhu_mo(reference, "1ppm")
    (doc,) = air_documents(["Na3SbS4"], air, interphase=False)
    assert doc.first_step.energy_per_water == pytest.approx(0.24, abs=0.011)


def test_sodium_sulfide_with_and_without_carbon_dioxide_by_measured_free_energies():
    solids = {f: measured_energy(parse(f), 298.15).energy for f in ("Na2S", "Na2CO3", "NaOH")}
    gas = {formula: gas_potential(formula, 298.15) for formula in ("H2O", "H2S", "CO2")}
    with_dioxide = solids["Na2CO3"] + gas["H2S"] - solids["Na2S"] - gas["CO2"] - gas["H2O"]
    without = 2 * solids["NaOH"] + gas["H2S"] - solids["Na2S"] - 2 * gas["H2O"]
    assert (with_dioxide, without / 2) == pytest.approx((-1.08, 0.10), abs=0.011)


@pytest.fixture(scope="module")
def moist():
    return atmosphere(load_reference("bundled"), read_conditions())


def test_carbon_dioxide_lets_sodium_sulfide_react_with_water(moist):
    (doc,) = air_documents(["Na2S"], moist, interphase=False)
    assert not doc.water.reacts
    assert doc.water_and_carbon_dioxide.reaction == "Na2S + H2O + CO2 -> Na2CO3 + H2S"
    assert doc.water_and_carbon_dioxide.energy_per_formula_unit == pytest.approx(-1.0, abs=0.3)


def test_thiophosphate_gives_hydrogen_sulfide_and_thioantimonate_does_not(moist):
    first, second = air_documents(["Na3PS4", "Na3SbS4"], moist)
    assert first.water.gases[0].formula == "H2S"
    assert first.water.gases[0].ml_per_g == pytest.approx(4 * 24789.6 / 228.15, rel=1e-3)
    assert not second.water.reacts
    assert {one.formula for one in first.interphase} == {"Na3P", "Na2S"}
    for doc in (first, second):
        assert doc.conditions.text in doc.verdict
        assert any("rate of a reaction" in line for line in doc.caveats)


def test_more_water_never_lowers_the_driving_force_and_the_onset_is_where_it_begins(moist):
    found = in_air("Na2ZrCl6", moist, interphase=False).water
    mus = [found.onset + shift for shift in (-0.2, -0.01, 0.01, 0.1, 0.2)]
    energies = [found.at(mu).energy for mu in mus]
    assert energies == sorted(energies, reverse=True)
    assert [found.at(mu).reacts for mu in mus] == [False, False, True, True, True]


def test_a_gas_leaves_more_easily_at_a_lower_pressure(moist):
    bar = atmosphere(moist.reference, read_conditions(released="1bar"))
    docs = [air_documents(["Na3PS4"], air, interphase=False)[0] for air in (moist, bar)]
    thermal = 8.617333262e-5 * 298.15
    gained = docs[1].first_step.energy_per_water - docs[0].first_step.energy_per_water
    assert gained == pytest.approx(thermal * 13.8155, rel=1e-4)


def test_phosphine_is_a_gas_of_air_and_joins_phosphorus_and_hydrogen(moist):
    assert not any({"P", "H"} == phase.amounts.keys() for phase in moist.reference.phases)
    phosphide, hydride = air_documents(["Na3P", "NaPH2"], moist, interphase=False)
    assert phosphide.water.reaction == "Na3P + 3 H2O -> PH3 + 3 NaOH"
    assert "P and H" not in " ".join((*phosphide.caveats, *hydride.caveats))


def test_every_gas_that_moist_air_needs_has_a_potential():
    gases = [
        "H2",
        "O2",
        "N2",
        "F2",
        "Cl2",
        "H2O",
        "H2S",
        "SO2",
        "CO2",
        "HCl",
        "HF",
        "NH3",
        "PH3",
        "B2H6",
    ]
    assert {gas for gas in gases if gas_potential(gas, 298.15) > 0.0} == {"PH3", "B2H6"}


def test_dry_sodium_hydroxide_keeps_its_water_and_sodium_metal_does_not_wait(moist):
    hydroxide, sodium = air_documents(["NaOH", "Na"], moist)
    assert hydroxide.dries_below is not None
    assert sodium.water.reaction == "Na + H2O -> 0.5 H2 + NaOH"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"humidity": "130%"}, "over 100 %"),
        ({"humidity": "0%"}, "not more than 0"),
        ({"humidity": "wet"}, "no humidity"),
        ({"humidity": "40C"}, "over 100 %"),
        ({"released": "0ppm"}, "more than 0"),
        ({"released": "2bar"}, "at most 1bar"),
        ({"carbon_dioxide": "-3ppm"}, "more than 0"),
        ({"temperature": "0"}, "no free energy"),
        ({"temperature": "400", "humidity": "30%"}, "never saturated: give a dew point"),
        ({"temperature": "-300C"}, "below absolute zero"),
        ({"method": "guess"}, "no method"),
    ],
)
def test_conditions_that_cannot_be_used_are_refused_in_a_sentence(asked, said):
    with pytest.raises(InputError, match=said) as error:
        read_conditions(**asked)
    assert str(error.value).count("\n") == 0


def test_a_gas_with_an_element_that_the_reference_lacks_is_refused_or_left_out(moist):
    without = [p for p in moist.reference.phases if "C" not in p.amounts]
    from dataclasses import replace

    bare = replace(moist.reference, phases=tuple(without))
    with pytest.raises(ChemicalSystemError, match="CO2"):
        atmosphere(bare, read_conditions(), strict=True)
    air = atmosphere(bare, read_conditions())
    (doc,) = air_documents(["Na2S"], air, interphase=False)
    assert doc.carbon_dioxide is None
    assert any("CO2 is left out" in line for line in doc.caveats)


def test_free_energies_are_not_brought_to_a_temperature_twice(moist):
    with pytest.raises(InputError, match="already"):
        atmosphere(moist.reference.at_temperature(298.15), read_conditions())
