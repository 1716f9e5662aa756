"""Which phases coexist, at fixed composition and open to sodium: numbers only."""

from __future__ import annotations
