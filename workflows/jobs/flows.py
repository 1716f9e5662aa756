"""The flow of one candidate: relax, summarise, analyse."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jobflow import Flow, Maker

from trona.screening.formulas import parse
from trona.screening.units import SODIUM
from trona.stores.defaults import BACKEND, REFERENCE
from trona.stores.energies.completion import covers
from trona.stores.energies.references import load_reference

from .analysis import analyze
from .backends import ForceField, Vasp, find_backend

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jobflow import OutputReference

    from trona.workflows.candidates.sources import Candidate

    from .backends import Backend

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
        from .force_field import RelaxMaker  # noqa: PLC0415

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
    reference: str = REFERENCE
    correction: str | None = None
    relax_maker: Maker = field(default_factory=lambda: relaxation_maker(find_backend(BACKEND)))

    def make(self, candidate: Candidate, competing: Sequence[OutputReference] = ()) -> Flow:
        """
        Wire the jobs of a candidate.

        Parameters
        ----------
        candidate
            With a structure, or a bare composition.
        competing
            Outputs of the relaxations of competing phases that the reference lacks.

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
            competing=list(competing),
        )
        result.append_name(f" {candidate.label}")
        return Flow([*parts, result], output=result.output, name=f"{self.name} {candidate.label}")

    def make_set(
        self, candidates: Sequence[Candidate], competing: Sequence[Candidate] = ()
    ) -> Flow:
        """
        Wire the jobs of several candidates, and of the competing phases that no source covers.

        Parameters
        ----------
        candidates
            With structures, or bare compositions.
        competing
            Structures of competing phases. Those of the candidates' elements and sodium whose
            composition the reference lacks are relaxed, each once; the others are not.

        Returns
        -------
        jobflow.Flow
            Its outputs are a `ScreeningDoc` for each candidate, whatever becomes of the others and
            of the competing phases.
        """
        reference = load_reference(self.reference, self.correction)
        elements = {symbol for one in candidates for symbol in parse(one.formula)} | {SODIUM}
        lacking = [
            self.relax_maker.make(phase)
            for phase in competing
            if elements.issuperset(parse(phase.formula))
            and not covers(reference, parse(phase.formula))
        ]
        outputs = [relax.output for relax in lacking]
        screenings = [self.make(candidate, outputs) for candidate in candidates]
        return Flow(
            [*lacking, *screenings],
            output=[one.output for one in screenings],
            name=f"{self.name} set",
        )
