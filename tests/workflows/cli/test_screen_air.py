"""``trona screen --air``: a column that names its conditions, stored, never mixed with others."""

from __future__ import annotations

import csv
import io
import json

import pytest

FORMULAS = ("Na3PS4", "Na3SbS4")


@pytest.fixture
def store(tmp_path):
    return tmp_path / "store.db"


def rows(done):
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_the_verdict_stands_in_table_rows_and_documents(trona, store):
    printed = trona("screen", *FORMULAS, "--air", "--store", store)
    assert printed.returncode == 0, printed.stderr
    assert "25 °C, 30 % relative humidity" in " ".join(printed.stdout.split())
    found = {row["label"]: row for row in rows(trona("query", "--store", store, "--csv"))}
    assert float(found["Na3PS4"]["air_first_step"]) < 0 < float(found["Na3SbS4"]["air_first_step"])
    assert {row["air_reacts"] for row in found.values()} == {"True", "False"}
    assert "1 ppm of H2S" in found["Na3PS4"]["air_conditions"]
    (asked,) = rows(trona("query", "--store", store, "--where", "air < 0", "--csv"))
    assert asked["label"] == "Na3PS4"
    answer = json.loads(trona("screen", *FORMULAS, "--air", "--store", store, "--json").stdout)
    assert answer["ranking"][0]["air"]["verdict"].startswith("Na3")
    page = store.with_suffix(".html")
    assert trona("report", "--store", store, "--to", page).returncode == 0
    text = page.read_text(encoding="utf-8")
    assert "in moist air, eV/H2O" in text
    assert "reacts with water at 25 °C" in text


def test_other_conditions_share_neither_an_id_nor_a_ranking(trona, store):
    calls = ((), ("--air",), ("--air", "--humidity", "-40C"), ("--air", "--h2s", "1bar"))
    ids = set()
    for options in calls:
        done = trona("screen", *FORMULAS, *options, "--store", store, "--json")
        placed = json.loads(done.stdout)["ranking"]
        ids |= {one["id"] for one in placed}
        assert [one["place"] for one in placed] == [1, 2]
    assert len(ids) == 2 * len(calls)
    again = json.loads(trona("screen", *FORMULAS, "--air", "--store", store, "--json").stdout)
    assert {one["id"] for one in again["ranking"]} <= ids  # done before: nothing is new
    found = trona("query", "--store", store)
    text = " ".join(found.stdout.split())
    assert all(f"in air {letter}:" in text for letter in "abc")


def test_a_report_without_air_has_no_such_column(trona, store):
    assert trona("screen", "Na3PS4", "--store", store).returncode == 0
    page = store.with_suffix(".html")
    assert trona("report", "--store", store, "--to", page).returncode == 0
    assert "in moist air" not in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--humidity", "50%"), "add --air"),
        (("--air", "--humidity", "150%"), "over 100 %"),
        (("--air", "--h2s", "0ppm"), "more than 0"),
    ],
)
def test_what_cannot_be_used_is_one_sentence_and_nothing_is_stored(trona, store, options, said):
    done = trona("screen", "Na3PS4", *options, "--store", store)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("trona:") == 1
    assert not store.exists()
