"""``trona air``: one composition in detail, several ranked, several humidities, one sentence."""

from __future__ import annotations

import csv
import io
import json

import pytest

from trona.workflows.study import Study


def test_a_composition_names_its_conditions_and_says_that_kinetics_are_not_in_it(trona):
    done = trona("air", "Na3PS4")
    assert done.returncode == 0, done.stderr
    text = " ".join(done.stdout.split())
    assert "25 °C, 30 % relative humidity (dew point 6 °C), 1 ppm of H2S" in text
    assert "Na3PS4 + 4 H2O -> 4 H2S + Na3PO4" in text
    assert "Products at sodium metal beside water" in text
    assert "the rate of a reaction" in text


def test_what_withstands_water_alone_is_not_called_stable_in_air(trona):
    told = " ".join(trona("air", "Na3SbS4").stdout.split())
    assert "With H2O and CO2 together and with O2 a reaction releases energy" in told
    assert "releases energy" not in trona("air", "NaCl").stdout
    assert "releases energy" not in trona("air", "Na3PS4").stdout


def test_several_are_ranked_the_most_resistant_first(trona):
    done = trona("air", "Na3PS4", "NaCl", "Na3SbS4")
    table = [line.split() for line in done.stdout.splitlines() if line.startswith(" ")]
    rows = [line for line in table if line and line[0].isdigit()]
    assert [row[1] for row in rows] == ["NaCl", "Na3SbS4", "Na3PS4"]


def test_csv_has_a_row_for_each_humidity_and_exposure(trona):
    done = trona("air", "Na3PS4", "--humidity", "-40C,30%,90%", "--csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert len(rows) == 3 * 5
    water = [float(row["energy_per_atom"]) for row in rows if row["open_to"] == "H2O"]
    assert water == sorted(water, reverse=True)


def test_json_is_what_the_data_dictionary_says(trona):
    (found,) = json.loads(trona("air", "Na2ZrCl6", "--h2s", "1bar", "--json").stdout)
    assert found["conditions"]["released"] == 1.0
    assert {"water", "oxygen", "carbon_dioxide", "air", "verdict"} <= found.keys()


@pytest.mark.parametrize("ending", ["svg", "html"])
def test_the_figure_has_both_forms(trona, tmp_path, ending):
    file = tmp_path / f"air.{ending}"
    done = trona("air", "Na3PS4", "Na2ZrCl6", "--plot", file, "--csv")
    assert done.returncode == 0, done.stderr
    text = file.read_text(encoding="utf-8")
    assert "dew point" in text
    assert trona("plot", "air", "Na3PS4", "Na2ZrCl6", "--to", file).returncode == 0
    assert ("<!DOCTYPE svg" in file.read_text(encoding="utf-8")) == (ending == "svg")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--humidity", "120%"), "over 100 %"),
        (("--h2s", "0bar"), "more than 0"),
        (("--co2", "0ppm"), "more than 0"),
        (("--reference", "bundled-chgnet", "--co2", "420ppm"), "no phase of C"),
        (("--method", "best"), "no method"),
        (("--temperature", "0"), "no free energy"),
    ],
)
def test_bad_conditions_are_one_sentence(trona, arguments, said):
    done = trona("air", "Na3PS4", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert not done.stdout


def test_a_molecule_of_the_air_itself_is_refused(trona):
    done = trona("air", "CO2")
    assert done.returncode == 2
    assert "consists of what the air supplies" in done.stderr


def test_a_study_exposes_compositions_whatever_its_own_temperature():
    studies = [Study(), Study(temperature="60C")]
    tables = [study.air(["Na3PS4", "NaCl"]).to_frame() for study in studies]
    assert tables[0].equals(tables[1])
    assert tables[0]["formula"].tolist() == ["NaCl", "Na3PS4"]
    assert tables[0]["H2S (mL/g)"].tolist()[1] == pytest.approx(434.5, abs=0.5)


@pytest.mark.long
def test_dopants_have_a_table_rows_and_both_figures(trona, tmp_path):
    asked = ("dopants", "Na3PS4", "Si,Sn", "Hf")
    page, paper = tmp_path / "dopants.html", tmp_path / "dopants.svg"
    done = trona(*asked, "--plot", page)
    assert done.returncode == 0, done.stderr
    text = " ".join(done.stdout.split())
    assert "1 ppm of H2S" in text
    assert "Left out: Hf" in text
    assert "above the hull" in text
    rows = list(csv.DictReader(io.StringIO(trona(*asked, "--csv").stdout)))
    assert [row["dopant"] for row in rows] == ["Sn", "Si", "Hf"]
    assert rows[2]["left_out"]
    drawn = trona("plot", *asked, "--to", paper)
    assert drawn.returncode == 0, drawn.stderr
    assert "left out: Hf" in drawn.stderr
    assert "<!DOCTYPE svg" in paper.read_text(encoding="utf-8")
    assert "energy saved in moist air" in page.read_text(encoding="utf-8")


@pytest.mark.long
def test_dopants_are_a_frame_in_python():
    frame = Study().dopants("Na3PS4", ["Si", "Sn"]).to_frame()
    assert frame["dopant"].tolist() == ["Sn", "Si"]
