"""Uncertainty of window limits, contacts and interphase classes."""

from __future__ import annotations
