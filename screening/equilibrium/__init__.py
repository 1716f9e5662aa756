"""Phase equilibria of closed systems and of systems open to sodium."""

from __future__ import annotations
