"""The data dictionary, energies on one scale, and the stores that hold both."""

from __future__ import annotations
