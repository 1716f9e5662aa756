"""Notes on compositions whose charges do not balance: reported with every answer, never refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trona.screening.charges import objection
from trona.screening.formulas import parse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trona.screening.equilibrium.phases import PhaseTable

__all__ = ["charge_notes"]


def charge_notes(formulas: Iterable[str], table: PhaseTable) -> list[str]:
    """
    Say which compositions carry a charge.

    Parameters
    ----------
    formulas
        As the user writes them.
    table
        Phases of the reference; what is a phase there needs no note.

    Returns
    -------
    list of str
        One sentence for each.
    """
    notes = []
    for formula in dict.fromkeys(formulas):
        amounts = parse(formula)
        reason = objection(amounts, formula)
        if reason is not None and table.find(amounts) is None:
            notes.append(f"{reason}.")
    return notes
