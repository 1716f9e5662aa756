"""VASP task documents reduced to what a hull needs and what its quality is judged by.

The only judgement made here is which of custodian's corrections may have changed the energy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emmet.core.types.enums import TaskState

from trona.stores.provenance import versions

from .relaxation_summary import relaxation_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emmet.core.tasks import TaskDoc
    from pymatgen.core import Structure

    from trona.stores.documents.results import RelaxationDoc

    from .backends import Vasp

__all__ = ["summarize_tasks"]

_BASIS = frozenset({"ENCUT", "KSPACING", "ISPIN", "NELECT", "PREC"})
"""Tags that change the energy of every material."""
_WIDE_SMEARING = 0.1
"""eV; a wider SIGMA, or Methfessel–Paxton's functions, are for metals only."""
_DISPERSIONS = {0: "", 11: "+D3", 12: "+D3(BJ)", 13: "+D4"}


def summarize_tasks(
    tasks: Sequence[TaskDoc], names: Sequence[str], start: Structure, label: str, backend: Vasp
) -> RelaxationDoc:
    """
    Reduce the task documents of a relaxation.

    Parameters
    ----------
    tasks
        In order; the last gives energy, forces and band gap.
    names
        Of the calculations.
    start
        Starting structure.
    label
        Candidate.
    backend
        Choices of the relaxation.

    Returns
    -------
    RelaxationDoc
        Numbers only. Where the executable was a mock, the method says so, whatever was asked for.
    """
    last: Any = tasks[-1]  # emmet's fields are optional; a parsed calculation has them all
    gap = last.output.bandgap
    corrections = list(_corrections(tasks, names))
    return relaxation_document(
        last,
        start,
        label,
        backend,
        settings=_settings(last),
        method=_method(last, backend),
        converged=all(task.state == TaskState.SUCCESS for task in tasks),
        n_steps=sum(_n_steps(task) for task in tasks),
        band_gap=gap,
        corrections=[f"{name}: {', '.join(e)}: {_changes(c)}" for name, e, c in corrections],
        concerns=list(_concerns(corrections, gap)),
        versions=versions() | {"VASP": str(last.vasp_version)},
    )


def _n_steps(task: Any) -> int:  # noqa: ANN401 (optional fields again)
    """Count the ionic steps of a relaxation; a static calculation has none."""
    steps = task.calcs_reversed[0].output.ionic_steps or ()
    return len(steps) if len(steps) > 1 else 0


def _method(task: TaskDoc, backend: Vasp) -> str:
    """Name the method; a mock's energies are called a mock's even where VASP was asked for."""
    was_mock = "mock" in str(task.vasp_version).lower()
    named = backend.method.startswith("MOCK ")
    return f"MOCK {backend.method}" if was_mock and not named else backend.method


def _settings(task: Any) -> dict[str, Any]:  # noqa: ANN401 (optional fields again)
    """Collect what corrections and readers ask about a calculation."""
    given = task.calcs_reversed[0].input
    incar, parameters = given.incar or {}, given.parameters or {}
    run_type = getattr(task.run_type, "value", task.run_type)
    dispersion = int(incar.get("IVDW", 0))
    # emmet's run type does not tell a dispersion correction, which MP2020 was not fitted to.
    return {
        "run_type": f"{run_type}{_DISPERSIONS.get(dispersion, f'+IVDW={dispersion}')}",
        "hubbards": {symbol: float(u) for symbol, u in (given.hubbards or {}).items()},
        "potcar_titles": [spec.titel for spec in given.potcar_spec or () if spec.titel],
        "cutoff": parameters.get("ENMAX"),
        "smearing": [parameters.get("ISMEAR"), parameters.get("SIGMA")],
        "spin_polarized": parameters.get("ISPIN") == 2,
    }


Correction = tuple[str, list[str], dict[str, Any]]
"""Step, errors that custodian saw, and what it set (a tag, or a file) to what value."""


def _corrections(tasks: Sequence[TaskDoc], names: Sequence[str]) -> Iterator[Correction]:
    """Go through custodian's corrections."""
    for task, name in zip(tasks, names, strict=True):
        for run in task.custodian or ():
            for correction in run.corrections or ():
                changes: dict[str, Any] = {}
                for action in correction.get("actions") or ():
                    done = action.get("action", {})
                    if action.get("dict") == "INCAR":
                        changes |= done.get("_set", {})
                    else:
                        changes[action.get("dict") or action.get("file")] = next(iter(done), "")
                yield name, list(correction.get("errors") or ()), changes


def _changes(changes: dict[str, Any]) -> str:
    """Write changes in a line."""
    return ", ".join(f"{tag} = {value}" for tag, value in changes.items()) or "run again"


def _concerns(corrections: Sequence[Correction], gap: float | None) -> Iterator[str]:
    """Name corrections that may have changed the energy."""
    for name, errors, changes in corrections:
        touched = {tag: value for tag, value in changes.items() if tag in _BASIS | {"KPOINTS"}}
        for_metals = changes.get("ISMEAR", 0) > 0 or changes.get("SIGMA", 0) > _WIDE_SMEARING
        if for_metals and (gap is None or gap > 0):
            touched |= {tag: changes[tag] for tag in ("ISMEAR", "SIGMA") if tag in changes}
        if touched:
            yield (
                f"Custodian changed {_changes(touched)} in {name} after {', '.join(errors)}: "
                "the energy may not be comparable."
            )
