"""The data dictionary, energies on one scale, and the stores they live in."""

from __future__ import annotations
