"""CHGNet's calculator: created once per process, with one backward pass per call.

The library differentiates twice, for forces and for stress, and keeps the graph of each for
training. Relaxation needs neither: one pass gives both.

Deng et al., Nat. Mach. Intell. 5 (2023) 1031.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import torch
from ase.units import GPa
from chgnet.model.dynamics import CHGNetCalculator
from chgnet.model.model import CHGNet

from .beforehand import note
from .device import chosen_device

if TYPE_CHECKING:
    from ase.calculators.calculator import Calculator
    from torch import Tensor

__all__ = ["chgnet_calculator"]


class _Inference(CHGNet):
    """CHGNet that is not trained any more."""

    def eval(self) -> _Inference:
        """Turn training off once: the library does so at each call, for every part of the model."""
        if self.training:
            super().eval()
        return self

    def _compute(
        self,
        g: Any,  # noqa: ANN401 (as the library has it)
        *,
        compute_force: bool = False,
        compute_stress: bool = False,
        **asked: Any,  # noqa: ANN401 (likewise)
    ) -> dict[str, Any]:
        """Compute energies as the library does, forces and stress from one backward pass."""
        found: dict[str, Any] = super()._compute(g, **asked)
        if not (compute_force or compute_stress):
            return found
        energy = found["e"] * found["atoms_per_graph"] if self.is_intensive else found["e"]
        wanted: list[Tensor] = [*g.atom_positions, *g.strains]
        slopes = torch.autograd.grad(energy.sum(), wanted)
        found["f"] = [-one for one in slopes[: len(g.atom_positions)]]
        stresses = slopes[len(g.atom_positions) :]
        found["s"] = [one / volume / GPa for one, volume in zip(stresses, g.volumes, strict=True)]
        return found


def chgnet_calculator(**choices: Any) -> Calculator:  # noqa: ANN401 (as chgnet takes them)
    """
    Give a calculator of CHGNet, the same one for the same choices.

    Parameters
    ----------
    **choices
        Of ``chgnet.model.dynamics.CHGNetCalculator``: plain content; ``use_device`` by default as
        the setting ``TRONA_DEVICE`` says.

    Returns
    -------
    ase.calculators.calculator.Calculator
        Ready to use.
    """
    placed = {"use_device": chosen_device(), **choices}
    note(chgnet_calculator, placed["use_device"], placed)
    return _made(json.dumps(placed, sort_keys=True))


@cache
def _made(choices: str) -> Calculator:
    """Load the model."""
    asked = json.loads(choices)
    device = asked.pop("use_device")
    model = _Inference.load(use_device=device, verbose=False)
    model.requires_grad_(requires_grad=False)
    return CHGNetCalculator(model, use_device=device, **asked)
