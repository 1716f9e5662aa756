"""The page of ``trona serve`` in a thread of the tests, and requests to it."""

from __future__ import annotations

import http.client
import json
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Thread
from urllib.parse import urlencode, urlsplit

from trona.workflows.cli.energies import load_energies
from trona.workflows.cli.filter_options import FilterOptions
from trona.workflows.cli.store_filters import read_filters
from trona.workflows.serve.answers import Session, keep_energies
from trona.workflows.serve.following import Followed
from trona.workflows.serve.routes import make_application
from trona.workflows.serve.server import listen, make_server


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def json(self):
        return json.loads(self.text)


@dataclass(frozen=True)
class Page:
    """Where a page is served."""

    address: str

    def ask(self, path, method="GET", headers=None, **given):
        """Ask as a program does, with a Host of its own choice."""
        place = urlsplit(self.address)
        line = http.client.HTTPConnection(place.hostname, place.port, timeout=120)
        try:
            query = f"?{urlencode(given)}" if given else ""
            line.request(method, path + query, headers=headers or {})
            answer = line.getresponse()
            return Answer(answer.status, answer.headers, answer.read().decode())
        finally:
            line.close()


def session_on(location, reference="bundled"):
    """What the command makes of its options."""
    return Session(
        energies=keep_energies(partial(load_energies, reference, None, None)),
        filters=lambda **typed: read_filters(FilterOptions(**typed)),
        store=Followed(str(location)),
    )


@contextmanager
def serving(session):
    """Serve a session on a free port for the time of the block."""
    taken = listen(0)
    running = make_server(make_application(session))
    thread = Thread(target=running.run, kwargs={"sockets": [taken]}, daemon=True)
    thread.start()
    try:
        yield Page(f"http://127.0.0.1:{taken.getsockname()[1]}/")
    finally:
        running.should_exit = True
        thread.join(30)
        taken.close()
