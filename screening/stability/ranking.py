"""Ranking of candidates by stated criteria; a missing value is reported and scores nothing.

Each criterion maps its value linearly to a utility between 0 (at ``worst`` or beyond) and 1 (at
``best`` or beyond), so a candidate's score does not depend on the other candidates in the list.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite, isnan
from typing import TYPE_CHECKING

from trona.screening.errors import InputError
from trona.screening.units import HELD

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

__all__ = ["DEFAULT_CRITERIA", "DEFAULT_VETOES", "Criterion", "Ranked", "Veto", "rank"]


@dataclass(frozen=True)
class Criterion:
    """
    One ranking criterion.

    Parameters
    ----------
    name
        Key of the value.
    unit
        Unit of the value, for people.
    worst, best
        Values of utility 0 and 1; their order gives the direction.
    weight
        Share in the score; positive.

    Raises
    ------
    InputError
        If the weight is not positive, or the ends are not two different numbers.
    """

    name: str
    unit: str
    worst: float
    best: float
    weight: float

    def __post_init__(self) -> None:
        if not (isfinite(self.weight) and self.weight > 0):
            raise InputError(f"criterion {self.name!r} has weight {self.weight}: give a positive.")
        if not (isfinite(self.worst) and isfinite(self.best)) or self.worst == self.best:
            raise InputError(
                f"criterion {self.name!r} runs from {self.worst} to {self.best}: "
                "give two different numbers."
            )

    @property
    def direction(self) -> str:
        """``"higher"`` or ``"lower"`` is better."""
        return "higher" if self.best > self.worst else "lower"

    def utility(self, value: float | None) -> float:
        """Map a value to a utility between 0 and 1; a missing one to 0."""
        if value is None:
            return 0.0
        return min(max((value - self.worst) / (self.best - self.worst), 0.0), 1.0)


@dataclass(frozen=True)
class Veto:
    """
    A bound whose violation ranks a candidate behind all that satisfy it.

    Parameters
    ----------
    name
        Key of the value.
    bound
        Largest value allowed.
    reason
        What breaking it means.

    Raises
    ------
    InputError
        If the bound is not a number.
    """

    name: str
    bound: float
    reason: str

    def __post_init__(self) -> None:
        if isnan(self.bound):
            raise InputError(f"the veto on {self.name!r} has no bound: give a number.")


@dataclass(frozen=True)
class Ranked:
    """
    Rank of a candidate.

    Parameters
    ----------
    label
        The candidate.
    place
        1 is first; equal scores share a place.
    score
        Weighted mean utility, between 0 and 1; missing values count as 0.
    missing
        Criteria without a value.
    vetoes
        Reasons of the bounds it breaks.
    apart
        Why its values cannot be trusted: it then stands behind all others, and its place means
        nothing.
    """

    label: str
    place: int
    score: float
    missing: tuple[str, ...]
    vetoes: tuple[str, ...]
    apart: tuple[str, ...] = ()


DEFAULT_CRITERIA = (
    Criterion("interphase_severity", "0 stable … 1 electronic conductor", 1.0, 0.0, 3.0),
    Criterion("energy_above_hull", "eV/atom", 0.1, 0.0, 2.0),
    Criterion("driving_force", "eV/atom released at 0 V", 1.0, 0.0, 2.0),
    Criterion("oxidation_limit", "V", 1.0, 4.0, 2.0),
    Criterion("reduction_limit", "V", 2.0, 0.0, 1.0),
    Criterion("sodium_consumed", "Na per electrolyte atom at 0 V", 1.0, 0.0, 1.0),
)
"""What matters against a sodium anode first, then against a cathode."""

DEFAULT_VETOES = (
    Veto("energy_above_hull", 0.1, "more than 0.1 eV/atom above hull: unlikely to be made"),
    Veto(
        "decomposes",
        0.0,
        "decomposes by itself at 0 V by these energies, and is not known to lie within "
        f"{1000 * HELD:g} meV/atom of the hull",
    ),
)
"""Sun et al., Sci. Adv. 2 (2016) e1600225: 90 % of made compounds lie below about 0.07 eV/atom."""


def rank(
    candidates: Iterable[tuple[str, Mapping[str, float | None]]],
    criteria: Sequence[Criterion] = DEFAULT_CRITERIA,
    vetoes: Sequence[Veto] = DEFAULT_VETOES,
    *,
    doubts: Mapping[str, Sequence[str]] | None = None,
    classes: Mapping[str, str] | None = None,
    unsure: Collection[str] = (),
) -> list[Ranked]:
    """
    Order candidates by score and label; vetoed ones follow, then doubtful ones.

    A candidate whose class is not sure stands behind all of the same class whose class is.

    Parameters
    ----------
    candidates
        Label and values by criterion name; a value may be missing or None.
    criteria
        What counts, with direction and weight.
    vetoes
        Bounds not to be broken.
    doubts
        Label to why the values of the candidate cannot be trusted.
    classes
        Label to class, where candidates have one.
    unsure
        Labels of those whose class is not sure.

    Returns
    -------
    list of Ranked
        Best first; the order does not depend on the order of the input.

    Raises
    ------
    InputError
        If there is no criterion, or a value is not a number.
    """
    if not criteria:
        raise InputError("there is no criterion to rank by: give at least one.")
    total = sum(criterion.weight for criterion in criteria)
    scored = [_score(label, values, criteria, total, vetoes) for label, values in candidates]
    apart = {label: tuple(reasons) for label, reasons in (doubts or {}).items() if reasons}
    keys = _keys(scored, classes or {}, unsure)
    pairs = sorted(((one[0] in apart, key), one) for key, one in zip(keys, scored, strict=True))
    ranked: list[Ranked] = []
    place, tie = 0, None
    for position, (key, (label, score, missing, broken)) in enumerate(pairs, start=1):
        if tie != key:
            place, tie = position, key
        ranked.append(Ranked(label, place, score, missing, broken, apart.get(label, ())))
    return ranked


def _keys(
    scored: Sequence[_Scored], classes: Mapping[str, str], unsure: Collection[str]
) -> list[tuple[bool, float, bool, float]]:
    """Keys to sort by: an unsure candidate counts no more than the last sure one of its class."""
    lowest: dict[tuple[bool, str], float] = {}
    for label, score, _, broken in scored:
        group = bool(broken), classes.get(label, label)
        if label not in unsure:
            lowest[group] = min(score, lowest.get(group, inf))
    keys = []
    for label, score, _, broken in scored:
        group, open_ = (bool(broken), classes.get(label, label)), label in unsure
        counts = min(score, lowest.get(group, inf)) if open_ else score
        keys.append((group[0], -counts, open_, -score))
    return keys


_Scored = tuple[str, float, tuple[str, ...], tuple[str, ...]]
"""Label, score, missing criteria, reasons of vetoes."""


def _score(
    label: str,
    values: Mapping[str, float | None],
    criteria: Sequence[Criterion],
    total: float,
    vetoes: Sequence[Veto],
) -> _Scored:
    """Score one candidate."""
    for name, value in values.items():
        if value is not None and isnan(value):
            raise InputError(f"candidate {label!r} has {name} = nan: give a number or nothing.")
    score, missing = 0.0, []
    for criterion in criteria:
        value = values.get(criterion.name)
        if value is None:
            missing.append(criterion.name)
        else:
            score += criterion.weight * criterion.utility(value)
    broken = [
        veto.reason
        for veto in vetoes
        if (value := values.get(veto.name)) is not None and value > veto.bound
    ]
    return label, round(score / total, 12), tuple(missing), tuple(broken)
