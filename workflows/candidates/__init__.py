"""Candidates from structures and compositions: files, tables, identifiers, formulas."""

from __future__ import annotations
