"""--temperature in every command: named in each answer, never mixed, refused in one sentence."""

from __future__ import annotations

import json

import pytest

from tests.support.folders import SHARED
from trona.stores.collections.results import Results
from trona.workflows.study import Study

TABLE = f"table:{SHARED / 'reference' / 'formation_energies.csv'}"


@pytest.mark.parametrize(
    "command",
    [
        ("window", "Na3PS4"),
        ("profile", "Na3SbS4"),
        ("interface", "Na3PS4", "NaCrO2"),
    ],
)
def test_each_answer_names_its_temperature(trona, command):
    done = trona(*command, "--temperature", "25C")
    assert done.returncode == 0, done.stderr
    assert "at 298.15 K" in done.stdout
    assert "at 298.15 K" in json.dumps(
        json.loads(trona(*command, "--temperature", "25C", "--json").stdout)
    )
    assert "298.15 K" not in trona(*command).stdout


def test_compared_compositions_are_at_the_temperature(trona):
    done = trona("compare", "Na3PS4", "NaCl", "--temperature", "333.15", "--json")
    documents = json.loads(done.stdout)["ranking"]
    assert {one["reference"]["name"].rpartition(" at ")[2] for one in documents} == {"333.15 K"}
    assert "At 333.15 K" in done.stderr


@pytest.mark.parametrize("figure", ["windows", "interphases", "ladder", "profile"])
def test_figures_are_at_the_temperature(trona, tmp_path, figure):
    file = tmp_path / "figure.svg"
    done = trona("plot", figure, "Na3PS4", "--temperature", "25C", "--to", file)
    assert done.returncode == 0, done.stderr
    assert file.is_file()
    assert "At 298.15 K" in done.stderr


def test_diagrams_are_at_the_temperature(trona, tmp_path):
    done = trona("plot", "diagram", "Na-P-S", "--temperature", "25C", "--to", tmp_path / "a.svg")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("-5", "below absolute zero"),
        ("100", "beyond the thermochemical data"),
        ("5000", "beyond the thermochemical data"),
        ("warm", "is no temperature"),
    ],
)
def test_a_temperature_without_data_is_refused(trona, typed, said):
    done = trona("window", "Na3PS4", f"--temperature={typed}")
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not done.stdout


def test_temperature_and_pressure_exclude_each_other(trona):
    done = trona("window", "Na3PS4", "--temperature", "25C", "--pressure", "1")
    assert done.returncode == 2
    assert "give a temperature or a pressure" in done.stderr


def test_a_table_without_volumes_has_no_temperature(trona):
    done = trona("window", "Na3PS4", "--reference", TABLE, "--temperature", "25C")
    assert done.returncode == 2
    assert "have no volume and no measured free energy" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_screened_results_of_two_temperatures_are_kept_and_ranked_apart(trona, tmp_path):
    store = tmp_path / "store.sqlite"
    for temperature in ("0", "25C"):
        options = ("--temperature", temperature, "--store", store)
        done = trona("screen", "Na3PS4", "NaCl", *options)
        assert done.returncode == 0, done.stderr
    rows = json.loads(trona("query", "--store", store, "--json").stdout)
    rows = rows["results"] if isinstance(rows, dict) else rows
    assert len({row["id"] for row in rows}) == 4
    names = [row["reference"] for row in rows]
    assert sum("298.15 K" in str(name) for name in names) == 2
    results = Results(str(store))
    places = results.find().places
    results.close()
    assert [places[row["id"]].place for row in rows] == [1, 2, 1, 2]


def test_limits_shrink_with_temperature_as_chemistry_says():
    cold, room, warm = (Study(temperature=t) for t in (0.0, "25C", 353.15))

    def oxidation(study, formula):
        return study.window(formula).limits.oxidation

    for formula, least, most in (("Na3PS4", 0.04, 0.15), ("NaBH4", 0.3, 0.8), ("Na2S", 0.04, 0.15)):
        lost = oxidation(cold, formula) - oxidation(room, formula)
        assert least < lost < most, formula
    for formula, least, most in (("Na3PS4", 0.005, 0.04), ("NaBH4", 0.05, 0.2)):
        lost = oxidation(room, formula) - oxidation(warm, formula)
        assert least < lost < most, formula
    assert oxidation(room, "NaCl") == pytest.approx(3.98, abs=0.3)


def test_a_study_reads_temperatures_as_text():
    assert Study(temperature="60C").reference.temperature == pytest.approx(333.15)
    assert (
        Study(temperature=333.15).reference.checksum == Study(temperature="60C").reference.checksum
    )
