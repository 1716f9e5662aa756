"""Figures for papers, drawn by matplotlib."""

from __future__ import annotations
