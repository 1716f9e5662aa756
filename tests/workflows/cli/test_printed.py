r"""What the main commands print, held against ``tests/printed/*.txt``.

``TRONA_RENEW_PRINTED=1 pytest tests/workflows/cli/test_printed.py`` writes the files anew; look at
the difference before it is committed. Versions, dates, checksums, places and the user are masked.
"""

from __future__ import annotations

import os
import re

import pytest

from tests.support.folders import ROOT

PRINTED = ROOT / "tests" / "printed"
FORMULAS = ("Na3PS4", "Na2S", "NaBH4", "Na2ZrCl6", "Na3SbS4·8H2O", "Na3PS3.4O0.6")
MASKS = (
    (r"(?m)^computed .*\n(?: {12}.*\n)*", "computed    WHEN BY WHOM WITH WHICH\n"),
    (r"\b\d+\.\d+\.\d+[\w.+]*", "VERSION"),
    (r"\b\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?", "DATE"),
    (r"\b[0-9a-f]{16}\b", "CHECKSUM"),
    (r"\S*/\S+\.sqlite", "STORE"),
)
COMMANDS = {
    "help": ["--help"],
    "help-query": ["query", "--help"],
    "window": ["window", "Na3PS4"],
    "window-everything": ["window", "Na3PS4", "--products", "--why", "--electrode", "Na15Sn4"],
    "window-at": ["window", "Na3PS3.4O0.6", "--at", "0.1"],
    "interface": ["interface", "Na3PS4", "NaCrO2"],
    "profile": ["profile", "S"],
    "air": ["air", "Na3PS4"],
    "air-ranked": ["air", "Na3PS4", "Na2ZrCl6", "Na3SbS4", "--h2s", "1bar"],
    "compare": ["compare", *FORMULAS],
    "validate": ["validate", "Na3PS4", "Na3PS3.4O0.6"],
    "query": ["query", "--elements", "S", "--sort", "hull"],
    "query-count": ["query", "--count", "anions,class"],
    "show": ["show", "Na3PS4"],
    "reference-info": ["reference", "info", "bundled"],
    "candidates-check": ["candidates", "check", *FORMULAS],
    "store-info": ["store", "info"],
    "mistake": ["window", "Na3XX4"],
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("printed") / "s.sqlite"


def masked(text):
    """Hide what changes from one machine or day to the next; lines end where their text does."""
    for pattern, name in MASKS:
        text = re.sub(pattern, name, text)
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


@pytest.mark.parametrize("width", [80, 160])
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_prints_what_it_printed_before(name, width, trona, place, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TRONA_STORE", str(place))
    if not place.exists():
        assert trona("screen", *FORMULAS).returncode == 0
    done = trona(*COMMANDS[name])
    printed = masked(f"{done.stdout}{done.stderr}")
    path = PRINTED / f"{name}-{width}.txt"
    if os.environ.get("TRONA_RENEW_PRINTED"):
        path.write_text(printed, encoding="utf-8")
    assert printed == path.read_text(encoding="utf-8"), (
        "if this is what it should print: "
        "TRONA_RENEW_PRINTED=1 pytest tests/workflows/cli/test_printed.py"
    )
