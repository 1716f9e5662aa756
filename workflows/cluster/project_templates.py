"""Project files of jobflow-remote from templates, validated by jobflow-remote's own models."""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

import yaml

from trona.screening.errors import ProjectError
from trona.stores.database import connect

from .projects import projects_folder, validated

if TYPE_CHECKING:
    from jobflow_remote.config.base import Project

__all__ = ["TEMPLATES", "Choices", "from_choices", "project_text", "write_project"]

TEMPLATES = ("mock", "laptop", "slurm", "slurm-batch")
_CLUSTERS = ("slurm", "slurm-batch")
_START_BATCH = "export TRONA_BATCH=$$ TRONA_WARM=$(mktemp -d)\ntrap 'rm -rf $TRONA_WARM' EXIT"
"""What a batch needs for its jobs to share one process: see `warm`."""
_LONGEST_SOCKET = 97
"""Characters of a socket's path that the runner's daemon accepts."""


@dataclass(frozen=True)
class Choices:
    """
    What a project file is made of.

    Parameters
    ----------
    name
        Of the project.
    template
        One of `TEMPLATES`.
    store
        MongoDB URI with a database. Outputs go there, the queue into the one with ``_queue``
        after its name.
    work_dir
        Absolute path on the worker, under which jobs run.
    activate
        Shell command that makes Python, trona and jobflow-remote available on the worker.
    host, user
        Login node that the runner reaches by SSH; no host where the runner is on that node.
    """

    name: str
    template: str
    store: str
    work_dir: Path
    activate: str | None = None
    host: str | None = None
    user: str | None = None


def project_text(choices: Choices) -> str:
    """
    Write a project file from its template.

    Parameters
    ----------
    choices
        What to fill in.

    Returns
    -------
    str
        YAML with comments, which jobflow-remote's own models accept.

    Raises
    ------
    ProjectError
        If a choice cannot be used.
    StoreError
        If the store is no MongoDB database.
    """
    _check(choices)
    source = files("trona.workflows.cluster").joinpath("project_templates.yaml")
    templates: dict[str, str] = yaml.safe_load(source.read_text(encoding="utf-8"))
    database = connect.database_of(choices.store)
    cores = os.cpu_count() or 1
    activate = choices.activate
    if choices.template not in _CLUSTERS and activate is None:
        # Threads that wait for each other in ASE's cell filter cost more than the work itself.
        activate = (
            f"export OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 OMP_NUM_THREADS={min(cores, 2)}"
        )
    values = {
        "name": choices.name,
        "uri": choices.store,
        "database": database,
        "queue_database": f"{database}_queue",
        "timeout": int(connect.SERVER_TIMEOUT * 1000),
        "delay": 5 if choices.template in _CLUSTERS else 2,
        "attempts": 100 if choices.template in _CLUSTERS else 3,
        "waits": [30, 120, 600, 1800] if choices.template in _CLUSTERS else [30, 300, 1200],
        "work_dir": str(choices.work_dir),
        "handle_dir": str(choices.work_dir / "batch-handles"),
        "batch_dir": str(choices.work_dir / "batches"),
        "execution_cmd": f"{_jf()} -fe execution run {{}}",
        "activate": activate and f"set -e\n{activate}",
        "start_batch": f"set -e\n{activate or ''}\n{_START_BATCH}".replace("\n\n", "\n"),
        "max_jobs": max(1, cores // 2),
    }
    quoted = {key: json.dumps(value) for key, value in values.items()}
    text = templates["common"] + templates[choices.template]
    text = Template(text).substitute(
        quoted, template=choices.template, connection=_connection(choices)
    )
    validated(yaml.safe_load(text))
    return text


def _check(choices: Choices) -> None:
    """Refuse choices that jobflow-remote would refuse later, or not at all."""
    if choices.template not in TEMPLATES:
        raise ProjectError(f"no template {choices.template!r}: choose from {', '.join(TEMPLATES)}.")
    if not re.fullmatch(r"[A-Za-z0-9_-]+", choices.name):
        raise ProjectError(
            f"the project name {choices.name!r} cannot be used: take letters, digits, - and _."
        )
    if not choices.work_dir.is_absolute() or re.search(r"\s", str(choices.work_dir)):
        raise ProjectError(
            f"the work folder {str(choices.work_dir)!r} must be an absolute path without spaces."
        )
    if choices.host is not None and choices.template not in _CLUSTERS:
        raise ProjectError(
            f"the template {choices.template!r} runs on this machine: leave the host out, or take "
            f"{' or '.join(_CLUSTERS)}."
        )


def _connection(choices: Choices) -> str:
    """Write how the runner reaches the worker."""
    if choices.host is None:
        return "type: local                    # the runner is on the login node itself"
    lines = ["type: remote", f"host: {json.dumps(choices.host)}"]
    if choices.user is not None:
        lines.append(f"user: {json.dumps(choices.user)}")
    return "\n    ".join(lines)


def _jf() -> str:
    """Command of jobflow-remote beside the running Python, which need not be on the PATH."""
    beside = Path(sys.executable).parent / "jf"
    return str(beside) if beside.is_file() else "jf"


def from_choices(choices: Choices) -> Project:
    """
    Make a project that is not written yet.

    Parameters
    ----------
    choices
        What to fill in.

    Returns
    -------
    jobflow_remote.config.base.Project
        Valid, and not in the way of a file.

    Raises
    ------
    ProjectError
        If a choice cannot be used, or the file is there already.
    """
    path = projects_folder() / f"{choices.name}.yaml"
    if path.exists():
        raise _taken(path)
    return validated(yaml.safe_load(project_text(choices)))


def _taken(path: Path) -> ProjectError:
    """Say that a file is in the way."""
    return ProjectError(
        f"there is a project file {str(path)!r} already: edit it, remove it, or choose another "
        "name."
    )


def write_project(choices: Choices) -> Path:
    """
    Write a new project file, readable for its owner alone: the URI may hold a password.

    Parameters
    ----------
    choices
        What to fill in.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    ProjectError
        If there is such a project already, or the folder cannot be used.
    """
    folder, text = projects_folder(), project_text(choices)
    path = folder / f"{choices.name}.yaml"
    socket = folder / choices.name / "daemon" / "s.sock"
    if len(str(socket)) > _LONGEST_SOCKET:
        raise ProjectError(
            f"the folder {str(folder)!r} is too deep for the runner's socket: set "
            "JFREMOTE_PROJECTS_FOLDER to a shorter path."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(text)
    except FileExistsError:
        raise _taken(path) from None
    except OSError as error:
        raise ProjectError(f"cannot write {str(path)!r}: {error.strerror}.") from None
    return path
