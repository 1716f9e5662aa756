"""A server for one machine: bound to its loopback address, running until it is interrupted."""

from __future__ import annotations

import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import uvicorn

from trona.screening.errors import InputError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["LOOPBACK", "listen", "make_server", "run_server"]

LOOPBACK = "127.0.0.1"
_SECONDS_TO_END = 2
"""Seconds that answers under way have once the server is interrupted."""


def listen(port: int) -> socket.socket:
    """
    Bind a port of the loopback address.

    Parameters
    ----------
    port
        Number; 0 for any that is free.

    Returns
    -------
    socket.socket
        Listening: who connects from now on waits until the server runs.

    Raises
    ------
    InputError
        If the port cannot be taken.
    """
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform != "win32":  # where it would share a port that is in use
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((LOOPBACK, port))
        taken.listen()
    except OSError as error:
        taken.close()
        raise InputError(
            f"port {port} of {LOOPBACK} cannot be used ({error.strerror}): choose another with "
            "--port, or any free one with --port 0."
        ) from None
    return taken


def make_server(application: ASGIApp) -> uvicorn.Server:
    """
    Make a server without log output.

    Parameters
    ----------
    application
        What answers.

    Returns
    -------
    uvicorn.Server
        Not running.
    """
    return uvicorn.Server(
        uvicorn.Config(
            application,
            access_log=False,
            http="h11",
            lifespan="off",
            log_config=None,
            log_level="critical",
            server_header=False,
            timeout_graceful_shutdown=_SECONDS_TO_END,
            ws="none",
        )
    )


def run_server(application: ASGIApp, taken: socket.socket) -> None:
    """
    Answer until the user interrupts.

    Parameters
    ----------
    application
        What answers.
    taken
        As `listen` makes it.
    """
    with suppress(KeyboardInterrupt):  # which uvicorn raises again once it has ended
        make_server(application).run(sockets=[taken])
