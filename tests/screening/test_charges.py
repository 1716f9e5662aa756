"""Charges are counted where counting can decide, and nowhere else."""

from __future__ import annotations

import pytest

from trona.screening.charges import imbalance, objection, oxidation_states, write_formula
from trona.screening.formulas import parse
from trona.stores.energies.bundled import bundled_data

# Compositions as printed in a review of sulfide electrolytes (Chem. Sci. (2026)), with the charge
# that Na+, P5+, As5+, Sb5+, Si4+, Ge4+, Sn4+, Ti4+, W6+, Mo6+ leave over.
CHARGED = {
    "Na3.06Sb0.88Mo0.12S4": 0.18,
    "Na3.06Sb0.88W0.12S4": 0.18,
    "Na3SbP0.16S3.6O0.4": 0.8,
    "Na10.8Sn1.9PS11.8": -0.2,
    "Na11Sn2Sb0.5Ti0.5S12": -0.5,
    "Na2.895W0.3Sb0.7S4": 0.195,
    "Na2.9PS3.95Se0.05": -0.1,
    "Na3TaCl6": 2.0,
}
NEUTRAL = [
    "Na3PS4", "Na3SbS4", "Na3AsS4", "Na3BS3", "Na4SiS4", "Na5AlS4", "Na3InS3", "Na4SnS4",
    "Na3PSe4", "Na3P0.62As0.38S4", "Na2.85P0.85W0.15S4", "Na2.8PS3.8Cl0.2", "Na2.85SbS3.85Br0.15",
    "Na3.06Sb0.94Si0.06S4", "Na2.88Sb0.88W0.12S4", "Na2.88Sb0.88W0.12S3.8O0.2",
    "Na4Sn0.67Si0.33S4", "Na3.1Ge0.1Sb0.9S4", "Na3PS3.85O0.15", "Na3.5SnS3.5Br0.5",
    "Na3.6Sn0.8P0.2S3.8Cl0.2", "Na2.8Zn0.8Ga1.2S4", "Na10SiP2S12", "Na11Sn2PS12",
    "Na11Sn2SbS11.5Se0.5", "Na2.5PS3.5F0.5", "Na2WS4", "Na2.25Y0.25Zr0.75Cl6", "NaTaCl6",
    "Na3Zr2Si2PO12", "Na3.4Zr2Si2.4P0.6O12", "Na3SbS4·8H2O", "Na11.5Sn2Sb0.5Ti0.5S12",
]  # fmt: skip


@pytest.mark.parametrize(("formula", "excess"), CHARGED.items())
def test_compositions_printed_with_a_charge_are_found(formula, excess):
    assert imbalance(parse(formula)) == pytest.approx(excess, abs=1e-9)
    assert objection(parse(formula), formula).count(formula) == 1


@pytest.mark.parametrize("formula", NEUTRAL)
def test_neutral_electrolytes_pass(formula):
    amounts = parse(formula)
    states = oxidation_states(amounts)
    assert sum(states[symbol] * amounts[symbol] for symbol in amounts) == pytest.approx(0, abs=1e-3)
    assert imbalance(amounts) is None


def test_the_remedy_in_the_message_is_neutral():
    text = objection(parse("Na2.895W0.3Sb0.7S4"), "x")
    assert "Na2.7W0.3Sb0.7S4 is neutral" in text
    assert imbalance(parse("Na2.7W0.3Sb0.7S4")) is None


def test_usual_states_come_first_and_others_where_only_they_fit():
    assert oxidation_states(parse("Na3SbS4"))["Sb"] == 5
    assert oxidation_states(parse("NaSbS2"))["Sb"] == 3
    assert oxidation_states(parse("Na4P2S6"))["P"] == 4
    assert oxidation_states(parse("NaV2O5"))["V"] == pytest.approx(4.5)


@pytest.mark.parametrize(
    "formula",
    ["Na2S5", "Na3P11", "NaP7", "Na15Sn4", "Na2B12H12", "NaBH4", "NaHS", "Na2S2O3", "NaC6"],
)
def test_where_atoms_of_one_kind_are_bonded_nothing_is_claimed(formula):
    assert imbalance(parse(formula)) is None
    assert oxidation_states(parse(formula)) is None


BONDED = {
    "Na(MoSe)3", "Na(TeMo)3", "Na(Nb3S4)2", "Na(Ti3Se4)2", "Na2(TaS2)3", "Na2(TaSe2)3",
    "Na2Ti2As2O", "Na2Ti2Sb2O", "Na2B2S5", "Na2B2Se7", "Na3SiSe4",
}  # fmt: skip
"""Sodium compounds with bonds between metal atoms or anions, which counting knows nothing of."""
HYPOTHETICAL = {"Na2YF6"}


def test_sodium_phases_of_the_bundled_set_pass():
    formulas = {row["formula"] for row in bundled_data()["phases"]}
    unbalanced = {f for f in formulas if "Na" in parse(f) and imbalance(parse(f))}
    assert unbalanced == BONDED | HYPOTHETICAL


def test_formulas_are_written_as_a_chemist_would():
    assert write_formula({"Na": 2.85, "P": 1.0, "S": 4.0, "O": 0.0}) == "Na2.85PS4"


@pytest.mark.parametrize(
    ("formula", "states"),
    [
        ("NaZr2(SO4)3", "Zr+4 S+6 O-2 leave a charge of +3"),
        ("NaAl(SO4)3", "Al+3 S+6 O-2 leave a charge of -2"),
        ("Na2PS4", "P+5 S-2 leave a charge of -1"),
        ("Na3PS", "P+5 S-2 leave a charge of +6"),
    ],
)
def test_the_states_in_the_message_are_the_nearest(formula, states):
    assert states in objection(parse(formula), formula)
