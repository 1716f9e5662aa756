"""Stacks of materials: buffer layers between electrolyte and electrode, and contacts of a cell."""

from __future__ import annotations
