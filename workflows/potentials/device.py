"""Where potentials compute: on the processor unless the user names something else."""

from __future__ import annotations

import torch

from trona.screening.errors import BackendError
from trona.stores.settings import Settings

__all__ = ["chosen_device"]

_PROCESSOR = "cpu"


def chosen_device() -> str:
    """
    Read the setting ``TRONA_DEVICE``.

    Returns
    -------
    str
        As torch names it.

    Raises
    ------
    BackendError
        If torch finds no such device.
    """
    name = Settings().device
    if name != _PROCESSOR:
        try:
            torch.empty(0, device=name)
        except (RuntimeError, AssertionError) as error:
            raise BackendError(
                f"torch finds no device {name!r} here: set TRONA_DEVICE to {_PROCESSOR!r}."
            ) from error
    return name
