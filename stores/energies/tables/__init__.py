"""User tables of formation energies: their rows as phases, and a snapshot of large ones."""

from __future__ import annotations
