"""Interatomic potentials, evaluated faster than in their own libraries with the same results."""

from __future__ import annotations
