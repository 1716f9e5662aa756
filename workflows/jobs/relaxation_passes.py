"""Relaxations that the store holds, and whether one is to be continued.

The force limit is checked on the relaxed structure, the optimiser's in coordinates scaled by the
change of the cell: after a large one a relaxation may end just above the limit. A second pass, from
where the first ended, settles that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .backends import relaxation_id

if TYPE_CHECKING:
    from pymatgen.core import Structure

    from trona.stores.collections.results import Results
    from trona.stores.documents.results import RelaxationDoc

    from .backends import Backend

__all__ = ["latest"]

_MOST_PASSES = 2


def latest(
    start: Structure, results: Results, backend: Backend
) -> tuple[RelaxationDoc | None, Structure | None]:
    """
    Look the relaxation of a structure up.

    Parameters
    ----------
    start
        Where it started.
    results
        Store of relaxations.
    backend
        Source of relaxations.

    Returns
    -------
    tuple
        The last pass, None where there is none; and the structure that is to be relaxed next, None
        where nothing is left to do.
    """
    doc, structure = None, start
    for _ in range(_MOST_PASSES):
        found = results.relaxation(relaxation_id(structure, backend))
        if found is None:
            return doc, structure
        doc = found
        if found.converged is not False:
            break
        structure = found.structure.to_structure()
    return doc, None
