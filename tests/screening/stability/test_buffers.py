"""Layers: the same energies as direct calls, gates in order, nothing that depends on narrowing."""

from __future__ import annotations

from math import inf

import pytest

from tests.support.systems import make_table
from trona.screening.errors import ChemicalSystemError, InputError, VoltageError
from trona.screening.formulas import parse
from trona.screening.stability.buffers import (
    Gates,
    Grade,
    Neighbours,
    judge,
    order,
    react_layers,
    touch_open,
)
from trona.screening.stability.interface import Material, mix
from trona.screening.stability.interphase import Electronic, Ionic, PhaseProperties
from trona.screening.stability.window import assess

BLOCKS = PhaseProperties("X", Electronic.INSULATOR, Ionic.CONDUCTOR)


@pytest.fixture
def table():
    return make_table(
        Na2S=-1.3, NaS=-1.15, Na3P=-0.34, Na3PS4=-1.21, Na2O=-1.45, P2O5=-2.2, Na3PO4=-2.55,
        NaCl=-2.1, FeO2=-1.4, NaFeO2=-1.75, FeS=-0.5, FeCl2=-1.1, Na2SO4=-2.05,
    )  # fmt: skip


def material(formula):
    return Material(formula, parse(formula))


def setting(low=2.0, high=3.5, electrolyte="Na3PS4", states=("NaFeO2", "FeO2")):
    return Neighbours(material(electrolyte), tuple(map(material, states)), low, high)


def layers(table, *formulas, **options):
    return react_layers(table, setting(**options), map(material, formulas))


def test_contacts_and_window_are_those_of_direct_calls(table):
    for layer in layers(table, "Na3PO4", "NaCl", "Na2S", "NaS", "P2O5", "Na3P"):
        formula = layer.material.formula
        for one in (layer.electrolyte, *layer.electrode):
            line = mix(table, parse(formula), parse(one.partner), (formula, one.partner))
            assert one.released == pytest.approx(-line.mixing_energy(line.strongest), abs=1e-9)
            assert (one.kink is not None) == line.reacts
        alone = assess(table, parse(formula), formula)
        assert layer.above_hull == pytest.approx(alone.energy_above_hull, abs=1e-9)
        for volts, released in ((2.0, layer.at_low), (3.5, layer.at_high)):
            expected = -alone.reaction_energy(volts) - alone.energy_above_hull
            assert released == pytest.approx(expected, abs=1e-9)


def test_between_its_ends_a_layer_releases_no_more_than_at_one_of_them(table):
    (layer,) = layers(table, "Na2S", low=0.5, high=2.5)
    alone = assess(table, parse("Na2S"), "Na2S")
    inside = max(-alone.reaction_energy(0.5 + step / 10) for step in range(21))
    assert inside <= max(layer.at_low, layer.at_high) + 1e-9


def test_neighbours_and_sodium_are_no_layers(table):
    assert layers(table, "Na", "Na6P2S8", "NaFeO2", "FeO2") == []


def test_open_contacts_are_added_at_the_ends_but_not_with_sodium(table):
    (layer,) = layers(table, "NaCl")
    wider = touch_open(table, setting(), layer)
    added = [(one.partner, one.voltage) for one in wider.electrode[2:]]
    assert added == [("NaFeO2", 2.0), ("FeO2", 3.5)]
    metal = setting(low=0.0, high=0.0, states=("Na",))
    (layer,) = react_layers(table, metal, [material("NaCl")])
    assert touch_open(table, metal, layer).electrode == layer.electrode


def test_a_layer_without_reaction_passes_and_one_that_reacts_says_with_what(table):
    salt, sulfide = layers(table, "NaCl", "Na2S")
    assert judge(salt, setting(), BLOCKS).grade is Grade.FITS
    verdict = judge(sulfide, setting(), BLOCKS)
    assert verdict.grade is Grade.VETOED
    assert any("changes by itself at 3.50 V" in one for one in verdict.vetoes)


def test_energies_between_the_gates_are_drawbacks(table):
    (layer,) = layers(table, "Na2S")
    worst = layer.worst
    assert judge(layer, setting(), BLOCKS, Gates(worst, worst)).grade is Grade.FITS
    verdict = judge(layer, setting(), BLOCKS, Gates(0.0, worst))
    assert verdict.grade is Grade.WEAK
    assert not verdict.vetoes


@pytest.mark.parametrize(
    ("electronic", "ionic", "grade"),
    [
        (Electronic.METAL, Ionic.CONDUCTOR, Grade.VETOED),
        (Electronic.NARROW_GAP, Ionic.CONDUCTOR, Grade.VETOED),
        (Electronic.UNKNOWN, Ionic.CONDUCTOR, Grade.UNKNOWN),
        (Electronic.INSULATOR, Ionic.UNKNOWN, Grade.FITS),
        (Electronic.INSULATOR, Ionic.INSULATOR, Grade.FITS),
    ],
)
def test_conduction_decides_where_energies_do_not(table, electronic, ionic, grade):
    (layer,) = layers(table, "NaCl")
    verdict = judge(layer, setting(), PhaseProperties("NaCl", electronic, ionic))
    assert verdict.grade is grade
    assert any("electrons" in one for one in verdict.unknown) == (electronic.value == "unknown")
    assert any("Na⁺" in one for one in verdict.unknown) == (ionic.value == "unknown")
    assert any("Na⁺" in one for one in verdict.drawbacks) == (ionic.value == "insulator")


def test_a_layer_above_the_hull_is_out_and_a_mixture_says_so(table):
    high = make_table(Na2S=-1.3, NaCl=-2.1, NaFeO2=-1.75, Na2S3=-0.5)
    (layer,) = react_layers(high, setting(electrolyte="Na2S", states=("NaFeO2",)),
                            [material("Na2S3")])  # fmt: skip
    assert "above hull" in judge(layer, setting(), BLOCKS).vetoes[-1]
    (mixture,) = layers(table, "Na3SCl")
    assert mixture.mixture
    assert "its energy" in judge(mixture, setting(), BLOCKS).unknown[0]


def test_sodium_conductors_stand_first_among_those_that_pass(table):
    (layer,) = layers(table, "NaCl")
    kinds = [Ionic.INSULATOR, Ionic.CONDUCTOR, Ionic.UNKNOWN]
    verdicts = [
        judge(layer, setting(), PhaseProperties("NaCl", Electronic.INSULATOR, kind))
        for kind in kinds
    ]
    placed = sorted(verdicts, key=lambda one: order(layer, one))
    assert [one.ionic for one in placed] == [Ionic.CONDUCTOR, Ionic.UNKNOWN, Ionic.INSULATOR]


@pytest.mark.parametrize(("low", "high"), [(-0.1, 1.0), (2.0, 1.0), (0.0, inf)])
def test_a_range_that_is_none_is_refused(low, high):
    with pytest.raises(VoltageError, match="no range"):
        setting(low=low, high=high)


def test_no_electrode_gates_that_are_none_and_strange_elements_are_refused(table):
    with pytest.raises(InputError, match="no electrode"):
        setting(states=())
    with pytest.raises(InputError, match="smaller one first"):
        Gates(0.2, 0.1)
    with pytest.raises(ChemicalSystemError):
        layers(table, "NaCl", electrolyte="NaXe")
