"""The three folders, and nothing else, make the package."""

from __future__ import annotations

import importlib
import tomllib
from collections import Counter
from importlib.metadata import requires
from itertools import chain

import pytest
from packaging.requirements import Requirement

from tests.support.folders import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FOLDERS = ("workflows", "screening", "stores")
LIMIT = 14  # modules in one folder
DEPTH = 3  # folders below trona


def module_name(path):
    """The dotted name of a module of the three folders, from its path."""
    return "trona." + ".".join(path.relative_to(ROOT).with_suffix("").parts)


SOURCES = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
MODULES = [module_name(path) for path in SOURCES if path.stem != "__init__"]


def test_the_packages_are_the_folders_that_are_there():
    found = {module_name(path.parent) for path in SOURCES if path.stem == "__init__"}
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == found | {"trona"}
    assert {module_name(path.parent) for path in SOURCES} == found
    for folder in FOLDERS:
        assert (ROOT / folder / "py.typed").exists()
        assert (ROOT / ".src" / "trona" / folder).resolve() == (ROOT / folder).resolve()


def test_rooms_are_small_shallow_and_named_once():
    rooms = Counter(name.rpartition(".")[0] for name in MODULES)
    assert not {room: count for room, count in rooms.items() if count > LIMIT}
    assert not [room for room in rooms if room.count(".") > DEPTH]
    assert not [name for name in MODULES if name.split(".")[-1] in name.split(".")[1:-1]]


def test_what_is_public_exists_and_is_described():
    undescribed = []
    for name in [*MODULES, "trona.screening"]:
        module = importlib.import_module(name)
        undescribed += [] if module.__doc__ else [name]
        for public in module.__all__:
            thing = getattr(module, public)
            if callable(thing) and getattr(thing, "__module__", "").startswith("trona"):
                undescribed += [] if thing.__doc__ else [f"{name}.{public}"]
    assert not undescribed


def test_modules_stay_small():
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert not {str(path): lines for path, lines in lengths.items() if lines > 500}


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


@pytest.mark.parametrize(
    ("package", "by", "limit"), [("pymongo", "jobflow-remote", "4.11"), ("invoke", "fabric", "3.0")]
)
def test_what_is_held_back_is_held_back_by_another_package(package, by, limit):
    asked = next(one for one in map(Requirement, requires(by) or ()) if one.name == package)
    assert limit not in asked.specifier, f"{by} allows {package} {limit}: raise constraints.txt"
