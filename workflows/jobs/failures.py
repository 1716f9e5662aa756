"""Errors of calculations, recorded where dependent jobs can read the reason.

jobflow keeps no trace of a failed job in the job store. Here the job stores a `FailureDoc` as its
output before it fails, so that a later job that tolerates missing outputs can report the cause.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobflow import CURRENT_JOB, Job, Maker, job
from monty.json import jsanitize

from trona.screening.errors import TronaError
from trona.stores.documents.results import FailureDoc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymatgen.core import Structure

__all__ = ["CalculationError", "Recorded", "failure_among", "one_line"]

_LONGEST = 300
"""Characters of an error's text that are kept."""


class CalculationError(TronaError):
    """A calculation ended with an error; the message says which and why."""


@dataclass
class Recorded(Maker):
    """
    Make the job of another maker, which leaves the reason in the job store if it fails.

    Parameters
    ----------
    maker
        Maker of a single job, whose ``make`` takes a structure and a previous folder.
    name
        Name of the job; that of the maker by default.
    """

    maker: Maker
    name: str = ""

    def __post_init__(self) -> None:
        self.name = self.name or self.maker.name

    def make(self, structure: Structure | None, prev_dir: str | None = None) -> Job:
        """
        Make the job.

        Parameters
        ----------
        structure
            Or a reference to one.
        prev_dir
            Folder of a calculation to start from.

        Returns
        -------
        jobflow.Job
            As the maker makes it, but for what happens when it fails.
        """
        made = self.maker.make(structure, prev_dir=prev_dir)
        if not isinstance(made, Job):
            raise TypeError(f"{type(self.maker).__name__} makes no single job.")
        made.function = self.run
        made.config.expose_store = True
        return made

    def prepared(self) -> Maker:
        """
        Make the maker ready, on the machine where the job runs.

        Returns
        -------
        jobflow.Maker
            A copy: custodian's handlers count errors, and each job starts at zero.
        """
        return deepcopy(self.maker)

    def carried_out(self, maker: Maker, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 (whatever the maker takes)
        """
        Do the work of a maker, without a job around it.

        Parameters
        ----------
        maker
            As prepared.
        *arguments, **options
            Of its ``make``.

        Returns
        -------
        jobflow.Response
            As the maker's job returns it.
        """
        return getattr(type(maker).make, "original")(maker, *arguments, **options)  # noqa: B009

    @job
    def run(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 (whatever the maker takes)
        """
        Do what the maker's job does.

        Parameters
        ----------
        *arguments, **options
            Of the maker's ``make``.

        Returns
        -------
        jobflow.Response
            As the maker's job returns it.

        Raises
        ------
        CalculationError
            If it fails.
        """
        current = CURRENT_JOB.job
        name = self.name if current is None else current.name
        maker = self.prepared()
        try:
            return self.carried_out(maker, *arguments, **options)
        except Exception as error:
            reason = f"{one_line(error)}{_seen(Path.cwd())}{_last_words(Path.cwd())}"
            if current is not None and CURRENT_JOB.store is not None:
                _leave(FailureDoc(step=name, reason=reason))
            raise CalculationError(f"{name}: {reason}") from error


def one_line(error: Exception) -> str:
    """
    Write an error in one line.

    Parameters
    ----------
    error
        Of any kind.

    Returns
    -------
    str
        Its type and the beginning of its text.
    """
    text = re.sub(r"<[\w.]*?(\w+) object at 0x\w+>", r"\1", " ".join(str(error).split()))
    return f"{type(error).__name__}: {text[:_LONGEST]}"


def _seen(folder: Path) -> str:
    """Tell which errors custodian saw in a folder."""
    try:
        log = json.loads((folder / "custodian.json").read_text(encoding="utf-8"))
        errors = Counter(
            error for run in log for correction in run["corrections"]
            for error in correction["errors"]
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    words = [name if count == 1 else f"{name} {count} times" for name, count in errors.items()]
    return f" (custodian saw: {', '.join(words)})" if words else ""


def _last_words(folder: Path) -> str:
    """Quote the end of what VASP wrote to its standard error."""
    try:
        rows = (folder / "std_err.txt").read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return ""
    words = [row.strip() for row in rows if row.strip()]
    return f" (VASP's last words: {words[-1][:_LONGEST]})" if words else ""


def _leave(failure: FailureDoc) -> None:
    """Save a failure as the output of the current job."""
    current = CURRENT_JOB.job
    document = {
        "uuid": current.uuid,
        "index": current.index,
        "output": jsanitize(failure, strict=True, enum_values=True),
        "completed_at": datetime.now(UTC).isoformat(),
        "metadata": current.metadata,
        "hosts": current.hosts,
        "name": current.name,
    }
    CURRENT_JOB.store.update(document, key=["uuid", "index"])


def failure_among(outputs: Sequence[object], names: Sequence[str]) -> FailureDoc | None:
    """
    Find the first step that failed.

    Parameters
    ----------
    outputs
        Of the steps, in order; None for one that left none.
    names
        Of the steps.

    Returns
    -------
    FailureDoc or None
        With its reason, or where to look for it; None if all steps have an output.
    """
    for output, name in zip(outputs, names, strict=True):
        if isinstance(output, FailureDoc):
            return output
        if output is None:
            return FailureDoc(
                step=name, reason="it left no output: the error stands in the record of the job"
            )
    return None
