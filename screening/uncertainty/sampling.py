"""Uncertainty of limits and classes: energies are sampled within their errors, each draw assessed.

The error of a formation energy has two parts. One is independent for each composition, of a size
that depends on its class. The other belongs to an element and is shared by all of its compounds,
like the error of its reference state: it cancels in every reaction among compounds and changes
those that consume or form an element. Elements themselves are the zero of formation energies and
have no error. Products may change from draw to draw, which `sensitivity`, exact for small errors,
does not capture.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from trona.screening.equilibrium.arrangement import amounts_matrix
from trona.screening.equilibrium.grand import VOLTAGE_TOLERANCE
from trona.screening.equilibrium.phases import PhaseTable
from trona.screening.equilibrium.simplex import (
    AMOUNT_TOLERANCE,
    BasicSolution,
    minimise,
    minimise_each,
)
from trona.screening.errors import InputError
from trona.screening.stability.interphase import classify
from trona.screening.stability.window import NO_EXCHANGE
from trona.screening.units import HELD, SODIUM, voltage

from .paths import sweep_each
from .spreads import Spread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from trona.screening.equilibrium.phases import Phase
    from trona.screening.equilibrium.system import System
    from trona.screening.stability.interphase import InterphaseClass, PropertyTable, Thresholds
    from trona.screening.stability.window import Stability

    from .error_model import ErrorModel

__all__ = [
    "SAMPLES",
    "SEED",
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
    for volts in voltages:
        stability.profile.at(volts)  # refuses what is no voltage
    varied = _Varied(table, stability.profile.composition, properties, thresholds)
    errors = varied.draw(model, samples, seed)
    ladders = varied.ladders(errors)
    limits = [_limits(ladder) for ladder in ladders]
    kinds = [Counter(varied.kinds_at(volts, ladders, errors)) for volts in voltages]
    reduction, oxidation = np.array([edges[:2] for edges in limits]).T
    return Uncertainty(
        model=model,
        samples=samples,
        seed=seed,
        reduction=Spread.of(reduction),
        oxidation=Spread.of(oxidation) if stability.stabilized.oxidation < inf else None,
        with_window=sum(wide for _, _, wide in limits) / samples,
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
        Number of draws, at least 2.
    seed
        Where the generator starts.

    Returns
    -------
    dict
        Class to fraction of the draws, most frequent first: the same as of `sample` at 0 V.

    Raises
    ------
    InputError
        If there are fewer than two draws.
    """
    varied = _Varied(table, stability.profile.composition, properties, thresholds)
    kinds = Counter(varied.kinds_at_metal(varied.draw(model, samples, seed)))
    return {kind: count / samples for kind, count in kinds.most_common()}


@dataclass(frozen=True, eq=False)
class _Step:
    """
    A range of voltage with one set of products, as energies vary.

    Parameters
    ----------
    lower, upper
        V.
    products
        Columns and amounts of the open system.
    exchanged
        Sodium taken up, atoms per formula unit, with rounding noise set to zero.
    """

    lower: float
    upper: float
    products: BasicSolution
    exchanged: float

    @property
    def reacts(self) -> bool:
        """True for a reduction or an oxidation; at sodium metal nothing is oxidised."""
        return self.exchanged > 0.0 or (self.exchanged < 0.0 < self.lower)


def _limits(ladder: Sequence[_Step]) -> tuple[float, float, bool]:
    """Both stabilised limits (V), and whether a range lies between them."""
    still = [step for step in ladder if step.exchanged == 0.0]
    if still:
        return still[0].lower, still[-1].upper, True
    crossing = max((step.upper for step in ladder if step.exchanged > 0.0), default=0.0)
    return crossing, crossing, False


class _Varied:
    """A composition as the energies of its competing phases vary."""

    def __init__(
        self,
        table: PhaseTable,
        composition: Mapping[str, float],
        properties: PropertyTable,
        thresholds: Thresholds | None,
    ) -> None:
        self.table, self.properties, self.thresholds = table, properties, thresholds
        self.composition, self.atoms = composition, sum(composition.values())
        self.elements = {*composition, SODIUM}
        self.places = table.system(self.elements, closed=True).index
        self.open = table.system(composition)

    def draw(self, model: ErrorModel, samples: int, seed: int) -> NDArray[np.float64]:
        """Draw errors: eV per formula unit of the phases at the places, a row each."""
        if samples < 2:
            raise InputError(f"{samples} draws have no spread: give at least 2.")
        columns = [self.table.elements.index(symbol) for symbol in sorted(self.elements)]
        amounts = np.ascontiguousarray(self.table.amounts[self.places][:, columns])
        return _drawn(amounts, sorted(self.elements), model, samples, seed)

    def ladders(self, errors: NDArray[np.float64]) -> list[list[_Step]]:
        """Ladders of draws of errors, lowest voltage first."""
        system, metal = self.open, self.table.mu_sodium_metal
        energies = self.table.energies[system.index] + self._of(system, errors)
        paths = sweep_each(system, self._target(system), energies / system.sizes, metal)
        bases = [BasicSolution(*one) for one in zip(paths.columns, paths.values, strict=True)]
        exchanged = [self._exchanged(basis) for basis in bases]
        ladders: list[list[_Step]] = []
        for path in paths.steps:
            lower, after = 0.0, 0.0
            ladders.append([])
            for mu, at in reversed(path):
                upper = voltage(mu, metal)
                if upper - after > VOLTAGE_TOLERANCE:
                    ladders[-1].append(_Step(lower, upper, bases[at], exchanged[at]))
                    lower = upper
                after = upper
        return ladders

    def kinds_at(
        self, volts: float, ladders: Sequence[Sequence[_Step]], errors: NDArray[np.float64]
    ) -> list[InterphaseClass]:
        """Classify draws at a voltage."""
        alike = defaultdict[tuple[int, bool], list[int]](list)
        steps = [next(step for step in ladder if volts <= step.upper) for ladder in ladders]
        for draw, step in enumerate(steps):
            alike[id(step.products), step.reacts].append(draw)
        found = np.empty(len(errors), dtype=object)
        for (_, reacts), draws in alike.items():
            products = steps[draws[0]].products
            self._classify(found, products, np.array(draws), errors, reacts=reacts)
        return list(found)

    def kinds_at_metal(self, errors: NDArray[np.float64]) -> list[InterphaseClass]:
        """Classify draws at sodium metal, without their ladders."""
        system, mu = self.open, self.table.mu_sodium_metal
        found = np.empty(len(errors), dtype=object)
        for best, draws in self._optima(system, errors, system.energies - mu * system.sodium):
            reacts = self._exchanged(best) > 0.0
            self._classify(found, best, draws, errors, reacts=reacts)
        return list(found)

    def _classify(
        self,
        found: NDArray[np.object_],
        products: BasicSolution,
        draws: NDArray[np.intp],
        errors: NDArray[np.float64],
        *,
        reacts: bool,
    ) -> None:
        """Write down the class of draws with the same products."""
        system = self.open
        columns, values = products.support(AMOUNT_TOLERANCE * self.atoms)
        phases = [self.table.phases[at] for at in system.index[columns].tolist()]
        amounts = (values / system.sizes[columns]).tolist()
        made = (phases, amounts, self.properties, self.thresholds)
        if reacts:
            found[draws] = classify(*made).kind
            return
        falls = self._decompose(errors[draws])
        for decomposes in set(falls.tolist()):
            kind = classify(*made, reacts=False, decomposes=decomposes).kind
            found[draws[falls == decomposes]] = kind

    def _exchanged(self, products: BasicSolution) -> float:
        """Sodium that products take up, with rounding noise set to zero."""
        columns, values = products.support(AMOUNT_TOLERANCE * self.atoms)
        exchanged = float(values @ self.open.sodium[columns]) - self.composition.get(SODIUM, 0.0)
        return exchanged if abs(exchanged) > NO_EXCHANGE * self.atoms else 0.0

    def _target(self, system: System) -> NDArray[np.float64]:
        """Amounts of the elements of a system."""
        return np.array([self.composition[symbol] for symbol in system.elements])

    def _of(self, system: System, errors: NDArray[np.float64]) -> NDArray[np.float64]:
        """Errors of the phases of a system."""
        return errors.take(np.searchsorted(self.places, system.index), axis=1)

    def _optima(
        self, system: System, errors: NDArray[np.float64], exact: NDArray[np.float64]
    ) -> list[tuple[BasicSolution, NDArray[np.intp]]]:
        """Solve for costs with errors; most draws keep the optimum of the exact ones."""
        target = self._target(system)
        first = minimise(system.amounts, target, exact, system.start).columns
        drawn = exact + self._of(system, errors) / system.sizes
        return minimise_each(system.amounts, target, drawn, first)

    def _decompose(self, errors: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell whether other phases stand in the place of the composition at fixed atoms."""
        own = self.table.find(self.composition)
        if own is None:
            return np.ones(len(errors), dtype=bool)
        closed, hull = self.table.system(self.composition, closed=True), np.empty(len(errors))
        for best, draws in self._optima(closed, errors, closed.energies):
            there = np.searchsorted(self.places, closed.index[best.columns])
            moved = errors[draws[:, None], there] / closed.sizes[best.columns]
            hull[draws] = (closed.energies[best.columns] + moved) @ best.values
        place = [self.table.phases[at] is own for at in self.places.tolist()].index(True)
        return np.asarray((own.energy + errors[:, place]) / own.n_atoms - hull / self.atoms > HELD)


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


def draw_errors(
    inside: Sequence[Phase],
    elements: set[str],
    model: ErrorModel,
    samples: int,
    seed: int,
    held: tuple[int, float] | None = None,
) -> NDArray[np.float64]:
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

    Returns
    -------
    ndarray : shape (samples, n_phases)
        eV per formula unit.
    """
    symbols = sorted(elements)
    amounts = amounts_matrix([phase.amounts for phase in inside], tuple(symbols))
    return _drawn(amounts, symbols, model, samples, seed, held)


def _drawn(
    amounts: NDArray[np.float64],
    symbols: Sequence[str],
    model: ErrorModel,
    samples: int,
    seed: int,
    held: tuple[int, float] | None = None,
) -> NDArray[np.float64]:
    """Draw errors of some compositions, given as rows of amounts of some elements."""
    atoms = amounts.sum(axis=1)
    sigmas = model.own_of_each(amounts, symbols)
    compound = (amounts > 0).sum(axis=1) > 1
    n_drawn = samples * sum(amounts.shape)
    normal = _normal(seed, n_drawn.bit_length())[:n_drawn].reshape(samples, -1)
    if held is not None:
        normal = normal.copy()
        normal[:, held[0]] = held[1]
    own, common = normal[:, : len(amounts)], normal[:, len(amounts) :]
    shared = amounts @ np.ascontiguousarray(model.common * common)[:, :, None]
    return np.where(compound, sigmas * own * atoms + shared[:, :, 0], 0.0)


@lru_cache(maxsize=4)
def _normal(seed: int, size: int) -> NDArray[np.float64]:
    """Draw as many as a power of two: the first ones are those of any shorter series."""
    drawn: NDArray[np.float64] = np.random.default_rng(seed).standard_normal(2**size)
    drawn.setflags(write=False)
    return drawn


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
