"""Stacks of materials: layers between an electrolyte and an electrode, and the contacts of a cell."""

from __future__ import annotations
