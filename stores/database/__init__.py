"""Where documents are: one SQLite file or a MongoDB, behind one interface of maggma."""

from __future__ import annotations
