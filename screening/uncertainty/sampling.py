"""Uncertainty of limits and classes: energies are sampled within their errors, each draw assessed.

The error of a formation energy has two parts. One is independent for each composition, of a size
that depends on its class. The other belongs to an element and is shared by all of its compounds,
like the error of its reference state: it cancels in every reaction among compounds and changes
those that consume or form an element. Elements themselves are the zero of formation energies and
have no error. Products may change from draw to draw, which `sensitivity`, exact for small errors,
does not capture.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from trona.screening.equilibrium.phases import PhaseTable
from trona.screening.equilibrium.simplex import AMOUNT_TOLERANCE, minimise
from trona.screening.errors import InputError
from trona.screening.stability.interphase import classify
from trona.screening.stability.products import interphase
from trona.screening.stability.window import NO_EXCHANGE, assess
from trona.screening.units import HELD, SODIUM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from trona.screening.equilibrium.phases import Phase
    from trona.screening.stability.interphase import InterphaseClass, PropertyTable, Thresholds
    from trona.screening.stability.window import Stability

    from .error_model import ErrorModel

__all__ = [
    "SAMPLES",
    "SEED",
    "Spread",
    "Uncertainty",
    "classes_at_metal",
    "draw_errors",
    "phases_inside",
    "sample",
    "with_errors",
]

SAMPLES = 200
"""Draws by default: a standard deviation is then known to 5 %."""
SEED = 20120430
"""Of the generator: the same question has the same answer."""


@dataclass(frozen=True)
class Spread:
    """
    Distribution of a limit over the draws, V.

    Parameters
    ----------
    mean, std
        Mean and standard deviation.
    low, high
        16th and 84th percentile.
    """

    mean: float
    std: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """
    Uncertainty of a window and of the interphase class.

    Parameters
    ----------
    model
        The errors.
    samples, seed
        Number of draws, and where the generator starts.
    reduction, oxidation
        Spread of the stabilised limits, which exist in every draw and are the limits of the
        window wherever it has a width; no oxidation limit where nothing can leave.
    with_window
        Fraction of draws in which a range of voltage is free of exchange.
    voltages
        V, at which interphases were classified.
    classes
        For each of them: fraction of draws by class, most frequent first.
    """

    model: ErrorModel
    samples: int
    seed: int
    reduction: Spread
    oxidation: Spread | None
    with_window: float
    voltages: tuple[float, ...]
    classes: tuple[Mapping[InterphaseClass, float], ...]


def sample(
    table: PhaseTable,
    stability: Stability,
    model: ErrorModel,
    properties: PropertyTable,
    thresholds: Thresholds | None = None,
    *,
    voltages: Sequence[float] = (0.0,),
    samples: int = SAMPLES,
    seed: int = SEED,
) -> Uncertainty:
    """
    Propagate energy errors to window limits and interphase classes.

    Parameters
    ----------
    table
        The table that was assessed.
    stability
        The assessment.
    model
        Errors of the energies.
    properties
        Conductor properties by composition.
    thresholds
        Fractions from which phases are connected.
    voltages
        V, at which to classify.
    samples
        Number of draws, at least 2.
    seed
        Where the generator starts.

    Returns
    -------
    Uncertainty
        The same for any order of the phases.

    Raises
    ------
    InputError
        If there are fewer than two draws.
    VoltageError
        If a voltage is negative or not a number.
    """
    if samples < 2:
        raise InputError(f"{samples} draws have no spread: give at least 2.")
    composition = stability.profile.composition
    limits: list[tuple[float, float]] = []
    windows = 0
    kinds: list[Counter[InterphaseClass]] = [Counter() for _ in voltages]
    for drawn in _draws(table, {*composition, SODIUM}, model, samples, seed):
        found = assess(drawn, composition, stability.formula, voltages=voltages)
        limits.append((found.stabilized.reduction, found.stabilized.oxidation))
        windows += found.window is not None
        for counter, volts in zip(kinds, voltages, strict=True):
            counter[interphase(found.rung(volts), properties, thresholds).kind] += 1
    reduction, oxidation = np.array(limits).T
    return Uncertainty(
        model=model,
        samples=samples,
        seed=seed,
        reduction=_spread(reduction),
        oxidation=_spread(oxidation) if stability.stabilized.oxidation < inf else None,
        with_window=windows / samples,
        voltages=tuple(voltages),
        classes=tuple(
            {kind: count / samples for kind, count in counter.most_common()} for counter in kinds
        ),
    )


def classes_at_metal(
    table: PhaseTable,
    stability: Stability,
    model: ErrorModel,
    properties: PropertyTable,
    thresholds: Thresholds | None = None,
    *,
    samples: int = SAMPLES,
    seed: int = SEED,
) -> dict[InterphaseClass, float]:
    """
    Propagate energy errors to the class at sodium metal only, twenty times faster than `sample`.

    Parameters
    ----------
    table
        The table that was assessed.
    stability
        The assessment.
    model
        Errors of the energies.
    properties
        Conductor properties by composition.
    thresholds
        Fractions from which phases are connected.
    samples
        Number of draws.
    seed
        Where the generator starts.

    Returns
    -------
    dict
        Class to fraction of the draws, most frequent first: the same as of `sample` at 0 V.
    """
    composition = stability.profile.composition
    elements = {*composition, SODIUM}
    inside = phases_inside(table, elements)
    metal = _AtMetal(PhaseTable.from_phases(inside), composition, properties, thresholds)
    order = _order(metal.table, inside)
    kinds = Counter(
        metal.kind(errors[order]) for errors in draw_errors(inside, elements, model, samples, seed)
    )
    return {kind: count / samples for kind, count in kinds.most_common()}


class _AtMetal:
    """Interphase class at sodium metal as energies vary."""

    def __init__(
        self,
        table: PhaseTable,
        composition: Mapping[str, float],
        properties: PropertyTable,
        thresholds: Thresholds | None,
    ) -> None:
        self.table, self.properties, self.thresholds = table, properties, thresholds
        self.open, self.closed = table.system(composition), table.system(composition, closed=True)
        self.mu, self.sodium = table.mu_sodium_metal, composition.get(SODIUM, 0.0)
        self.atoms, self.own = sum(composition.values()), table.find(composition)
        self.target = np.array([composition[symbol] for symbol in self.open.elements])
        self.whole = np.array([composition[symbol] for symbol in self.closed.elements])
        self._kinds: dict[tuple[bytes, bytes, bool, bool], InterphaseClass] = {}

    def kind(self, errors: NDArray[np.float64]) -> InterphaseClass:
        """Classify with errors (eV per formula unit, in the order of the table)."""
        open_ = self.open
        costs = open_.energies + errors[open_.index] / open_.sizes - self.mu * open_.sodium
        best = minimise(open_.amounts, self.target, costs, open_.start)
        columns, values = best.support(AMOUNT_TOLERANCE * self.atoms)
        exchanged = float(values @ open_.sodium[columns]) - self.sodium
        reacts = exchanged > NO_EXCHANGE * self.atoms
        decomposes = not reacts and self._decomposes(errors)
        key = (columns.tobytes(), values.tobytes(), reacts, decomposes)
        if key not in self._kinds:  # most draws have the same products in the same amounts
            self._kinds[key] = classify(
                [self.table.phases[at] for at in open_.index[columns]],
                (values / open_.sizes[columns]).tolist(),
                self.properties,
                self.thresholds,
                reacts=reacts,
                decomposes=decomposes,
            ).kind
        return self._kinds[key]

    def _decomposes(self, errors: NDArray[np.float64]) -> bool:
        """Tell whether other phases stand in the place of the composition at fixed atoms."""
        if self.own is None:
            return True
        closed = self.closed
        costs = closed.energies + errors[closed.index] / closed.sizes
        best = minimise(closed.amounts, self.whole, costs, closed.start)
        own = self.own.energy + float(errors[self.table.phases.index(self.own)])
        hull = float(best.values @ costs[best.columns]) / self.atoms
        return own / self.own.n_atoms - hull > HELD


def phases_inside(table: PhaseTable, elements: set[str]) -> list[Phase]:
    """
    Find the relevant phases, one per composition, since polymorphs share an error.

    Parameters
    ----------
    table
        All phases.
    elements
        Symbols, of which the phases consist.

    Returns
    -------
    list of Phase
        The lowest of each composition.
    """
    near = table.within(elements)
    return [near.phases[at] for at in near.ground.tolist()]


def _draws(
    table: PhaseTable, elements: set[str], model: ErrorModel, samples: int, seed: int
) -> Iterator[PhaseTable]:
    """Tables of the phases that matter, with errors."""
    inside = phases_inside(table, elements)
    drawn = PhaseTable.from_phases(inside)
    exact, order = drawn.phases, _order(drawn, inside)
    for errors in draw_errors(inside, elements, model, samples, seed):
        moved = zip(exact, errors[order].tolist(), strict=True)
        drawn = drawn.changed([phase.moved(error, phase.scale) for phase, error in moved])
        yield drawn


def _order(table: PhaseTable, phases: Sequence[Phase]) -> NDArray[np.intp]:
    """Find the places of a table's phases among those that it was made of."""
    place = {phase.id: at for at, phase in enumerate(phases)}
    return np.array([place[phase.id] for phase in table.phases])


def draw_errors(
    inside: Sequence[Phase],
    elements: set[str],
    model: ErrorModel,
    samples: int,
    seed: int,
    held: tuple[int, float] | None = None,
) -> Iterator[NDArray[np.float64]]:
    """
    Draw errors of some phases.

    Parameters
    ----------
    inside
        Phases.
    elements
        Symbols, of which they consist.
    model
        Errors of the energies.
    samples, seed
        Number of draws, and where the generator starts.
    held
        Position of a phase and its own error, in standard deviations, that is the same in every
        draw; what else is drawn does not depend on it.

    Yields
    ------
    numpy.ndarray
        Shape (n_phases,), eV per formula unit.
    """
    amounts = np.array(
        [[phase.amounts.get(symbol, 0.0) for symbol in sorted(elements)] for phase in inside]
    )
    atoms = amounts.sum(axis=1)
    sigmas = np.array([model.own(phase.amounts) for phase in inside])
    compound = (amounts > 0).sum(axis=1) > 1
    rng = np.random.default_rng(seed)
    for _ in range(samples):
        normal = rng.standard_normal(len(inside))
        if held is not None:
            normal[held[0]] = held[1]
        own = sigmas * normal * atoms
        shared = amounts @ (model.common * rng.standard_normal(amounts.shape[1]))
        yield np.where(compound, own + shared, 0.0)


def with_errors(phases: Sequence[Phase], errors: NDArray[np.float64]) -> PhaseTable:
    """
    Build a table with errors added to the energies.

    Parameters
    ----------
    phases
        On one energy scale.
    errors
        Shape (n_phases,), eV per formula unit.

    Returns
    -------
    PhaseTable
        Of the same phases.
    """
    return PhaseTable.from_phases(
        replace(phase, energy=phase.energy + float(error))
        for phase, error in zip(phases, errors, strict=True)
    )


def _spread(values: NDArray[np.float64]) -> Spread:
    """Summarise a limit over the draws."""
    low, high = np.percentile(values, [16, 84])
    return Spread(float(values.mean()), float(values.std(ddof=1)), float(low), float(high))
