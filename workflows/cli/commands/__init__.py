"""The commands of trona, grouped in modules."""

from __future__ import annotations
