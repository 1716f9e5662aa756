"""The flow of one candidate: relax, summarise, analyse."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jobflow import Flow, Maker

from .analysis import analyze
from .backends import ForceField, Vasp, find

if TYPE_CHECKING:
    from .backends import Backend
    from .candidates import Candidate

__all__ = ["ScreeningMaker", "relaxation_maker"]


def relaxation_maker(backend: Backend) -> Maker:
    """
    Choose the maker of a backend's relaxations.

    Parameters
    ----------
    backend
        A force field, or VASP; only what it needs is imported.

    Returns
    -------
    jobflow.Maker
        Makes a flow from a candidate; its output is a `RelaxationDoc` or a `FailureDoc`.

    Raises
    ------
    TypeError
        If it is neither.
    """
    if isinstance(backend, Vasp):
        from .vasp import VaspRelaxMaker  # noqa: PLC0415

        return VaspRelaxMaker(backend=backend)
    if isinstance(backend, ForceField):
        from .relax import RelaxMaker  # noqa: PLC0415

        return RelaxMaker(backend=backend)
    raise TypeError(f"no relaxations come from {type(backend).__name__}.")


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
    relax_maker: Maker = field(default_factory=lambda: relaxation_maker(find("chgnet")))

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
            Its output is a `ScreeningDoc`, also where the relaxation failed.
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
            relaxed=relaxation is not None,
        )
        result.append_name(f" {candidate.label}")
        return Flow([*parts, result], output=result.output, name=f"{self.name} {candidate.label}")
