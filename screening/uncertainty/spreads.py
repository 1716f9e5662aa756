"""Summary of a quantity over draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Spread", "percentile"]


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

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> Self:
        """
        Summarise draws.

        Parameters
        ----------
        values : shape (n_draws,)
            V.
        """
        ordered = np.sort(values).tolist()
        low, high = percentile(ordered, 16), percentile(ordered, 84)
        return cls(float(values.mean()), float(values.std(ddof=1)), low, high)


def percentile(ordered: Sequence[float], percent: float) -> float:
    """
    Interpolate a percentile as `numpy.percentile` does, which imports masked arrays for it.

    Parameters
    ----------
    ordered
        Finite values, ascending.
    percent
        From 0 to 100.

    Returns
    -------
    float
        Between two of the values, or one of them.
    """
    at = percent / 100 * (len(ordered) - 1)
    low = int(at)
    first, second = ordered[low], ordered[min(low + 1, len(ordered) - 1)]
    step, part = second - first, at - low
    return first + step * part if part < 0.5 else second - step * (1 - part)
