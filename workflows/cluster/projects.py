"""Projects of jobflow-remote, found by name without connecting.

A project names the queue, the store of outputs and the workers that run jobs.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from pydantic import ValidationError

from trona.screening.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jobflow_remote.config.base import Project, WorkerBase

__all__ = ["find_project", "find_worker", "projects_folder", "require_jobflow_remote", "validated"]


def require_jobflow_remote() -> None:
    """
    Make sure that jobflow-remote is installed.

    Raises
    ------
    ProjectError
        If it is not.
    """
    if find_spec("jobflow_remote") is None:
        raise ProjectError(
            "submission needs the package 'jobflow-remote': install trona with its remote extra."
        )


def projects_folder() -> Path:
    """
    Folder of the project files.

    Returns
    -------
    pathlib.Path
        As jobflow-remote is told by JFREMOTE_PROJECTS_FOLDER or its settings file.
    """
    require_jobflow_remote()
    import jobflow_remote  # noqa: PLC0415 (optional, and takes a second)

    return Path(jobflow_remote.SETTINGS.projects_folder).expanduser()


def validated(content: object) -> Project:
    """
    Check a project with jobflow-remote's own model.

    Parameters
    ----------
    content
        As a project file holds it.

    Returns
    -------
    jobflow_remote.config.base.Project
        Valid.

    Raises
    ------
    ProjectError
        If it is not.
    """
    require_jobflow_remote()
    from jobflow_remote.config.base import Project  # noqa: PLC0415

    try:
        return Project.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        detail = first["msg"].strip().splitlines()[-1]
        raise ProjectError(f"jobflow-remote refuses the project at {place!r}: {detail}.") from None


def find_project(name: str | None) -> Project:
    """
    Find a project by name.

    Parameters
    ----------
    name
        None for the one of JFREMOTE_PROJECT, or the only one.

    Returns
    -------
    jobflow_remote.config.base.Project
        Valid.

    Raises
    ------
    ProjectError
        If there is none of that name, or its file is not valid.
    """
    folder = projects_folder()
    from jobflow_remote import SETTINGS, ConfigManager  # noqa: PLC0415
    from jobflow_remote.config.base import ConfigError  # noqa: PLC0415

    try:
        projects: dict[str, Project] = ConfigManager().projects
    except ConfigError as error:
        raise ProjectError(f"{str(error).rstrip('.')}: rename one of them.") from None
    name = name or SETTINGS.project or (next(iter(projects)) if len(projects) == 1 else None)
    if name in projects:
        return projects[name]
    if name is not None and (path := folder / f"{name}.yaml").is_file():
        _read(path)  # says what is wrong with it
    if not projects:
        raise ProjectError(
            f"no project of jobflow-remote in {str(folder)!r}: make one with 'trona project init'."
        )
    asked = "name a project with --project" if name is None else f"no project {name!r}"
    raise ProjectError(f"{asked}: choose from {', '.join(sorted(projects))}.")


def _read(path: Path) -> None:
    """Read a project file that jobflow-remote left out, to say why."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        detail = " ".join(str(error).split())
        raise ProjectError(f"cannot read the project file {str(path)!r}: {detail}.") from None
    try:
        validated(content)
    except ProjectError as error:
        raise ProjectError(f"{error} Correct {str(path)!r}.") from None


def find_worker(project: Project, name: str | None) -> tuple[str, WorkerBase]:
    """
    Find a worker of a project.

    Parameters
    ----------
    project
        Where to look.
    name
        None for the first.

    Returns
    -------
    tuple
        Its name, and its configuration.

    Raises
    ------
    ProjectError
        If there is none of that name.
    """
    workers: Mapping[str, WorkerBase] = project.workers
    if not workers:
        raise ProjectError(f"the project {project.name!r} has no worker: add one to its file.")
    name = name or next(iter(workers))
    if name not in workers:
        raise ProjectError(
            f"no worker {name!r} in the project {project.name!r}: choose from {', '.join(workers)}."
        )
    return name, workers[name]
