"""The inner loops of the simplex, compiled and interpreted: the same bits from both."""

from __future__ import annotations
