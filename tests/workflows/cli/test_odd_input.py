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


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["window", "Na3PS4", "--at", "500mV"], "'--at': '500mV' is no number."),
        (["query", "--limit", "x"], "'--limit': 'x' is no whole number."),
    ],
)
def test_a_value_that_is_no_number_is_named(trona, arguments, said):
    done = trona(*arguments)
    assert done.returncode == 2
    assert said in done.stderr


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


@pytest.mark.parametrize("name", ["nofile.cif", "nofile.json", "POSCAR", "list.txt", "x/Na.vasp"])
@pytest.mark.parametrize(
    "command",
    [("window",), ("profile",), ("air",), ("interface", "Na"), ("matrix", "Na"), ("compare",),
     ("dopants",), ("buffer", "Na"), ("plot", "ladder", "--to", "a.png"),
     ("plot", "windows", "--to", "a.png"), ("matrix", "Na", "--against"), ("validate",),
     ("cell", "--anode", "Na", "--cathode", "NaCrO2", "--electrolyte")],
    ids=" ".join,
)  # fmt: skip
def test_a_file_that_does_not_exist_is_not_called_a_formula(trona, command, name):
    done = trona(*command, name)
    assert done.returncode == 2
    assert f"there is no file {name!r}" in done.stderr


@pytest.mark.parametrize("command", [("window",), ("profile",), ("matrix", "Na")], ids=" ".join)
def test_a_file_of_a_structure_is_no_list_of_formulas(trona, tmp_path, command):
    path = tmp_path / "Na3PS4.cif"
    path.write_text("data_Na3PS4")
    done = trona(*command, str(path))
    assert f"{str(path)!r} is a file, and a formula is needed" in done.stderr


@pytest.mark.parametrize(
    ("name", "meant"),
    [("Foo", None), ("hardcarbon", "hard carbon"), ("nacro2", "NaCrO2")],
)
def test_a_mistyped_electrode_is_answered_with_one_that_exists(trona, name, meant):
    done = trona("window", "Na3PS4", "--electrode", name)
    assert repr(name) in done.stderr
    assert f"{name}@3.4" in done.stderr
    assert ("did you mean" in done.stderr) == (meant is not None)
    assert meant is None or f"did you mean {meant}?" in done.stderr


def test_a_salt_known_as_a_mixture_only_has_no_potential_of_its_own(trona):
    done = trona("window", "Na3PS4", "--electrode", "Na4Fe2C6N6")
    assert "no phase of this composition is known" in done.stderr
    assert "Na4Fe2C6N6@3.4" in done.stderr
    answer = trona("window", "Na3PS4", "--electrode", "Na2MnFeC6N6").stdout
    assert "3.50 V, measured" in answer
    assert "0.00 V" not in answer.split("0.000–")[0]
