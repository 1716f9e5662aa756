"""Jobs that wait in a queue, and flows that were written down, run with every later release."""

from __future__ import annotations

import importlib
import json
import pkgutil

import pytest
from jobflow import Flow, Job, Maker
from monty.json import MontyDecoder, MSONable
from pydantic import BaseModel

import trona.stores
import trona.workflows
from tests.support.folders import DATA, ROOT

FILE = ROOT / "tests" / "addresses.txt"
STORED = {line for line in FILE.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"}


def addresses():
    """Where the package defines jobs, makers, documents and what else is stored with its module."""
    for package in (trona.workflows, trona.stores):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(found.name)
            for name, thing in vars(module).items():
                if getattr(thing, "__module__", None) == module.__name__ and is_stored(thing):
                    yield f"{module.__name__}.{name}"


def is_stored(thing):
    """Tell what jobflow and monty write down by address."""
    if isinstance(thing, type):
        document = issubclass(thing, BaseModel) and thing.__name__.endswith("Doc")
        return document or issubclass(thing, (Maker, MSONable))
    return callable(thing) and hasattr(thing, "original")


def split(line):
    """Module, imported, and the name that is looked up in it."""
    module, _, name = line.rpartition(".")
    return importlib.import_module(module), name


def test_addresses_are_kept_and_new_ones_are_written_down():
    there = set(addresses())
    lost = {line for line in STORED - there if not hasattr(*split(line))}
    assert not lost, "stored jobs need these addresses: keep each as an alias at least"
    assert not there - STORED, f"add these lines to {FILE.relative_to(ROOT)}"


def named(value):
    """All of ours that a document names by module and class, without the method of a class."""
    if isinstance(value, dict):
        module = value.get("@module", "")
        if isinstance(module, str) and module.startswith("trona."):
            yield f"{module}.{value.get('@class') or value['@callable'].partition('.')[0]}"
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from named(part)


def found_in(value):
    """Jobs anywhere in what was read."""
    if isinstance(value, Job):
        return [value]
    parts = value.jobs if isinstance(value, Flow) else [document["job"] for document in value]
    return [job for part in parts for job in found_in(part)]


@pytest.mark.parametrize("name", ["flow-0.1.0.json", "queue-0.1.0.json"])
def test_what_this_release_wrote_down_is_read_by_every_later_one(name):
    document = json.loads((DATA / name).read_text(encoding="utf-8"))
    ours = set(named(document))
    assert ours
    assert ours <= STORED
    jobs = found_in(MontyDecoder().process_decoded(document))
    assert len(jobs) > 3
    for job in jobs:
        assert isinstance(job, Job)
        assert callable(job.function)
        assert job.maker is None or isinstance(job.maker, Maker)
