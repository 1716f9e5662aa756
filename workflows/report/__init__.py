"""A screening as one page for a browser."""

from __future__ import annotations
