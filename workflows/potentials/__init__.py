"""Interatomic potentials, evaluated faster than their libraries do, with the same numbers."""

from __future__ import annotations
