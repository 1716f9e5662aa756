"""Figures that a user asks for: the ending decides the format, and nothing is half-written."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from tests.support.tables import ROWS
from trona.screening.errors import InputError
from trona.workflows.cli.main import app


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("table") / "energies.csv"
    path.write_text(ROWS, encoding="utf-8")
    return f"table:{path}"


def plot(*arguments):
    """Run ``trona plot`` in this process; a mistake of the user's is raised."""
    done = CliRunner().invoke(app, ["plot", *map(str, arguments)], catch_exceptions=True)
    if done.exception is not None:
        raise done.exception
    return done


FIGURES = {
    "windows": ["windows", "Na3PS4", "NaCl"],
    "interphases": ["interphases", "Na3PS4", "ZrCl4", "--at", "0.5"],
    "ladder": ["ladder", "Na3PS4"],
    "triangle": ["diagram", "Na-P-S-Cl", "--at", "1.5", "--mark", "Na3PS4"],
    "line": ["diagram", "Na3PS4", "--at", "1.5"],
    "interface": ["interface", "Na3PS4", "Na", "--voltage", "0.5"],
    "profile": ["profile", "S", "Na3PS4"],
}


@pytest.mark.parametrize("ending", ["svg", "html"])
@pytest.mark.parametrize("arguments", FIGURES.values(), ids=FIGURES)
def test_every_figure_has_a_form_for_papers_and_one_for_browsers(
    arguments, ending, table, tmp_path
):
    path = tmp_path / f"figure.{ending}"
    done = plot(*arguments, "--reference", table, "--to", path)
    assert done.stderr.endswith(f"figure: {path}\n")
    text = path.read_text(encoding="utf-8")
    assert ("<!DOCTYPE svg" in text) == (ending == "svg")
    if ending == "html":
        assert not re.search(r"<(script|link)[^>]+(src|href)=", text)  # seen without a network


def test_text_of_vector_figures_stays_text(table, tmp_path):
    path = tmp_path / "figure.svg"
    plot("windows", "Na3PS4", "--reference", table, "--to", path)
    assert "interphase at 0 V" in path.read_text(encoding="utf-8")


def test_electrodes_are_marked_where_they_were_measured_with_the_computed_potential(
    table, tmp_path
):
    path = tmp_path / "figure.svg"
    plot("windows", "Na3PS4", "--reference", table, "--to", path)  # without Cr, Sn
    text = path.read_text(encoding="utf-8")
    assert "1.42 V" in text
    assert "(computed 2.09)" in text
    assert "3.00 V" in text
    plot("windows", "Na3PS4", "--electrodes", "NaCrO2@3.1", "--reference", table, "--to", path)
    assert "3.10 V" in path.read_text(encoding="utf-8")


def test_without_formulas_what_was_screened_is_drawn(table, tmp_path):
    store = tmp_path / "s.sqlite"
    done = CliRunner().invoke(
        app, ["screen", "Na3PS4", "NaCl", "--reference", table, "--store", str(store)]
    )
    assert done.exit_code == 0
    for command in ("windows", "interphases"):
        path = tmp_path / f"{command}.svg"
        plot(command, "--reference", table, "--store", store, "--to", path)
        assert "Cl" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["windows", "--store", "none.sqlite"], "trona screen"),
        (["windows", "Na3PS4", "--electrodes", "CoS2"], "Co"),
        (["windows", "Na3PS4", "--electrodes", "NVP@9"], "NVP@9"),
        (["interphases", "--at", "1", "--store", "none.sqlite"], "name formulas"),
        (["ladder", "Na3PS4x"], "Na3PS4x"),
        (["diagram", "Na2S"], "two or three"),
        (["diagram", "Na3PS4", "--at", "-1"], "-1"),
        (["diagram", "Na-P-S", "--mark", "NaCl"], "Cl"),
    ],
)
@pytest.mark.parametrize("ending", ["png", "html"])
def test_bad_input_is_refused_and_nothing_written(
    arguments, word, ending, table, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=word):
        plot(*arguments, "--reference", table, "--to", f"figure.{ending}")
    assert not list(tmp_path.glob("figure.*"))


@pytest.mark.parametrize("name", ["figure.docx", "nowhere/figure.html", "nowhere/figure.png"])
def test_a_file_that_cannot_be_written_is_named(name, table, tmp_path):
    with pytest.raises(InputError, match=name.rpartition("/")[2]):
        plot("ladder", "Na3PS4", "--reference", table, "--to", tmp_path / name)
