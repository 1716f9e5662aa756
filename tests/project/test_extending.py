"""What docs/extending.md says is done: each extension in a copy of the tree, files counted."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.support.folders import DOCS, ROOT
from trona.screening.errors import BackendError
from trona.stores import extensions
from trona.stores.corrections.methods import METHODS, method_of
from trona.workflows.jobs import backends
from trona.workflows.jobs.backends import find_backend

PAGE = (DOCS / "extending.md").read_text(encoding="utf-8")
PROBES = {
    "A potential": """
from trona.stores.energies.accuracy import accuracy
from trona.screening.equilibrium.phases import EnergyScale
from trona.workflows.jobs.backends import find_backend
from trona.workflows.jobs.conformance import check_backend
from pymatgen.core import Lattice, Structure
emt = find_backend("emt")
copper = Structure(Lattice.hexagonal(2.6, 4.2), ["Cu"] * 2, [[1/3, 2/3, 1/4], [2/3, 1/3, 3/4]])
assert accuracy(EnergyScale("EMT", "as-published")).model.sigma == 0.2
assert len(list(check_backend("emt", copper))) == 5
""",
    "A source of reference energies": """
from trona.stores.energies.references import load_reference
assert load_reference("twice:bundled").checksum == load_reference("bundled").checksum
""",
    "An interphase class": """
from trona.screening.figures.paper.style import COLOURS
from trona.screening.stability.interphase import InterphaseClass
from trona.stores.collections import filters
from trona.workflows.tables.classes import styled
kind = InterphaseClass("dendritic")
assert COLOURS[kind] == "#CC79A7" and kind.meaning == "sodium grows through"
assert styled("dendritic") == "[bold red]dendrites[/]" and kind.severity == 0.9
assert "dendritic" in filters._CHOICES["interphase"]
""",
    "A figure": """
from pathlib import Path
from trona.stores.energies.references import load_reference
from trona.workflows.drawings import save_drawing
for name in ("figure.svg", "figure.html"):
    save_drawing("ladder of a formula", Path(name), "Na3PS4", load_reference("bundled"))
    assert Path(name).stat().st_size > 1000
""",
    "A command": """
from typer.testing import CliRunner
from trona.workflows.cli.main import app
assert CliRunner().invoke(app, ["salt"]).stdout == "NaCl\\n"
""",
}
ALLOWED = {
    "A potential": 3, "A source of reference energies": 2, "An interphase class": 2,
    "A figure": 1, "A command": 4,
}  # fmt: skip


def section(title):
    """The blocks of a section: file, the line before which each goes, and text."""
    text = PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    for head, body in re.findall(
        r"^```text\n# ([^\n]+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL
    ):
        file, _, anchor = head.partition(", ")
        yield file, anchor.removeprefix("before: "), body


@pytest.mark.parametrize("title", PROBES)
def test_each_extension_takes_no_more_files_than_the_page_says(tmp_path, title):
    ignored = shutil.ignore_patterns("__pycache__")
    for folder in ("screening", "stores", "workflows", ".src"):
        shutil.copytree(ROOT / folder, tmp_path / folder, symlinks=True, ignore=ignored)
    touched = set()
    for file, anchor, body in section(title):
        path = tmp_path / file
        touched.add(file)
        if anchor == "new":
            path.write_text(body, encoding="utf-8")
            continue
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        at = next(n for n, line in enumerate(lines) if line.strip().startswith(anchor))
        path.write_text("".join([*lines[:at], body, *lines[at:]]), encoding="utf-8")
    row = re.search(rf"^\| {title.lower()} \| (\d)", PAGE, re.MULTILINE)
    assert len(touched) == int(row[1]) <= ALLOWED[title]
    probe = [sys.executable, "-W", "ignore", "-c", PROBES[title]]
    found = {**os.environ, "PYTHONPATH": str(tmp_path / ".src")}
    done = subprocess.run(
        probe, env=found, cwd=tmp_path, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def package(tmp_path, monkeypatch):
    """The page's package as if installed, beside one that is broken and one that lies."""
    blocks = {head.split(" ")[0]: body for head, _, body in section(
        "A potential from your own package")}  # fmt: skip
    for name, module, entry in (
        ("lattice_emt", blocks["lattice_emt.py"], "lattice-emt = lattice_emt:backend"),
        ("broken_one", "raise RuntimeError('no GPU here')\n", "broken = broken_one:backend"),
        ("liar", "backend = 'chgnet'\n", "liar = liar:backend"),
    ):
        (tmp_path / f"{name}.py").write_text(module, encoding="utf-8")
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[trona.backends]\n{entry}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    for cached in (extensions.registered, extensions.load_extension):
        cached.cache_clear()
    yield
    for name in ("lattice_emt", "broken_one", "liar"):
        sys.modules.pop(name, None)
    monkeypatch.undo()
    for cached in (extensions.registered, extensions.load_extension):
        cached.cache_clear()


@pytest.mark.usefixtures("package")
def test_a_backend_of_another_package_is_found_and_its_method_known():
    assert {"lattice-emt", "broken", "liar"} <= set(backends.names())
    assert "lattice_emt" not in sys.modules
    found = find_backend("lattice-emt")
    assert found.energies == method_of("EMT of lattice_emt 1.0")
    assert found.energies.error is None
    assert "stated" not in found.as_dict()


@pytest.mark.usefixtures("package")
def test_a_broken_one_is_one_sentence_and_disables_no_other(trona):
    for name, words in (("broken", "no GPU here"), ("liar", "let it name a ForceField")):
        with pytest.raises(BackendError, match=words):
            find_backend(name)
        done = trona("screen", "Na3PS4", "--backend", name)
        assert done.returncode == 2
        assert words in done.stderr
        assert "Traceback" not in done.stderr
    assert method_of("EMT of lattice_emt 1.0") is not None
    assert find_backend("chgnet").energies is METHODS["CHGNet 0.3.0"]


def test_nothing_is_imported_for_the_help():
    code = (
        "import sys, importlib.metadata as m\n"
        "m.entry_points = None\n"
        "from typer.testing import CliRunner\n"
        "from trona.workflows.cli.main import app\n"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0\n"
        "assert not {'ase', 'torch', 'atomate2'} & sys.modules.keys()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
