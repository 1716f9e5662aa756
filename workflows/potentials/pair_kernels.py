"""The convolution of an equivariant potential, pair by pair, compiled; it fills arrays.

For each pair of neighbours, features of one atom (`x`), spherical harmonics of the bond (`y`)
and weights that depend on its length (`r`) are multiplied and added to the other atom. A *path* is
one such product: features of degree l and harmonics of degree l' give results of degree l''. Its
row in `paths` gives the number of channels, the number of components in and out, and the offsets of
its features, results, weights and couplings. Features are stored component by component with the
channels of one component contiguous, so that every inner loop runs over contiguous memory.

Indices are unsigned: numba lets a signed index count from the end of an array, and the test for
that in an inner loop prevents the compiler from using vector instructions (measured: four times the
time of a force call).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numba import float32, float64, int64, types, uint64

from trona.screening.compiling import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Integers = NDArray[np.int64]
    Positions = NDArray[np.uint64]

__all__ = ["convolve", "differentiate"]

_ONE = np.uint64(1)
_ROW, _ROWS = float32[::1], float32[:, ::1]
_AT = uint64[::1]

_compiled = partial(compiled, fastmath=True)


@_compiled(types.void(_ROW, _AT, _AT, _ROW, _ROW))
def _couple(y: Floats, at: Positions, of: Positions, values: Floats, couplings: Floats) -> None:
    """Contract Wigner's 3j symbols, of which few are not zero, with the harmonics of a bond."""
    couplings[:] = 0
    for k in range(len(at)):
        couplings[at[k]] += values[k] * y[of[k]]


@_compiled(types.void(_ROW, _AT, _AT, _ROW, _ROW))
def _uncouple(found: Floats, at: Positions, of: Positions, values: Floats, dy: Floats) -> None:
    """Take slopes with respect to couplings back to the harmonics of a bond."""
    dy[:] = 0
    for k in range(len(at)):
        dy[of[k]] += values[k] * found[at[k]]


@_compiled(types.void(float32[:, :, ::1], float64, float64, _ROW, _ROW))
def _interpolate(table: Floats, step: float, r: float, weights: Floats, slopes: Floats) -> None:
    """Read weights and their slopes at a distance from a table, by cubic Hermite polynomials."""
    at = min(r / step, len(table) - 1.001)
    k = np.uint64(at)
    s, per_step = np.float32(at - k), np.float32(1 / step)
    two, three, four, six = np.float32(2), np.float32(3), np.float32(4), np.float32(6)
    one, square, cube = np.float32(1), s * s, s * s * s
    rise, fall = three * square - two * cube, one - three * square + two * cube
    leave, arrive = cube - two * square + s, cube - square
    steep = (six * square - six * s) * per_step
    left = (three * square - four * s + one) * per_step
    right = (three * square - two * s) * per_step
    v0, d0, v1, d1 = table[k, 0], table[k, 1], table[k + _ONE, 0], table[k + _ONE, 1]
    for u in range(len(weights)):
        weights[u] = fall * v0[u] + leave * d0[u] + rise * v1[u] + arrive * d1[u]
        slopes[u] = steep * (v0[u] - v1[u]) + left * d0[u] + right * d1[u]


@_compiled(
    types.void(
        int64[::1], int64[::1], _ROWS, _ROWS, _ROW, float32[:, :, ::1], float64, uint64[:, ::1],
        _AT, _AT, _ROW, uint64, uint64, _ROWS,
    )
)  # fmt: skip
def convolve(
    src: Integers, dst: Integers, x: Floats, y: Floats, r: Floats, table: Floats, step: float,
    paths: Positions, at: Positions, of: Positions, values: Floats, n_couplings: int,
    n_channels: int, out: Floats,
) -> None:  # fmt: skip
    """
    Add the contributions of its neighbours to each atom.

    Parameters
    ----------
    src, dst
        Atoms of each pair: the one that is heard, and the one that hears it.
    x
        Features, a row for each atom.
    y
        Spherical harmonics, a row for each pair.
    r
        Length of each pair.
    table, step
        Weights and their slopes times the step, on a grid of lengths that begins at zero.
    paths
        Of each: channels, components in and out, and where features, results, weights and
        couplings begin.
    at, of, values
        Terms of the couplings: which coupling, which harmonic, coefficient.
    n_couplings, n_channels
        How many couplings there are, and channels at most in a path.
    out
        Results, a row for each atom; filled with zeros beforehand.
    """
    couplings, part = np.empty(n_couplings, np.float32), np.empty(n_channels, np.float32)
    weights, slopes = np.empty(table.shape[2], np.float32), np.empty(table.shape[2], np.float32)
    for e in range(len(src)):
        _couple(y[e], at, of, values, couplings)
        _interpolate(table, step, r[e], weights, slopes)
        xe, oe = x[src[e]], out[dst[e]]
        for k in range(len(paths)):
            mul, n_in, n_out, x0, o0, w0, t0 = paths[k]
            for c in range(n_out):
                f = couplings[t0 + c]
                for u in range(mul):
                    part[u] = f * xe[x0 + u]
                for a in range(_ONE, n_in):
                    f = couplings[t0 + a * n_out + c]
                    p = x0 + a * mul
                    for u in range(mul):
                        part[u] += f * xe[p + u]
                p = o0 + c * mul
                for u in range(mul):
                    oe[p + u] += weights[w0 + u] * part[u]


@_compiled(
    types.void(
        int64[::1], int64[::1], _ROWS, _ROWS, _ROW, float32[:, :, ::1], float64, uint64[:, ::1],
        _AT, _AT, _ROW, uint64, uint64, _ROWS, _ROWS, _ROWS, _ROW,
    )
)  # fmt: skip
def differentiate(
    src: Integers, dst: Integers, x: Floats, y: Floats, r: Floats, table: Floats, step: float,
    paths: Positions, at: Positions, of: Positions, values: Floats, n_couplings: int,
    n_channels: int, slope: Floats, dx: Floats, dy: Floats, dr: Floats,
) -> None:  # fmt: skip
    """
    Propagate the gradient of an energy from the results back to their inputs.

    Parameters
    ----------
    src, dst, x, y, r, table, step, paths, at, of, values, n_couplings, n_channels
        As given to `convolve`.
    slope
        With respect to its results.
    dx
        To be filled: with respect to features; zeros beforehand.
    dy, dr
        To be filled: with respect to harmonics and lengths.
    """
    couplings, found = np.empty(n_couplings, np.float32), np.empty(n_couplings, np.float32)
    weights, slopes = np.empty(table.shape[2], np.float32), np.empty(table.shape[2], np.float32)
    part = np.empty(n_channels, np.float32)
    for e in range(len(src)):
        _couple(y[e], at, of, values, couplings)
        _interpolate(table, step, r[e], weights, slopes)
        xe, dxe, ge = x[src[e]], dx[src[e]], slope[dst[e]]
        along = np.float32(0)
        for k in range(len(paths)):
            mul, n_in, n_out, x0, o0, w0, t0 = paths[k]
            for a in range(n_in):
                f = couplings[t0 + a * n_out]
                for u in range(mul):
                    part[u] = f * ge[o0 + u]
                for c in range(_ONE, n_out):
                    f = couplings[t0 + a * n_out + c]
                    p = o0 + c * mul
                    for u in range(mul):
                        part[u] += f * ge[p + u]
                p = x0 + a * mul
                for u in range(mul):
                    along += xe[p + u] * part[u] * slopes[w0 + u]
                    dxe[p + u] += weights[w0 + u] * part[u]
                    part[u] = weights[w0 + u] * xe[p + u]
                for c in range(n_out):
                    p = o0 + c * mul
                    f = np.float32(0)
                    for u in range(mul):
                        f += part[u] * ge[p + u]
                    found[t0 + a * n_out + c] = f
        dr[e] = along
        _uncouple(found, at, of, values, dy[e])
