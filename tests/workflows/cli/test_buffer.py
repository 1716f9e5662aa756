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


def test_verdicts_on_several_layers_are_in_the_plural(trona, tmp_path):
    path = tmp_path / "layers.txt"
    path.write_text("NaAl11O17\nNaCl\nNaBr\nNa3PO4\nNa2SO4\nNaMgF3\n", encoding="utf-8")
    printed = " ".join(trona("buffer", *SIDES, "--among", str(path)).stdout.split())
    assert "Of 6 layers: 4 fit, 1 reacts weakly, 1 vetoed." in printed


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
    words = ("cell", *CELL, "--buffer", "Na3PS4", *among, "--csv")
    rows = list(csv.DictReader(io.StringIO(trona(*words).stdout)))
    assert {row["side"] for row in rows} == {"anode", "cathode"}
    pairs = {(row["first"], row["second"]) for row in rows}
    assert {("Na3SbS4", "Na15Sn4"), ("Na3PS4", "Na3SbS4"), ("Na3PS4", "NaCrO2")} <= pairs


@pytest.mark.parametrize(
    "words",
    [
        ("buffer", "Na3PS4", "NaCrO2", "--voltage", "x"),
        ("buffer", "Na3PS4", "NaCrO2", "--voltage", "1..2..3"),
        ("buffer", "Na3PS4", "NaCrO2", "--among", "missing.txt"),
        ("buffer", "Na3PS4", "NaCrO2", "--among", ""),
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


def test_kept_layers_and_cells_are_listed_and_drawn(trona, among, tmp_path):
    store = str(tmp_path / "kept.sqlite")
    page, stack = tmp_path / "report.html", tmp_path / "cell.html"
    assert trona("buffer", *SIDES, *among, "--store", store).returncode == 0
    done = trona("cell", *CELL, *among, "--store", store, "--report", str(stack))
    assert done.returncode == 0, done.stderr
    (ranking,) = json.loads(trona("query", "--buffers", "--store", store, "--json").stdout)
    assert [one["formula"] for one in ranking["layers"]] == ["NaAl11O17", "Na3PO4", "Na3PS4"]
    (cell,) = csv.DictReader(
        io.StringIO(trona("query", "--cells", "--store", store, "--csv").stdout)
    )
    assert (cell["anode"], cell["worst"]) == ("Na15Sn4", "anode")
    assert "NaAl11O17" in trona("query", "--cells", "--store", store).stdout
    assert trona("report", "--store", store, "-o", str(page)).returncode == 0
    for text in (page.read_text("utf-8"), stack.read_text("utf-8")):
        order = [f"<b>{name}</b>" for name in ("Na15Sn4", "Na3SbS4", "NaAl11O17", "NaCrO2")]
        places = [text.index(one) for one in order]
        assert places == sorted(places)
        assert "worst contact" in text
    assert "Buffer layers between electrolyte and electrode" in page.read_text("utf-8")
    assert "<script" not in stack.read_text("utf-8")


def test_kept_lists_are_asked_one_at_a_time_and_without_filters(trona, tmp_path):
    for words in (["--buffers", "--cells"], ["--cells", "--elements", "Na"]):
        done = trona("query", *words, "--store", str(tmp_path / "none.sqlite"))
        assert (done.returncode, done.stdout) == (2, "")


def test_compounds_of_another_source_are_judged_by_the_reference(trona, tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text(
        "formula,formation_energy_per_atom\nNa,0\nCl,0\nLu,0\nNaCl,-2.1\nLuCl3,-2.4\n", "utf-8"
    )
    document = json.loads(trona("buffer", *SIDES, "--among", f"table:{table}", "--json").stdout)
    assert [one["formula"] for one in document["layers"]] == ["NaCl"]
    assert document["reference"] == "bundled"
    assert any("1 with other elements" in line for line in document["caveats"])


@pytest.mark.parametrize(
    "words",
    [
        ("buffer", "Na3PS4", "unobtainium"),
        ("buffer", "Na3PS4", "Na3PS4"),
        ("buffer", "Na3PS4", "NaCrO2", "--voltage=-1..2"),
        ("buffer", "Na3PS4", "NaCrO2", "--voltage", "4..0"),
        ("buffer", "Na3PS4", "NaCrO2", "--voltage", "nan"),
        ("buffer", "Na3PS4", "NaXeO2"),
        ("buffer", "Na3PS4", "Na", "--among", "mp:Na-Xx"),
        ("cell", "--anode", "Na", "--electrolyte", "Na3PS4", "--cathode", "Na3PS4"),
        ("cell", "--anode", "Na", "--electrolyte", "Na3PS4", "--cathode", "Na2PuO4"),
        ("cell", "--anode", "Na", "--electrolyte", "Na3PS4", "--cathode", "NaCrO2",
         "--buffer", "NaXe"),
    ],
)  # fmt: skip
def test_what_no_layer_can_be_put_between_is_one_sentence(trona, words, tmp_path):
    stored = tmp_path / "none.sqlite"
    done = trona(*words, "--store", str(stored))
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert not stored.exists()


def test_an_empty_list_of_layers_and_one_that_is_not_covered_are_refused(trona, tmp_path):
    path = tmp_path / "layers.txt"
    for text in ("", "# none\n", "LuCl3\n", "not a formula\n"):
        path.write_text(text, encoding="utf-8")
        done = trona("buffer", *SIDES, "--among", str(path))
        assert (done.returncode, done.stdout) == (2, "")
        assert len(done.stderr.strip().splitlines()) == 1
