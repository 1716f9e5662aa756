"""Stacks of materials: layers between electrolyte and electrode, contacts of a cell."""

from __future__ import annotations
