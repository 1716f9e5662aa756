"""Corrections count charges and hydrogen; each is written for energies that hold certain others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.calculations import bundled_structure, calculated
from trona.screening.formulas import parse
from trona.stores.corrections.methods import basis_of
from trona.stores.corrections.parts import (
    PARTS,
    EnergyBasis,
    is_hydroborate,
    sulfide_equivalents,
)

VALENCES = {"Na": 1, "H": 1, "P": 5, "O": 2, "Cl": 1}


def shift(label, formula, calculation=None):
    """Shift of one correction, eV per formula unit."""
    return PARTS[label].shift(parse(formula), calculation)


@pytest.mark.parametrize(
    ("formula", "equivalents"),
    [("Na2S", 1), ("Na2S2", 1), ("Na2S4", 1), ("Na2S5", 1), ("Na3PS4", 4), ("P2S5", 5),
     ("P2S7", 5), ("P4S3", 3), ("H2S", 1), ("H2S2", 1), ("S8O", 1), ("SO2", 1), ("SCl", 0.5)],
)  # fmt: skip
def test_sulfide_equivalents_balance_the_partners_valences(formula, equivalents):
    assert sulfide_equivalents(parse(formula), VALENCES) == pytest.approx(equivalents)


@pytest.mark.parametrize("formula", ["S", "Na2O", "Sb2S3", "FeS2", "Na3BS3"])
def test_a_charge_that_cannot_be_counted_is_left_alone(formula):
    assert sulfide_equivalents(parse(formula), VALENCES) is None
    assert shift("sulfide-by-charge-legacy", formula) == 0.0


def test_a_polysulfide_loses_the_correction_of_its_uncharged_sulfur():
    assert shift("sulfide-by-charge-mp2020", "Na2S5") == pytest.approx(4 * 0.503)
    assert shift("sulfide-by-charge-legacy", "NaS2") == pytest.approx(1.5 * 0.66346)


@given(st.integers(1, 6), st.integers(1, 12))
def test_a_shift_by_charge_only_ever_raises_and_scales_with_the_formula(sodium, sulfur):
    by_charge = PARTS["sulfide-by-charge-mp2020"].shift
    amounts = {"Na": float(sodium), "S": float(sulfur)}
    twice = {symbol: 2 * amount for symbol, amount in amounts.items()}
    raised = by_charge(amounts, None)
    assert raised >= 0.0
    assert by_charge(twice, None) == pytest.approx(2 * raised)
    assert (raised == 0.0) == (sulfur <= sodium / 2)


@given(st.integers(1, 6), st.integers(1, 12))
def test_by_charge_and_mp2020_together_leave_one_correction_per_sulfide_ion(sodium, sulfur):
    # The number of sulfide ions is that of the charges, or of the sulfur atoms if fewer.
    amounts = {"Na": float(sodium), "S": float(sulfur)}
    together = -0.503 * sulfur + PARTS["sulfide-by-charge-mp2020"].shift(amounts, None)
    assert together == pytest.approx(-0.503 * min(sulfur, sodium / 2))


def test_rescaling_trades_one_number_for_the_other_in_every_compound():
    assert shift("sulfide-legacy-to-mp2020", "Na2S5") == pytest.approx(5 * (0.66346 - 0.503))
    assert shift("sulfide-legacy-to-mp2020", "Na2SO4") == pytest.approx(0.66346 - 0.503)
    assert shift("sulfide-legacy-to-mp2020", "S") == shift("sulfide-legacy-to-mp2020", "NaCl") == 0


@pytest.mark.parametrize(
    ("formula", "counts"),
    [("NaBH4", True), ("Na2B12H12", True), ("NaCB11H12", True), ("Na2B12H6Cl6", True),
     ("B10H14", True), ("Na2(B10H10)0.5(B12H12)0.5", True), ("NaH", False), ("NaB15", False),
     ("H3BO3", False), ("NaBO2·4H2O", False), ("NH3BH3", False), ("Na3PS4", False)],
)  # fmt: skip
def test_hydroborates_are_boron_and_hydrogen_without_oxygen_or_nitrogen(formula, counts):
    assert is_hydroborate(parse(formula)) == counts


HYDROBORATES = ["NaBH4", "NaB3H8", "Na2B12H12", "NaCB11H12", "Na2B12H6Cl6", "B2H6", "B10H14"]


@pytest.mark.parametrize("formula", HYDROBORATES)
@pytest.mark.parametrize(
    ("label", "per_hydrogen"), [("hydroborate-as-hydride", -0.179), ("hydroborate-uncorrected", 0)]
)
def test_after_the_policy_every_hydroborate_holds_the_same_per_hydrogen(
    formula, label, per_hydrogen
):
    hydrogen = parse(formula)["H"]
    by_mp2020 = 0.0 if "C" in formula else -0.179 * hydrogen  # carborates and chlorides: nothing
    held = by_mp2020 + shift(label, formula)
    assert held == pytest.approx(per_hydrogen * hydrogen, abs=1e-9)


@pytest.mark.parametrize("formula", ["NaH", "NaCl", "Na3B20", "NaBO2·4H2O", "H2O"])
def test_the_policy_touches_nothing_else(formula):
    assert shift("hydroborate-uncorrected", formula) == 0.0
    assert shift("hydroborate-as-hydride", formula) == 0.0


def test_mp2020_is_told_by_structure():
    given_structure = calculated(bundled_structure("Na2O2"))
    assert shift("mp2020", "Na2O2", given_structure) == pytest.approx(2 * -0.465)


@pytest.mark.parametrize(
    ("method", "basis"),
    [("CHGNet 0.3.0", EnergyBasis.MP2020), ("CHGNet 0.2.0", EnergyBasis.MP2020),
     ("CHGNet r2scan", None), ("CHGNet", None), ("VASP PBE", EnergyBasis.PLAIN),
     ("VASP PBE+U", EnergyBasis.PLAIN),
     ("VASP PBE 6.4.2", EnergyBasis.PLAIN), ("VASP PBEsol", None), ("VASP r2SCAN", None),
     ("SevenNet l3i5", EnergyBasis.SEVENNET), ("MACE-MP-0", None), ("", None)],
)  # fmt: skip
def test_what_a_method_holds_is_known_or_left_open(method, basis):
    assert basis_of(method) == basis
