"""Commands say what looks right and is not: charges, units, what was changed in a file."""

from __future__ import annotations

import os
import subprocess

import pytest
from typer.testing import CliRunner

from trona.screening.errors import BackendError
from trona.workflows.cli.main import app

HYDRIDE = """\
8
Lattice="4.88 0 0 0 4.88 0 0 0 4.88" Properties=species:S:1:pos:R:3 pbc="T T T"
Na 0 0 0
Na 2.44 2.44 0
Na 2.44 0 2.44
Na 0 2.44 2.44
D 2.44 0 0
D 0 2.44 0
D 0 0 2.44
D 2.44 2.44 2.44
"""


@pytest.mark.parametrize(
    "command",
    [("window", "Na2PS4"), ("interface", "Na2PS4", "Na"), ("profile", "Na2PS4"),
     ("compare", "Na2PS4", "Na3PS4")],
    ids=lambda command: command[0],
)  # fmt: skip
def test_every_command_notes_a_charge(command):
    result = CliRunner().invoke(app, list(command))
    assert result.exit_code == 0
    said = " ".join((result.stdout + result.stderr).split())
    assert said.count("'Na2PS4' is not neutral") == 1


@pytest.mark.parametrize(
    "command",
    [("screen",), ("reference", "relax", "x.cif"), ("candidates", "make", "Na3PS4", "--to", "new"),
     ("candidates", "glass", "Na3PS4", "--to", "new")],
    ids=" ".join,
)  # fmt: skip
def test_every_command_that_relaxes_refuses_a_device_that_is_not_there(
    command, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, [*command, "--device", "none"])
    assert isinstance(result.exception, BackendError)
    assert "no device 'none' here" in str(result.exception)
    assert "TRONA_DEVICE" not in os.environ
    assert not list(tmp_path.iterdir())


def test_what_was_changed_in_a_file_is_said(tmp_path):
    (tmp_path / "hydride.xyz").write_text(HYDRIDE)
    result = CliRunner().invoke(app, ["candidates", "check", str(tmp_path / "hydride.xyz")])
    assert result.exit_code == 0
    assert "hydride: deuterium taken as hydrogen." in result.stderr


@pytest.mark.parametrize(("words", "code"), [("air NaCl >&-", 0), ("air Xx 2>&-", 2)])
def test_output_that_is_closed_from_the_start_is_no_fault(words, code):
    done = subprocess.run(
        ["bash", "-c", f"trona {words}"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (code, "")
