"""Default values; light to import, since the command line reads them at start-up."""

from __future__ import annotations

__all__ = ["BACKEND", "REFERENCE"]

BACKEND = "sevennet"
"""Source of relaxations."""
REFERENCE = "bundled"
"""Reference energies."""
