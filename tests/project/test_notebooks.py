"""The notebooks of docs/notebooks run to their last cell, and are kept without outputs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.support.clusters import RUN, project_folder
from tests.support.folders import DOCS
from tests.support.warm_worker import warm

NOTEBOOKS = sorted((DOCS / "notebooks").glob("*.ipynb"))
RUNNER = """#!/bin/sh
case "$*" in
*"runner start")
    sed -i -E 's|(delay_[a-z_]+): [0-9]+|\\1: 1|; s|execution_cmd: .*|execution_cmd: {worker}|' \\
        {folder}/first.yaml
    {python} -c '{run}' first > /dev/null 2>&1 &
    echo $! > {folder}/pid;;
*"runner stop")
    kill "$(cat {folder}/pid)" || true;;
esac
"""
"""In place of `jf`: the runner of the other tests, in a hurry."""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a notebook in an empty folder; gives its text, errors and all, and its pictures."""
    monkeypatch.setenv("TRONA_STORE", str(tmp_path / "store.sqlite"))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))

    def execute(name):
        source = tmp_path / f"{name}.ipynb"
        source.write_bytes((DOCS / "notebooks" / source.name).read_bytes())
        command = [sys.executable, "-m", "jupyter", "execute", source.name, "--inplace"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        cells = nbformat.read(source, as_version=4).cells
        outputs = [output for cell in cells for output in cell.get("outputs", ())]
        text = [one.get("text") or one["data"]["text/plain"] for one in outputs]
        return "".join(text), sum("image/png" in one.get("data", ()) for one in outputs)

    return execute


def test_notebooks_are_kept_without_outputs_and_on_the_page_that_lists_them():
    listed = (DOCS / "notebooks.md").read_text(encoding="utf-8")
    assert len(NOTEBOOKS) == 3
    for path in NOTEBOOKS:
        assert f"(notebooks/{path.name})" in listed
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert not any(cell.outputs or cell.execution_count for cell in code), path.name


def test_the_notebook_of_one_formula(run):
    text, pictures = run("formula")
    assert "1.23 to 2.50 V" in text
    assert "at 0 V: Na3PS4 + 8 Na -> Na3P + 4 Na2S" in text
    assert pictures == 2


def test_the_notebook_of_a_folder(run):
    text, _ = run("folder")
    assert "left out: 'structures/squeezed.cif'" in text
    assert "SevenNet l3i5: " in text
    assert "relaxed here: 0.0 meV/atom" in text


def test_the_notebook_of_a_cluster(run, mongo, monkeypatch):
    with project_folder() as folder, warm(folder / "w.sock") as worker:
        stand_in = folder / "bin" / "jf"
        stand_in.parent.mkdir()
        values = {"worker": worker, "folder": folder, "python": sys.executable, "run": RUN}
        stand_in.write_text(RUNNER.format(**values), encoding="utf-8")
        stand_in.chmod(0o755)
        monkeypatch.setenv("PATH", f"{stand_in.parent}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.setenv("MONGO_URI", mongo)
        text, _ = run("cluster")
    assert "2 submitted: worker mock of first" in text
    assert "Na3PS4 done\nsalt done" in text
    assert "2 completed; 1 relaxations" in text
