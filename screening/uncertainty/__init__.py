"""How sure limits and classes are."""

from __future__ import annotations
