"""Provenance of a result: package versions, who computed it, and content hashes."""

from __future__ import annotations

import getpass
import hashlib
import json
import socket
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from .settings import Settings

__all__ = ["fingerprint", "versions", "who"]

_PACKAGES = (
    "trona",
    "pymatgen",
    "atomate2",
    "jobflow",
    "chgnet",
    "sevenn",
    "torch",
    "ase",
    "custodian",
    "emmet-core",
)


def versions(*more: str) -> dict[str, str]:
    """
    Versions of the packages that a result depends on.

    Parameters
    ----------
    *more
        Distributions beside those that every result names.

    Returns
    -------
    dict
        Package to version, for those that are installed.
    """
    return dict(_versions(more))


@cache
def _versions(more: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Read versions once: they stand in files, and every result asks for them."""
    found = []
    for package in dict.fromkeys((*_PACKAGES, *more)):
        try:
            found.append((package, version(package)))
        except PackageNotFoundError:
            continue
    return tuple(found)


@cache
def who() -> str:
    """
    Name who computes: the name chosen by the user, otherwise the account and the host.

    Returns
    -------
    str
        ``TRONA_WHO`` where that is set, else as in ``"name@host"``.
    """
    chosen = Settings().who
    if chosen:
        return chosen
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        name = "unknown"
    return f"{name}@{socket.gethostname()}"


def fingerprint(content: object) -> str:
    """
    Identify plain content.

    Parameters
    ----------
    content
        Anything that JSON can write.

    Returns
    -------
    str
        First 16 hexadecimal digits of the SHA-256 of its canonical JSON.
    """
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
