"""Makers and jobs of jobflow; their addresses are stored, so they stay."""

from __future__ import annotations
