"""SevenNet's convolution in one pass over the pairs of neighbours.

The library (and NequIP, which it follows) builds a message of some 8,000 numbers per pair, and
reads and writes it a dozen times per layer, so the run time is limited by memory bandwidth. Here
the product of a pair is added to its atom at once and no message is stored, forwards and backwards.
The weights of a pair come from a neural network that takes only its length, and are interpolated
from a table.

The rest of the model is unchanged, and the table (0.01 Å, cubic) is the only approximation:
energies agree with the library's within 1e-6 eV/atom, forces within 1e-4 eV/Å, which is the
single-precision noise of the library itself. The energies are therefore those of the published
model.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from e3nn.o3 import wigner_3j
from torch import Tensor, nn

from .pair_kernels import convolve, differentiate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Positions = NDArray[np.uint64]

__all__ = ["ConvolutionPlan", "FusedConvolution", "fuse"]

_STEP = 0.01
"""Å; of the table."""
_DIFFERENCE = 1e-4
"""Å; for slopes of the weights, in double precision."""
_ZERO = 1e-9
"""Smaller coefficients of a coupling are rounding."""
_LENGTH = "edge_length"
"""Where the library keeps the lengths of pairs."""


@dataclass(frozen=True, eq=False)
class ConvolutionPlan:
    """
    A tensor product as the kernels want it: components outermost, channels innermost.

    Parameters
    ----------
    paths, at, of, values
        As `trona.workflows.potentials.pair_kernels.convolve` takes them.
    couplings
        How many there are.
    channels
        At most in a path.
    width
        Of the results.
    table
        Weights and their slopes times the step, on a grid of lengths.
    into, back
        Order of features before, of results after.
    """

    paths: Positions
    at: Positions
    of: Positions
    values: Floats
    couplings: int
    channels: int
    width: int
    table: Floats
    into: Tensor
    back: Tensor

    @property
    def arguments(self) -> tuple[Any, ...]:
        """Arguments of the kernels, in their order."""
        return (
            self.table, _STEP, self.paths, self.at, self.of, self.values, self.couplings,
            self.channels,
        )  # fmt: skip


def _components_first(irreps: Any) -> NDArray[np.int64]:  # noqa: ANN401 (e3nn has no types)
    """Order features so that the channels of one component lie side by side."""
    pieces, at = [], 0
    for mul, ir in irreps:
        pieces.append(np.arange(at, at + mul * ir.dim).reshape(mul, ir.dim).T.ravel())
        at += mul * ir.dim
    return np.concatenate(pieces)


def _plan(product: Any, table: Floats) -> ConvolutionPlan:  # noqa: ANN401 (e3nn has no types)
    """Read a tensor product of e3nn."""
    features, harmonics, results = product.irreps_in1, product.irreps_in2, product.irreps_out
    paths: list[tuple[int, ...]] = []
    terms: list[tuple[int, int, float]] = []
    coupling = weight = 0
    for one in product.instructions:
        mul, ir = features[one.i_in1]
        ir_y, ir_out = harmonics[one.i_in2].ir, results[one.i_out].ir
        first = features.slices()[one.i_in1].start, results.slices()[one.i_out].start
        paths.append((mul, ir.dim, ir_out.dim, *first, weight, coupling))
        coefficients = wigner_3j(ir.l, ir_y.l, ir_out.l).numpy() * one.path_weight
        begin = harmonics.slices()[one.i_in2].start
        terms += [
            (coupling + a * ir_out.dim + c, begin + b, coefficients[a, b, c])
            for a, b, c in np.argwhere(np.abs(coefficients) > _ZERO)
        ]
        coupling += ir.dim * ir_out.dim
        weight += mul
    at, of, values = zip(*terms, strict=True)
    return ConvolutionPlan(
        np.array(paths, np.uint64),
        np.array(at, np.uint64),
        np.array(of, np.uint64),
        np.array(values, np.float32),
        coupling,
        max(path[0] for path in paths),
        results.dim,
        table,
        torch.tensor(_components_first(features)),
        torch.tensor(np.argsort(_components_first(results))),
    )


def _table(embedding: Any, network: Any, cutoff: float) -> Floats:  # noqa: ANN401 (no types)
    """Tabulate the weights of a layer against the length of a pair."""
    embedding, network = deepcopy(embedding).double(), deepcopy(network).double()

    def weights(r: Tensor) -> Tensor:
        inside = embedding.cutoff_function(r) * (r < cutoff)
        found: Tensor = network(embedding.basis_function(r) * inside.unsqueeze(-1))
        return found

    with torch.no_grad():
        r = torch.arange(0, cutoff + 1.5 * _STEP, _STEP, dtype=torch.float64).clamp(min=_STEP)
        slope = (weights(r + _DIFFERENCE) - weights(r - _DIFFERENCE)) / (2 * _DIFFERENCE)
        table = torch.stack([weights(r), slope * _STEP], dim=1).float().contiguous()
    return np.asarray(table.numpy(), np.float32)


class _Convolve(torch.autograd.Function):
    """The kernels as an operation that torch differentiates."""

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401 (torch gives it no type)
        x: Tensor,
        y: Tensor,
        r: Tensor,
        src: Tensor,
        dst: Tensor,
        plan: ConvolutionPlan,
    ) -> Tensor:
        """Convolve, and save what the gradient needs."""
        given = [one.detach().contiguous().numpy() for one in (src, dst, x, y, r)]
        out = torch.zeros(len(x), plan.width)
        convolve(*given, *plan.arguments, out.numpy())
        ctx.given, ctx.plan = given, plan
        return out

    @staticmethod
    def backward(ctx: Any, *grad: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401 (see above)
        """Propagate the gradient to features, harmonics and lengths."""
        _, _, x, y, r = ctx.given
        slopes = np.zeros_like(x), np.empty_like(y), np.empty_like(r)
        slope = grad[0].contiguous().numpy()
        differentiate(*ctx.given, *ctx.plan.arguments, slope, *slopes)
        return *(torch.from_numpy(one) for one in slopes), None, None, None


class FusedConvolution(nn.Module):
    """
    Replaces a convolution of the library for inference on a CPU.

    Parameters
    ----------
    original
        ``IrrepsConvolution`` of sevenn.
    embedding
        ``EdgeEmbedding`` of the model, which makes lengths into what the weights are made of.
    cutoff
        Å; no pair is longer.
    """

    def __init__(self, original: Any, embedding: Any, cutoff: float) -> None:  # noqa: ANN401 (no types)
        super().__init__()
        self.denominator = original.denominator
        self.features, self.harmonics = original.key_x, original.key_filter
        self.pairs = original.key_edge_idx
        self.plan = _plan(original.convolution, _table(embedding, original.weight_nn, cutoff))

    def forward(self, data: Any) -> Any:  # noqa: ANN401 (a dict of tensors, as the library passes it)
        """
        Replace features by results.

        Parameters
        ----------
        data
            Of the library: all that is known of a crystal.

        Returns
        -------
        dict
            The same, with results in the place of features.
        """
        dst, src = data[self.pairs]
        x = data[self.features].index_select(1, self.plan.into)
        apply: Any = _Convolve.apply
        out = apply(x, data[self.harmonics], data[_LENGTH], src, dst, self.plan)
        data[self.features] = out.index_select(1, self.plan.back).div(self.denominator)
        return data


def fuse(model: Any, cutoff: float) -> None:  # noqa: ANN401 (sevenn has no types)
    """
    Replace the convolutions of a model; from then on it serves inference only.

    Parameters
    ----------
    model
        ``AtomGraphSequential`` of sevenn, on a processor; changed in place.
    cutoff
        Å; no pair is longer.
    """
    layers = model._modules  # noqa: SLF001 (torch's own name for them)
    for name in [name for name in layers if name.endswith("convolution")]:
        layers[name] = FusedConvolution(layers[name], layers["edge_embedding"], cutoff)
    for parameter in model.parameters():
        parameter.requires_grad_(requires_grad=False)
