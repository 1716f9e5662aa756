"""``trona matrix``: lists, files, outputs, and mistakes."""

from __future__ import annotations

import csv
import io
import json

import pytest
from typer.testing import CliRunner

from trona.screening.errors import InputError
from trona.workflows.cli.main import app
from trona.workflows.study import Study


def matrix(*arguments):
    """Run ``trona matrix`` in this process; a mistake of the user's is raised."""
    done = CliRunner().invoke(app, ["matrix", *map(str, arguments)], catch_exceptions=True)
    if done.exception is not None:
        raise done.exception
    return done


def test_table_json_and_csv_say_the_same(tmp_path):
    listed = tmp_path / "electrolytes.txt"
    listed.write_text("Na3PS4\nNa3SbS4  # a comment\n\n", encoding="utf-8")
    asked = [listed, "--against", "Na,NaCrO2"]
    document = json.loads(matrix(*asked, "--json").stdout)
    assert document["firsts"] == ["Na3PS4", "Na3SbS4"]
    assert document["seconds"] == ["Na", "NaCrO2"]
    apart = matrix(listed, "--against", "Na", "NaCrO2", "--json").stdout
    assert json.loads(apart)["cells"] == document["cells"]
    rows = list(csv.DictReader(io.StringIO(matrix(*asked, "--csv").stdout)))
    assert [float(row["energy_per_atom"]) for row in rows] == [
        cell["energy_per_atom"] for cell in document["cells"]
    ]
    printed = matrix(*asked).stdout
    for cell in document["cells"]:
        assert f"{-1000 * cell['energy_per_atom']:.0f}" in printed


@pytest.mark.parametrize("ending", ["png", "html"])
def test_heat_maps_are_drawn_for_paper_and_browser(tmp_path, ending):
    path = tmp_path / f"map.{ending}"
    matrix("Na3PS4", "Na2ZrCl6", "Na3PO4", "--to", path)
    assert path.stat().st_size > 10_000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["Na3PS4"], "at least two"),
        (["Na3PS4", "Na2S", "--at-electrode"], "--against"),
        (["Na3PS4", "--against", "hard carbon"], "no composition"),
        (["Na3PS4", "--against", "NaCrO2..TiO2"], "sodium only"),
        (["Na3XX4", "--against", "Na"], "not an element"),
        (["Na3PS4", "--against", ""], "names nothing"),
        (["Na3PS4", "--against", "NaCrO2@9", "--at-electrode"], "between 0 and 6"),
        (["Na3PS4", "--against", "Unobtainium"], "Nor is it a screened candidate"),
        (["Na3PS4", "--against", "missing.txt"], "there is no file 'missing.txt'"),
    ],
)
def test_mistakes_are_told_in_a_sentence(arguments, message):
    with pytest.raises(InputError, match=message):
        matrix(*arguments)


def test_an_empty_list_is_refused(tmp_path):
    path = tmp_path / "empty.txt"
    path.write_text("# nothing\n", encoding="utf-8")
    for asked in ([path, "--against", "Na"], ["Na3PS4", "--against", path]):
        with pytest.raises(InputError, match="contains no name"):
            matrix(*asked)


def test_labels_stand_for_screened_candidates(tmp_path, monkeypatch):
    store = tmp_path / "s.sqlite"
    monkeypatch.setenv("TRONA_STORE", str(store))
    table = tmp_path / "mine.csv"
    table.write_text("label,formula\nmy glass,Na3PS3.4O0.6\n", encoding="utf-8")
    assert CliRunner().invoke(app, ["screen", str(table), "--store", str(store)]).exit_code == 0
    found = json.loads(matrix("my glass", "--against", "NaCrO2", "--json").stdout)
    (cell,) = found["cells"]
    assert cell["first"] == "my glass"
    assert found["formulas"] == {"my glass": "Na3PS3.4O0.6"}
    assert "Na3PS3.4" in matrix("my glass", "--against", "NaCrO2").stdout
    (row,) = csv.DictReader(io.StringIO(matrix("my glass", "--against", "NaCrO2", "--csv").stdout))
    assert (row["first_formula"], row["second_formula"]) == ("Na3PS3.4O0.6", "NaCrO2")
    turned = json.loads(matrix("NaCrO2", "--against", "my glass", "--json").stdout)["cells"][0]
    assert turned["energy_per_atom"] == pytest.approx(cell["energy_per_atom"])
    done = CliRunner().invoke(app, ["interface", "my glass", "NaCrO2", "--json"])
    pair = json.loads(done.stdout)
    assert pair["first"] == "Na3PS3.4O0.6"
    assert pair["strongest"]["mixing_energy_per_atom"] == pytest.approx(cell["energy_per_atom"])


def test_python_says_the_same():
    found = Study().matrix(["Na3PS4", "Na3SbS4"], ["Na", "NaCrO2"], at_electrode=True)
    document = json.loads(
        matrix("Na3PS4", "Na3SbS4", "--against", "Na,NaCrO2", "--at-electrode", "--json").stdout
    )
    energies = found.to_frame()["energy (meV/atom)"] / 1000
    wanted = [cell["energy_per_atom"] for cell in document["cells"]]
    assert energies.tolist() == pytest.approx(wanted, abs=1e-6)


def test_what_does_not_react_is_a_sentence_and_no_figure(tmp_path):
    path = tmp_path / "nothing.png"
    done = CliRunner().invoke(app, ["interface", "Na2S", "NaCl", "--plot", str(path)])
    assert "No reaction: Na2S and NaCl" in done.stdout
    assert "->" not in done.stdout
    assert not path.exists()
