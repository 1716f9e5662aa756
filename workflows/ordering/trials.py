"""From a blueprint to a model: the structures to try, and the choice among them.

These functions are shared by the maker and the command line.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Literal, cast

import numpy as np
from monty.json import MSONable

from trona.screening.charges import exact_formula
from trona.screening.errors import StructureInputError
from trona.stores.corrections.schemes import AS_PUBLISHED
from trona.stores.documents.made_structures import ModelDoc, TrialDoc
from trona.stores.documents.results import StructureDoc
from trona.stores.energies.entries import Rejected, admit
from trona.stores.provenance import versions
from trona.workflows.candidates.sources import Candidate

from .arrangements import Search, arrange
from .hydroborates import anions_of, broken, place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pymatgen.core import Structure

    from trona.stores.documents.results import RelaxationDoc

    from .blueprints import Blueprint

__all__ = ["MAX_RELAXED", "Draft", "choose", "draft"]

MAX_RELAXED = 8
"""Trials that are relaxed for each model, by default."""
_MAX_VOLUME_CHANGE = 0.6
"""Substituted lattices and constructed ones start far from equilibrium."""


@dataclass(frozen=True, eq=False)
class Draft(MSONable):
    """
    Structures to try for one blueprint.

    Parameters
    ----------
    blueprint
        What is to be made.
    structures
        To be compared.
    electrostatics
        Ewald energy of each, eV/atom; None where charges are unknown.
    relaxed
        Whether they are to be relaxed.
    units
        Formula units in each.
    deviation
        Largest difference to the asked composition, atoms per formula unit.
    supercell
        Vectors of the cell in those of the blueprint's.
    possible, distinct
        Arrangements in that cell, and symmetry-distinct ones where all were listed.
    settings
        Limits and seeds, for the record.
    """

    blueprint: Blueprint
    structures: tuple[Structure, ...]
    electrostatics: tuple[float | None, ...]
    relaxed: bool
    units: float
    deviation: float
    supercell: list[list[int]]
    possible: int
    distinct: int | None
    settings: dict[str, float | int | str]

    @property
    def trials(self) -> list[Candidate]:
        """The structures with names of their own, ready to be relaxed."""
        return [
            Candidate(f"{self.blueprint.label}#{rank}", one.composition.reduced_formula, "", one)
            for rank, one in enumerate(self.structures, start=1)
        ]


def draft(
    blueprint: Blueprint,
    search: Search | None = None,
    max_relaxed: int = MAX_RELAXED,
    supercell: NDArray[np.int64] | None = None,
) -> Draft:
    """
    Choose the structures to try.

    Parameters
    ----------
    blueprint
        What is to be made.
    search
        Limits.
    max_relaxed
        Structures to relax; 0 to take the lowest electrostatic energy.
    supercell : shape (3, 3)
        Vectors of the supercell in those of the blueprint's cell; by default the most compact one
        of the size that is needed.

    Returns
    -------
    Draft
        Arrangements in their order; of a hydroborate, each with its anions turned in turn.

    Raises
    ------
    InputError
        If no arrangement fits the limits.
    """
    search = search or Search()
    found = arrange(blueprint, search, supercell)
    wanted = max(1, max_relaxed)
    chosen = list(found.ranked[:wanted])
    structures = [one.structure for one in chosen]
    energies = [one.electrostatic for one in chosen]
    if blueprint.kind == "hydroborate":
        turns = range(-(-wanted // len(chosen)))
        structures = [place(one.structure, turn, search.seed) for turn in turns for one in chosen]
        energies = energies * len(turns)
    limits = {name: x for name, x in vars(search).items() if name != "bounds"}
    return Draft(
        blueprint=blueprint,
        structures=tuple(structures[:wanted]),
        electrostatics=tuple(energies[:wanted]),
        relaxed=max_relaxed > 0,
        units=found.units,
        deviation=found.deviation,
        supercell=np.asarray(found.supercell).tolist(),
        possible=found.possible,
        distinct=found.distinct,
        settings={**vars(search.bounds), **limits, "max_relaxed": max_relaxed},
    )


def choose(drafted: Draft, relaxations: Sequence[RelaxationDoc | str | None]) -> ModelDoc:
    """
    Choose the model among the trials: the lowest energy after relaxation.

    Parameters
    ----------
    drafted
        Structures that were tried.
    relaxations
        What became of each: its relaxation, or the reason why there is none if that is known.

    Returns
    -------
    ModelDoc
        With all trials, best first.

    Raises
    ------
    StructureInputError
        If no trial is eligible; the first reason is named.
    """
    rows = [_trial(drafted, index, relaxation) for index, relaxation in enumerate(relaxations)]
    rows.sort(key=lambda row: (row[0].objection is not None, row[0].energy or inf))
    best, structure = rows[0]
    if best.objection is not None:
        raise StructureInputError(
            f"no model of {drafted.blueprint.label!r}: {best.objection}; try more of them."
        )
    blueprint = drafted.blueprint
    amounts = structure.composition.get_el_amt_dict()
    achieved = {
        symbol: amounts.get(symbol, 0.0) / drafted.units
        for symbol in {**blueprint.asked, **amounts}
    }
    methods = {one.method for one in relaxations if one is not None and not isinstance(one, str)}
    return ModelDoc(
        label=blueprint.label,
        kind=cast("Literal['ordered', 'hydroborate']", blueprint.kind),
        asked=blueprint.asked,
        achieved=achieved,
        formula=exact_formula(achieved, amounts),
        deviation=drafted.deviation,
        source=blueprint.source,
        charges=blueprint.charges,
        supercell=drafted.supercell,
        possible=drafted.possible,
        distinct=drafted.distinct,
        settings=drafted.settings,
        method=next(iter(methods), None),
        trials=[trial for trial, _ in rows],
        structure=StructureDoc.from_structure(structure),
        versions=versions(),
    )


def _trial(
    drafted: Draft, index: int, relaxation: RelaxationDoc | str | None
) -> tuple[TrialDoc, Structure]:
    """Write down what became of a trial."""
    start = drafted.structures[index]
    electrostatic = drafted.electrostatics[index]
    if relaxation is None or isinstance(relaxation, str):
        trial = TrialDoc(
            electrostatic=electrostatic,
            energy=None,
            objection=relaxation or ("its relaxation failed" if drafted.relaxed else None),
            space_group=None,
            volume=start.volume / len(start),
        )
        return trial, start
    relaxed = relaxation.structure.to_structure()
    admitted = admit(relaxation, AS_PUBLISHED, _MAX_VOLUME_CHANGE)
    reason = admitted.reason if isinstance(admitted, Rejected) else None
    if drafted.blueprint.kind == "hydroborate" and broken(
        relaxed, anions_of(drafted.blueprint.label)
    ):
        reason = reason or "an anion fell apart in the relaxation"
    energy = None if relaxation.energy is None else relaxation.energy / relaxation.n_sites
    trial = TrialDoc(
        electrostatic=electrostatic,
        energy=energy,
        objection=reason,
        space_group=relaxation.space_group,
        volume=relaxation.volume / relaxation.n_sites,
    )
    return trial, relaxed
