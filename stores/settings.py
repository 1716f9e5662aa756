"""Default locations, read from the environment (``TRONA_…``); no store is opened."""

from __future__ import annotations

from platformdirs import user_cache_path, user_data_path
from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from trona.stores.defaults import REFERENCE

__all__ = ["Settings"]


def _default_store() -> str:
    """Place the embedded store in the user's data folder."""
    return str(user_data_path("trona") / "trona.sqlite")


def _default_references() -> str:
    """Place snapshots of reference energies in the user's data folder."""
    return str(user_data_path("trona") / "references")


def _default_cache() -> str:
    """Place what can be made again in the user's cache folder."""
    return str(user_cache_path("trona"))


class Settings(BaseSettings):
    """Defaults that a user may set once instead of on each command."""

    model_config = SettingsConfigDict(env_prefix="TRONA_", env_ignore_empty=True, extra="ignore")

    store: str = Field(
        default_factory=_default_store,
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
        validation_alias=AliasChoices("TRONA_MP_API_KEY", "MP_API_KEY", "PMG_MAPI_KEY"),
        description="The user's key for the Materials Project; never printed, never stored.",
    )
