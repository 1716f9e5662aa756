"""What commands import at their start: libraries that take long stay out."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

STORES = {"maggma", "mongomock_ng", "pymongo", "sqlite3"}
HEAVY = {"ase", "jobflow", "matplotlib", "numba", "pandas", "pymatgen", "scipy", "torch"}
CODE = (
    "import sys\n"
    "from trona.workflows.cli.main import main\n"
    "try:\n"
    "    main()\n"
    "finally:\n"
    "    print('imported', *{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)\n"
)


@pytest.mark.parametrize(
    ("arguments", "forbidden"),
    [
        (["--help"], HEAVY | STORES | {"numpy", "pydantic", "yaml"}),
        (["window", "Na3PS4"], HEAVY | STORES),
        (["window", "Na4[B10H10][B12H12]", "--reference", "bundled", "--json"], HEAVY | STORES),
        (["profile", "Na3PS4"], (HEAVY | STORES) - {"pymatgen"}),  # masses
        (["query"], HEAVY),
    ],
)
def test_a_command_starts_without_what_it_does_not_need(arguments, forbidden, tmp_path):
    environment = {**os.environ, "TRONA_STORE": str(tmp_path / "s.sqlite")}
    done = subprocess.run(
        [sys.executable, "-c", CODE, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    imported = set(done.stderr.splitlines()[-1].split())
    assert imported & {"trona"}
    assert not imported & forbidden, done.stderr
