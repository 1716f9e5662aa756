"""Commands of trona, run in the process of the tests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str
