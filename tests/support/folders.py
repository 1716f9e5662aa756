"""Where things lie: the project's root, and the reference data beside it, if they are there."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SCRIPTS = ROOT / "scripts"
DATA = ROOT / "tests" / "data"
SHARED = ROOT.parent / "shared"
