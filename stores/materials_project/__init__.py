"""The Materials Project through its own client, kept on disk."""

from __future__ import annotations
