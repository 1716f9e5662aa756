"""Switching a scheme: which phases move, and what becomes of the limits."""

from __future__ import annotations

import pytest

from trona.screening.formulas import parse
from trona.stores.assess.scheme_changes import changes_document, shifts
from trona.stores.energies.references import load_reference

UNCORRECTED = "sulfide-by-charge-mp2020,hydroborate-uncorrected"


def test_a_scheme_changes_nothing_beside_itself(reference):
    assert shifts(reference, reference) == []
    document = changes_document("Na3PS4", reference, reference)
    assert document.default == document.chosen
    assert document.shifts == []


def test_the_phases_that_move_are_named_with_their_shift(reference, table_path):
    plain = load_reference(f"table:{table_path}", "as-published")
    found = {one.formula: one.shift for one in shifts(reference, plain)}
    assert found == pytest.approx(
        {
            "Na2S5": -4 * 0.66346 / 7,
            "NaS2": -1.5 * 0.66346 / 3,
            "P2S7": -2 * 0.66346 / 9,
            "NaS": -0.5 * 0.66346 / 2,
        }
    )
    assert list(found) == sorted(found, key=lambda formula: found[formula])  # farthest first


def test_switching_back_is_the_negative(reference, table_path):
    plain = load_reference(f"table:{table_path}", "as-published")
    there = {one.id: one.shift for one in shifts(reference, plain)}
    back = {one.id: -one.shift for one in shifts(plain, reference)}
    assert there == pytest.approx(back)


def test_only_phases_of_the_system_are_counted(reference, table_path):
    plain = load_reference(f"table:{table_path}", "as-published")
    document = changes_document("Na2S", reference, plain)
    assert document.elements == ["Na", "S"]
    assert document.n_phases == 6
    assert {one.formula for one in document.shifts} == {"NaS", "NaS2", "Na2S5"}


def test_the_limits_by_both_schemes_stand_beside_each_other(reference, table_path):
    plain = load_reference(f"table:{table_path}", "as-published")
    document = changes_document("Na3PS4", reference, plain)
    assert document.default.correction == "sulfide-by-charge-legacy"
    assert document.chosen.correction == "as-published"
    assert document.default.oxidation_limit == pytest.approx(2.429, abs=0.005)
    assert document.chosen.oxidation_limit == pytest.approx(2.130, abs=0.005)
    assert document.default.reduction_limit == pytest.approx(document.chosen.reduction_limit)


def test_hydroborates_are_shown_with_and_without_the_correction_of_hydrides():
    document = changes_document(
        "NaBH4", load_reference("bundled-chgnet"), load_reference("bundled-chgnet", UNCORRECTED)
    )
    moved = {one.formula: one.shift for one in document.shifts}
    assert moved["NaBH4"] == pytest.approx(4 * 0.179 / 6)
    assert moved["Na2B12H12"] == pytest.approx(12 * 0.179 / 26)
    assert not {"NaH", "NaB15", "Na", "B", "H2"} & moved.keys()
    assert document.default.oxidation_limit > document.chosen.oxidation_limit


def test_every_hydroborate_of_the_bundled_set_holds_the_correction_of_hydrides():
    # So the explicit policy, which treats carborates alike, changes none of its energies.
    usual = load_reference("bundled-chgnet").correction
    explicit = load_reference("bundled-chgnet", f"{usual},hydroborate-as-hydride")
    assert shifts(load_reference("bundled-chgnet"), explicit) == []
    assert explicit.checksum != load_reference("bundled-chgnet").checksum
    assert explicit.scale != load_reference("bundled-chgnet").scale
    assert explicit.table.find(parse("NaBH4")).energy == pytest.approx(
        load_reference("bundled-chgnet").table.find(parse("NaBH4")).energy
    )
