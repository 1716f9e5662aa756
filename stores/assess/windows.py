"""Documents of a window with electrodes, products by type, and uncertainties.

The thermodynamics is in `trona.screening`.
"""

from __future__ import annotations

from dataclasses import asdict
from math import inf
from typing import TYPE_CHECKING

from trona.screening.errors import InputError
from trona.screening.stability.electrode import AtPotential, at_potential, passed
from trona.screening.stability.products import rank_products
from trona.screening.uncertainty.error_model import ErrorModel
from trona.screening.uncertainty.sampling import classes_at_metal, sample
from trona.stores.documents.json_output import (
    ClassesDoc,
    ElectrodeDoc,
    RankedProductDoc,
    SpreadDoc,
    UncertaintyDoc,
    WindowAnswerDoc,
)
from trona.stores.documents.sentences import window_sentence
from trona.stores.energies.accuracy import Accuracy, accuracy

from .assessment import window_document
from .electrodes import choose_electrode, electrode_document
from .reservations import covered
from .validation import observations

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trona.screening.stability.window import Rung
    from trona.stores.documents.results import RungDoc, WindowDoc

    from .assessment import Assessment

__all__ = ["shares_at", "shares_at_metal", "uncertainty_document", "window_answer"]

_MODEL = (
    "normal errors of formation energies: one per atom of each compound, one per atom of each "
    "element in all its compounds, none for elements; every draw is assessed anew"
)


def window_answer(
    assessment: Assessment,
    *,
    tolerance: float | None = None,
    at: float | None = None,
    against: str | None = None,
    why: bool = False,
    sigma: float | None = None,
) -> WindowAnswerDoc:
    """
    Write an assessment as a document with electrodes, products and uncertainties.

    Parameters
    ----------
    assessment
        As computed by `assess_formula`.
    tolerance
        Tolerated driving force, eV per electrolyte atom.
    at
        Voltage, V: the ladder then holds the reaction there only.
    against
        An electrode, as `choose_electrode` takes it: the ladder then holds the intervals
        between the window and the potentials of the electrode.
    why
        True to say what the limits depend on.
    sigma
        Error of each compound's energy, eV/atom; 0 for none, by default what is stated for the
        reference, and none where nothing is.

    Returns
    -------
    WindowAnswerDoc
        What `trona window --json` prints.

    Raises
    ------
    InputError
        If the electrode cannot be used with this reference, a number is impossible, or both a
        voltage and an electrode are given.
    """
    if at is not None and against is not None:
        raise InputError("an electrode has its own potentials: give a voltage or an electrode.")
    stability = assessment.stability
    document = window_document(assessment, tolerance)
    content = dict(document)
    content["observed"] = observations(document, assessment.reference)
    shown: Sequence[Rung] = stability.ladder
    found: ElectrodeDoc | None = None
    if at is not None:
        point = AtPotential(at, stability.rung(at), stability.reaction_energy(at))
        shown = [point.rung]
        content["ladder"] = [_rung_at(document, assessment, point)]
    if against is not None:
        found, shown = _electrode(document, assessment, against)
        content["electrode"] = found
        content["caveats"] = [*document.caveats, *_open_electrode(found, assessment)]
        content["ladder"] = [_written(document, assessment, rung) for rung in shown]
    content["products"] = _products(assessment, shown)
    errors = accuracy(assessment.table.scale)
    if sigma is not None:
        errors = Accuracy(ErrorModel(sigma), "given by the user")
    content["no_uncertainty"] = why_none = _why_no_errors(assessment, errors)
    drawn: UncertaintyDoc | None = None
    if errors is not None and why_none is None:
        voltages = [0.0 if at is None else at] if found is None else _potentials(found)
        content["uncertainty"] = drawn = uncertainty_document(assessment, errors, voltages)
        shares = {one.voltage: one.fractions for one in drawn.interphases}
        if found is None:
            content["ladder"][0].interphase_shares = shares[voltages[0]]
        else:
            content["electrode"] = _with_shares(found, shares)
    if why:
        from .interfaces import dependence_documents  # noqa: PLC0415 (slow, and seldom asked)

        content["dependence"] = dependence_documents(assessment, drawn)
    made = WindowAnswerDoc.model_validate(content)
    # With an electrode the ladder is a part of it, which need not begin at sodium metal.
    told = made if against is None else document
    return made.model_copy(update={"answer": window_sentence(told, at)})


def _open_electrode(found: ElectrodeDoc, assessment: Assessment) -> list[str]:
    """Say what the reference lacks for an electrode whose potential is computed."""
    if found.basis != "computed":
        return []
    said = covered([found.formula], assessment.reference).sentences
    return [f"Electrode {found.formula}: {one}" for one in said]


def _why_no_errors(assessment: Assessment, errors: Accuracy | None) -> str | None:
    """Say why limits stand without errors; None where they have some."""
    if assessment.coverage.open:
        return assessment.coverage.sentences[0]
    if errors is None:
        return f"No error is stated for energies of {assessment.table.scale.method}."
    return "An error of 0 was requested." if errors.model == ErrorModel(0.0) else None


def shares_at_metal(assessment: Assessment) -> dict[str, float]:
    """
    Find the confidence in the class at sodium metal.

    Parameters
    ----------
    assessment
        As computed by `assess_formula`.

    Returns
    -------
    dict
        Class to share of the draws, most frequent first; empty where no error is stated for the
        energies.
    """
    errors = accuracy(assessment.table.scale)
    if errors is None or _why_no_errors(assessment, errors) is not None:
        return {}
    found = classes_at_metal(
        assessment.table,
        assessment.stability,
        errors.model,
        assessment.properties,
        assessment.thresholds,
    )
    return {kind.value: share for kind, share in found.items()}


def uncertainty_document(
    assessment: Assessment, errors: Accuracy, voltages: Sequence[float] = (0.0,)
) -> UncertaintyDoc:
    """
    Carry errors of energies to limits and interphase classes, and write the result down.

    Parameters
    ----------
    assessment
        As computed by `assess_formula`.
    errors
        Of the energies, with their source.
    voltages
        V, at which to classify.

    Returns
    -------
    UncertaintyDoc
        Spread of both limits and fractions of classes.

    Raises
    ------
    VoltageError
        If a voltage is negative or not a number.
    """
    found = sample(
        assessment.table,
        assessment.stability,
        errors.model,
        assessment.properties,
        assessment.thresholds,
        voltages=voltages,
    )
    oxidation = found.oxidation
    return UncertaintyDoc(
        sigma=found.model.sigma,
        sigma_by_class=dict(found.model.by_class),
        common=found.model.common,
        source=errors.source,
        model=_MODEL,
        samples=found.samples,
        seed=found.seed,
        reduction=SpreadDoc(**asdict(found.reduction)),
        oxidation=None if oxidation is None else SpreadDoc(**asdict(oxidation)),
        with_window=found.with_window,
        interphases=[
            ClassesDoc(voltage=volts, fractions={kind.value: x for kind, x in kinds.items()})
            for volts, kinds in zip(found.voltages, found.classes, strict=True)
        ],
    )


def _with_shares(found: ElectrodeDoc, shares: Mapping[float, dict[str, float]]) -> ElectrodeDoc:
    """Say of an electrode how sure the classes at its potentials are."""
    found.at_takes.interphase_shares = shares[found.takes]
    if found.at_gives is not None and found.gives is not None:
        found.at_gives.interphase_shares = shares[found.gives]
    return found


def shares_at(assessment: Assessment, volts: float) -> dict[str, float]:
    """
    Find the confidence in the class at a voltage.

    Parameters
    ----------
    assessment
        As computed by `assess_formula`.
    volts
        V against Na/Na+.

    Returns
    -------
    dict
        As of `shares_at_metal`.

    Raises
    ------
    VoltageError
        If the voltage is negative or not a number.
    """
    errors = accuracy(assessment.table.scale)
    if volts == 0.0 or errors is None or errors.model == ErrorModel(0.0):
        return shares_at_metal(assessment)
    return uncertainty_document(assessment, errors, [volts]).interphases[0].fractions


def _potentials(found: ElectrodeDoc) -> list[float]:
    """List the different potentials of an electrode."""
    return sorted({found.takes, found.takes if found.gives is None else found.gives})


def _products(assessment: Assessment, rungs: Sequence[Rung]) -> list[RankedProductDoc]:
    """Write down the products of some intervals, ranked by type."""
    ladder = assessment.stability.ladder
    interphases = [assessment.interphases[ladder.index(rung)] for rung in rungs]
    return [
        RankedProductDoc(
            formula=one.share.phase.formula,
            id=one.share.phase.id,
            type=one.share.properties.kind.value,
            electronic=one.share.properties.electronic.value,
            ionic=one.share.properties.ionic.value,
            fraction=one.share.fraction,
            fraction_basis=one.fraction_basis,
            voltages=[_range(rung) for rung in one.rungs],
        )
        for one in rank_products(rungs, interphases)
    ]


def _range(rung: Rung) -> tuple[float, float | None]:
    """Write a range of voltage; none where unbounded."""
    upper = rung.interval.voltage_upper
    return rung.interval.voltage_lower, upper if upper < inf else None


def _written(document: WindowDoc, assessment: Assessment, rung: Rung) -> RungDoc:
    """Find an interval among those that were written down."""
    return document.ladder[assessment.stability.ladder.index(rung)]


def _rung_at(document: WindowDoc, assessment: Assessment, point: AtPotential) -> RungDoc:
    """Write an interval down with its energy at a potential."""
    return _written(document, assessment, point.rung).model_copy(
        update={"energy_per_atom": point.energy_per_atom, "energy_voltage": point.voltage}
    )


def _electrode(
    document: WindowDoc, assessment: Assessment, formula: str
) -> tuple[ElectrodeDoc, Sequence[Rung]]:
    """Write down what happens at an electrode; with the intervals from the window to it."""
    stability = assessment.stability
    found = choose_electrode(assessment.table, formula)
    takes = at_potential(stability, found.low, gives=False)
    gives = at_potential(stability, found.high, gives=True) if found.high < inf else None
    written = electrode_document(
        found,
        at_takes=_rung_at(document, assessment, takes),
        at_gives=None if gives is None else _rung_at(document, assessment, gives),
    )
    return written, passed(stability, [takes] if gives is None else [takes, gives])
