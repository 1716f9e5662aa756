"""Makers and jobs of jobflow; their import paths are stored, so they must not change."""

from __future__ import annotations
