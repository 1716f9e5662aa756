"""What is taken where a user names nothing; light, since the command line reads it at its start."""

from __future__ import annotations

__all__ = ["BACKEND", "REFERENCE"]

BACKEND = "sevennet"
"""Source of relaxations."""
REFERENCE = "bundled"
"""Reference energies."""
