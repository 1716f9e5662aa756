"""Calculation files that a user wants to keep: where, and compressed as custodian does it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from monty.shutil import gzip_dir

from trona.screening.errors import InputError
from trona.workflows.candidates.structure_files import file_name

from .backends import Vasp, relaxation_id

if TYPE_CHECKING:
    from pathlib import Path

    from pymatgen.core import Structure

    from .backends import Backend

__all__ = ["compress", "kept_name", "require_folder"]


def require_folder(folder: Path, backend: Backend) -> str:
    """
    Make the folder that files are kept in.

    Parameters
    ----------
    folder
        As the user names it; may be there already.
    backend
        Source of relaxations.

    Returns
    -------
    str
        Its absolute path.

    Raises
    ------
    InputError
        If the backend leaves no files, or the folder cannot be made.
    """
    if not isinstance(backend, Vasp):
        raise InputError(
            f"--keep-files keeps the files of VASP, and the backend {backend.name!r} writes none: "
            "leave it out."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot keep files in {str(folder)!r}: {error.strerror or error}."
        ) from None
    return str(folder.absolute())


def kept_name(label: str, structure: Structure, backend: Backend) -> str:
    """
    Name the folder of a candidate's files.

    Parameters
    ----------
    label
        Of the candidate.
    structure
        Starting structure.
    backend
        Source of relaxations.

    Returns
    -------
    str
        Label and id of the relaxation, by which a document names it.
    """
    return f"{file_name(label)}-{relaxation_id(structure, backend)}"


def compress(folder: Path) -> None:
    """
    Compress the files of calculations; folders of jobs that left none go.

    Parameters
    ----------
    folder
        Holds a folder for each job.
    """
    for job in sorted(path for path in folder.iterdir() if path.is_dir()):
        with suppress(OSError):  # a full disk takes no result away
            if any(job.iterdir()):
                gzip_dir(job)
            else:
                job.rmdir()
