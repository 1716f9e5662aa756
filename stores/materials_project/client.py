"""Requests to the Materials Project through its client, mp-api; a failure becomes one sentence.

No error message contains the API key, and no request waits without a time limit.
"""

from __future__ import annotations

import re
import warnings
from importlib.util import find_spec
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

from pydantic import SecretStr

from trona.screening.errors import InputError, ReferenceDataError
from trona.stores.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from mp_api.client import MPRester

__all__ = ["TIMEOUT", "asking", "connect", "find_key", "within"]

TIMEOUT = 120.0
"""Seconds that one question, with all its pages, may take."""

_LONGEST_REASON = 200
"""Characters of a foreign error that are shown."""

Answer = TypeVar("Answer")


def find_key() -> SecretStr | None:
    """
    Look for the user's key: in the environment, then in pymatgen's settings file.

    Returns
    -------
    SecretStr or None
        None where there is none; it prints as asterisks.
    """
    from pymatgen.core import SETTINGS  # noqa: PLC0415 (reads a file)

    key = Settings().mp_api_key
    if key is None and (configured := SETTINGS.get("PMG_MAPI_KEY")):
        key = SecretStr(str(configured))
    return key


def asking(key: SecretStr | None, ask: Callable[[str], Answer]) -> Answer:
    """
    Query the Materials Project, turning any failure into one sentence.

    Parameters
    ----------
    key
        The user's key.
    ask
        Called with the plain key.

    Returns
    -------
    Answer
        What it returns.

    Raises
    ------
    ReferenceDataError
        If the client is not installed, the key is missing or refused, or the network or the server
        fails.
    """
    secret = _plain(key)
    if find_spec("mp_api") is None:
        raise ReferenceDataError(
            "fetching needs the package 'mp-api': install trona with its mp extra."
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the client: what matters is checked in the answer
        try:
            return ask(secret)
        except InputError:
            raise
        except Exception as error:  # noqa: BLE001 (the boundary to client, network and server)
            raise ReferenceDataError(_explain(error, secret)) from None


def connect(secret: str, endpoint: str | None, timeout: float) -> MPRester:
    """
    Make a client that knows which database answers.

    Parameters
    ----------
    secret
        The plain key.
    endpoint
        Address of the API; the client's own by default.
    timeout
        Seconds to wait.

    Returns
    -------
    mp_api.client.MPRester
        Its ``db_version`` is known.

    Raises
    ------
    ReferenceDataError
        If nobody answers in time, or the server refuses this network.
    """
    from mp_api.client import MPRester  # noqa: PLC0415 (seconds)

    def start() -> MPRester:
        return MPRester(
            secret, endpoint=endpoint, use_document_model=False, mute_progress_bars=True
        )

    client = within(timeout, start)
    if not client.db_version:
        raise ReferenceDataError(
            "the Materials Project refuses this network (status 403) and does not tell its "
            "database version: see https://status.materialsproject.org."
        )
    return client


def _plain(key: SecretStr | None) -> str:
    """Take the key out of its wrapping and refuse what can be none."""
    secret = "" if key is None else key.get_secret_value().strip()
    if not secret:
        raise ReferenceDataError(f"there is no key for the Materials Project: {_NEW_KEY}.")
    if not (secret.isascii() and secret.isalnum()):
        raise ReferenceDataError(
            f"the key for the Materials Project holds a character that no key has: {_NEW_KEY}."
        )
    return secret


def within(seconds: float, ask: Callable[[], Answer]) -> Answer:
    """
    Wait for a response with a time limit, which the client's first request lacks.

    Parameters
    ----------
    seconds
        To wait.
    ask
        The question.

    Returns
    -------
    Answer
        What it returns.

    Raises
    ------
    ReferenceDataError
        If there is no answer in time.
    """
    outcome: list[Answer | BaseException] = []

    def work() -> None:
        try:
            outcome.append(ask())
        except BaseException as error:  # noqa: BLE001 (raised again where it is awaited)
            outcome.append(error)

    thread = Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if not outcome:
        raise ReferenceDataError(
            f"the Materials Project did not answer within {seconds:g} s: try again, or wait longer "
            "with --timeout."
        )
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0]


_STATUS = re.compile(r"status code (\d{3})|too many (\d{3}) error responses")
_REASON = re.compile(
    r"Connection refused|reset by peer|IncompleteRead|CERTIFICATE_VERIFY_FAILED|ProxyError|"
    r"Name or service not known|name resolution|Network is unreachable"
)
_NETWORK = "check the network, and MP_API_ENDPOINT if you set it"
_NEW_KEY = "copy yours from https://next-gen.materialsproject.org/api into MP_API_KEY"
_STATUS_PAGE = "see https://status.materialsproject.org"


def _explain(error: Exception, secret: str) -> str:
    """Say in one sentence what went wrong between here and the server, without the key."""
    text = " ".join(str(error).replace(secret, "***").split())
    kind = type(error).__name__
    found = _STATUS.search(text)
    status = next(filter(None, found.groups()), "") if found else ""
    if status == "429" or "rate limit" in text:
        what = "has had too many requests from here (429): wait some minutes and try again"
    elif status in {"401", "403"}:
        what = f"refuses the key ({status}): {_NEW_KEY}"
    elif status.startswith("5"):
        what = f"has trouble of its own ({status}): try again later, and {_STATUS_PAGE}"
    elif status or "does not support the request" in text:
        what = f"does not understand this mp-api ({status or 400}): update the package mp-api"
    elif "Valid API keys are" in text:
        what = f"takes no key of {len(secret)} characters: {_NEW_KEY}"
    elif "JSON" in kind:
        what = "sent something that is cut off, or not JSON: nothing is kept; try again"
    elif "timed out" in text:
        what = "did not answer in time: nothing is kept; try again"
    elif "onnection" in text or "Max retries" in text:
        reason = _REASON.search(text)
        what = f"cannot be reached ({reason[0] if reason else kind}): nothing is kept; {_NETWORK}"
    else:
        what = (
            f"sent something that cannot be used ({kind}: {text[:_LONGEST_REASON]}): update mp-api"
        )
    return f"the Materials Project {what}."
