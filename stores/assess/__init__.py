"""From energies to documents: pure functions that jobs, builders and commands share."""

from __future__ import annotations
