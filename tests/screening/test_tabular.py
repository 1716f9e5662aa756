"""Every result is a frame with units in its columns, and a notebook shows it with subscripts."""

from __future__ import annotations

import pytest
from IPython.core.formatters import DisplayFormatter

from trona.screening import (
    assess,
    classify,
    decompose,
    discharge,
    grand_diagram,
    mix,
    parse,
    profile,
)
from trona.screening.tabular import Tabular
from trona.stores.assess.properties import with_gaps


@pytest.fixture
def results(reference):
    table, amounts = reference.table, parse("Na3PS4")
    stability = assess(table, amounts, "Na3PS4")
    lowest = stability.ladder[0].interval
    return {
        "stability": stability,
        "profile": profile(table, amounts),
        "decomposition": decompose(table, parse("Na3PS5")),
        "discharge": discharge(profile(table, amounts)),
        "mixing": mix(table, amounts, parse("Na"), ("Na3PS4", "Na")),
        "interphase": classify(
            lowest.phases, lowest.amounts.tolist(), with_gaps(reference.band_gaps, "test")
        ),
        "diagram": grand_diagram(table, "PS"),
        "table": table,
    }


def test_every_result_is_a_frame_and_a_notebook_table(results):
    for name, result in results.items():
        assert isinstance(result, Tabular), name
        frame = result.to_frame()
        assert len(frame) == len(result.rows()) > 0, name
        page = result._repr_html_()
        assert page.count("<tr") == len(frame) + 1, name
        assert "<sub>" in page, name


def test_every_result_is_a_short_table_in_ipython(results):
    for name, result in results.items():
        shown, _ = DisplayFormatter().format(result)
        assert shown["text/html"] == result._repr_html_(), name
        text = shown["text/plain"]
        assert text.startswith(result.heading), name
        assert len(text.splitlines()) <= min(len(result.rows()), 22) + 2, name


def test_numbers_carry_units_in_the_names_of_their_columns(results):
    plain = {"tie lines", "kind"}
    for name, result in results.items():
        frame = result.to_frame()
        for column in frame.select_dtypes("number").columns:
            measured = "(" in column or " per " in column or "fraction" in column
            assert measured or column in plain, f"{name}: {column}"


def test_a_frame_holds_the_numbers_of_its_result(results):
    stability = results["stability"]
    frame = stability.to_frame()
    lower = [rung.interval.voltage_lower for rung in stability.ladder]
    assert frame["from (V)"].tolist() == pytest.approx(lower, abs=1e-6)
    assert frame["reaction"].tolist() == [rung.equation for rung in stability.ladder]
    capacities = results["discharge"].to_frame()["capacity (mAh/g)"]
    assert capacities.sum() == pytest.approx(results["discharge"].capacity)
    parts = results["interphase"].to_frame()
    assert parts["fraction (by atoms)"].sum() == pytest.approx(1.0)


def test_what_is_unknown_is_missing_in_the_frame_and_a_question_mark_in_the_page(results):
    assert results["table"].to_frame()["volume (Å³/atom)"].isna().all()
    assert "<td>?</td>" in results["table"]._repr_html_()
    assert "<td>∞</td>" in results["profile"]._repr_html_()
