"""Figures to look at in a browser, drawn by plotly."""

from __future__ import annotations
