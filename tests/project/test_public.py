"""What is public is listed, described with its parameters, and shadows nothing."""

from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
from ast import literal_eval
from collections import defaultdict

import pytest

import trona.screening
from tests.project.test_packaging import MODULES, ROOT

COMMANDS = re.compile(r"\.(cli|mock_vasp)\.")
"""Modules whose functions are commands: the tool lists them."""
LIBRARY = [name for name in MODULES if not COMMANDS.search(name)]
SHARED_NAMES = {"main"}
"""Names that may stand in several modules: each console script starts in a `main`."""


def defined(module):
    """Names of functions and classes that a module defines for others."""
    return {
        name
        for name, thing in vars(module).items()
        if not name.startswith("_")
        and (inspect.isfunction(thing) or inspect.isclass(thing))
        and thing.__module__ == module.__name__
    }


def test_all_lists_what_a_module_defines():
    hidden, repeated = {}, []
    for name in LIBRARY:
        module = importlib.import_module(name)
        repeated += [name] if len(set(module.__all__)) != len(module.__all__) else []
        missing = defined(module) - set(module.__all__)
        hidden |= {name: missing} if missing else {}
    assert not hidden
    assert not repeated


def test_every_parameter_of_a_public_function_is_described():
    undescribed = []
    for name in LIBRARY:
        module = importlib.import_module(name)
        for public in sorted(defined(module)):
            thing = getattr(module, public)
            if not inspect.isfunction(thing):
                continue
            text = inspect.getdoc(thing) or ""
            described = text.partition("Parameters\n---")[2].partition("\n-------\n")[0]
            undescribed += [
                f"{name}.{public}({parameter})"
                for parameter in inspect.signature(thing).parameters
                if not re.search(rf"\b{parameter}\b", described)
            ]
    assert not undescribed


def test_the_package_offers_what_it_lists_and_shadows_no_module():
    offered = list(trona.screening.__all__)
    assert offered == sorted(set(offered))
    assert offered == sorted(name for names in trona.screening._HOMES.values() for name in names)
    for home, names in trona.screening._HOMES.items():
        module = importlib.import_module(f"trona.screening.{home}")
        for name in names:
            assert getattr(trona.screening, name) is getattr(module, name)
            assert name in module.__all__
    assert set(offered) <= set(dir(trona.screening))
    assert not set(offered) & {path.stem for path in (ROOT / "screening").iterdir()}
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = trona.screening.nothing


def test_errors_are_imported_without_the_analysis():
    code = (
        "import sys, trona.screening.errors, trona.screening.formulas\n"
        "print([name for name in sys.modules if name.startswith('trona.screening.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names = {"errors", "simple_formulas", "spelling", "formulas"}
    assert set(literal_eval(done.stdout)) == {f"trona.screening.{name}" for name in names}


def test_a_public_name_is_defined_in_one_module():
    homes = defaultdict(list)
    for name in MODULES:
        for public in defined(importlib.import_module(name)):
            # A function in a module of commands is named after its command.
            if re.search(r"\.cli\.(commands|clusters)\.", name) and public.islower():
                continue
            homes[public].append(name)
    repeated = {public: places for public, places in homes.items() if len(places) > 1}
    assert {
        public: places for public, places in repeated.items() if public not in SHARED_NAMES
    } == {}
    assert set(repeated) == SHARED_NAMES
