"""Paper figures of predicted against published windows."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from trona.screening.errors import InputError
from trona.screening.typesetting import subscripted

from .style import VOLTAGE, WIDTH, root, tidy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "VERDICTS",
    "ParityPoint",
    "PublishedLimit",
    "WindowPair",
    "draw_parity",
    "draw_windows",
    "parity_points",
]

VERDICTS = {"agree": "#009E73", "disagree": "#D55E00", "cannot say": "#BBBBBB"}
"""Colours of verdicts, of Okabe & Ito (2008); what cannot be judged is grey."""
_BESIDE = 0.17
"""Distance of the two bars from the middle of their row."""
_HEADROOM = 0.5
"""V drawn beyond the highest limit; a bar without an upper limit ends there."""


@dataclass(frozen=True)
class PublishedLimit:
    """
    A published limit with the prediction for it.

    Parameters
    ----------
    side
        ``"reduction"`` or ``"oxidation"``.
    published
        V.
    predicted
        V; None where there is none, or the window is unbounded.
    verdict
        One of `VERDICTS`.
    """

    side: str
    published: float
    predicted: float | None
    verdict: str


@dataclass(frozen=True)
class WindowPair:
    """
    A system with its predicted and its published window.

    Parameters
    ----------
    formula
        The system.
    mixture
        True where it has no phase of its own in the prediction.
    observed
        True where the published limits come from an experiment.
    predicted
        Lower and upper end, V, inf where unbounded; None without a predicted window.
    limits
        The published ones, at most one of each side.
    """

    formula: str
    mixture: bool
    observed: bool
    predicted: tuple[float, float] | None
    limits: tuple[PublishedLimit, ...]


@dataclass(frozen=True)
class ParityPoint:
    """
    A limit that is both published and predicted.

    Parameters
    ----------
    formula
        The system.
    side
        ``"reduction"`` or ``"oxidation"``.
    published, predicted
        V.
    verdict
        One of `VERDICTS`.
    observed
        True where the published limit was measured, not calculated.
    """

    formula: str
    side: str
    published: float
    predicted: float
    verdict: str
    observed: bool


def parity_points(pairs: Iterable[WindowPair]) -> tuple[ParityPoint, ...]:
    """
    List the limits that are both published and predicted.

    Parameters
    ----------
    pairs
        Systems.

    Returns
    -------
    tuple of ParityPoint
        In the order of the systems; a window without an upper limit has no point for it.

    Raises
    ------
    InputError
        If there is none.
    """
    points = tuple(
        ParityPoint(
            pair.formula, limit.side, limit.published, limit.predicted, limit.verdict, pair.observed
        )
        for pair in pairs
        for limit in pair.limits
        if limit.predicted is not None and limit.predicted < inf
    )
    if not points:
        raise InputError("none of these systems has a limit both published and predicted to draw.")
    return points


def draw_parity(pairs: Iterable[WindowPair]) -> Figure:
    """
    Draw predicted against published limits.

    Parameters
    ----------
    pairs
        Systems.

    Returns
    -------
    matplotlib.figure.Figure
        A point for each limit, filled where it was calculated, open where it was measured,
        coloured by its verdict; the diagonal is agreement.

    Raises
    ------
    InputError
        If no limit is both published and predicted.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415

    points = parity_points(pairs)
    axes = Figure(figsize=(5.6, 5.9), layout="constrained").add_subplot()
    top = 1.05 * max(volts for point in points for volts in (point.published, point.predicted))
    axes.plot([0.0, top], [0.0, top], color="0.6", linewidth=0.9, zorder=0)
    for point in points:
        colour = VERDICTS[point.verdict]
        axes.plot(
            [point.published],
            [point.predicted],
            "v" if point.side == "reduction" else "^",
            mec=colour,
            mfc="white" if point.observed else colour,
            markersize=6,
        )
    for verdict in dict.fromkeys(point.verdict for point in points):
        axes.plot([], [], "s", color=VERDICTS[verdict], label=verdict)
    axes.plot([], [], "v", color="black", label="reduction limit")
    axes.plot([], [], "^", color="black", label="oxidation limit")
    if any(point.observed for point in points):
        axes.plot([], [], "^", mec="black", mfc="white", label="measured")
    axes.set(xlim=(0.0, top), ylim=(0.0, top), aspect="equal")
    axes.set(xlabel="published limit (V)", ylabel="predicted limit (V)")
    figure = root(axes)
    figure.legend(fontsize=8, frameon=False, ncols=3, loc="outside lower center")
    tidy(axes)
    return figure


def draw_windows(pairs: Sequence[WindowPair]) -> Figure:
    """
    Draw predicted windows beside published ones, coloured by verdict.

    Parameters
    ----------
    pairs
        Systems, drawn from the top.

    Returns
    -------
    matplotlib.figure.Figure
        In each row the published limits in black above, the predicted window in grey below with
        each limit in the colour of its verdict; disagreements carry their difference.

    Raises
    ------
    InputError
        If there is no system.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415

    if not pairs:
        raise InputError("none of these systems has a published window to draw.")
    axes = Figure(figsize=(WIDTH, 1.5 + 0.42 * len(pairs)), layout="constrained").add_subplot()
    volts = [limit.published for pair in pairs for limit in pair.limits]
    volts += [x for pair in pairs for x in pair.predicted or () if x < inf]
    top = max(volts) + _HEADROOM
    for row, pair in enumerate(pairs):
        _draw_pair(axes, row, pair, top)
    axes.set_ylim(len(pairs) - 0.5, -0.5)
    axes.set_yticks(range(len(pairs)), [_label(pair) for pair in pairs], fontsize=9)
    axes.set_xlim(0.0, top)
    axes.set_xlabel(VOLTAGE)
    axes.grid(axis="x", color="0.92")
    axes.set_axisbelow(True)
    _legend(axes, pairs)
    tidy(axes)
    return root(axes)


def _draw_pair(axes: Axes, row: int, pair: WindowPair, top: float) -> None:
    """Draw one system: published above the middle of its row, predicted below."""
    above, below = row - _BESIDE, row + _BESIDE
    published = sorted(limit.published for limit in pair.limits)
    style = ":" if pair.observed else "-"
    if len(published) == 2:
        axes.plot(published, [above, above], color="black", linewidth=1.2, linestyle=style)
    if pair.predicted is not None:
        lower, upper = pair.predicted
        ends = [lower, min(upper, top)]
        axes.plot(ends, [below, below], color="0.8", linewidth=6, solid_capstyle="butt")
    else:
        axes.text(0.05, below, "no predicted window", fontsize=8, va="center", color="0.5")
    for limit in pair.limits:
        marker, size = ("D", 5) if pair.observed else ("|", 10)
        axes.plot([limit.published], [above], marker, color="black", markersize=size)
        if limit.predicted is None:
            continue
        colour = VERDICTS[limit.verdict]
        axes.plot([limit.predicted], [below], "s", color=colour, markersize=7)
        if limit.verdict == "disagree":
            _draw_difference(axes, limit, (limit.published, above), (limit.predicted, below))


def _draw_difference(
    axes: Axes,
    limit: PublishedLimit,
    published: tuple[float, float],
    predicted: tuple[float, float],
) -> None:
    """Join two limits that disagree, and write by how much outside of both windows."""
    colour = VERDICTS[limit.verdict]
    axes.plot(*zip(published, predicted, strict=True), color=colour, linewidth=1)
    outward = 1 if limit.side == "oxidation" else -1
    axes.annotate(
        f"{predicted[0] - published[0]:+.2f} V",
        max(published, predicted, key=lambda point: outward * point[0]),
        (7 * outward, 0),
        textcoords="offset points",
        fontsize=8,
        ha="left" if outward > 0 else "right",
        va="center",
        color=colour,
    )


def _label(pair: WindowPair) -> str:
    """Name a system; a mixture is marked."""
    return subscripted(pair.formula) + ("*" if pair.mixture else "")


def _legend(axes: Axes, pairs: Sequence[WindowPair]) -> None:
    """Explain marks above the axes."""
    axes.plot([], [], "|-", color="black", markersize=10, label="published, calculated")
    if any(pair.observed for pair in pairs):
        axes.plot([], [], "D", color="black", markersize=5, label="observed")
    for verdict, colour in VERDICTS.items():
        axes.plot([], [], "s", color=colour, markersize=7, label=f"predicted: {verdict}")
    if any(pair.mixture for pair in pairs):
        axes.plot([], [], " ", label="* mixture of phases")
    axes.legend(fontsize=8, frameon=False, ncols=3, loc="lower left", bbox_to_anchor=(-0.02, 1.0))
