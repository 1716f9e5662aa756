"""The data dictionary: every document with its fields, units and versions."""

from __future__ import annotations
