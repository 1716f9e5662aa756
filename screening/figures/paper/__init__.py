"""Figures for papers, drawn with matplotlib."""

from __future__ import annotations
