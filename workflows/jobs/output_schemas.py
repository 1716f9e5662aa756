"""Cache of output schemas, which makes VASP flows fast to build.

jobflow checks each `job.output.field` against the JSON schema of the output's class, and has
pydantic generate that schema each time: 0.17 s for emmet's `TaskDoc`, four times per candidate,
nine tenths of the time that submission took.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from jobflow.core import reference

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["schemas_kept"]

_checked = cache(reference.validate_schema_access)


@contextmanager
def schemas_kept() -> Iterator[None]:
    """
    Cache jobflow's check of output fields within the block.

    Yields
    ------
    None
        Answers stay for the next block: classes do not change. A field that a class lacks is
        refused as before.
    """
    before = reference.validate_schema_access
    reference.validate_schema_access = _checked
    try:
        yield
    finally:
        reference.validate_schema_access = before
