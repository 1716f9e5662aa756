"""A collection on a MongoDB server; imported only when needed, since maggma's stores are slow."""

from __future__ import annotations

from maggma.stores import MongoStore

from .locations import redacted

__all__ = ["ServerStore"]


class ServerStore(MongoStore):
    """A collection of a MongoDB, whose name, which maggma logs, holds no password."""

    @property
    def name(self) -> str:
        """Where it is, without credentials."""
        return f"{redacted(self.uri or self.host)}#{self.collection_name}"
