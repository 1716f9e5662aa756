"""Glasses by melting and quenching."""

from __future__ import annotations
