"""Figures: their data as plain numbers, and their rendering for papers and for the browser."""

from __future__ import annotations
