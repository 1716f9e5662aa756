"""Second pass of a force-field relaxation, and which stored relaxations are final.

The force limit is checked on the relaxed structure, whereas the optimiser uses coordinates scaled
by the change of the cell: after a large change a relaxation may end just above the limit. A second
pass with FIRE, starting where the first ended, resolves this; a structure that is still above the
limit is rejected. If the first pass ends at a higher energy than it began, the second starts from
the same structure as the first.
Both passes are one job, so the rule is the same wherever a relaxation is requested. VASP's flows
relax twice by themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .backends import ForceField, relaxation_id

if TYPE_CHECKING:
    from pymatgen.core import Structure

    from trona.stores.collections.results import Results
    from trona.stores.documents.results import RelaxationDoc

    from .backends import Backend

__all__ = ["MOST_PASSES", "PASSES", "settled"]

MOST_PASSES = 2
"""Times that the optimiser is started."""
PASSES = "passes"
"""Setting of a relaxation: how many passes it was allowed; one where that is not recorded."""


def settled(start: Structure, results: Results, backend: Backend) -> RelaxationDoc | None:
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
    RelaxationDoc or None
        None where there is none, or where it has had one pass only and did not converge in it. An
        older store may hold the second pass as a relaxation of its own.
    """
    found = results.relaxation(relaxation_id(start, backend))
    if found is None or not isinstance(backend, ForceField) or _is_at_its_end(found):
        return found
    return results.relaxation(relaxation_id(found.structure.to_structure(), backend))


def _is_at_its_end(relaxation: RelaxationDoc) -> bool:
    """Tell whether there is nothing left to try."""
    return relaxation.converged is not False or relaxation.settings.get(PASSES, 1) >= MOST_PASSES
