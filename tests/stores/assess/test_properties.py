"""Conductor properties: every statement has a source, gaps and classes agree."""

from __future__ import annotations

import pytest

from tests.support.lints import each
from tests.support.systems import make_phase
from trona.screening.formulas import fractions_key, parse
from trona.screening.stability.interphase import Electronic, Ionic, electronic_class
from trona.stores.assess.properties import RULES, load_properties, with_gaps, with_rules

TABLE = load_properties()


def find(formula):
    return TABLE[fractions_key(parse(formula))]


@each("row", TABLE.values(), ids=lambda row: row.formula)
def test_every_class_has_a_source(row):
    assert (row.electronic is Electronic.UNKNOWN) or row.electronic_source
    assert (row.ionic is Ionic.UNKNOWN) or row.ionic_source
    assert row.electronic is not Electronic.UNKNOWN or row.ionic is not Ionic.UNKNOWN


@each(
    "row", [row for row in TABLE.values() if row.band_gap is not None], ids=lambda row: row.formula
)
def test_gap_and_electronic_class_agree(row):
    assert electronic_class(row.band_gap) is row.electronic


@pytest.mark.parametrize(
    ("formula", "electronic", "ionic"),
    [
        ("Na3P", Electronic.NARROW_GAP, Ionic.CONDUCTOR),
        ("Na3Sb", Electronic.NARROW_GAP, Ionic.CONDUCTOR),
        ("Na2S", Electronic.INSULATOR, Ionic.INSULATOR),
        ("NaCl", Electronic.INSULATOR, Ionic.INSULATOR),
        ("Zr", Electronic.METAL, Ionic.INSULATOR),
        ("Na15Sn4", Electronic.METAL, Ionic.CONDUCTOR),
    ],
)
def test_the_products_that_decide_published_cases(formula, electronic, ionic):
    assert (find(formula).electronic, find(formula).ionic) == (electronic, ionic)


def test_a_reference_s_gaps_fill_what_is_unknown_and_change_nothing_else():
    merged = with_gaps({"Na7Ga13": 0.0, "Na3P": 3.0}, "table")
    assert merged[fractions_key(parse("Na7Ga13"))].electronic is Electronic.METAL
    assert merged[fractions_key(parse("Na3P"))] == find("Na3P")
    assert fractions_key(parse("Na7Ga13")) not in load_properties()


def ruled(formula, known=None):
    """Properties of a phase of which sources say nothing, or what is given."""
    return with_rules(known or {}, [make_phase(formula)])[fractions_key(parse(formula))]


@pytest.mark.parametrize(
    ("formula", "electronic", "ionic"),
    [
        ("SiO2", Electronic.UNKNOWN, Ionic.INSULATOR),  # no sodium: the gap is not ruled
        ("O2", Electronic.INSULATOR, Ionic.INSULATOR),
        ("ZrSi", Electronic.METAL, Ionic.INSULATOR),
        ("NaSn2", Electronic.NARROW_GAP, Ionic.CONDUCTOR),
        ("NaIn", Electronic.NARROW_GAP, Ionic.UNKNOWN),
        ("Na2SiO3", Electronic.INSULATOR, Ionic.INSULATOR),
        ("Na3PO4", Electronic.INSULATOR, Ionic.INSULATOR),
        ("Na2SnS3", Electronic.INSULATOR, Ionic.UNKNOWN),
        ("Na2CrO4", Electronic.UNKNOWN, Ionic.UNKNOWN),  # d shells: PBE closes the gap
        ("NaTiO2", Electronic.UNKNOWN, Ionic.UNKNOWN),  # Ti3+
        ("Na3P", Electronic.UNKNOWN, Ionic.UNKNOWN),
        ("NaOH", Electronic.UNKNOWN, Ionic.UNKNOWN),
        ("Na", Electronic.UNKNOWN, Ionic.UNKNOWN),
    ],
)
def test_rules_fill_what_they_can_and_are_named(formula, electronic, ionic):
    found = ruled(formula)
    assert (found.electronic, found.ionic) == (electronic, ionic)
    sources = {found.electronic_source, found.ionic_source} - {""}
    assert sources <= set(RULES.values())
    assert bool(found.electronic_source) == (electronic is not Electronic.UNKNOWN)


def test_what_a_source_states_is_not_overruled():
    sn = fractions_key(parse("Sn"))
    assert ruled("Sn", {sn: find("Sn")}) == find("Sn")
