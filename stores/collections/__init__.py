"""Documents saved, found, counted, copied and checked."""

from __future__ import annotations
