"""Files of materials: what a command leaves out it says, by line and file."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from trona.screening.errors import InputError
from trona.workflows.cli.main import app

ROWS = "Na3PS4\nNa3XX4\nNa2S\nP2S5\n"


def run(*arguments):
    """Run a command in this process; a mistake of the user's is raised."""
    done = CliRunner().invoke(app, [*map(str, arguments)])
    if done.exception is not None:
        raise done.exception
    return done


def written(tmp_path, name, text=ROWS):
    """Write a list, or a table with one column."""
    path = tmp_path / name
    path.write_text(("" if name.endswith(".txt") else "formula\n") + text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["wrong.csv", "wrong.tsv", "wrong.txt"])
def test_window_names_lines_that_it_leaves_out(tmp_path, name):
    path = written(tmp_path, name)
    done = run("window", path, "--json")
    assert [one["formula"] for one in json.loads(done.stdout)] == ["Na3PS4", "Na2S"]
    first = 1 if name.endswith(".txt") else 2
    said = done.stderr
    assert f"left out: line {first + 1} of {path}: 'Na3XX4' names 'X', which is not" in said
    assert f"left out: line {first + 3} of {path}: 'P2S5' is not a compound of sodium" in said


@pytest.mark.parametrize("name", ["some.csv", "some.txt"])
def test_an_element_that_the_reference_lacks_leaves_out_its_line_only(tmp_path, name):
    path = written(tmp_path, name, "Na2UO4\nNa2S\n")
    done = run("window", path, "--json")
    assert json.loads(done.stdout)["formula"] == "Na2S"
    assert f"of {path}: no reference phase for U" in done.stderr


@pytest.mark.parametrize("name", ["none.csv", "none.txt"])
def test_all_lines_are_named_where_none_can_be_used(tmp_path, name):
    path = written(tmp_path, name, "Na3XX4\nP2S5\n")
    with pytest.raises(InputError, match=r"2 reasons:\n.*Na3XX4.*\n.*P2S5"):
        run("window", path)


def test_what_is_typed_is_refused():
    with pytest.raises(InputError, match=r"^'P2S5' is not"):
        run("window", "Na3PS4", "P2S5")


def test_matrix_names_what_it_leaves_out_of_both_lists(tmp_path):
    path = written(tmp_path, "wrong.txt", "Na3PS4\nNa3XX4\n")
    done = run("matrix", path, "--against", path, "--json")
    assert json.loads(done.stdout)["firsts"] == ["Na3PS4"]
    assert done.stderr.count(f"left out: line 2 of {path}: 'Na3XX4'") == 2


def test_window_of_a_label_names_what_shows_it(tmp_path, monkeypatch):
    monkeypatch.setenv("TRONA_STORE", str(tmp_path / "s.sqlite"))
    table = tmp_path / "mine.csv"
    table.write_text("label,formula\nc000,Na2S\n", encoding="utf-8")
    run("screen", table)
    with pytest.raises(InputError, match=r"'trona show c000' .*'trona window Na2S'"):
        run("window", "c000")
