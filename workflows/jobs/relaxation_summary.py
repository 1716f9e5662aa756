"""The common part of force-field and VASP task documents, reduced to what a hull needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pymatgen.symmetry.analyzer import SpacegroupAnalyzer

from trona.stores.documents.results import RelaxationDoc, StructureDoc
from trona.stores.provenance import versions

from .backends import relaxation_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pymatgen.core import Structure

    from .backends import Backend

__all__ = ["SYMMETRY_PRECISION", "relaxation_document"]

SYMMETRY_PRECISION = 0.05
"""Å; relaxed coordinates carry the noise of the force limit."""


def relaxation_document(
    task: Any,  # noqa: ANN401 (a task document of atomate2 or emmet)
    start: Structure,
    label: str,
    backend: Backend,
    *,
    settings: Mapping[str, Any],
    **known: Any,  # noqa: ANN401 (fields of a checked document)
) -> RelaxationDoc:
    """
    Write a relaxation down.

    Parameters
    ----------
    task
        Of the last calculation: it gives structure, energy and forces.
    start
        Starting structure.
    label
        Candidate.
    backend
        Choices of the relaxation.
    settings
        What to record beside those choices.
    **known
        Fields that depend on the kind of calculation; ``method`` and ``versions`` by default those
        of the backend and of the packages here.

    Returns
    -------
    RelaxationDoc
        Numbers only; nothing is judged here.
    """
    relaxed, forces = task.structure, task.output.forces
    symmetry = SpacegroupAnalyzer(relaxed, symprec=SYMMETRY_PRECISION)
    fields: dict[str, Any] = {
        "method": backend.method,
        "versions": versions(*backend.packages),
    } | known
    return RelaxationDoc(
        id=relaxation_id(start, backend),
        label=label,
        formula=relaxed.composition.reduced_formula,
        formula_start=start.composition.reduced_formula,
        settings={**backend.identity(), **settings},
        energy=task.output.energy,
        max_force=None if forces is None else float(np.linalg.norm(forces, axis=1).max()),
        n_sites=len(relaxed),
        volume_start=start.volume,
        volume=relaxed.volume,
        space_group=symmetry.get_space_group_symbol(),
        structure=StructureDoc.from_structure(relaxed),
        **fields,
    )
