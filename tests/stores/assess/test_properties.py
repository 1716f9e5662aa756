"""Conductor properties: every statement has a source, gaps and classes agree."""

from __future__ import annotations

import pytest

from tests.support.lints import each
from trona.screening.formulas import fractions_key, parse
from trona.screening.stability.interphase import Electronic, Ionic, electronic_class
from trona.stores.assess.properties import load_properties, with_gaps

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
