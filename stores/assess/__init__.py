"""From energies to documents: pure functions shared by jobs, builders and commands."""

from __future__ import annotations
