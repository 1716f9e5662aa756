"""The device on which potentials run: the CPU unless the user selects another."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from trona.screening.errors import BackendError
from trona.stores.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["choose_device", "chosen_device"]

_PROCESSOR = "cpu"
_SETTING = "TRONA_DEVICE"


def choose_device(name: str) -> Callable[[], None]:
    """
    Select the device of potentials, in this process and those started from now on.

    Parameters
    ----------
    name
        As torch names it.

    Returns
    -------
    callable
        Puts the setting back.

    Raises
    ------
    BackendError
        If torch finds no such device.
    """
    before = os.environ.get(_SETTING)

    def put_back() -> None:
        os.environ.pop(_SETTING, None)
        if before is not None:
            os.environ[_SETTING] = before

    os.environ[_SETTING] = name
    try:
        chosen_device()
    except BackendError:
        put_back()
        raise
    return put_back


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
            import torch  # noqa: PLC0415 (slow to import, and the processor needs no question)

            torch.empty(0, device=name)
        except ImportError as error:
            raise BackendError(
                f"the device {name!r} needs torch: install trona with its ml extra."
            ) from error
        except (RuntimeError, AssertionError) as error:
            raise BackendError(
                f"torch finds no device {name!r} here: set TRONA_DEVICE to {_PROCESSOR!r}, "
                f"or give --device {_PROCESSOR}."
            ) from error
    return name
