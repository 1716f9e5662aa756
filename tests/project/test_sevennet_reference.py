"""The scripts that compute the SevenNet set start, and structure types become crystals."""

from __future__ import annotations

import subprocess
import sys

import pytest
import yaml
from pymatgen.core import Composition

from tests.support.folders import SCRIPTS
from trona.workflows.candidates.sources import build_crystal

FOLDER = SCRIPTS / "sevennet_reference"


def run(script, *arguments):
    command = [sys.executable, "-W", "ignore", FOLDER / script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.long
@pytest.mark.parametrize(
    "script", ["run.py", "make_prototypes.py", "make_binaries.py", "built_binaries.py"]
)
def test_a_script_explains_itself(script):
    pytest.importorskip("sevenn")
    done = run(script, "--help")
    assert done.returncode == 0, done.stderr
    assert "usage" in done.stdout


@pytest.mark.long
def test_binaries_ask_for_the_choice_that_a_run_writes(tmp_path):
    done = run(
        "make_binaries.py", tmp_path, FOLDER / "binaries.yaml", tmp_path / "out",
        "--choice", tmp_path / "none.json",
    )  # fmt: skip
    assert done.returncode == 2
    assert "none.json is not there; run.py writes it" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["prototypes.yaml", "binaries.yaml"])
def test_a_structure_type_has_the_composition_that_it_states(name):
    content = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    for row in content if isinstance(content, list) else content["types"]:
        crystal = build_crystal(row)
        stated = Composition(row["formula"]).reduced_formula
        assert crystal.composition.reduced_formula == stated, row["label"]
        assert row["source"], row["label"]
