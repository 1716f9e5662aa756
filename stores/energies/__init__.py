"""Reference energies on one scale, from whatever source."""

from __future__ import annotations
