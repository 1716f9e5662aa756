"""Dopants of an electrolyte: their predicted effect, and its comparison with published results."""

from __future__ import annotations
