"""Commands of trona, run in the process of the tests."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import pytest

from trona.workflows.cli.main import main


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def trona(capsys, monkeypatch):
    """Run a command in this process: each process of its own would load everything anew."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["trona", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            main()
        said = capsys.readouterr()
        return Done(caught.value.code or 0, said.out, said.err)

    monkeypatch.setenv("COLUMNS", "120")
    return run
