"""Melt-quench protocol of glass models: its segments and its results, as plain values.

A crystal model is heated at constant volume until its framework is disordered, cooled at a constant
rate, and relaxed. Real quenches are slower by nine orders of magnitude: such models have a higher
energy than the glass, and the scatter between several models shows by how much.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

from monty.json import MSONable

from trona.screening.charges import exact_formula
from trona.screening.errors import InputError, StructureInputError
from trona.stores.corrections.schemes import AS_PUBLISHED
from trona.stores.documents.made_structures import ModelDoc, TrialDoc
from trona.stores.documents.results import StructureDoc
from trona.stores.energies.entries import Rejected, admit
from trona.stores.provenance import fingerprint, versions
from trona.workflows.jobs.backends import relaxation_id
from trona.workflows.ordering.arrangements import Search, arrange
from trona.workflows.ordering.supercells import Bounds, compact_supercell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymatgen.core import Structure

    from trona.stores.collections.molecular_dynamics import SegmentDoc
    from trona.stores.documents.results import RelaxationDoc
    from trona.workflows.jobs.backends import Backend
    from trona.workflows.ordering.blueprints import Blueprint

__all__ = [
    "MOLTEN",
    "Batch",
    "Protocol",
    "Run",
    "Segment",
    "glasses",
    "prepare_batch",
    "segment_id",
]

MOLTEN = 3.0
"""Å; where the framework has moved less than this in the melt, it may remember the crystal: the
distance between neighbouring centres in Na3PS4 is 6 Å."""
_MAX_VOLUME_CHANGE = 0.6
_MOST_STEPS = 1_000_000
"""Of one quench: a run of weeks is a mistake."""


@dataclass(frozen=True)
class Segment(MSONable):
    """
    A piece of molecular dynamics.

    Parameters
    ----------
    name
        ``"melt"`` or ``"quench"``.
    start_temperature, end_temperature
        Of the thermostat, K; it follows a straight line between them.
    steps
        Of the integrator.
    time_step
        fs.
    seed
        Of the velocities, which are drawn anew at the start of each segment.
    """

    name: str
    start_temperature: float
    end_temperature: float
    steps: int
    time_step: float
    seed: int


@dataclass(frozen=True)
class Protocol(MSONable):
    """
    How a glass is made.

    Parameters
    ----------
    atoms
        Per cell, at most.
    quenches
        Independent runs, from different arrangements and velocities.
    melt_temperature, final_temperature
        K.
    melt_time
        ps at the melt temperature.
    rate
        Of cooling, K/ps.
    expansion
        Volume of the melt over that of the crystal, minus 1.
    time_step
        fs; a quarter of it where there is hydrogen.
    segment_steps
        After so many steps the run is kept.
    seed
        Of arrangements and velocities.
    """

    atoms: int = 64
    quenches: int = 3
    melt_temperature: float = 1500.0
    final_temperature: float = 300.0
    melt_time: float = 4.0
    rate: float = 300.0
    expansion: float = 0.1
    time_step: float = 2.0
    segment_steps: int = 2000
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be done."""
        for name in ("atoms", "quenches", "melt_time", "rate", "time_step", "segment_steps"):
            if not getattr(self, name) > 0:
                raise InputError(f"{name} is {getattr(self, name)}: give a positive number.")
        if not self.melt_temperature > self.final_temperature > 0:
            raise InputError(
                f"the melt temperature ({self.melt_temperature:g} K) must be above the final one "
                f"({self.final_temperature:g} K), and both above 0 K."
            )
        steps = (self.melt_time + self.cooling_time) * 1000.0 / self.time_step
        if steps > _MOST_STEPS:
            raise InputError(
                f"a quench of {steps:.0f} steps is more than the {_MOST_STEPS} allowed: choose a "
                "faster rate or a shorter melt."
            )

    @property
    def cooling_time(self) -> float:
        """Duration of the quench, ps."""
        return (self.melt_temperature - self.final_temperature) / self.rate

    def segments(self, time_step: float, seed: int) -> list[Segment]:
        """
        Cut a run into pieces.

        Parameters
        ----------
        time_step
            fs.
        seed
            Of the run.

        Returns
        -------
        list of Segment
            Melt first.
        """
        found: list[Segment] = []
        for name, time, start, end in (
            ("melt", self.melt_time, self.melt_temperature, self.melt_temperature),
            ("quench", self.cooling_time, self.melt_temperature, self.final_temperature),
        ):
            total = max(1, round(time * 1000.0 / time_step))
            pieces = ceil(total / self.segment_steps)
            edges = [round(total * piece / pieces) for piece in range(pieces + 1)]
            for first, last in pairwise(edges):
                hot, cold = (start + (end - start) * at / total for at in (first, last))
                drawn = seed * 10_000 + len(found)
                found.append(Segment(name, hot, cold, last - first, time_step, drawn))
        return found


@dataclass(frozen=True, eq=False)
class Run(MSONable):
    """
    One quench that is to be made.

    Parameters
    ----------
    label
        Unique name.
    structure
        Where it starts: a crystal model, expanded.
    segments
        What is done with it.
    """

    label: str
    structure: Structure
    segments: tuple[Segment, ...]


@dataclass(frozen=True, eq=False)
class Batch(MSONable):
    """
    All quenches of a composition.

    Parameters
    ----------
    blueprint
        Crystal model that they start from.
    protocol
        How they are made.
    runs
        One for each quench.
    units
        Formula units in each.
    deviation
        Largest difference to the asked composition, atoms per formula unit.
    """

    blueprint: Blueprint
    protocol: Protocol
    runs: tuple[Run, ...]
    units: float
    deviation: float


def prepare_batch(blueprint: Blueprint, protocol: Protocol) -> Batch:
    """
    Prepare the quenches of a composition.

    Parameters
    ----------
    blueprint
        Crystal model to start from.
    protocol
        How the glass is made.

    Returns
    -------
    Batch
        Each quench starts from an arrangement of its own where there are several.

    Raises
    ------
    InputError
        If no cell of that size holds the composition, or it is a hydroborate.
    """
    if blueprint.atoms:
        raise StructureInputError(f"{blueprint.label!r} has anions that would not survive melting.")
    crystal, supercell = blueprint.structure, None
    if crystal.is_ordered:
        supercell = compact_supercell(crystal.lattice, max(1, protocol.atoms // len(crystal)))
    bounds = Bounds(min_atoms=protocol.atoms * 3 // 4, max_atoms=protocol.atoms)
    found = arrange(blueprint, Search(bounds=bounds, seed=protocol.seed), supercell)
    time_step = protocol.time_step / (4.0 if "H" in blueprint.asked else 1.0)
    runs = []
    for number in range(protocol.quenches):
        start = found.ranked[number % len(found.ranked)].structure.copy()
        start.scale_lattice(start.volume * (1.0 + protocol.expansion))
        segments = protocol.segments(time_step, protocol.seed * 100 + number)
        runs.append(Run(f"{blueprint.label}-glass-{number + 1}", start, tuple(segments)))
    return Batch(blueprint, protocol, tuple(runs), found.units, found.deviation)


def segment_id(structure: Structure, segment: Segment, backend: Backend) -> str:
    """
    Identity of a segment: the same start and settings have the same id everywhere.

    Parameters
    ----------
    structure
        Where it starts.
    segment
        What is done.
    backend
        Potential.

    Returns
    -------
    str
        16 hexadecimal digits.
    """
    return fingerprint([relaxation_id(structure, backend), asdict(segment)])


def glasses(
    batch: Batch,
    melted: Sequence[Sequence[SegmentDoc] | None],
    relaxations: Sequence[RelaxationDoc | str | None],
) -> tuple[list[ModelDoc], list[str]]:
    """
    Describe the results of the quenches of a composition.

    Parameters
    ----------
    batch
        What was done.
    melted
        Segments of each run.
    relaxations
        Relaxation of each, or the reason why there is none.

    Returns
    -------
    tuple
        One model for each run that can be used, each with the energies of all of them; and a
        sentence for each run that cannot.
    """
    trials = [_trial(one) for one in relaxations]
    usable = [at for at, trial in enumerate(trials) if trial.objection is None]
    models = [
        _model(batch, at, [trials[at], *(trials[k] for k in usable if k != at)], one, moved)
        for at in usable
        if not isinstance(one := relaxations[at], str | None)
        for moved in [_displacement(melted[at] or ())]
    ]
    return models, [
        f"{run.label}: {trial.objection}"
        for run, trial in zip(batch.runs, trials, strict=True)
        if trial.objection is not None
    ]


def _displacement(segments: Sequence[SegmentDoc]) -> float:
    """Largest displacement of the framework in a piece of the melt, Å."""
    return max((one.displacement for one in segments if one.name == "melt"), default=0.0)


def _trial(relaxation: RelaxationDoc | str | None) -> TrialDoc:
    """Write down what became of a quench."""
    if relaxation is None or isinstance(relaxation, str):
        return TrialDoc(
            electrostatic=None,
            energy=None,
            objection=relaxation or "it did not finish",
            space_group=None,
            volume=0.0,
        )
    admitted = admit(relaxation, AS_PUBLISHED, _MAX_VOLUME_CHANGE)
    energy = None if relaxation.energy is None else relaxation.energy / relaxation.n_sites
    return TrialDoc(
        electrostatic=None,
        energy=energy,
        objection=admitted.reason if isinstance(admitted, Rejected) else None,
        space_group=relaxation.space_group,
        volume=relaxation.volume / relaxation.n_sites,
    )


def _model(
    batch: Batch, at: int, trials: list[TrialDoc], relaxation: RelaxationDoc, moved: float
) -> ModelDoc:
    """Write down one glass."""
    protocol, run = batch.protocol, batch.runs[at]
    structure = relaxation.structure.to_structure()
    amounts = structure.composition.get_el_amt_dict()
    achieved = {symbol: amounts[symbol] / batch.units for symbol in batch.blueprint.asked}
    remembered = "" if moved >= MOLTEN else ", PERHAPS NOT MOLTEN"
    return ModelDoc(
        label=run.label,
        kind="glass",
        asked=batch.blueprint.asked,
        achieved=achieved,
        formula=exact_formula(achieved, amounts),
        deviation=batch.deviation,
        source=(
            f"{at + 1} of {protocol.quenches}: {len(structure)} atoms at "
            f"{protocol.melt_temperature:g} K for {protocol.melt_time:g} ps (framework moved "
            f"{moved:.1f} Å{remembered}), cooled to {protocol.final_temperature:g} K at "
            f"{protocol.rate:g} K/ps, relaxed with {relaxation.method}; started "
            f"{batch.blueprint.source}"
        ),
        charges=batch.blueprint.charges,
        supercell=None,
        possible=None,
        distinct=None,
        settings={**vars(protocol), "displacement": moved},
        method=relaxation.method,
        trials=trials,
        structure=StructureDoc.from_structure(structure),
        versions=versions(),
    )
