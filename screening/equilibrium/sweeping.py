"""Sweeps of many compositions of one chemical system: what they share is laid out once.

The path is that of `simplex.sweep` over all columns, bit for bit. At the start only columns
without sodium can enter; on the way only phases on the hull can, because a column enters where it
is as good as the optimum. So a system that is asked often is swept over its hull alone, which is
a tenth of its phases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trona.screening.units import SODIUM

from .hull import energies_above_hull
from .simplex import Path, follow_from, minimise
from .system import Columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .phases import PhaseTable
    from .system import System

__all__ = ["sweep_system"]

_OFTEN = 100
"""Compositions of a system after which its hull is looked for; that takes as long as so many."""
_NEAR = 1e-6
"""Phases closer to the hull (eV per atom) are kept; what could enter is within 1e-9 of it."""


def sweep_system(table: PhaseTable, system: System, amounts: NDArray[np.float64]) -> Path:
    """
    Follow the optimum of a composition from μ = −∞ to sodium metal.

    Parameters
    ----------
    table
        Phases, sodium among them.
    system
        Of the table, open to sodium.
    amounts : shape (n_elements,)
        Of the elements of the system.

    Returns
    -------
    Path
        All optimal bases on the way, in columns of the system.

    Raises
    ------
    ConvergenceError
        If the sweep does not end within the pivot limit.
    """
    free = system.layout.free
    if free is None:
        free = system.layout.free = Columns.of(system, np.flatnonzero(system.sodium == 0.0))
    start = np.searchsorted(free.at, system.start)
    first = free.at[minimise(free.amounts, amounts, free.energies, start).columns]
    mu_stop = table.mu_sodium_metal
    near = _near(table, system)
    inside = None if near is None else near.find(first)
    if near is None or inside is None:
        costs = (system.energies, system.sodium)
        return follow_from(system.amounts, amounts, *costs, first, mu_stop)
    path = follow_from(near.amounts, amounts, near.energies, near.sodium, inside, mu_stop)
    return Path(path.mu, near.at.take(path.columns), path.values, path.tied)


def _near(table: PhaseTable, system: System) -> Columns | None:
    """Columns on the hull, of a system that is asked often."""
    layout = system.layout
    layout.asked += 1
    if layout.near is None and layout.asked > _OFTEN:
        some = table.within([*system.elements, SODIUM])
        low = energies_above_hull(some)[some.ground] < _NEAR
        kept = {id(some.phases[at]) for at in some.ground[low].tolist()}
        marked = [id(table.phases[at]) in kept for at in system.index.tolist()]
        layout.near = Columns.of(system, np.flatnonzero(marked))
    return layout.near
