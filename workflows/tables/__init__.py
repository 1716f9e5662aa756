"""Tables for the terminal and for CSV."""

from __future__ import annotations
