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
from .lockstep import answered_together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ase import Atoms
    from ase.calculators.calculator import Calculator

__all__ = ["calculator"]

_ENERGY_TOLERANCE = 1e-5
"""eV/atom; single precision leaves less than a tenth of it."""
_FORCE_TOLERANCE = 1e-4
"""eV/Å; likewise for stresses in eV/Å³."""

_VOIGT = [0, 1, 2, 4, 5, 3]
"""Order of ASE, from that of the library: xx, yy, zz, xy, yz, zx."""

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
        Ready to use. In `trona.workflows.potentials.lockstep.in_lockstep` it computes the crystals
        of all tasks in one graph.
    """
    placed = {"device": chosen_device(), **choices}
    wanted = Settings().fused if fused is None else fused
    note(calculator, placed["device"], {"fused": wanted, **placed})
    return answered_together(_made(wanted, json.dumps(placed, sort_keys=True)), _several)


@cache
def _made(fused: bool, choices: str) -> Calculator:
    """Load a model, and replace its convolutions if that is wanted and changes nothing."""
    made: Any = _library(choices)
    if not fused or made.device.type != "cpu":
        return made  # type: ignore[no-any-return]
    expected = _answers(made, _crystal())
    try:
        from .fused_convolution import fuse  # noqa: PLC0415 (imports torch)

        fuse(made.model, made.cutoff)
        obstacle = _difference(_answers(made, _crystal()), expected)
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


def _several(made: Any, crystals: Sequence[Atoms]) -> list[dict[str, Any]]:  # noqa: ANN401 (sevenn has no types)
    """Compute several crystals: in one graph where that changes nothing, or one after the other."""
    if len(crystals) > 1 and _takes_graphs(made):
        return _in_one_graph(made, crystals)
    found = []
    for crystal in crystals:
        made.calculate(crystal)
        found.append(dict(made.results))
    return found


@cache
def _takes_graphs(made: Any) -> bool:  # noqa: ANN401 (likewise)
    """Try a graph of two crystals, once for a model."""
    crystals = [_crystal(), _crystal() * (2, 1, 1)]
    try:
        together = _in_one_graph(made, crystals)
        pairs = zip(crystals, together, strict=True)
        obstacle = "".join(_difference(_read(c, r), _answers(made, c)) for c, r in pairs)
    except Exception as error:  # noqa: BLE001 (whatever another version of the library does)
        obstacle = f"{type(error).__name__}: {' '.join(str(error).split())}"
    if obstacle:
        _log.warning(
            "sevenn %s: several crystals in one graph do not fit it (%s); they are computed one "
            "after the other, which is slower.",
            version("sevenn"),
            obstacle,
        )
    return not obstacle


def _in_one_graph(made: Any, crystals: Sequence[Atoms]) -> list[dict[str, Any]]:  # noqa: ANN401 (likewise)
    """Compute crystals that do not see each other, with one pass of the model."""
    import sevenn._keys as keys  # noqa: PLC0415 (slow to import)

    graph, pairs = _joined(made, crystals)
    made.model.set_is_batch_data(True)
    try:
        found = made.model(graph)
    finally:
        made.model.set_is_batch_data(False)

    def read(key: str) -> Any:  # noqa: ANN401 (an array)
        return found[key].detach().cpu().numpy()

    ends = np.cumsum([len(crystal) for crystal in crystals])[:-1]
    energies, stresses = read(keys.PRED_TOTAL_ENERGY), -read(keys.PRED_STRESS)[:, _VOIGT]
    forces = np.split(read(keys.PRED_FORCE), ends)
    atomic = np.split(read(keys.ATOMIC_ENERGY).reshape(-1), ends)
    return [
        {
            "energy": float(energies[at]),
            "free_energy": float(energies[at]),
            "energies": atomic[at],
            "forces": forces[at],
            "stress": stresses[at],
            "num_edges": pairs[at],
        }
        for at in range(len(crystals))
    ]


def _joined(made: Any, crystals: Sequence[Atoms]) -> tuple[Any, list[int]]:  # noqa: ANN401 (likewise)
    """Put the graphs of crystals side by side, and count the pairs of each."""
    import sevenn._keys as keys  # noqa: PLC0415 (slow to import)
    from sevenn.atom_graph_data import AtomGraphData  # noqa: PLC0415 (likewise)
    from sevenn.train.dataload import unlabeled_atoms_to_graph  # noqa: PLC0415 (likewise)

    if made.modal:
        raise ValueError("the model has several modes")
    graphs = [unlabeled_atoms_to_graph(crystal, made.cutoff) for crystal in crystals]
    sizes = [len(crystal) for crystal in crystals]
    whole = {
        key: np.concatenate([graph[key] for graph in graphs])
        for key in (keys.NODE_FEATURE, keys.ATOMIC_NUMBERS, keys.POS, keys.EDGE_VEC)
    }
    begins = np.cumsum([0, *sizes[:-1]])
    pairs = [graph[keys.EDGE_IDX] + begin for graph, begin in zip(graphs, begins, strict=True)]
    whole[keys.EDGE_IDX] = np.concatenate(pairs, axis=1)
    whole[keys.CELL_VOLUME] = np.array([graph[keys.CELL_VOLUME] for graph in graphs])
    whole[keys.NUM_ATOMS] = np.array(sizes)
    whole[keys.BATCH] = np.repeat(np.arange(len(crystals)), sizes)
    joined = AtomGraphData.from_numpy_dict(whole)
    joined.to(made.device)
    return joined, [one.shape[1] for one in pairs]


def _crystal() -> Atoms:
    """Make rock salt, one atom off its place."""
    from ase import Atoms  # noqa: PLC0415 (slow to import)

    half = 2.82
    cell = [[0, half, half], [half, 0, half], [half, half, 0]]
    return Atoms("NaCl", positions=[[0.1, -0.05, 0.2], [half, half, half]], cell=cell, pbc=True)


def _answers(made: Any, crystal: Atoms) -> tuple[Any, Any, Any]:  # noqa: ANN401 (ASE has no types)
    """Compute energy per atom, forces and stress of a crystal."""
    made.calculate(crystal)
    return _read(crystal, made.results)


def _read(crystal: Atoms, results: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Choose what is compared of the results of a crystal."""
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
