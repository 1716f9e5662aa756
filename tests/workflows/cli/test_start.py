"""What commands import at their start: libraries that take long stay out."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

STORES = {"maggma", "mongomock_ng", "pymongo", "sqlite3"}
HEAVY = {
    *("ase", "jobflow", "matplotlib", "numba", "pandas", "pydantic_settings", "pymatgen", "scipy"),
    "torch",
}
CODE = (
    "import sys\n"
    "from trona.workflows.cli.main import main\n"
    "try:\n"
    "    main()\n"
    "finally:\n"
    "    print('imported', *{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)\n"
)


READ = HEAVY | {
    *("bson", "email", "maggma", "mongomock_ng", "monty", "numpy", "pydantic", "pydantic_core"),
    *("pymongo", "yaml"),
}


def run(arguments, store):
    environment = {**os.environ, "TRONA_STORE": str(store)}
    return subprocess.run(
        [sys.executable, "-c", CODE, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("start") / "s.sqlite"
    assert run(["screen", "Na2S", "Na3PS4"], path).returncode == 0
    return path


@pytest.mark.parametrize(
    ("arguments", "forbidden"),
    [
        (["--help"], HEAVY | STORES | {"numpy", "pydantic", "rich", "yaml"}),
        (["window", "Na3PS4"], HEAVY | STORES),
        (["window", "Na4[B10H10][B12H12]", "--reference", "bundled", "--json"], HEAVY | STORES),
        (["profile", "Na3PS4"], (HEAVY | STORES) - {"pymatgen"}),  # masses
        (["screen", "Na2S", "Na3PS4"], HEAVY - {"pymatgen"}),
        (["query"], READ),
        (["query", "--elements", "S", "--hull-below", "0.1"], READ),
        (["query", "--class", "stable", "--elements", "S", "--limit", "5"], READ),
        (["query", "--text", "S4", "--sort", "hull", "--csv"], READ | {"rich"}),
        (["query", "--count", "class"], READ),
    ],
)
def test_a_command_starts_without_what_it_does_not_need(arguments, forbidden, store):
    done = run(arguments, store)
    assert done.returncode == 0, done.stderr
    imported = set(done.stderr.splitlines()[-1].split())
    assert imported & {"trona"}
    assert not imported & forbidden, done.stderr
