"""A stand-in for VASP that needs no licence."""

from __future__ import annotations
