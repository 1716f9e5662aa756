"""Folders of candidate structures with their provenance, written completely or not at all.

A folder holds one CIF file per model, ``candidates.csv``, which ``trona screen`` reads, and
``provenance.json`` with everything known about each model.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from trona.screening.charges import write_formula
from trona.screening.errors import InputError
from trona.screening.formulas import number

from .structure_files import MANIFEST, file_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trona.stores.documents.made_structures import ModelDoc

__all__ = ["PROVENANCE", "describe_model", "require_new", "write_models"]

PROVENANCE = "provenance.json"
_COLUMNS = ("label", "formula", "file", "source", "kind", "atoms", "deviation", "energy_per_atom")


def require_new(folder: Path) -> None:
    """
    Refuse a folder that is there already, or cannot be made.

    Parameters
    ----------
    folder
        Where candidates are to be written.

    Raises
    ------
    InputError
        If it exists, or its parent does not.
    """
    if folder.exists():
        raise InputError(
            f"{str(folder)!r} exists already: name another folder, or remove it first."
        )
    if not folder.absolute().parent.is_dir():
        raise InputError(f"there is no folder {str(folder.parent)!r} to write into: make it first.")


def describe_model(model: ModelDoc) -> str:
    """
    Say in a sentence what a model is: this becomes the source of its screening result.

    Parameters
    ----------
    model
        The model.

    Returns
    -------
    str
        Kind, origin, extent of the search, deviation of the composition.
    """
    names = {"ordered": "ordered model", "hydroborate": "hydroborate model", "glass": "GLASS model"}
    parts = [f"{names[model.kind]} {model.source}"]
    relaxed = sum(trial.energy is not None for trial in model.trials)
    if model.kind != "glass" and relaxed:
        parts.append(f"lowest of {relaxed} relaxed with {model.method}")
    elif model.kind != "glass":
        parts.append("lowest electrostatic energy, not relaxed")
    if model.possible is not None and model.possible > 1:
        known = "sampled" if model.distinct is None else f"{model.distinct} of them distinct"
        parts.append(f"{model.possible} arrangements in the cell, {known}")
    if model.deviation > 0:
        parts.append(
            f"requested {write_formula(model.asked)}, off by {number(model.deviation, 2)} atoms "
            "per formula unit"
        )
    return "; ".join(parts)


def write_models(models: Sequence[ModelDoc], folder: Path) -> None:
    """
    Write models into a new folder.

    Parameters
    ----------
    models
        With distinct labels.
    folder
        Made here; until it is complete it has another name.

    Raises
    ------
    InputError
        If the folder exists, or cannot be written.
    """
    require_new(folder)
    names = _file_names(models)
    try:
        partial = Path(tempfile.mkdtemp(prefix=".trona-", dir=folder.absolute().parent))
        try:
            for model, name in zip(models, names, strict=True):
                text = model.structure.to_structure().to(fmt="cif")
                (partial / name).write_text(text, encoding="utf-8")
            _write_table(models, names, partial / MANIFEST)
            content = [model.model_dump(mode="json") for model in models]
            (partial / PROVENANCE).write_text(
                json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8"
            )
            partial.chmod(0o755)
            os.rename(partial, folder)  # noqa: PTH104 (Path.rename says the same)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
    except OSError as error:
        raise InputError(f"cannot write {str(folder)!r}: {error.strerror or error}.") from None


def _file_names(models: Sequence[ModelDoc]) -> list[str]:
    """Give each model a file name of its own, also where a file system ignores case."""
    names: list[str] = []
    taken: set[str] = set()
    for model in models:
        stem = name = file_name(model.label)
        count = 1
        while name.lower() in taken:
            count += 1
            name = f"{stem}-{count}"
        taken.add(name.lower())
        names.append(f"{name}.cif")
    return names


def _write_table(models: Sequence[ModelDoc], names: Sequence[str], path: Path) -> None:
    """Write the table that lists the models."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_COLUMNS)
        for model, name in zip(models, names, strict=True):
            energy = model.trials[0].energy
            writer.writerow(
                [
                    model.label,
                    model.formula,
                    name,
                    describe_model(model),
                    model.kind,
                    len(model.structure.species),
                    f"{model.deviation:.6g}",
                    "" if energy is None else f"{energy:.6f}",
                ]
            )
