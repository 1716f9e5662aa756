"""A local page that answers questions and follows a store of results."""

from __future__ import annotations
