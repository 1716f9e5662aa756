"""A program that stands in for VASP where there is no licence."""

from __future__ import annotations
