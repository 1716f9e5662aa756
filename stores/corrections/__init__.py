"""Energy corrections, and the schemes that combine them."""

from __future__ import annotations
