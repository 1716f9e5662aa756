"""Default values and the version of summaries; light to import, for the start of the commands."""

from __future__ import annotations

import os

__all__ = ["BACKEND", "REFERENCE", "SUMMARY_SCHEMA_VERSION", "store_location"]

BACKEND = "sevennet"
"""Source of relaxations."""
REFERENCE = "bundled"
"""Reference energies."""
SUMMARY_SCHEMA_VERSION = 5
"""Raised with every change of `SummaryDoc` alone: no id rests on it, and summaries of a lower
version are made again from their results. Up to 2 it was the version of all documents."""


def store_location() -> str:
    """Find the store: that of ``TRONA_STORE``, else the file in the user's data folder."""
    there = {name.upper(): value for name, value in os.environ.items() if value}
    if "TRONA_STORE" in there:
        return there["TRONA_STORE"]
    from platformdirs import user_data_path  # noqa: PLC0415 (not needed where it is set)

    return str(user_data_path("trona") / "trona.sqlite")
