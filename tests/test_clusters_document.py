"""What docs/clusters.md shows can be typed, and its first run ends with results."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from trona.workflows.cli import app

from .clusters import project_folder, quicken, start_runner
from .test_remote import CRYSTALS, PATIENCE
from .warm_worker import warm

DOCUMENT = Path(__file__).parent.parent / "docs" / "clusters.md"
BLOCKS = [
    [shlex.split(line, comments=True) for line in block.replace("\\\n", "").splitlines()]
    for block in re.findall(r"```bash\n(.+?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
]
COMMANDS = [words for block in BLOCKS for words in block if words[0] == "trona"]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_is_one_with_options_that_it_has(words):
    command, rest = get_command(app), words[1:]
    context = command.make_context("trona", list(rest), resilient_parsing=True)
    while hasattr(command, "commands"):
        _, command, rest = command.resolve_command(context, list(rest))
        group = hasattr(command, "commands")
        context = command.make_context(command.name, list(rest), resilient_parsing=group)
    assert command.callback is not None


def test_the_first_run_ends_with_results(trona, mongo, tmp_path, monkeypatch):
    monkeypatch.setenv("TRONA_STORE", str(tmp_path / "results.sqlite"))
    CRYSTALS[0].structure.to(str(tmp_path / "my.cif"))
    with project_folder() as folder, warm(folder / "w.sock") as worker:
        places = {
            "mongodb://localhost/trona": mongo,
            "~/trona-runs": str(folder / "work"),
            "my.cif": str(tmp_path / "my.cif"),
        }
        said = {}
        for words in BLOCKS[0]:
            if words[0] == "trona":
                done = trona(*(places.get(word, word) for word in words[1:]))
                assert done.returncode == 0, done.stderr
                said[words[1]] = done.stdout
            elif words[-1] == "start":
                quicken(folder / "first.yaml", worker)
                assert start_runner("first").wait(timeout=PATIENCE) == 0
    assert "2 submitted: worker mock of first" in said["submit"]
    assert "2 done" in said["status"]
    assert "2 completed; 1 relaxations" in said["collect"]
    assert "Na3PS4" in said["query"]
