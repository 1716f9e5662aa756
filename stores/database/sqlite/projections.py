"""The fields of a document that a query returns, following MongoDB's projections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Projection"]


class Projection:
    """
    A choice of fields.

    Parameters
    ----------
    properties
        Names, or a projection of MongoDB; None or nothing for whole documents.

    Attributes
    ----------
    paths : list of str or None
        Dotted paths of what is returned, where it says so; None where the whole document is needed.
    """

    def __init__(self, properties: Sequence[str] | dict[str, Any] | None) -> None:
        given = properties if isinstance(properties, dict) else dict.fromkeys(properties or (), 1)
        self._given = dict(given)
        self._identity = bool(self._given.get("_id", 1))
        named = {name: value for name, value in given.items() if name != "_id"}
        simple = all(
            isinstance(value, bool | int) and "$" not in name for name, value in named.items()
        )
        ways = {bool(value) for value in named.values()}
        self._special = not simple or len(ways) > 1
        self._include = ways == {True} or (not named and "_id" in given and self._identity)
        self._tree = {} if self._special else _tree(named)
        self.paths = list(named) if self._include and not self._special else None

    def apply(self, doc: dict[str, Any]) -> dict[str, Any]:
        """
        Choose.

        Parameters
        ----------
        doc
            A document, which may be changed.

        Returns
        -------
        dict
            What was asked for.
        """
        if self._special:
            return _as_in_memory(doc, self._given)
        if not self._given:
            return doc
        identity = doc.get("_id")
        found = _picked(doc, self._tree) if self._include else _without(doc, self._tree)
        found.pop("_id", None)
        return {"_id": identity, **found} if self._identity else found


def _tree(named: dict[str, Any]) -> dict[str, Any]:
    """Arrange dotted paths by their names; True ends a path, and a shorter path wins."""
    tree: dict[str, Any] = {}
    for path in sorted(named, key=len, reverse=True):
        *parents, last = path.split(".")
        branch = tree
        for name in parents:
            branch = branch.setdefault(name, {})
        branch[last] = True
    return tree


def _picked(doc: dict[str, Any], tree: dict[str, Any]) -> dict[str, Any]:
    """Keep what a tree names."""
    found: dict[str, Any] = {}
    for name, branch in tree.items():
        if name not in doc:
            continue
        value = doc[name]
        if branch is True:
            found[name] = value
        elif isinstance(value, dict):
            found[name] = _picked(value, branch)
        elif isinstance(value, list):
            found[name] = [_picked(one, branch) for one in value if isinstance(one, dict)]
    return found


def _without(doc: dict[str, Any], tree: dict[str, Any]) -> dict[str, Any]:
    """Leave out what a tree names."""
    found: dict[str, Any] = {}
    for name, value in doc.items():
        branch = tree.get(name)
        if branch is None:
            found[name] = value
        elif branch is not True and isinstance(value, dict):
            found[name] = _without(value, branch)
        elif branch is not True and isinstance(value, list):
            found[name] = [_without(o, branch) if isinstance(o, dict) else o for o in value]
        elif branch is not True:
            found[name] = value
    return found


def _as_in_memory(doc: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    """Leave an unusual projection to maggma's store in memory."""
    from maggma.stores import MemoryStore  # noqa: PLC0415 (slow to import, and hardly ever needed)

    memory = MemoryStore()
    memory.connect()
    memory._collection.insert_one(doc)  # noqa: SLF001 (the way in without a key)
    found: dict[str, Any] = next(memory.query(properties=properties), {})
    return found
