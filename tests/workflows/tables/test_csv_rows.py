"""Rows of CSV hold one plain value per column."""

from __future__ import annotations

from trona.stores.assess.screenings import screening_document
from trona.workflows.tables.csv_rows import interval_rows


def test_shares_of_classes_are_text(reference):
    window = screening_document("nps", "Na3PS4", "test", reference).window
    window.ladder[0].interphase_shares = {"mixed-conducting": 0.93, "blocking": 0.07}
    first, *others = interval_rows(window)
    assert first["interphase_shares"] == "mixed-conducting 0.93; blocking 0.07"
    assert {row["interphase_shares"] for row in others} == {""}
    assert not any(isinstance(value, (dict, list)) for value in first.values())
