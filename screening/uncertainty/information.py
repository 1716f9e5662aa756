"""Value of information of a candidate's own energy: the variance of class and score it explains.

The energies of a table have errors, those of its compounds e₁ … eₙ and, shared, those of its
elements. Let e be the independent error of the candidate's own energy, which a better calculation
of the candidate alone removes. The law of total variance splits the spread of any quantity that
depends on the energies into what remains when e is known and what e explains. For the class K, with
probability p(k) of class k::

    G        = 1 − Σ p(k)²                      the chance that two draws disagree on the class
    G after  = E_e[1 − Σ p(k | e)²]             the same once e is known
    G − G after = Σ Var_e[p(k | e)] ≥ 0         what knowing e tells about the class

and for the score s by which candidates are ranked, with the mean score m(e) = E[s | e]::

    moved = E_e |rank(m(e)) − rank(E_e m(e))|

among the mean scores of the others: the number of ranks by which a candidate is expected to move
once its energy is known. e takes `STRATA` values of equal probability and everything else is
sampled, with the same draws for each value of e, so that what does not depend on e is exactly zero.

This is the partial expected value of perfect information of decision analysis (Strong, Oakley and
Brennan, Med. Decis. Making 34 (2014) 311), with variance and rank as the loss. Perfect information
is an upper bound: the better calculation has an error of its own.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from trona.screening.errors import InputError
from trona.screening.stability.interphase import InterphaseClass
from trona.screening.stability.products import interphase
from trona.screening.stability.ranking import rank
from trona.screening.stability.window import assess
from trona.screening.units import SODIUM

from .sampling import SEED, draw_errors, phases_inside, with_errors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from trona.screening.equilibrium.phases import PhaseTable
    from trona.screening.stability.interphase import PropertyTable, Thresholds
    from trona.screening.stability.window import Stability

    from .error_model import ErrorModel

__all__ = ["DRAWS", "STRATA", "Information", "own_information", "places", "places_moved"]

STRATA = 9
"""Points at which the candidate's own error stands."""
DRAWS = 24
"""Draws of all other errors, the same at each point."""


@dataclass(frozen=True, eq=False)
class Information:
    """
    What knowing a candidate's own energy would tell.

    Parameters
    ----------
    classes
        Class at 0 V to its probability, most frequent first.
    disagree, disagree_after
        Chance that two draws disagree on the class, as it is and once the energy is known.
    scores
        Shape (n_strata,): mean score at each value of the candidate's own error, lowest energy
        first; less by one where a veto is broken.
    """

    classes: Mapping[InterphaseClass, float]
    disagree: float
    disagree_after: float
    scores: NDArray[np.float64]

    @property
    def class_gain(self) -> float:
        """By how much the chance of disagreement falls: the variance of the class explained."""
        return max(0.0, self.disagree - self.disagree_after)

    @property
    def score(self) -> float:
        """Mean score over all draws."""
        return float(self.scores.mean())


def own_information(
    table: PhaseTable,
    stability: Stability,
    model: ErrorModel,
    properties: PropertyTable,
    thresholds: Thresholds | None = None,
    *,
    strata: int = STRATA,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Information:
    """
    Find what knowing a candidate's own energy would tell of its class at 0 V and of its score.

    Parameters
    ----------
    table
        The table that was assessed.
    stability
        The assessment; the candidate has a phase of its own.
    model
        Errors of the energies.
    properties
        Conductor properties by composition.
    thresholds
        Fractions from which phases are connected.
    strata
        Points at which the candidate's own error stands, at least 2.
    draws
        Draws of the other errors at each of them.
    seed
        Where the generator starts.

    Returns
    -------
    Information
        The same for the same question.

    Raises
    ------
    InputError
        If the candidate has no energy of its own, or there are fewer than two points.
    """
    own, composition = stability.phase, stability.profile.composition
    if own is None:
        raise InputError(
            f"{stability.formula} has no energy of its own that could be known better."
        )
    if strata < 2:
        raise InputError(f"{strata} points have no spread: give at least 2.")
    elements = {*composition, SODIUM}
    inside = phases_inside(table, elements)
    ground = table.find(composition)
    at = next(place for place, phase in enumerate(inside) if ground and phase.id == ground.id)
    phases = inside if ground is not None and ground.id == own.id else [*inside, own]
    same = [*range(len(inside)), at][: len(phases)]  # a polymorph has the error of the ground state
    shares: list[Counter[InterphaseClass]] = []
    scores = []
    for point in range(strata):
        held = at, NormalDist().inv_cdf((point + 0.5) / strata)
        kinds: Counter[InterphaseClass] = Counter()
        total = 0.0
        for errors in draw_errors(inside, elements, model, draws, seed, held):
            drawn = with_errors(phases, errors[same])
            phase = next(one for one in drawn.phases if one.id == own.id)
            found = assess(drawn, composition, stability.formula, phase)
            kind = interphase(found.rung(0.0), properties, thresholds).kind
            kinds[kind] += 1
            total += _score(found, kind)
        shares.append(kinds)
        scores.append(total / draws)
    return _summed(shares, np.array(scores), draws)


def _summed(
    shares: Sequence[Counter[InterphaseClass]], scores: NDArray[np.float64], draws: int
) -> Information:
    """Sum up the points."""
    together: Counter[InterphaseClass] = sum(shares, Counter())
    number = len(shares) * draws
    classes = {kind: count / number for kind, count in together.most_common()}
    after = [1.0 - sum((count / draws) ** 2 for count in kinds.values()) for kinds in shares]
    disagree = 1.0 - sum(share**2 for share in classes.values())
    return Information(classes, disagree, sum(after) / len(after), scores)


def _score(found: Stability, kind: InterphaseClass) -> float:
    """Score a draw by the default criteria; one less where a veto is broken."""
    rung, window = found.rung(0.0), found.window
    values = {
        "interphase_severity": kind.severity,
        "decomposes": float(kind == InterphaseClass.DECOMPOSES),
        "energy_above_hull": found.energy_above_hull,
        "driving_force": max(0.0, -found.reaction_energy(0.0)),
        "oxidation_limit": None if window is None else window.oxidation,
        "reduction_limit": None if window is None else window.reduction,
        "sodium_consumed": max(rung.interval.sodium_exchanged, 0.0) / found.n_atoms,
    }
    (place,) = rank([(found.formula, values)])
    return place.score - bool(place.vetoes)


def places(scores: Sequence[float]) -> list[int]:
    """
    Find the place of each score; 1 is the highest.

    Parameters
    ----------
    scores
        Of candidates that are ranked together.

    Returns
    -------
    list of int
        Equal scores share a place.

    Examples
    --------
    >>> places([0.2, 0.9, 0.2])
    [2, 1, 2]
    """
    return [1 + sum(other > own for other in scores) for own in scores]


def places_moved(found: Sequence[Information]) -> list[float]:
    """
    Find by how many places each candidate is expected to move once its own energy is known.

    Parameters
    ----------
    found
        Candidates that are ranked together.

    Returns
    -------
    list of float
        In the same order; the others stand at their mean scores.
    """
    means = np.array([one.score for one in found])
    moved = []
    for at, one in enumerate(found):
        others = np.sort(np.delete(means, at))
        above = len(others) - np.searchsorted(others, [one.score, *one.scores], side="right")
        moved.append(float(np.abs(above[1:] - above[0]).mean()))
    return moved
