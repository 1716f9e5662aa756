"""Checks of every row of some data as one test, which lists all the rows that fail."""

from __future__ import annotations

import functools
import inspect

import pytest


def each(names, rows, ids=str):
    """
    Take a test of one row to a test of all; used as ``pytest.mark.parametrize`` is.

    Parameters
    ----------
    names
        Parameters of the test, joined by commas or in a tuple.
    rows
        A value each, or a tuple of values, or a ``pytest.param``.
    ids
        Makes the name by which a row is listed.
    """
    names = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)

    def decorate(check):
        @functools.wraps(check)
        def test(**fixtures):
            failed = []
            for values, name in _named(rows, ids, single=len(names) == 1):
                try:
                    check(**fixtures, **dict(zip(names, values, strict=True)))
                except (AssertionError, pytest.fail.Exception) as error:
                    failed.append(f"{name}: {error}")
            assert not failed, f"{len(failed)} of {len(rows)} fail:\n" + "\n".join(failed)

        kept = [p for p in inspect.signature(check).parameters.values() if p.name not in names]
        test.__signature__ = inspect.Signature(kept)
        return test

    return decorate


def _named(rows, ids, single):
    for row in rows:
        if hasattr(row, "values") and hasattr(row, "marks"):  # of pytest.param
            assert not row.marks, "a row of a lint carries no mark"
            yield row.values, row.id or str(row.values)
        else:
            yield ((row,) if single else row), ids(row)
