"""A reader that closes early, as ``head`` does, is no error."""

from __future__ import annotations

import subprocess
import sys

import pytest

COMMANDS = (
    ["window", "Na3PS4"],
    ["validate", "--json"],
    ["compare", "Na3PS4", "Na2S", "--csv"],
    ["reference", "info", "bundled", "--json"],
    ["screen", "Na3PS4"],
    ["--help"],
    ["--version"],
)


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_head_ends_every_command_with_0(arguments, tmp_path, monkeypatch):
    monkeypatch.setenv("TRONA_STORE", str(tmp_path / "s.sqlite"))
    script = f"import sys; from trona.workflows.cli.main import main; sys.argv[1:] = {arguments}"
    with subprocess.Popen(
        [sys.executable, "-c", f"{script}; main()"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read().decode()
        assert process.wait(timeout=120) == 0, said
    assert "Error" not in said
    assert "Traceback" not in said
