"""Reference energies on one scale, from any source."""

from __future__ import annotations
