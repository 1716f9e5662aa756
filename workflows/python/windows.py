"""The window of a composition as a table that states the answer first and plots itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from numbers import Real
from typing import TYPE_CHECKING, Self

from trona.screening.errors import VoltageError
from trona.screening.tabular import Tabular
from trona.screening.uncertainty.confidence import verdict
from trona.screening.units import SODIUM, range_text
from trona.stores.assess.assessment import window_document
from trona.stores.assess.electrodes import choose_electrode
from trona.stores.assess.interfaces import dependence_documents
from trona.stores.assess.validation import observations
from trona.stores.assess.windows import shares_at, window_answer

from .drawn import Drawn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pandas import DataFrame
    from pymatgen.analysis.phase_diagram import PhaseDiagram

    from trona.screening.stability.interphase import Interphase
    from trona.screening.stability.window import Limits, Rung
    from trona.stores.assess.assessment import Assessment
    from trona.stores.documents.json_output import ElectrodeDoc, UncertaintyDoc, WindowAnswerDoc
    from trona.stores.documents.results import (
        LimitDependenceDoc,
        LimitsDoc,
        ObservationDoc,
        WindowDoc,
    )

__all__ = ["AtVoltage", "Window", "class_text"]


@dataclass(frozen=True, eq=False)
class AtVoltage(Tabular):
    """
    Reaction of a composition at one voltage.

    Parameters
    ----------
    voltage
        V against Na/Na+.
    rung
        The reaction, in the interval that holds the voltage.
    interphase
        Class of its products, and what is known of each.
    energy_per_atom
        Reaction energy at the voltage, eV per electrolyte atom; negative is downhill.
    shares
        Class to share of the draws of energies in which it holds, most frequent first; empty where
        no error is stated.
    """

    voltage: float
    rung: Rung
    interphase: Interphase
    energy_per_atom: float
    shares: Mapping[str, float] = field(default_factory=dict)

    @property
    def reaction(self) -> str:
        """Balanced reaction per formula unit."""
        return self.rung.equation

    @property
    def heading(self) -> str:
        """Voltage, reaction and class."""
        return (
            f"at {self.voltage:g} V: {self.reaction}, {-self.energy_per_atom:.3f} eV/atom "
            f"released, {class_text(self.interphase.kind.value, self.shares)}"
        )

    def rows(self) -> list[dict[str, object]]:
        """List the products with what is known of them."""
        return self.interphase.rows()


@dataclass(frozen=True, eq=False)
class Window(Drawn):
    """
    Stability of a composition at every voltage: the answer of ``trona window`` as an object.

    Parameters
    ----------
    assessment
        Everything that was computed.
    tolerance
        Tolerated driving force, eV per electrolyte atom; None for none.
    against
        An electrode, as `Study.electrode` takes it; None for none.
    sigma
        Error of each compound's energy, eV/atom; 0 for none, None for that of the reference.
    """

    assessment: Assessment
    tolerance: float | None = None
    against: str | None = None
    sigma: float | None = None

    def __repr__(self) -> str:
        return f"<Window of {self.assessment.stability.heading}>"

    def checked(self) -> Self:
        """
        Refuse what was asked for at once, not at the first look.

        Raises
        ------
        InputError
            If tolerance or electrode cannot be used.
        """
        if self.tolerance is not None:
            self.tolerated  # noqa: B018 (raises)
        if self.against is not None:
            choose_electrode(self.assessment.table, self.against)
        return self

    @property
    def formula(self) -> str:
        """The formula as given."""
        return self.assessment.stability.formula

    @property
    def limits(self) -> Limits | None:
        """Range of voltage without exchange of sodium, V; None where there is none."""
        return self.assessment.stability.window

    @property
    def energy_above_hull(self) -> float | None:
        """EV per atom; None for a mixture, whose own energy is unknown."""
        return self.assessment.stability.energy_above_hull

    @cached_property
    def _written(self) -> WindowDoc:
        """The window without errors of energies, which take longest."""
        return window_document(self.assessment, self.tolerance)

    @cached_property
    def document(self) -> WindowAnswerDoc:
        """All of it, as ``trona window --json`` prints it; drawing the errors takes a moment."""
        return window_answer(
            self.assessment, tolerance=self.tolerance, against=self.against, sigma=self.sigma
        )

    @property
    def answer(self) -> str:
        """The products at sodium metal, in a sentence or two."""
        return self.document.answer

    @property
    def caveats(self) -> tuple[str, ...]:
        """What must not be overlooked, in sentences."""
        found = self._written if self.against is None else self.document
        return tuple(found.caveats)

    @property
    def observed(self) -> tuple[ObservationDoc, ...]:
        """What experiments say of this composition, and whether trona agrees."""
        return tuple(observations(self._written, self.assessment.reference))

    @property
    def uncertainty(self) -> UncertaintyDoc | None:
        """Spread of limits and classes; None where no error is stated (`document` says why)."""
        return self.document.uncertainty

    @property
    def tolerated(self) -> LimitsDoc | None:
        """Limits at the tolerated driving force; None without one, or where there is no range."""
        return self._written.tolerated

    @property
    def electrode(self) -> ElectrodeDoc | None:
        """The electrode that was asked for, and what happens there; None if none was."""
        return self.document.electrode

    @property
    def dependence(self) -> tuple[LimitDependenceDoc, ...]:
        """What each limit depends on, and by how much."""
        return tuple(dependence_documents(self.assessment, self.uncertainty))

    @property
    def heading(self) -> str:
        """The answer, the limits with their errors, observations, and caveats."""
        above = self.energy_above_hull
        hull = "mixture of phases" if above is None else f"{1000 * above:.0f} meV/atom above hull"
        found = self.electrode
        return " ".join(
            [
                self.answer,
                f"{self.assessment.stability.heading} ({hull}).",
                *_errors(self.uncertainty),
                *_tolerance(self.document),
                *([] if found is None else [found.statement]),
                *(one.sentence for one in self.observed),
                *self.caveats,
            ]
        )

    def rows(self) -> list[dict[str, object]]:
        """List the intervals of the ladder with their interphases, lowest voltage first."""
        pairs = zip(self.assessment.stability.rows(), self.assessment.interphases, strict=True)
        rows = [
            {
                **row,
                "interphase": found.kind.value,
                f"conducting (by {found.fraction_basis})": found.electronic_fraction,
            }
            for row, found in pairs
        ]
        if self.against is not None and self.electrode is not None:
            places = _places(self.electrode, self.assessment.stability.ladder)
            rows = [
                {**row, f"at {self.electrode.formula}": place}
                for row, place in zip(rows, places, strict=True)
            ]
        return rows

    def to_frame(self) -> DataFrame:
        """
        Make a frame of pandas.

        Returns
        -------
        pandas.DataFrame
            One row for each of `rows`. Its ``attrs`` hold what concerns the whole: answer,
            limits, uncertainty, tolerated limits, electrode, observations and caveats.
        """
        frame = super().to_frame()
        told = self.document.model_dump(
            mode="json",
            include={
                "formula", "answer", "reference", "energy_above_hull", "mixture",
                "reduction_limit", "oxidation_limit", "uncertainty", "no_uncertainty",
                "tolerance", "tolerated", "electrode", "observed", "caveats",
            },
        )  # fmt: skip
        frame.attrs.update(told)
        return frame

    def to_phase_diagram(self) -> PhaseDiagram:
        """
        Build pymatgen's phase diagram of the elements of the composition and sodium.

        Returns
        -------
        pymatgen.analysis.phase_diagram.PhaseDiagram
            Closed, with every phase that this window rests on; energies hold all corrections.
            ``Study(diagram)`` takes it.
        """
        from pymatgen.analysis.phase_diagram import PhaseDiagram  # noqa: PLC0415 (slow to import)

        inside = {*self.assessment.stability.profile.composition, SODIUM}
        phases = self.assessment.table.within(inside).phases
        return PhaseDiagram(self.assessment.reference.entries_of(phases))

    def at(self, voltage: float) -> AtVoltage:
        """
        Reaction and products at a voltage; at a breakpoint those of the lower side.

        Parameters
        ----------
        voltage
            V against Na/Na+; not negative.

        Returns
        -------
        AtVoltage
            With the class of the interphase.

        Raises
        ------
        VoltageError
            If the voltage is negative or not a number.
        """
        if isinstance(voltage, bool) or not isinstance(voltage, Real):
            raise VoltageError(
                f"{voltage!r} is no voltage: give volts against Na/Na+ as a number, as at(0.5)."
            )
        stability = self.assessment.stability
        rung = stability.rung(voltage)
        found = self.assessment.interphases[stability.ladder.index(rung)]
        shares = shares_at(self.assessment, voltage)
        return AtVoltage(voltage, rung, found, stability.reaction_energy(voltage), shares)

    def _drawing(self) -> tuple[str, *tuple[object, ...]]:
        """Choose the ladder."""
        return "ladder", self.assessment


def _errors(found: UncertaintyDoc | None) -> list[str]:
    """Say how far the limits scatter."""
    if found is None:
        return []
    upper = "" if found.oxidation is None else f", oxidation limit ± {found.oxidation.std:.2f} V"
    lower = f"reduction limit ± {found.reduction.std:.2f} V"
    return [f"Over {found.samples} draws of the energies: {lower}{upper}."]


def _tolerance(document: WindowDoc) -> list[str]:
    """Say which limits hold where some driving force is tolerated."""
    if document.tolerance is None:
        return []
    allowed = f"Where {1000 * document.tolerance:g} meV/atom are tolerated"
    found = document.tolerated
    if found is None:
        return [f"{allowed}, there is no such range either."]
    limits = range_text(found.reduction_limit or 0.0, found.oxidation_limit)
    return [f"{allowed}: {limits} V."]


def _places(found: ElectrodeDoc, ladder: tuple[Rung, ...]) -> list[str]:
    """Say in which intervals an electrode accepts and releases sodium."""
    points = [("accepts Na", found.at_takes), ("releases Na", found.at_gives)]
    return [
        " and ".join(
            word
            for word, point in points
            if point is not None and point.voltage_lower == rung.interval.voltage_lower
        )
        for rung in ladder
    ]


def class_text(kind: str, shares: Mapping[str, float]) -> str:
    """
    Write a class with its confidence.

    Parameters
    ----------
    kind
        Class by the energies as they are.
    shares
        Class to share of the draws of energies; empty where none were drawn.

    Returns
    -------
    str
        Such as ``"likely passivating 78%"``.
    """
    word, named = verdict(kind, shares)
    if not word:
        return kind
    listed = ", ".join(f"{one.value} {share:.0%}" for one, share in named.items())
    return f"{word}: {listed}" if word == "uncertain" else f"{word} {listed}"
