"""A user's table of formation energies: its rows as phases, and what is kept of them."""

from __future__ import annotations
