"""Results that no known compound has are told, those of known compounds are not."""

from __future__ import annotations

import pytest

from trona.screening.equilibrium.phases import EnergyScale, Phase, PhaseTable
from trona.screening.formulas import parse
from trona.screening.stability.alarms import alarms, ceiling
from trona.screening.stability.window import assess

SCALE = EnergyScale("PBE", "none", "elements")
BINARIES = {"Na2S": -1.29, "P2S5": -0.64, "Na3P": -0.34}


def told(formula, energies):
    """Alarms of a composition, from formation energies per atom."""
    elements = {symbol for name in energies for symbol in parse(name)}
    rows = {**dict.fromkeys(elements, 0.0), **energies}
    table = PhaseTable.from_phases(
        Phase(name, name, parse(name), energy=e * sum(parse(name).values()), scale=SCALE)
        for name, e in rows.items()
    )
    return alarms(table, assess(table, parse(formula), formula))


def test_a_compound_like_others_raises_none():
    assert told("Na3PS4", {**BINARIES, "Na3PS4": -1.21}) == ()


def test_a_compound_far_below_the_hull_of_the_others_is_told():
    found = told("Na3PS4", {**BINARIES, "Na3PS4": -2.0})
    assert any("eV/atom below the hull of the other phases" in line for line in found)
    assert any("known compounds with S reach 0.22" in line for line in found)


def test_a_binary_compound_may_lie_as_far_below_its_elements_as_it_does():
    assert told("Na2S", BINARIES) == ()


def test_windows_and_limits_beyond_all_known_ones_are_told():
    found = told("NaCl", {"NaCl": -3.0})
    assert [line.split(" of ")[0] for line in found] == ["Its oxidation limit", "Its window"]
    assert "4.53 V: these energies cannot assess it." in found[0]
    assert "4.26 V: phases that would end it are missing." in found[1]
    assert told("NaCl", {"NaCl": -2.1}) == ()


def test_a_window_without_an_end_is_told_of_sodium_compounds_only():
    assert told("P2S5", BINARIES) == ()
    assert told("NaP3S8", {"P2S5": -0.64, "NaP3S8": -9.0}) != ()


@pytest.mark.parametrize(
    ("elements", "anion"),
    [("Na P S", "S"), ("Na S O", "O"), ("Na B H", "H"), ("Na Al Cl O F", "F"), ("Na Sn", "")],
)
def test_the_anion_of_the_highest_limit_counts(elements, anion):
    assert ceiling(elements.split()).anion == anion
