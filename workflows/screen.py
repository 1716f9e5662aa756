"""The flow of one candidate: relax, summarise, analyse."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jobflow import Flow, Maker

from .analysis import analyze
from .relax import RelaxMaker

if TYPE_CHECKING:
    from .candidates import Candidate

__all__ = ["ScreeningMaker"]


@dataclass
class ScreeningMaker(Maker):
    """
    Screen one candidate against reference energies.

    Parameters
    ----------
    name
        Name of the flow.
    reference
        Name of the reference energies.
    correction
        Correction scheme; the reference's default if None.
    relax_maker
        Makes the relaxation of a candidate with a structure.
    """

    name: str = "trona screen"
    reference: str = "bundled"
    correction: str | None = None
    relax_maker: RelaxMaker = field(default_factory=RelaxMaker)

    def make(self, candidate: Candidate) -> Flow:
        """
        Wire the jobs of a candidate.

        Parameters
        ----------
        candidate
            With a structure, or a bare composition.

        Returns
        -------
        jobflow.Flow
            Its output is a `ScreeningDoc`; the relaxation is its first part, if there is one.
        """
        parts, relaxation = [], None
        if candidate.structure is not None:
            relax = self.relax_maker.make(candidate)
            parts, relaxation = [relax], relax.output
        result = analyze(
            candidate.label,
            candidate.formula,
            candidate.source,
            self.reference,
            self.correction,
            relaxation,
        )
        return Flow([*parts, result], output=result.output, name=f"{self.name} {candidate.label}")
