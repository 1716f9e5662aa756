#!/usr/bin/env python
"""Write docs/data-dictionary.md from the document models: every document, every field.

python scripts/data_dictionary.py            writes the page
python scripts/data_dictionary.py --check    exits with 1 if the page is out of date
"""

from __future__ import annotations

import argparse
import types
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from trona.stores.documents.air import AirDoc
from trona.stores.documents.dopants import DopantsDoc
from trona.stores.documents.migration import COLLECTIONS
from trona.stores.documents.results import SCHEMA_VERSION, Document
from trona.stores.materials_project.snapshots import Snapshot

PAGE = Path(__file__).parent.parent / "docs" / "data-dictionary.md"
PLAIN = {str: "text", float: "number", int: "whole number", bool: "true or false",
         datetime: "time", type(None): "null", Any: "anything"}  # fmt: skip
HEAD = f"""\
# Data dictionary
Written by `scripts/data_dictionary.py` from the models; schema version {SCHEMA_VERSION}.

Energies are eV, lengths Å, voltages V against Na/Na⁺, times UTC. A value that is not known is
null. Fields that are not listed are refused. A document has an `id` that is a hash of what it rests
on, so the same work has the same id everywhere, and says which versions made it, when, and who
(`TRONA_WHO`, else the account and the host). Documents of older schema versions are read: what they
did not record is null.

A store has one collection for each kind, and jobflow's own `jobs` and `data`. Snapshots of the
Materials Project are files beside it.
"""


def written(annotation: object) -> str:
    """Write a type as a chemist would."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " or ".join(f"`{part}`" for part in parts)
    if origin in {Union, types.UnionType}:
        return " or ".join(map(written, parts))
    if origin is list:
        return f"list of {written(parts[0])}"
    if origin is dict:
        return f"{written(parts[0])} to {written(parts[1])}"
    if isinstance(annotation, type) and issubclass(annotation, Document):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    return PLAIN[annotation]


def parts_of(annotation: object) -> list[type[Document]]:
    """List the documents that a type is made of."""
    if isinstance(annotation, type) and issubclass(annotation, Document):
        return [annotation]
    return [model for part in get_args(annotation) for model in parts_of(part)]


def section(model: type[Document], collection: str | None) -> str:
    """Describe a kind of document."""
    first = (model.__doc__ or "").strip().splitlines()[0]
    lines = [f"## {model.__name__}", first]
    if collection:
        lines.append(f"Collection `{collection}`.")
    lines += ["", "| field | type | meaning |", "|---|---|---|"]
    for name, field in model.model_fields.items():
        meaning = (field.description or "").replace("|", "\\|")
        lines.append(f"| `{name}` | {written(field.annotation)} | {meaning} |")
    return "\n".join(lines) + "\n"


def render() -> str:
    """Write the page: what is stored or printed, then what that is made of."""
    stored = {model: name for name, model in COLLECTIONS.items()}
    order = [*stored, Snapshot, AirDoc, DopantsDoc]
    for model in order:
        for field in model.model_fields.values():
            order += [part for part in parts_of(field.annotation) if part not in order]
    return "\n".join([HEAD, *(section(model, stored.get(model)) for model in order)])


def main() -> int:
    """Write or check the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only tell whether it is up to date")
    options = parser.parse_args()
    page = render()
    if options.check:
        return int(PAGE.read_text(encoding="utf-8") != page)
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
