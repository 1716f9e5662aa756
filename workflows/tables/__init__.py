"""How results look on a terminal; nothing is computed."""

from __future__ import annotations
