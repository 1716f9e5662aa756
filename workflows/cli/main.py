"""The entry point of the command line. Heavy imports happen inside the commands.

Exit codes: 0 success (also if the reader of the output, such as ``head``, closes it early), 1
internal error, 2 unusable input (one sentence says why and what to do), 130 interrupted.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trona.workflows.cli.groups import Group, LazyCommands, described

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["app", "main"]

_DEBUG = "TRONA_DEBUG"
"""Variable that asks for the tracebacks of all errors."""

_COLLECT_AFTER = 200_000
"""New objects between two searches for garbage: imports and results make many, and all stay."""
_INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""
_WIDEST = 100
"""Columns of a help text on a wider terminal."""

_PANELS = {
    "Answers at once": {
        "window": "commands.formula:window",
        "profile": "commands.formula:profile",
        "interface": "commands.formula:interface",
        "matrix": "commands.matrix:matrix:MatrixCommand",
        "air": "commands.air:air",
        "dopants": "commands.air:dopants",
        "buffer": "commands.buffer:buffer",
        "cell": "commands.buffer:cell",
        "compare": "commands.screen:compare",
        "validate": "commands.formula:validate",
        "plot": "commands.plot:app",
    },
    "Screening": {
        "screen": "commands.screen:screen",
        "query": "commands.query:query",
        "show": "commands.query:show",
        "report": "commands.report:report",
        "serve": "commands.serve:serve",
        "candidates": "commands.candidates:app",
    },
    "On clusters": {
        "submit": "clusters.commands:submit",
        "status": "clusters.commands:status",
        "retry": "clusters.commands:retry",
        "collect": "clusters.commands:collect",
        "campaign": "clusters.campaign:campaign",
        "next": "clusters.campaign:next_candidates",
        "project": "clusters.commands:project_app",
    },
    "Energies, stores, this machine": {
        "doctor": "commands.doctor:doctor",
        "reference": "commands.reference:app",
        "store": "commands.store:app",
    },
}
"""Commands as the help lists them, by their addresses as of `groups.said`."""


class _Program(Group):
    """All commands, under their headings."""

    def __init__(self, *, commands: Mapping[str, Any], **settings: Any) -> None:  # noqa: ANN401
        super().__init__(**settings)
        self.commands = LazyCommands(
            {name: at for panel in _PANELS.values() for name, at in panel.items()} | dict(commands)
        )

    def listed(self) -> Mapping[str, Iterable[tuple[str, str]]]:
        """Headings, and below each the names of commands and what they do."""
        return {
            panel: [(name, described(address)) for name, address in commands.items()]
            for panel, commands in _PANELS.items()
        }


app = typer.Typer(
    name="trona",
    cls=_Program,
    help="Screen sodium solid electrolytes for stability against their electrodes.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": _WIDEST},
)


def main() -> None:
    """Run the command line; a user's mistake prints one sentence and exits with 2."""
    gc.set_threshold(_COLLECT_AFTER)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")  # looks through all packages for them
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # its threads wait longer than they work
    _open_streams()
    debug, arguments = _asked_for_debug(sys.argv[1:])
    code = _run(arguments, debug)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_output()
    sys.exit(code)


def _open_streams() -> None:
    """Give output that was closed at the start, as by ``>&-``, somewhere to go."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115


def _discard_output() -> None:
    """Send what is still buffered nowhere: the reader, as ``head``, has seen enough."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _asked_for_debug(arguments: list[str]) -> tuple[bool, list[str]]:
    """Take ``--debug`` out of the arguments, wherever it stands before ``--``."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    kept = [one for one in arguments[:end] if one != "--debug"]
    asked = len(kept) < end or os.environ.get(_DEBUG, "") not in {"", "0"}
    return asked, kept + arguments[end:]


def _run(arguments: list[str], debug: bool) -> str | int | None:
    """Run a command and return its exit code; errors become one sentence."""
    try:
        app(args=arguments, prog_name="trona")
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # click and rich end with 1
            _discard_output()
            return 0
        if end.code == _INTERRUPTED:
            typer.echo("trona: stopped.", err=True)
        return end.code
    except Exception as error:  # noqa: BLE001 (whatever went wrong, a user gets a sentence)
        if debug:
            import traceback  # noqa: PLC0415

            traceback.print_exception(error)
        sentence, code = _told(error, debug)
        typer.echo(f"trona: {sentence}", err=True)
        return code
    return 0


def _told(error: Exception, debug: bool) -> tuple[str, int]:
    """Say what went wrong in a sentence, with the exit code."""
    from trona.screening.errors import InputError  # noqa: PLC0415

    from .progress import Stopped  # noqa: PLC0415

    if isinstance(error, InputError):
        return str(error), 2
    if isinstance(error, Stopped):
        return str(error), _INTERRUPTED
    first = next(iter(str(error).splitlines()), "")
    remedy = "report it with the traceback above" if debug else "--debug shows where"
    return f"internal error, please report it ({type(error).__name__}: {first}); {remedy}.", 1


def _version(wanted: bool) -> None:
    """Print the versions that matter for provenance."""
    if wanted:
        from trona.stores.provenance import versions  # noqa: PLC0415

        typer.echo("\n".join(f"{name} {number}" for name, number in versions().items()))
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print versions.")
    ] = False,
    debug: Annotated[
        bool,
        typer.Option("--debug", help=f"Show tracebacks of errors, as {_DEBUG}=1 does."),
    ] = False,
) -> None:
    """Screen sodium solid electrolytes for stability against their electrodes."""
