"""The command ``trona serve``."""

from __future__ import annotations

import os
import threading
from typing import Annotated

import typer

from trona.workflows.cli.options import (  # noqa: TC001 (typer reads annotations at run time)
    Exclude,
    Pressure,
    Reference,
    StoreAt,
    Temperature,
)

__all__ = ["serve"]

_PORT = 8765


def serve(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on this machine; 0 for any free one.")
    ] = _PORT,
    open_page: Annotated[
        bool, typer.Option("--open", help="Also open the page in the browser.")
    ] = False,
    reference: Reference = None,
    exclude: Exclude = None,
    pressure: Pressure = 0.0,
    temperature: Temperature = "0",
    store: StoreAt = None,
) -> None:
    """Serve a local page that answers questions and follows a store, until Ctrl-C."""
    from functools import partial  # noqa: PLC0415

    from trona.screening.errors import InputError  # noqa: PLC0415
    from trona.stores.settings import Settings  # noqa: PLC0415
    from trona.workflows.cli.energies import load_energies  # noqa: PLC0415
    from trona.workflows.cli.filter_options import FilterOptions  # noqa: PLC0415
    from trona.workflows.cli.store_filters import read_filters  # noqa: PLC0415
    from trona.workflows.serve.answers import Session, keep_energies  # noqa: PLC0415
    from trona.workflows.serve.following import Followed  # noqa: PLC0415

    try:
        from trona.workflows.serve.routes import make_application  # noqa: PLC0415
        from trona.workflows.serve.server import LOOPBACK, listen, run_server  # noqa: PLC0415
    except ModuleNotFoundError as error:
        missing = (error.name or "more packages").partition(".")[0]
        raise InputError(f"the page needs {missing}: install trona[serve].") from None

    session = Session(
        energies=keep_energies(
            partial(
                load_energies, reference, None, exclude, pressure=pressure, temperature=temperature
            )
        ),
        filters=lambda **typed: read_filters(FilterOptions(**typed)),
        store=Followed(store or Settings().store),
    )
    with listen(port) as taken:
        address = f"http://{LOOPBACK}:{taken.getsockname()[1]}/"
        answers = make_application(session)
        typer.echo(f"{address} shows {session.store.name}; Ctrl-C ends it.")
        if open_page:
            typer.launch(address)
        run_server(answers, taken)
    _leave_unfinished()


def _leave_unfinished() -> None:
    """Exit at once even if an answer is still being computed; nothing is lost."""
    if any(not one.daemon for one in threading.enumerate() if one is not threading.main_thread()):
        os._exit(0)
