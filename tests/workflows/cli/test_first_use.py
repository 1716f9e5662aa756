"""The grammar of the command line: shared options, exit codes, errors, pipes, tables and CSV."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys

import pytest
from typer.main import get_command

from tests.support.tables import ROWS
from trona import Study
from trona.screening.errors import InputError
from trona.workflows.cli import main as cli
from trona.workflows.cli.commands import formula as answer_cli

MAIN = "from trona.workflows.cli.main import main; main()"
FORMULAS = ("Na3PS4", "Na2S", "Na3SbS4", "Na3PS3.4O0.6")
GRAMMAR = {
    *("screen", "window", "profile", "interface", "validate", "candidates", "reference", "query"),
    *("show", "compare", "plot", "report", "submit", "status", "retry", "doctor", "store"),
    "project",
}


def commands(command=None, name=()):
    """All commands with their full names."""
    command = command or get_command(cli.app)
    if not hasattr(command, "commands"):
        return {name: command}
    found = {}
    for key, one in command.commands.items():
        found |= commands(one, (*name, key))
    return found


def rows(printed):
    return list(csv.DictReader(io.StringIO(printed)))


@pytest.fixture
def store(trona, tmp_path):
    """A store with a screening by composition; also that of the settings."""
    path = tmp_path / "s.sqlite"
    assert trona("screen", *FORMULAS, "--store", path).returncode == 0
    return path


def test_the_grammar_is_complete():
    assert {name[0] for name in commands()} >= GRAMMAR


def test_an_option_means_the_same_everywhere():
    spelled = {}
    for name, command in commands().items():
        for option in command.params:
            if option.param_type_name == "option":
                spelled.setdefault(option.opts[-1], {}).setdefault(option.help, []).append(name)
    several = {option: texts for option, texts in spelled.items() if len(texts) > 1}
    own = {"--again", "--at", "--backend", "--elements", "--products", "--reference", "--store"}
    assert set(several) <= own | {"--to", "--voltage", "--workers"}, several


def test_csv_stands_wherever_a_table_is():
    without = {
        " ".join(name)
        for name, command in commands().items()
        if "--json" in (flags := {flag for one in command.params for flag in one.opts})
        and "--csv" not in flags
    }
    no_table = {
        "reference fetch",
        "reference info",
        "reference relax",
        "submit",
        "retry",
        "collect",
    }
    assert without == no_table


def plateaus(content):
    return [plateau for one in content for plateau in one["plateaus"]]


@pytest.mark.parametrize(
    ("arguments", "columns", "things"),
    [
        (["window", "Na3PS4"], "formula voltage_lower reaction", lambda found: found["ladder"]),
        (["interface", "Na3PS4", "NaCrO2"], "first fraction", lambda found: found["kinks"]),
        (["profile", "S", "Na3PS4"], "formula voltage capacity", plateaus),
        (["validate", "Na3PS4"], "quantity published", lambda found: found[0]["comparisons"]),
        (["compare", *FORMULAS], "label reduction_limit", lambda found: found["ranking"]),
        (["screen", *FORMULAS], "label reduction_limit", lambda found: found["ranking"]),
        (["query"], "label reduction_limit", list),
        (["query", "--count", "anions,class"], "anions class results", list),
        (["show", "Na2S"], "label reference reaction", lambda found: found[0]["window"]["ladder"]),
        (["store", "info"], "collection count", lambda found: found["collections"]),
        (["reference", "list"], "name n_phases", list),
        (["candidates", "check", "Na3PS4"], "label charges", lambda found: found["candidates"]),
    ],
)
def test_csv_has_a_row_for_each_thing_in_json(
    arguments, columns, things, trona, store, monkeypatch
):
    monkeypatch.setenv("TRONA_STORE", str(store))
    monkeypatch.setenv("TRONA_REFERENCES", str(store.parent / "none"))
    found = rows(trona(*arguments, "--csv").stdout)
    assert set(columns.split()) <= found[0].keys()
    assert len(found) == len(things(json.loads(trona(*arguments, "--json").stdout)))


def test_csv_without_a_row_still_has_a_header(trona, store):
    found = trona("query", "--hull-below", "-1", "--csv", "--store", store).stdout
    assert found.startswith("label,formula,state")
    assert len(found.splitlines()) == 1


def test_two_forms_at_once_are_refused_whichever_is_first(trona):
    for forms in (("--json", "--csv"), ("--csv", "--json")):
        done = trona("window", "Na3PS4", *forms)
        assert (done.returncode, done.stdout) == (2, "")
        assert "not both" in done.stderr


def test_compare_ranks_as_the_study_does(trona):
    found = json.loads(trona("compare", *FORMULAS, "--json").stdout)["ranking"]
    wanted = Study("bundled").rank(FORMULAS).to_frame()
    assert [row["label"] for row in found] == wanted["candidate"].tolist()
    assert [row["score"] for row in found] == pytest.approx(wanted["score"].tolist())


def test_compare_finds_labels_in_a_store_on_the_same_energies(trona, tmp_path):
    folder = tmp_path / "candidates"
    folder.mkdir()
    listed = folder / "all.csv"
    listed.write_text("label,formula\nmy glass,Na3PS3O\n", encoding="utf-8")
    place = ("--store", tmp_path / "s.sqlite")
    assert trona("screen", listed, *place).returncode == 0
    done = trona("compare", "my glass", "Na2S", *place, "--json")
    ranking = {row["label"]: row for row in json.loads(done.stdout)["ranking"]}
    assert ranking.keys() == {"my glass", "Na2S"}
    assert ranking["my glass"]["formula"] == "Na3PS3O"
    other = trona("compare", "my glass", *place, "--correction", "as-published")
    assert other.returncode == 2
    assert "trona store rebuild" in other.stderr
    unknown = trona("compare", "my glas", "Na2S", *place)
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "my glas" in unknown.stderr


@pytest.mark.parametrize("name", ["my glass", "Na3XX", "S8", "Na"])
def test_compare_refuses_what_is_neither_formula_nor_label(name, trona, tmp_path, monkeypatch):
    monkeypatch.setenv("TRONA_STORE", str(tmp_path / "none.sqlite"))
    done = trona("compare", "Na3PS4", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert name in done.stderr


def failing(error):
    def work(*_, **__):
        raise error

    return work


@pytest.mark.parametrize(("error", "code"), [(InputError("mend it"), 2), (KeyError("x"), 1)])
def test_a_traceback_is_shown_only_when_it_is_asked_for(error, code, trona, monkeypatch):
    monkeypatch.setattr(answer_cli, "load_energies", failing(error))
    silent = trona("profile", "S")
    assert silent.returncode == code
    assert len(silent.stderr.splitlines()) == 1
    assert silent.stderr.startswith("trona: ")
    assert ("--debug" in silent.stderr) == (code == 1)
    for asked in (("--debug", "profile", "S"), ("profile", "S", "--debug")):
        told = trona(*asked)
        assert told.returncode == code
        assert "Traceback" in told.stderr
    monkeypatch.setenv("TRONA_DEBUG", "1")
    assert "Traceback" in trona("profile", "S").stderr
    monkeypatch.setenv("TRONA_DEBUG", "0")
    assert "Traceback" not in trona("profile", "S").stderr


def test_wrong_usage_exits_with_2(trona):
    for arguments in (
        ["window"],
        ["windows"],
        ["window", "Na3PS4", "--colour"],
        ["query", "--limit", "x"],
    ):
        done = trona(*arguments)
        assert (done.returncode, done.stdout) == (2, "")


def test_a_reader_that_has_seen_enough_ends_a_command_silently():
    for arguments in (["--help"], ["window", "Na3PS4", "--json"], ["compare", *FORMULAS]):
        run = subprocess.Popen(
            [sys.executable, "-c", MAIN, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        run.stdout.close()
        said = run.stderr.read().splitlines()
        assert [line for line in said if not line.startswith("Not in the reference: ")] == []
        run.stderr.close()
        assert run.wait(timeout=60) == 0


def test_completion_names_commands_and_options():
    for words, wanted in (("trona wi", "window"), ("trona window --to", "--tolerance")):
        environment = {
            "_TRONA_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(words.count(" ")),
        }
        done = subprocess.run(
            [sys.executable, "-c", MAIN],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **environment},
        )
        assert wanted in done.stdout.split()


@pytest.mark.parametrize("colour", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_what_is_piped_has_no_colour(colour):
    done = subprocess.run(
        [sys.executable, "-c", MAIN, "window", "Na3PS4"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **colour},
    )
    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.long
@pytest.mark.parametrize("width", [80, 160])
def test_tables_keep_to_the_width_of_the_terminal(width, trona, store, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TRONA_STORE", str(store))
    table = tmp_path / "energies.csv"
    table.write_text(ROWS, encoding="utf-8")
    for arguments in (
        ["--help"],
        ["query", "--help"],
        ["window", "Na11Sn2PS12", "--products", "--why"],
        ["window", "Na3PS4", "--electrode", "S"],
        ["window", "Na3PS4", "--correction", "as-published"],
        ["interface", "Na3PS4", "NaCrO2"],
        ["profile", "Na3SbS4", "S"],
        ["compare", *FORMULAS],
        ["validate", *FORMULAS],
        ["query"],
        ["query", "--count", "anions,class"],
        ["show", "Na3PS4"],
        ["candidates", "check", *FORMULAS],
        ["reference", "info", "bundled"],
        ["reference", "compare", "bundled", f"table:{table}", "Na-P-S"],
    ):
        done = trona(*arguments)
        assert done.returncode == 0, done.stderr
        lines = [re.sub(r"\S*/\S*", "", line) for line in done.stdout.splitlines()]
        assert max(map(len, lines)) <= width, arguments
