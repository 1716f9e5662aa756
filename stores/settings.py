"""Default locations, read from the environment (``TRONA_…``); no store is opened."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from trona.stores.defaults import REFERENCE, store_location

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Settings"]

_PREFIX = "TRONA_"
_ALSO_READ = {"mp_api_key": ("MP_API_KEY", "PMG_MAPI_KEY")}
"""Variables of other programs, read where trona's own is not set."""


def _data() -> Path:
    """Name the user's folder of what is kept."""
    from platformdirs import user_data_path  # noqa: PLC0415 (not needed where all is set)

    return user_data_path("trona")


def _default_references() -> str:
    """Place snapshots of reference energies in the user's data folder."""
    return str(_data() / "references")


def _default_cache() -> str:
    """Place what can be made again in the user's cache folder."""
    from platformdirs import user_cache_path  # noqa: PLC0415

    return str(user_cache_path("trona"))


class Settings(BaseModel):
    """
    Defaults that a user may set once instead of on each command.

    A field is read from the variable of its name, ``TRONA_STORE`` for ``store``; an empty one
    counts as not set. pydantic-settings would do this too, and takes twice as long to import as
    Python takes to start.
    """

    model_config = ConfigDict(extra="ignore")

    store: str = Field(
        default_factory=store_location,
        description="Path of the embedded store file, or a mongodb:// URI with a database name.",
    )
    reference: str = Field(
        default=REFERENCE,
        description="Reference energies: 'bundled', 'mp', 'table:FILE', 'store:PATH' or "
        "'entries:FILE'.",
    )
    references: str = Field(
        default_factory=_default_references,
        description="Folder of the snapshots of the Materials Project.",
    )
    cache: str = Field(
        default_factory=_default_cache,
        description="Folder of what is kept to be read sooner; it may be removed at any time.",
    )
    who: str = Field(
        default="",
        description="Name that documents give as who computed them; by default user@host.",
    )
    fused: bool = Field(
        default=True,
        description="Evaluate SevenNet with trona's convolution: the same numbers, sooner.",
    )
    device: str = Field(
        default="cpu",
        description="Where potentials compute, as torch names it: 'cpu', or 'cuda' for a card.",
    )
    mp_api_key: SecretStr | None = Field(
        default=None,
        description="The user's key for the Materials Project; never printed, never stored.",
    )

    @model_validator(mode="before")
    @classmethod
    def _from_environment(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Read what is not given from the environment."""
        there = {name.upper(): value for name, value in os.environ.items() if value}
        read = {
            field: there[variable]
            for field in cls.model_fields
            for variable in (*reversed(_ALSO_READ.get(field, ())), f"{_PREFIX}{field.upper()}")
            if variable in there
        }
        return read | given
