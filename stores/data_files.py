"""Data files that ship with trona, as YAML for who reads and edits them.

YAML takes fifty times as long to read as JSON, so its content is also kept as JSON in the user's
cache folder, found by a checksum of the text.
"""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import Any

import orjson

from .cache import cached_path, write_cached

__all__ = ["data_content", "data_text"]

_FOLDER = "data"
_MOST = 40
"""Files that are kept: those of a few versions."""


def data_text(package: str, name: str) -> str:
    """
    Text of a data file.

    Parameters
    ----------
    package, name
        Where it is.

    Returns
    -------
    str
        As it was written.
    """
    return files(package).joinpath(name).read_text(encoding="utf-8")


def data_content(package: str, name: str) -> Any:  # noqa: ANN401 (whatever the file holds)
    """
    Content of a data file.

    Parameters
    ----------
    package, name
        Where it is; YAML without dates and tags.

    Returns
    -------
    object
        Lists, mappings, texts, numbers.
    """
    text = data_text(package, name)
    file = cached_path(_FOLDER, f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.json")
    try:
        return orjson.loads(file.read_bytes())
    except (OSError, ValueError):
        import yaml  # noqa: PLC0415 (slow to import)

        content = yaml.load(text, Loader=yaml.CSafeLoader)
        packed = orjson.dumps(content)
        write_cached(file, lambda stream: stream.write(packed), _MOST)
        return content
