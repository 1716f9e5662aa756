"""Dopants of an electrolyte: what they change, and how that compares with what was published."""

from __future__ import annotations
