"""The three folders, and nothing else, make the package."""

from __future__ import annotations

import importlib
import tomllib
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FOLDERS = ("workflows", "screening", "stores")
MODULES = [
    f"trona.{folder}.{path.stem}"
    for folder in FOLDERS
    for path in sorted((ROOT / folder).glob("*.py"))
    if path.stem != "__init__"
]


def test_the_packages_are_the_three_folders_and_flat():
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == {f"trona.{name}" for name in FOLDERS}
    for folder in FOLDERS:
        assert not [p for p in (ROOT / folder).iterdir() if p.is_dir() and p.name != "__pycache__"]
        assert (ROOT / folder / "py.typed").exists()
        assert (ROOT / ".src" / "trona" / folder).resolve() == (ROOT / folder).resolve()


@pytest.mark.parametrize("name", [*MODULES, "trona.screening"])
def test_what_is_public_exists_and_is_described(name):
    module = importlib.import_module(name)
    assert module.__doc__
    for public in module.__all__:
        thing = getattr(module, public)
        if callable(thing) and getattr(thing, "__module__", "").startswith("trona"):
            assert thing.__doc__, f"{name}.{public}"


@pytest.mark.parametrize(
    "path", [p for f in FOLDERS for p in (ROOT / f).glob("*.py")], ids=lambda path: path.stem
)
def test_modules_stay_small(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500


def test_the_constraints_pin_every_direct_dependency():
    pinned = {
        line.partition("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    }
    project = PROJECT["project"]
    wanted = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    names = {text.partition(">")[0].partition("[")[0].strip().lower() for text in wanted}
    assert names - {"trona"} <= pinned
