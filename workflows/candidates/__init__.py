"""Structures and compositions in: files, tables, identifiers, formulas."""

from __future__ import annotations
