"""trona screens sodium solid electrolytes for stability against their electrodes.

    from trona import Study

is where Python users begin: compositions against reference energies, and what was screened. The
pieces underneath are in `trona.screening` (thermodynamics of arrays), `trona.stores` (energies and
documents) and `trona.workflows` (relaxations, submission, commands).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trona.workflows.study import Study

__all__ = ["Study"]


def __getattr__(name: str) -> object:
    """Import what is offered when it is asked for, so that commands start fast."""
    if name == "Study":
        from trona.workflows.study import Study

        return Study
    raise AttributeError(f"module 'trona' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
