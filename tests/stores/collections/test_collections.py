"""Every collection that any code writes is known to copies, exports, checks and counts."""

from __future__ import annotations

import ast

import pytest

from tests.support.folders import ROOT
from trona.screening.errors import StoreError
from trona.stores.collections.transfer import ALL_COLLECTIONS
from trona.stores.database.connect import open_store
from trona.stores.database.indexes import FIELDS, UNIQUE
from trona.stores.documents.migration import COLLECTIONS

MAKERS = {"SQLiteStore", "ServerStore", "MongoStore", "MongoURIStore", "JSONStore", "MemoryStore"}
"""What makes a collection; only the modules below may call one."""
DOORS = {"stores/database/connect.py", "stores/database/mongodb.py",
         "stores/database/sqlite/projections.py"}  # fmt: skip
"""The last one's store is in memory, for the documents of one question."""


def test_each_collection_has_indexes_and_a_document_or_is_of_jobflow():
    assert set(FIELDS) == {*COLLECTIONS, *UNIQUE} == set(ALL_COLLECTIONS)


def test_each_document_of_a_collection_has_an_id_and_a_version():
    for name, model in COLLECTIONS.items():
        assert {"id", "schema_version"} <= model.model_fields.keys(), name


@pytest.mark.parametrize("name", ["melts", "screening", ""])
def test_a_collection_that_a_copy_would_leave_behind_is_not_opened(tmp_path, name):
    path = tmp_path / "s.sqlite"
    with pytest.raises(StoreError, match=f"no collection '{name}'.*COLLECTIONS"):
        open_store(str(path), name)
    assert not path.exists()


def called(path):
    """Names of what a module calls, with the arguments."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            function = node.func
            parts = [function.attr] if isinstance(function, ast.Attribute) else []
            while isinstance(function, ast.Attribute):
                function = function.value
            yield {*parts, getattr(function, "id", "")}, node


def test_no_code_makes_or_names_a_collection_past_the_one_door():
    offenders = []
    for folder in ("screening", "stores", "workflows"):
        for path in (ROOT / folder).rglob("*.py"):
            place = path.relative_to(ROOT).as_posix()
            for names, call in called(path):
                if names & MAKERS and place not in DOORS:
                    offenders.append(f"{place}:{call.lineno} makes a store of its own")
                if "open_store" in names:
                    offenders += [
                        f"{place}:{call.lineno} opens {one.value!r}"
                        for one in call.args[1:2]
                        if isinstance(one, ast.Constant) and one.value not in ALL_COLLECTIONS
                    ]
    assert offenders == []
