"""SevenNet's calculator: created once per process, accelerated without changing its results.

Park, Kim, Hwang & Han, J. Chem. Theory Comput. 20 (2024) 4857.
"""

from __future__ import annotations

import json
import logging
import warnings
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from trona.stores.settings import Settings

from .beforehand import note
from .device import chosen_device

if TYPE_CHECKING:
    from ase import Atoms
    from ase.calculators.calculator import Calculator

__all__ = ["calculator"]

_ENERGY_TOLERANCE = 1e-5
"""eV/atom; single precision leaves less than a tenth of it."""
_FORCE_TOLERANCE = 1e-4
"""eV/Å; likewise for stresses in eV/Å³."""

_log = logging.getLogger(__name__)


def calculator(*, fused: bool | None = None, **choices: Any) -> Calculator:  # noqa: ANN401 (as sevenn takes them)
    """
    Give a calculator of SevenNet, the same one for the same choices.

    Parameters
    ----------
    fused
        Whether its convolutions are those of `trona.workflows.potentials.fused_convolution`: the
        same numbers in a fraction of the time. By default as the setting ``TRONA_FUSED`` says. On a
        graphics card the library's own are used, and so where the two differ on a small crystal.
    **choices
        Of ``sevenn.calculator.SevenNetCalculator``: plain content, ``model`` above all; ``device``
        by default as the setting ``TRONA_DEVICE`` says.

    Returns
    -------
    ase.calculators.calculator.Calculator
        Ready to use.
    """
    placed = {"device": chosen_device(), **choices}
    wanted = Settings().fused if fused is None else fused
    note(calculator, placed["device"], {"fused": wanted, **placed})
    return _made(wanted, json.dumps(placed, sort_keys=True))


@cache
def _made(fused: bool, choices: str) -> Calculator:
    """Load a model, and replace its convolutions if that is wanted and changes nothing."""
    made: Any = _library(choices)
    if not fused or made.device.type != "cpu":
        return made  # type: ignore[no-any-return]
    expected = _answers(made)
    try:
        from .fused_convolution import fuse  # noqa: PLC0415 (imports torch)

        fuse(made.model, made.cutoff)
        obstacle = _difference(_answers(made), expected)
    except Exception as error:  # noqa: BLE001 (whatever another version of the library does)
        obstacle = f"{type(error).__name__}: {' '.join(str(error).split())}"
    if not obstacle:
        return made  # type: ignore[no-any-return]
    _log.warning(
        "sevenn %s: trona's convolution does not fit it (%s); the library's own is used, which is "
        "slower.",
        version("sevenn"),
        obstacle,
    )
    return _library(choices)


def _library(choices: str) -> Calculator:
    """Make the library's calculator."""
    from sevenn.calculator import SevenNetCalculator  # noqa: PLC0415 (slow to import)

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "No tensor product accelerator", UserWarning)
        made: Calculator = SevenNetCalculator(**json.loads(choices))
    return made


def _crystal() -> Atoms:
    """Make rock salt, one atom off its place."""
    from ase import Atoms  # noqa: PLC0415 (slow to import)

    half = 2.82
    cell = [[0, half, half], [half, 0, half], [half, half, 0]]
    return Atoms("NaCl", positions=[[0.1, -0.05, 0.2], [half, half, half]], cell=cell, pbc=True)


def _answers(made: Any) -> tuple[Any, Any, Any]:  # noqa: ANN401 (ASE has no types)
    """Compute energy per atom, forces and stress of the crystal that is tried."""
    crystal = _crystal()
    made.calculate(crystal)
    results = made.results
    return results["energy"] / len(crystal), results["forces"], results["stress"]


def _difference(found: tuple[Any, Any, Any], expected: tuple[Any, Any, Any]) -> str:
    """Say by how much answers differ; nothing where they agree."""
    limits = (_ENERGY_TOLERANCE, _FORCE_TOLERANCE, _FORCE_TOLERANCE)
    names = ("energies", "forces", "stresses")
    for name, limit, one, other in zip(names, limits, found, expected, strict=True):
        off = float(np.abs(np.asarray(one) - np.asarray(other)).max())
        if not off < limit:  # a difference that is no number is one too
            return f"{name} differ by {off:.1e}"
    return ""
