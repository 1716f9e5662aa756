"""Labels in figures: words of interphase classes, and places where none overlaps another."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import isotonic_regression

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from trona.screening.stability.interphase import InterphaseClass

__all__ = ["class_words", "placed", "spaced", "stacked"]

_OPEN = "Na⁺ unknown"
_RINGS = (8.0, 15.0, 24.0, 35.0, 48.0, 63.0, 80.0, 100.0)
"""Distances of a label's nearest edge from its point that are tried in turn."""
_DIRECTIONS = tuple(np.arange(0.0, 360.0, 22.5).tolist())
_CLEAR = 4.0
"""Room that a point takes."""
_ALONG = np.linspace(0.0, 1.0, 12)
"""Places along the line that leads from a point to its label."""
_CONFUSING, _CROSSING, _FAR = 0.9, 0.5, 0.4
"""Cost of being nearer to another point or led to behind a label, of covering obstacles, and of the
farthest place, in units of that of covering a point."""


def spaced(
    levels: Sequence[float],
    apart: float | Sequence[float],
    bounds: tuple[float, float] = (-np.inf, np.inf),
) -> list[float]:
    """
    Move labels as little as necessary so that none overlaps another.

    Parameters
    ----------
    levels
        Where they belong, in rising order.
    apart
        Least distance; or one from each to the next.
    bounds
        Lowest and highest place; where not all fit between them, the highest is exceeded.

    Returns
    -------
    list of float
        In the same order: the least squares of all moves, an isotonic regression.

    Examples
    --------
    >>> spaced([0.0, 0.5, 3.0], 1.0)
    [-0.25, 0.75, 3.0]
    """
    gaps = np.broadcast_to(np.asarray(apart, dtype=np.float64), max(len(levels) - 1, 0))
    steps = np.concatenate([[0.0], np.cumsum(gaps)])[: len(levels)]
    moved = isotonic_regression(np.asarray(levels) - steps).x
    low, high = bounds
    room = max(low, high - float(steps[-1])) if len(levels) else high
    return [float(x) for x in np.clip(moved, low, room) + steps]


def stacked(middles: Sequence[float], widths: Sequence[float]) -> list[int]:
    """
    Deal labels that stay where they are into rows, so that none overlaps another in its row.

    Parameters
    ----------
    middles
        In rising order.
    widths
        Of the labels.

    Returns
    -------
    list of int
        Row of each label, from 0: the first one with room.

    Examples
    --------
    >>> stacked([0.0, 0.5, 1.5], [1.0, 1.0, 1.0])
    [0, 1, 0]
    """
    ends: list[float] = []  # of the last label in each row
    rows = []
    for middle, width in zip(middles, widths, strict=True):
        free = [row for row, end in enumerate(ends) if end <= middle - width / 2]
        row = free[0] if free else len(ends)
        ends[row : row + 1] = [middle + width / 2]
        rows.append(row)
    return rows


def placed(
    points: NDArray[np.float64],
    sizes: NDArray[np.float64],
    bounds: tuple[float, float, float, float],
    obstacles: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """
    Place a label beside each point, clear of all points and of other labels where there is room.

    Parameters
    ----------
    points : shape (n_points, 2)
        Where the points are, in units of length of the page, upwards.
    sizes : shape (n_points, 2)
        Width and height of each label.
    bounds
        Left, bottom, right and top of the room for labels.
    obstacles : shape (n_obstacles, 2)
        What labels should not cover either, such as points along lines.

    Returns
    -------
    ndarray : shape (n_points, 2)
        Middle of each label. The points are served in order, each with the nearest free place.

    Examples
    --------
    >>> middle = placed(np.zeros((1, 2)), np.array([[20.0, 10.0]]), (-99, -99, 99, 99))
    >>> middle.tolist()
    [[18.0, 0.0]]
    """
    middles = np.empty_like(points)
    avoid = np.empty((0, 2)) if obstacles is None else obstacles
    for at, (point, size) in enumerate(zip(points, sizes, strict=True)):
        places = product(_RINGS, _DIRECTIONS)
        tried = np.array([_beside(point, size, ring, way) for ring, way in places])
        leaders = point + _ALONG[:, None, None] * (tried - point)
        costs = _outside(tried, size, bounds)
        costs += _overlaps(tried, size / 2 + _CLEAR, points)
        costs += _confused(tried, size / 2, points, point)
        costs += _CROSSING * (_overlaps(tried, size / 2, avoid) > 0)
        costs += _FAR * np.arange(len(tried)) / len(tried)
        for other, half in zip(middles[:at], sizes[:at] / 2, strict=True):
            costs += 2.0 * _overlaps(tried, size / 2 + half, other[None])
            costs += _CONFUSING * (np.abs(leaders - other) < half).all(axis=2).any(axis=0)
        best = int(np.argmin(costs))
        middles[at] = tried[best]
        avoid = np.vstack([avoid, leaders[:, best]])
    return middles


def _beside(
    point: NDArray[np.float64], size: NDArray[np.float64], ring: float, degrees: float
) -> NDArray[np.float64]:
    """Middle of a label whose nearest edge is at a distance from its point."""
    way = np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
    return np.asarray(point + way * ring + np.clip(2.0 * way, -1.0, 1.0) * size / 2)


def _overlaps(
    tried: NDArray[np.float64], reach: NDArray[np.float64], others: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Count the others within reach of each trial; shape (n_tried,)."""
    near = (np.abs(tried[:, None] - others[None]) < reach - 1e-9).all(axis=2)
    return np.asarray(near.sum(axis=1), dtype=np.float64)


def _confused(
    tried: NDArray[np.float64],
    half: NDArray[np.float64],
    points: NDArray[np.float64],
    own: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Tell which trials are nearer to another point than to their own; shape (n_tried,)."""
    gaps = np.maximum(np.abs(tried[:, None] - points[None]) - half, 0.0)
    distances = np.hypot(gaps[..., 0], gaps[..., 1])
    here = (points == own).all(axis=1)
    nearest = distances[:, ~here].min(axis=1, initial=np.inf)
    return np.asarray(_CONFUSING * (nearest < distances[:, here].min(axis=1) - 1e-9))


def _outside(
    tried: NDArray[np.float64],
    size: NDArray[np.float64],
    bounds: tuple[float, float, float, float],
) -> NDArray[np.float64]:
    """Tell which trials leave the room; shape (n_tried,)."""
    low, high = tried - size / 2 < np.array(bounds[:2]), tried + size / 2 > np.array(bounds[2:])
    return np.asarray((low | high).any(axis=1) * 3.0)


def class_words(kind: InterphaseClass) -> str:
    """
    Write an interphase class in the words of tables, for a legend that has no line below it.

    Parameters
    ----------
    kind
        The class.

    Returns
    -------
    str
        That the conduction of sodium ions is unknown stands behind it.

    Examples
    --------
    >>> from trona.screening.stability.interphase import InterphaseClass
    >>> class_words(InterphaseClass.GROWTH_GOES_ON), class_words(InterphaseClass.STABLE)
    ('keeps growing (Na⁺ unknown)', 'stable')
    """
    return f"{kind.short} ({_OPEN})" if _OPEN in kind.meaning else kind.short
