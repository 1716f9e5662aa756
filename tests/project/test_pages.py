"""What pages name is there: files, modules, and the functions that draw."""

from __future__ import annotations

import re
import tomllib
from importlib import import_module
from itertools import zip_longest

from tests.support.documentation import PAGES, ROOT
from tests.support.folders import DOCS

LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")
FILE = re.compile(r"`((?:screening|stores|workflows|tests|scripts|docs)/[\w./-]*)`")
MODULE = re.compile(r"\btrona((?:\.[a-z]\w*)+)")
TEST = re.compile(r"\btest_\w+(?:\.py)?")
NO_TESTS = {"test_conformance.py", "test_my_backend_conforms"}
"""Tests that readers are shown how to write."""
NO_MODULES = {".backends", ".workflows.cli.commands.salt"}
"""A group of entry points, and a module that readers are shown how to add."""
ARCHITECTURE = DOCS / "architecture.md"
DRAWN = re.compile(r"`(\w+)\.(draw_\w+)` \| `(\w+)\.(show_\w+)`")


def text_of(path):
    """A page as text."""
    return path.read_text(encoding="utf-8")


def is_a_name(dotted):
    """Whether a dotted name below trona is a module, or a name in one."""
    parts = dotted.strip(".").split(".")
    places = [ROOT.joinpath(*parts), ROOT.joinpath(*parts).with_suffix(".py")]
    if any(place.exists() for place in places):
        return True
    home = ROOT.joinpath(*parts[:-1])
    if len(parts) == 1 or not (home.is_dir() or home.with_suffix(".py").exists()):
        return False
    return hasattr(import_module(".".join(["trona", *parts[:-1]])), parts[-1])


def test_links_lead_somewhere():
    pages = [*PAGES, ROOT / "CHANGELOG.md"]
    lost = {
        f"{page.name}: {link}"
        for page in pages
        for link in LINK.findall(text_of(page))
        if not (page.parent / link).exists()
    }
    assert not lost


def test_files_that_are_named_exist():
    lost = {
        f"{page.name}: {name}"
        for page in PAGES
        for name in FILE.findall(text_of(page))
        if not (ROOT / name).exists()
    }
    assert not lost


def test_modules_that_are_named_exist():
    lost = {
        f"{page.name}: trona{name}"
        for page in PAGES
        for name in MODULE.findall(text_of(page))
        if name not in NO_MODULES and not is_a_name(name)
    }
    assert not lost


def test_tests_that_are_named_exist():
    files = list((ROOT / "tests").rglob("test_*.py"))
    functions = {name for path in files for name in re.findall(r"def (test_\w+)", text_of(path))}
    there = {path.name for path in files} | {path.stem for path in files} | functions
    lost = {
        f"{page.name}: {name}"
        for page in PAGES
        for name in TEST.findall(text_of(page))
        if name not in there | NO_TESTS and not any(one.startswith(name) for one in functions)
    }
    assert not lost


def test_functions_that_draw_are_where_the_page_of_figures_says():
    rows = DRAWN.findall(text_of(DOCS / "figures.md"))
    assert len(rows) == 10
    for paper, draws, browser, shows in rows:
        assert callable(getattr(import_module(f"trona.screening.figures.paper.{paper}"), draws))
        assert callable(getattr(import_module(f"trona.screening.figures.browser.{browser}"), shows))


def test_the_page_of_architecture_names_every_room():
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))
    packages = set(project["tool"]["setuptools"]["packages"]) - {"trona"}
    rooms = {f"{name.removeprefix('trona.').replace('.', '/')}/" for name in packages}
    assert set(re.findall(r"^\| `([\w/]+/)` \|", text_of(ARCHITECTURE), re.MULTILINE)) == rooms


def test_the_page_of_architecture_has_the_layers_of_the_contracts():
    contracts = tomllib.loads(text_of(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = {one["containers"][0]: one["layers"] for one in contracts if "containers" in one}
    homes = ["trona.workflows", "trona.stores", "trona.screening"]
    columns = [[home, *layers[home]] for home in homes]
    rows = [" ".join(" ".join(row).split()) for row in zip_longest(*columns, fillvalue="")]
    shown = [" ".join(line.split()) for line in text_of(ARCHITECTURE).splitlines()]
    assert rows == [line for line in shown if line in rows]
