"""An embedded maggma store: a collection of one SQLite file, for all that takes such stores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from maggma.core import Store

from .collection import Collection

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SQLiteStore"]


class SQLiteStore(Collection, Store):  # type: ignore[misc]  # it has no groups of a sort
    """
    A maggma store in one SQLite file.

    Parameters
    ----------
    path
        The file; its folder is made if it is missing.
    collection_name
        Documents of several stores share a file under different names.
    **kwargs
        As for any maggma store: ``key``, ``last_updated_field``, ``validator`` and so on.

    Raises
    ------
    StoreError
        On connection, if the file cannot be opened, is no database, or cannot be written.
    """

    def __init__(self, path: str | Path, collection_name: str = "documents", **kwargs: Any) -> None:  # noqa: ANN401
        Collection.__init__(self, path, collection_name)
        self.kwargs = kwargs
        Store.__init__(self, **kwargs)

    def __hash__(self) -> int:
        return hash((self.path, self.collection_name))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SQLiteStore) and (
            (self.path, self.collection_name) == (other.path, other.collection_name)
        )
