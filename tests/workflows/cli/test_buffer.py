"""The commands buffer and cell."""

from __future__ import annotations

import csv
import io
import json

import pytest

SIDES = ("Na3SbS4", "NaCrO2..Na0.5CrO2")
CELL = ("--anode", "Na15Sn4", "--electrolyte", "Na3SbS4", "--cathode", "NaCrO2")


@pytest.fixture
def among(tmp_path):
    path = tmp_path / "layers.txt"
    path.write_text("NaAl11O17\nNa3PO4\nNa3PS4\n", encoding="utf-8")
    return "--among", str(path)


def test_layers_are_ranked_with_reasons(trona, among):
    done = trona("buffer", *SIDES, *among)
    printed = " ".join(done.stdout.split())
    assert done.returncode == 0
    assert "passes all gates" in printed
    assert "Of 3 layers: 1 fits, 1 reacts weakly, 1 vetoed" in printed
    assert printed.index("NaAl11O17") < printed.index("Na3PO4")


def test_json_and_csv_hold_the_same_layers(trona, among):
    document = json.loads(trona("buffer", *SIDES, *among, "--json").stdout)
    rows = list(csv.DictReader(io.StringIO(trona("buffer", *SIDES, *among, "--csv").stdout)))
    assert [row["formula"] for row in rows] == [one["formula"] for one in document["layers"]]
    assert [float(row["worst"]) for row in rows] == [one["worst"] for one in document["layers"]]


def test_a_voltage_and_a_veto_change_the_verdict(trona, among):
    options = ("--voltage", "2.5..3.0", "--tolerated", "0.05")
    document = json.loads(trona("buffer", *SIDES, *among, *options, "--json").stdout)
    assert (document["low"], document["high"], document["tolerated"]) == (2.5, 3.0, 0.05)
    grades = {one["formula"]: one["grade"] for one in document["layers"]}
    assert grades["Na3PO4"] == "fits"


def test_a_cell_names_its_worst_contact_and_best_layers(trona, among):
    done = trona("cell", *CELL, "--buffer", "Na3PS4", *among)
    printed = " ".join(done.stdout.split())
    assert done.returncode == 0
    assert "worst contact" in printed
    assert "with Na3PS4 between" in printed
    document = json.loads(trona("cell", *CELL, *among, "--json").stdout)
    assert document["worst"] == "anode"
    rows = list(csv.DictReader(io.StringIO(trona("cell", *CELL, *among, "--csv").stdout)))
    assert {row["side"] for row in rows} == {"anode", "cathode"}


@pytest.mark.parametrize(
    "words",
    [
        ("buffer", "Na3PS4", "NaCrO2", "--voltage", "x"),
        ("buffer", "Na3PS4", "NaCrO2", "--voltage", "1..2..3"),
        ("buffer", "Na3PS4", "NaCrO2", "--among", "missing.txt"),
        ("buffer", "Na3PS4", "NaCrO2", "--tolerated", "0.5"),
        ("buffer", "NaXe", "NaCrO2"),
        ("buffer", "Al2O3", "NaCrO2"),
        ("cell", "--anode", "hard carbon", "--electrolyte", "Na3PS4", "--cathode", "NaCrO2"),
    ],
)
def test_a_mistake_is_one_sentence(trona, words):
    done = trona(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_empty_store_holds_no_layer(trona, tmp_path, monkeypatch):
    monkeypatch.setenv("TRONA_STORE", str(tmp_path / "none.sqlite"))
    done = trona("buffer", "Na3PS4", "Na", "--among", "store")
    assert done.returncode == 2
    assert "no screened candidate" in done.stderr or "no store" in done.stderr
