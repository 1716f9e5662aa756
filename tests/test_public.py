"""What is public is listed, described with its parameters, and shadows nothing."""

from __future__ import annotations

import importlib
import inspect
import re

import pytest

import trona.screening

from .test_packaging import MODULES, ROOT

COMMANDS = re.compile(r"\.(cli|\w+_cli|mock_\w+|doctor)$")
"""Modules whose functions are commands: the tool lists them."""


def defined(module):
    """Names of functions and classes that a module defines for others."""
    return {
        name
        for name, thing in vars(module).items()
        if not name.startswith("_")
        and (inspect.isfunction(thing) or inspect.isclass(thing))
        and thing.__module__ == module.__name__
    }


@pytest.mark.parametrize("name", [name for name in MODULES if not COMMANDS.search(name)])
def test_all_lists_what_a_module_defines(name):
    module = importlib.import_module(name)
    assert len(set(module.__all__)) == len(module.__all__)
    assert defined(module) <= set(module.__all__)


@pytest.mark.parametrize("name", [name for name in MODULES if not COMMANDS.search(name)])
def test_every_parameter_of_a_public_function_is_described(name):
    module = importlib.import_module(name)
    for public in sorted(defined(module)):
        thing = getattr(module, public)
        if not inspect.isfunction(thing):
            continue
        text = inspect.getdoc(thing)
        described = text.partition("Parameters\n---")[2].partition("\n-------\n")[0]
        for parameter in inspect.signature(thing).parameters:
            assert re.search(rf"\b{parameter}\b", described), f"{name}.{public}({parameter})"


def test_the_package_lists_what_it_offers_and_shadows_no_module():
    offered = set(trona.screening.__all__)
    public = {
        name
        for name, thing in vars(trona.screening).items()
        if not name.startswith("_") and not inspect.ismodule(thing)
    }
    assert public - {"annotations"} == offered
    assert not offered & {path.stem for path in (ROOT / "screening").glob("*.py")}
    assert list(trona.screening.__all__) == sorted(trona.screening.__all__)
