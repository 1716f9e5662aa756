"""Corrections of energies, and schemes of them."""

from __future__ import annotations
