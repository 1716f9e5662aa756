"""What cannot be written is refused before anything is computed for it."""

from __future__ import annotations

import pytest
import typer
from typer.testing import CliRunner

from trona.screening.errors import InputError, StoreError
from trona.stores.energies import references
from trona.workflows.cli.main import app

WRITING = {
    "buffer": ["Na3SbS4", "Na"],
    "cell": ["--anode", "Na", "--electrolyte", "Na3SbS4", "--cathode", "NaCrO2"],
    "interface": ["Na3PS4", "Na"],
    "screen": ["NaCl"],
    "submit": ["NaCl"],
    "collect": [],
    "campaign": ["NaCl"],
    "candidates make": ["Na3PS4", "--to", "new"],
    "candidates glass": ["Na3PS4", "--to", "new"],
    "reference relax": ["x.cif"],
    "store import": ["x.jsonl"],
    "store reindex": [],
    "store rebuild": [],
}
"""Arguments of each command that writes into the store of ``--store``."""
READING = {"compare", "doctor", "matrix", "next", "plot interphases", "plot windows", "query",
           "report", "serve", "show", "store check", "store export", "store info"}  # fmt: skip
FILES = {
    "report": ["--to", "PAGE"],
    "cell": [*WRITING["cell"], "--report", "PAGE"],
    "matrix": ["Na3PS4", "Na", "--to", "FIGURE"],
    "window": ["Na3PS4", "--plot", "FIGURE"],
    "interface": ["Na3PS4", "Na", "--plot", "FIGURE"],
    "plot ladder": ["Na3PS4", "-o", "FIGURE"],
}
"""Arguments of commands that write a page or a figure."""


def commands(group, before=()):
    """All commands by their full names."""
    for name, one in group.commands.items():
        path = (*before, name)
        if hasattr(one, "commands"):
            yield from commands(one, path)
        else:
            yield " ".join(path), one


@pytest.fixture(autouse=True)
def nothing_is_computed(monkeypatch, tmp_path):
    """Work in an empty folder; energies that are asked for are a failure of the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(references, "load_reference", None)


def refusal(command, *options):
    """The sentence with which a command ends."""
    result = CliRunner().invoke(app, [*command.split(), *options])
    assert isinstance(result.exception, InputError | StoreError), result.output
    assert result.stdout == ""
    return str(result.exception)


def test_every_command_with_a_store_reads_it_or_refuses_early():
    found = {
        name: option.callback is not None
        for name, command in commands(typer.main.get_command(app))
        for option in command.params
        if option.name == "store" and not name.startswith("project")
    }
    assert {name for name, refuses in found.items() if refuses} == WRITING.keys()
    assert {name for name, refuses in found.items() if not refuses} == READING


@pytest.mark.parametrize("command", WRITING)
def test_a_store_that_cannot_be_used_is_refused_before_any_computing(command, tmp_path):
    (tmp_path / "text").write_text("this is no database")
    (tmp_path / "folder").mkdir()
    for name in ("text", "folder", "text/new.sqlite", "ftp://host/x"):
        assert "cannot use the store" in refusal(command, *WRITING[command], "--store", name)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["folder", "text"]


def test_the_store_of_the_settings_is_refused_too(monkeypatch, tmp_path):
    monkeypatch.setenv("TRONA_STORE", str(tmp_path))
    assert "cannot use the store" in refusal("screen", "NaCl")


@pytest.mark.parametrize("command", FILES)
@pytest.mark.parametrize("name", ["x.txt", "x", "no/x.html", "folder.html"])
def test_a_file_that_cannot_be_written_is_refused_before_any_computing(command, name, tmp_path):
    (tmp_path / "folder.html").mkdir()
    arguments = [name if one in {"PAGE", "FIGURE"} else one for one in FILES[command]]
    said = refusal(command, *arguments)
    assert said.startswith(f"cannot write {name!r}: ")
    assert not (tmp_path / name).is_file()


def test_a_page_is_no_picture():
    assert "a name that ends in .html, .htm is needed" in refusal("report", "-o", "x.png")
