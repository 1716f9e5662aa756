"""Input and output paths of the scripts in this folder; environment variables override them."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = Path(os.environ.get("TRONA_REFERENCE_FOLDER", ROOT.parent / "shared" / "reference"))
"""Tables of DFT, CIF files with their INDEX.csv, structures.jsonl.gz."""
WORK = Path(os.environ.get("TRONA_REFERENCE_WORK", "reference-work"))
"""Relaxations, and starting structures made from prototypes."""
PROTOTYPES = WORK / "prototypes"
BUNDLE = ROOT / "stores" / "energies" / "bundled_chgnet.json.gz"
