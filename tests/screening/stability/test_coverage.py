"""Pairs of elements that no phase joins: which are found, and which decide."""

from __future__ import annotations

import pytest

from trona.screening.equilibrium.phases import EnergyScale, Phase, PhaseTable
from trona.screening.formulas import parse
from trona.screening.stability.coverage import coverage

SCALE = EnergyScale("PBE", "none", "elements")


def phases(*formulas, elements=()):
    """A table of some compounds and all elements, theirs and others."""
    inside = {symbol for name in formulas for symbol in parse(name)} | {"Na", *elements}
    return PhaseTable.from_phases(
        Phase(id=name, formula=name, amounts=parse(name), energy=-1.0, scale=SCALE)
        for name in (*formulas, *sorted(inside))
    )


@pytest.mark.parametrize(
    ("known", "asked", "open_pairs"),
    [
        ("Na2O NaTa", ["NaTaO3"], {("Ta", "O")}),
        ("Na2O Ta2O5", ["NaTaO3"], set()),
        ("Na2O NaTaO2", ["NaTaO3"], set()),
        ("Na2O NaTaO3", ["NaTaO3"], {("Ta", "O")}),
        ("NaCl", ["NaCl"], set()),
        ("Na2S P2S5 Na3P NaCl YCl3", ["Na3PS4", "Na3YCl6"], {("Y", "S"), ("Y", "P")}),
        ("Na3Sb Na2S", ["Na3SbS4"], {("Sb", "S")}),
        ("Sb2S3 Na2S", ["Na3SbS4"], {("Na", "Sb")}),
    ],
)
def test_a_metal_and_an_anion_former_that_nothing_joins_are_open(known, asked, open_pairs):
    compositions = [parse(one) for one in asked]
    elements = {symbol for one in compositions for symbol in one}
    table = phases(*known.split(), elements=elements)
    assert set(coverage(table, elements, compositions).open) == open_pairs


@pytest.mark.parametrize("pair", ["Na Zr", "Y Zr", "W Sb", "Sb H", "C Se", "Na Fe", "He O"])
def test_elements_that_form_no_compound_are_no_gap(pair):
    found = coverage(phases(elements=pair.split()), pair.split())
    assert not {frozenset(pair.split())} & set(map(frozenset, (*found.open, *found.minor)))


def test_two_halogens_are_only_noted():
    found = coverage(phases("NaF", "NaCl"), ["F", "Cl"])
    assert (found.open, found.minor) == ((), (("Cl", "F"),))
    assert found.sentences == (
        "The reference has no phase with Cl and F; such products are rarely decisive.",
    )


def test_sodium_is_always_asked():
    assert coverage(phases(elements=["S"]), ["S"]).open == (("Na", "S"),)


def test_sentences_name_the_pairs():
    found = coverage(phases("Na2O", "NaCl", "TaCl5"), ["Na", "Ta", "O", "Cl"])
    assert found.sentences[0] == (
        "The reference has no phase with Ta and O: such products cannot be predicted."
    )
    assert found.sentences[1].startswith("It also has no phase with Cl and O")
