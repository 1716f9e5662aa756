"""The shell completes what commands take, and says it at once."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from trona.screening.stability.interphase import InterphaseClass
from trona.stores.collections.query_language import read_class
from trona.stores.corrections.parts import PARTS
from trona.stores.energies.bundled import SETS, bundled_data
from trona.stores.settings import Settings
from trona.workflows.cli import completion
from trona.workflows.jobs.backends import BACKENDS

SCRIPT = """
import sys, time
sys.argv = ["trona"]
from trona.workflows.cli.main import app
try:
    app(prog_name="trona")
except SystemExit:
    pass
heavy = {"numpy", "pymatgen", "rich.table", "torch"}
print(sorted(heavy & set(sys.modules)), file=sys.stderr)
"""


def completed(*words):
    """What bash is told after some words, and which heavy modules that took."""
    environment = os.environ | {
        "_TRONA_COMPLETE": "complete_bash",
        "COMP_WORDS": " ".join(["trona", *words]),
        "COMP_CWORD": str(len(words)),
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        capture_output=True, text=True, check=True, env=environment,
    )  # fmt: skip
    return done.stdout.split(), done.stderr.strip()


def test_the_lists_are_those_that_commands_take(monkeypatch):
    assert tuple(BACKENDS) == completion.BACKENDS
    assert tuple(one.value for one in InterphaseClass) == completion.CLASSES
    named = {read_class(one) for one in completion.CLASS_WORDS}
    assert named < set(completion.CLASSES)
    shorts = {read_class(one.short) for one in InterphaseClass}
    assert shorts == set(completion.CLASSES)
    assert ("as-published", *PARTS) == completion.CORRECTIONS
    assert tuple(SETS) == completion.SETS
    monkeypatch.delenv("TRONA_STORE", raising=False)
    assert completion._place("TRONA_STORE", "trona.sqlite") == Settings().store


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["window", "Na3PS"], {"Na3PS4", "Na3PS3O"}),
        (["interface", "Na3PS4", "NaCrO"], {"NaCrO2"}),
        (["query", "--class", "M"], {"MCI"}),
        (["query", "--class", "keeps"], {"keeps-growing"}),
        (["query", "--class", "growth"], {"growth-stops", "growth-goes-on"}),
        (["screen", "--backend", "seven"], {"sevennet", "sevennet-0"}),
        (["window", "--reference", "bundl"], {"bundled", "bundled-chgnet"}),
        (["window", "--reference", "entr"], {"entries:"}),
        (["window", "--correction", "mp2019,calib"], {"mp2019,calibrated"}),
        (["query", "--sort", "sod"], {"sodium"}),
    ],
)
def test_values_are_completed_without_heavy_imports(words, expected):
    found, loaded = completed(*words)
    assert expected <= set(found)
    assert all(one.startswith(words[-1]) for one in found)
    assert loaded == "[]"


def test_labels_of_the_store_are_completed(trona, tmp_path, monkeypatch):
    monkeypatch.setenv("TRONA_STORE", str(tmp_path / "s.sqlite"))
    assert completion.complete_label("Na") == []
    assert trona("screen", "Na3PS4", "Na2S").returncode == 0
    assert completion.complete_label("Na") == ["Na2S", "Na3PS4"]
    assert completion.complete_label("Na3") == ["Na3PS4"]
    assert completed("show", "Na3")[0] == ["Na3PS4"]
    (tmp_path / "other.sqlite").write_bytes(b"no database")
    monkeypatch.setenv("TRONA_STORE", str(tmp_path / "other.sqlite"))
    assert completion.complete_label("Na") == []


def test_every_formula_of_the_set_is_completed():
    some = [phase["formula"] for phase in bundled_data()["phases"]][::300]
    assert all(formula in completion.complete_formula(formula) for formula in some)
    assert completion.complete_formula("") == []


def test_snapshots_on_this_machine_are_completed(tmp_path, monkeypatch):
    monkeypatch.setenv("TRONA_REFERENCES", str(tmp_path))
    (tmp_path / "mp__Na-P-S__GGA_GGA+U__1__2__3.json.gz").touch()
    assert completion.complete_reference("mp") == ["mp", "mp:Na-P-S"]
