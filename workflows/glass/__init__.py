"""Glass models by melting and quenching."""

from __future__ import annotations
