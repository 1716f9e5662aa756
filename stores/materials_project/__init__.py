"""The Materials Project through its own client, with snapshots on disk."""

from __future__ import annotations
