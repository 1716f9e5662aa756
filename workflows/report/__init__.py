"""The HTML report of a screening."""

from __future__ import annotations
