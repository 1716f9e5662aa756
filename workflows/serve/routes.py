"""The routes of the page: what can be requested, by whom, and the text of refusals."""

from __future__ import annotations

import json
import re
import sys
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import jinja2
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.routing import Route

from trona.screening.errors import InputError
from trona.screening.figures.browser.style import library
from trona.screening.stability.interphase import InterphaseClass
from trona.stores.documents.printable import printable
from trona.stores.provenance import versions
from trona.workflows.report.content import COLUMNS
from trona.workflows.report.templates import file_text, style

from . import answers, views
from .answers import PARAMETERS
from .parameters import Asked

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from .answers import Session

__all__ = ["make_application"]

_HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?", re.ASCII | re.IGNORECASE)
"""Names by which the page may be called, with any port: a tunnel to this machine has its own."""

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_SORTED_BY = {
    "place": "rank",
    "label": "label",
    "hull": "hull",
    "reduction": "reduction",
    "oxidation": "oxidation",
    "harm": "severity",
    "freed": "force",
    "sodium": "sodium",
}
"""Column of the report to the field that ``query`` sorts by."""

_SCRIPT, _STYLE = "text/javascript", "text/css"
_ASSETS: dict[str, tuple[Callable[[], str], str]] = {
    "plotly.js": (library, _SCRIPT),
    "figures.js": (lambda: file_text("figures.js"), _SCRIPT),
    "details.js": (lambda: file_text("details.js"), _SCRIPT),
    "serve.js": (lambda: _file("serve.js"), _SCRIPT),
    "serve.css": (lambda: f"{style()}\n{_file('serve.css')}", _STYLE),
}


def make_application(session: Session) -> ASGIApp:
    """
    Make the application that a server runs.

    Parameters
    ----------
    session
        What the server was started with.

    Returns
    -------
    callable
        An ASGI application that answers GET only, and this machine only.

    Raises
    ------
    InputError
        If there are no such reference energies, or plotly is not installed.
    """
    _asset_text("plotly.js")  # which says so where it is missing
    page = _page(session)
    api: dict[str, Callable[[Session, Asked], object]] = {
        "window": lambda session, asked: answers.answer_window(session, asked)[0],
        "interface": lambda session, asked: answers.answer_interface(session, asked)[0],
        "matrix": lambda session, asked: answers.answer_matrix(session, asked)[0],
        "query": answers.query_candidates,
        "show": answers.read_candidate,
    }
    shown: dict[str, Callable[[Session, Asked], object]] = {
        "window": views.view_window,
        "interface": views.view_interface,
        "matrix": views.view_matrix,
        "diagram": views.view_diagram,
        "candidates": views.view_candidates,
    }
    routes = [
        Route("/", lambda _: Response(page, media_type="text/html"), methods=["GET"]),
        Route("/assets/{name}", _asset, methods=["GET"]),
        _question("/state", session, lambda one, _: {"state": one.store.state()}, ()),
        _question("/view/at", session, views.view_reaction, PARAMETERS["window"]),
        *(_question(f"/api/{name}", session, one, PARAMETERS[name]) for name, one in api.items()),
        *(
            _question(f"/view/{name}", session, one, PARAMETERS[name])
            for name, one in shown.items()
        ),
    ]
    return _Guard(Starlette(routes=routes, exception_handlers={404: _unknown, 405: _unknown}))


def _question(
    path: str,
    session: Session,
    answer: Callable[[Session, Asked], object],
    known: tuple[str, ...],
) -> Route:
    """Answer a question in JSON; what goes wrong is a sentence."""

    def endpoint(request: Request) -> Response:
        try:
            return _json(answer(session, Asked(request.query_params, known)))
        except InputError as error:
            return _json({"error": str(error)}, 400)
        except Exception as error:  # noqa: BLE001 (whatever went wrong, the page gets a sentence)
            first = next(iter(str(error).splitlines()), "")
            sentence = f"internal error, please report it ({type(error).__name__}: {first})."
            sys.stderr.write(f"trona: {path}: {sentence}\n")
            return _json({"error": sentence}, 500)

    return Route(path, endpoint, methods=["GET"])


def _json(content: object, status: int = 200) -> Response:
    """Write JSON as the commands do; documents may be in it."""
    text = json.dumps(printable(content), ensure_ascii=False, allow_nan=False)
    return Response(text, status, media_type="application/json")


def _asset(request: Request) -> Response:
    """Answer with one of the files of the page; no other name leads to a file."""
    name = request.path_params["name"]
    if name not in _ASSETS:
        return _unknown(request)
    text, kind = _asset_text(name), _ASSETS[name][1]
    return Response(text, media_type=kind)


@cache
def _asset_text(name: str) -> bytes:
    """Read a file of the page once."""
    return _ASSETS[name][0]().encode()


def _unknown(request: Request, _: Exception | None = None) -> Response:
    """Say that there is no such address."""
    return _json({"error": f"nothing is at {request.url.path[:80]!r}: open / instead."}, 404)


def _file(name: str) -> str:
    """Read a file that comes with this package."""
    return resources.files(__package__ or "").joinpath(name).read_text(encoding="utf-8")


def _page(session: Session) -> str:
    """Write the page, which asks for everything else."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    reference = session.energies()
    return environment.from_string(_file("serve.html")).render(
        reference=f"{reference.name}, {len(reference.phases):,} phases",
        caveats=reference.caveats,
        store=session.store.name,
        classes=[(kind.value, kind.short, kind.meaning) for kind in InterphaseClass],
        columns=[(column, _SORTED_BY.get(column.key)) for column in COLUMNS],
        version=versions().get("trona", "unknown"),
    )


class _Guard:
    """
    Refuses what does not come from a page of this server, and sets the headers of all answers.

    The server is bound to this machine, but pages of other sites run on it too: one whose name was
    made to point here (DNS rebinding) is known by its Host, one that merely asks by Sec-Fetch-Site.
    """

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
            await send(message)

        refused = _refusal(scope["method"], scope["path"], Headers(scope=scope))
        if refused is not None:
            sentence, status = refused
            answer = _json({"error": sentence}, status)
            if status == 405:
                answer.headers["Allow"] = "GET"
            await answer(scope, receive, with_headers)
            return
        await self._inner(scope, receive, with_headers)


def _refusal(method: str, path: str, headers: Headers) -> tuple[str, int] | None:
    """Say why a request is refused, with its status; None where it is answered."""
    host = headers.get("host", "")
    if not _HOST.fullmatch(host):
        return f"this page answers to 127.0.0.1 and localhost only, not to {host[:80]!r}.", 403
    if method != "GET":
        return f"this page can only be read: {method[:20]!r} is refused.", 405
    if path != "/" and headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
        return "this page answers only itself: another site asked.", 403
    return None
