"""Document storage: one SQLite file or a MongoDB server behind the maggma interface."""

from __future__ import annotations
