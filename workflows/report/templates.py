"""Templates of the pages, which escape all inserted text, and their style sheets."""

from __future__ import annotations

from importlib import resources

import jinja2

from trona.screening.figures.paper.style import COLOURS, letters_on
from trona.screening.stability.interphase import InterphaseClass

__all__ = ["file_text", "style", "template"]


def template(name: str) -> jinja2.Template:
    """
    Read a template; everything that is put into it is escaped.

    Parameters
    ----------
    name
        Of its file.

    Returns
    -------
    jinja2.Template
        That refuses what it is not given.
    """
    environment = jinja2.Environment(
        autoescape=True,
        loader=jinja2.FunctionLoader(file_text),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    environment.filters["words"] = lambda kind: InterphaseClass(kind).short
    return environment.get_template(name)


def file_text(name: str) -> str:
    """
    Read a file that comes with this package.

    Parameters
    ----------
    name
        Of the file.

    Returns
    -------
    str
        All of it.
    """
    return resources.files(__package__ or "").joinpath(name).read_text(encoding="utf-8")


def style() -> str:
    """
    Write the style sheet, with the colours that interphases have in all figures.

    Returns
    -------
    str
        CSS.
    """
    colours = (
        f".kind-{kind.value} {{ --kind: {colour}; --letters: {letters_on(colour)}; }}"
        for kind, colour in COLOURS.items()
    )
    return "\n".join([file_text("report.css"), *colours])
