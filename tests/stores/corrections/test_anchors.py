"""Water, hydroxides, hydrates and molecules come out as measured, on every source of energies."""

from __future__ import annotations

import pytest

from tests.support.folders import SHARED
from trona.screening.equilibrium.phases import EnergyScale, Phase, PhaseTable
from trona.screening.errors import CorrectionError
from trona.screening.formulas import fractions_key, parse
from trona.stores.corrections.anchors import anchored, shifted
from trona.stores.corrections.hydrates import water_and_hydroxide
from trona.stores.corrections.schemes import AS_PUBLISHED, compose
from trona.stores.energies.bundled import SETS
from trona.stores.energies.references import load_reference
from trona.stores.thermochemistry.free_energies import heat

TABLE = f"table:{SHARED / 'reference' / 'formation_energies.csv'}"
# Free energies of formation at 298.15 K, kJ/mol (Wagman et al., J. Phys. Chem. Ref. Data 11, Suppl.
# 2 (1982)), another compilation than trona's.
EXPECTED = {"H2O": -237.13, "H2S": -33.56, "CO2": -394.36, "HCl": -95.30, "NaOH": -379.49}
BOTH = "water-as-measured,molecules-as-measured"


def formation(table, phase):
    zero = sum(n * table.find_required({e: 1.0}).energy_per_atom for e, n in phase.amounts.items())
    return phase.energy - zero


@pytest.mark.parametrize("source", [*SETS, TABLE])
def test_free_energies_at_298_k_are_measured_ones_on_every_source(source):
    table = load_reference(source).table
    checked = set()
    for formula, expected in EXPECTED.items():
        amounts = parse(formula)
        phase = table.find(amounts)
        if phase is None:
            continue
        energy = formation(table, phase) * sum(amounts.values()) / phase.n_atoms
        added = heat(amounts, 298.15).energy
        assert energy + added == pytest.approx(expected / 96.485, abs=0.05), formula
        checked.add(formula)
    assert {"H2O", "H2S", "NaOH"} <= checked


def test_at_a_temperature_gases_that_a_set_lacks_are_there():
    table = load_reference("bundled-chgnet").at_temperature(298.15).table
    phase = table.find(parse("HCl"))
    assert formation(table, phase) == pytest.approx(-95.30 / 96.485, abs=0.05)


def test_energies_without_water_and_molecules_stay_as_they_are():
    given = load_reference("bundled-chgnet", "sulfide-by-charge-mp2020")
    found = load_reference("bundled-chgnet")
    assert found.correction == f"sulfide-by-charge-mp2020,{BOTH}"
    moved = {
        p.formula for p, q in zip(found.phases, given.phases, strict=True) if p.energy != q.energy
    }
    assert {"H2O", "NaOH", "H2S"} <= moved
    assert not moved & {"B2H6", "Na3PS4", "NaCl", "NaBH4", "Na2S", "Na2O", "NaH"}


def test_a_scheme_can_be_named_again_by_its_label():
    found = load_reference("bundled-chgnet")
    again = load_reference("bundled-chgnet", found.correction)
    assert again.checksum == found.checksum
    assert again.scale == found.scale


def test_each_can_be_switched_alone():
    water = load_reference("bundled-chgnet", "sulfide-by-charge-mp2020,water-as-measured")
    plain = load_reference("bundled-chgnet", "sulfide-by-charge-mp2020")
    for formula, moves in (("H2O", True), ("H2S", False)):
        before, after = (r.table.find(parse(formula)).energy for r in (plain, water))
        assert (before != after) is moves


def test_a_table_without_water_keeps_its_scheme(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("formula,formation_energy_per_atom\nNa3P,-0.4\n")
    assert load_reference(f"table:{path}").correction == "as-published"
    with pytest.raises(CorrectionError, match="needs H2O among the energies"):
        load_reference(f"table:{path}", "water-as-measured")


def test_hydrates_move_by_their_water(tmp_path):
    path = tmp_path / "mine.csv"
    rows = {"H2O": -1.391, "NaOH": -1.613, "Na3SbS4": -0.9,
            "Na3SbH18S4O9": -1.319, "Mg(OH)2": -1.9, "Na3PS3O": -1.1, "Na3PS3O13H24": -1.378,
            "MgO": -3.0, "NaCl": -2.1}  # fmt: skip
    lines = [f"{formula},{energy}" for formula, energy in rows.items()]
    path.write_text("formula,formation_energy_per_atom\n" + "\n".join(lines) + "\n")
    before, after = (
        load_reference(f"table:{path}", label).table for label in ("as-published", None)
    )

    def shift(formula):
        amounts = parse(formula)
        return (after.find(amounts).energy_per_atom - before.find(amounts).energy_per_atom) * sum(
            amounts.values()
        )

    assert shift("Na3SbH18S4O9") == pytest.approx(9 * shift("H2O"))
    assert shift("Na3PS3O13H24") == pytest.approx(12 * shift("H2O"))
    assert formation(after, after.find(parse("Mg(OH)2"))) == pytest.approx(
        -924.66 / 96.485, abs=0.05
    )
    assert shift("NaCl") == shift("Na3SbS4") == 0.0


@pytest.mark.parametrize(
    ("formula", "water", "hydroxide"),
    [
        ("H2O", 1, 0),
        ("Na3SbS4·8H2O", 8, 0),
        ("Na2S·9H2O", 9, 0),
        ("Na2SO4·10H2O", 10, 0),
        ("NaOH·H2O", 1, 1),
        ("NaBH4·2H2O", 2, 0),
        ("NaOH", 0, 1),
        ("Mg(OH)2", 0, 2),
        ("NaH2PO4", 0, 2),
        ("H2SO4", 0, 2),
        ("NaHCO3", 0, 1),
        ("CH4O", 0, 0),
        ("NH4NO3", 0, 0),
        ("B20H26O", 0, 0),
        ("NaCl", 0, 0),
    ],
)
def test_water_and_hydroxide_are_told_apart(formula, water, hydroxide):
    dry = ("Na3SbS4", "Na2S", "Na2SO4", "NaOH", "NaBH4", "MgO", "NaPO3", "SO3", "Na2CO3", "N2O")
    known = {fractions_key(parse(one)) for one in dry}
    found = water_and_hydroxide(parse(formula), lambda rest: fractions_key(rest) in known)
    assert found == (water, hydroxide)


def test_measured_compounds_with_oh_come_closer_and_none_overshoots_far():
    from trona.stores.thermochemistry.measured import measured_energy

    before, after = (
        load_reference(TABLE, label).table for label in ("sulfide-by-charge-legacy", None)
    )
    checked = 0
    for phase in before.phases:
        measured = measured_energy(phase.amounts, 0.0)
        if {"H", "O"} <= phase.amounts.keys() and measured is not None:
            old = formation(before, phase) - measured.energy
            new = formation(after, after.phases[before.phases.index(phase)]) - measured.energy
            assert abs(new) <= abs(old)
            checked += 1
    assert checked >= 8


def test_polymorphs_of_water_keep_their_distance():
    scale = EnergyScale("X", "as-published", "elements")
    energies = {
        "ice": ("H2O", -4.0),
        "other ice": ("H2O", -3.9),
        "O": ("O2", 0.0),
        "H": ("H2", 0.0),
    }
    phases = [Phase(i, f, parse(f), e, scale) for i, (f, e) in energies.items()]
    scheme = anchored(AS_PUBLISHED, PhaseTable.from_phases(phases), "X", None)
    found = {phase.id: phase.energy for phase in shifted(phases, scheme)}
    assert found["other ice"] - found["ice"] == pytest.approx(0.1)
    assert found["ice"] == pytest.approx(-2.962, abs=0.002)


def test_unknown_names_are_told_with_the_new_ones():
    with pytest.raises(CorrectionError, match="molecules-as-measured"):
        compose("gases")


@pytest.mark.parametrize("source", [*SETS, TABLE])
def test_wet_na3sbs4_reacts_with_sodium_as_measured_water_does(source):
    from trona.stores.assess.assessment import assess_formula

    found = assess_formula("Na3SbS4·8H2O", load_reference(source)).stability
    assert found.reaction_energy(0.0) == pytest.approx(-0.85, abs=0.05)


@pytest.mark.parametrize("source", SETS)
def test_water_becomes_hydroxide_and_hydrogen_where_it_does_in_a_flask(source):
    from trona.stores.assess.assessment import assess_formula

    found = assess_formula("H2O", load_reference(source).at_temperature(298.15)).stability
    expected = (379.49 - 237.13) / 96.485
    assert found.window.reduction == pytest.approx(expected, abs=0.02)


def test_a_reference_lists_what_is_added():
    from trona.stores.assess.inventory import information

    found = information(load_reference("bundled-chgnet")).as_measured
    assert {"H2O", "NaOH", "H2S"} <= found.keys()
    assert list(found.values()) == sorted(found.values(), key=abs, reverse=True)
    assert not information(load_reference("bundled-chgnet", "sulfide-by-charge-mp2020")).as_measured


@pytest.mark.parametrize("source", [*SETS, TABLE])
def test_packings_of_a_molecule_with_hydrogen_do_not_replace_it(source):
    table = load_reference(source).table
    phase, molecule = table.find(parse("H3S")), table.find(parse("H2S"))
    if phase is not None:
        assert formation(table, phase) == pytest.approx(formation(table, molecule), abs=0.2)
