"""Potentials of electrodes: measured where a source gives one, otherwise computed.

An equilibrium potential is that of the most stable products; a cell works between those it can
reach. The measured potentials ship with trona (`electrodes.yaml`), each with its source and
conditions.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from math import inf, isfinite
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, ValidationError, model_validator

from trona.screening.errors import FormulaError, InputError, VoltageError
from trona.screening.formulas import parse, present
from trona.screening.spelling import near
from trona.screening.stability.charge import sodium_between
from trona.screening.stability.electrode import Electrode, electrode
from trona.stores.data_files import data_content
from trona.stores.documents.json_output import ElectrodeDoc
from trona.stores.documents.results import Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trona.screening.equilibrium.phases import PhaseTable
    from trona.screening.figures.overview_data import Mark
    from trona.stores.documents.bookkeeping import SummaryDoc
    from trona.stores.documents.results import RungDoc

__all__ = [
    "COMPUTED",
    "ElectrodePotential",
    "MeasuredElectrode",
    "choose_electrode",
    "electrode_document",
    "electrode_notes",
    "find_measured",
    "is_named",
    "measured_electrodes",
    "read_electrodes",
    "withstands",
]

COMPUTED = "computed"
"""Word that asks for the computed potential: ``NaCrO2@computed``."""
_AT = "@"
_HIGHEST = 6.0
"""V against Na/Na+; no electrode of a sodium cell works above it."""
_SAME_POTENTIAL = 0.005
"""Potentials closer than this (V) are written alike."""
_ABBREVIATED = 3
"""Letters from which on capitals alone are taken for an abbreviation."""
_ALIKE = 0.75  # likeness, from 0 to 1, from which on a known name is suggested
_SAME = 0.003
"""Atomic fractions closer than this are one electrode: Na0.67 is Na2/3."""

Basis = Literal["measured", "computed", "given"]


class MeasuredElectrode(Document):
    """A measured potential of an electrode, against Na/Na+."""

    formulas: list[str] = Field(
        description="Compositions it is known by; the first is the one that is computed. Empty "
        "where it has none, as hard carbon."
    )
    names: list[str] = Field(description="Other names.")
    low: float = Field(ge=0.0, le=_HIGHEST, description="Lowest potential in use, V.")
    mean: float = Field(ge=0.0, le=_HIGHEST, description="The potential marked in figures, V.")
    high: float = Field(ge=0.0, le=_HIGHEST, description="Highest potential in use, V.")
    conditions: str = Field(min_length=1, description="What was measured, and in which cell.")
    source: str = Field(min_length=1, description="Where it was published.")
    discharged: str | None = Field(
        default=None,
        description="Composition at the lower end of potential, with more sodium; null where "
        "unknown.",
    )
    charged: str | None = Field(
        default=None, description="Composition at the upper end: the same with less sodium."
    )
    states_source: str = Field(default="", description="Where both states were published.")

    @model_validator(mode="after")
    def _require_order_and_name(self) -> Self:
        if not self.low <= self.mean <= self.high:
            raise ValueError(f"{self.low} <= {self.mean} <= {self.high} V does not hold")
        if not (self.formulas or self.names):
            raise ValueError("it has neither a formula nor a name")
        for formula in self.formulas:
            parse(formula)
        if self.discharged and self.charged:
            if not self.states_source:
                raise ValueError("its states have no source")
            sodium_between(parse(self.discharged), parse(self.charged), self.charged)
        elif self.discharged or self.charged:
            raise ValueError("one state is given without the other")
        return self


@dataclass(frozen=True, eq=False)
class ElectrodePotential:
    """
    The potential at which an electrode works, and the computed one beside it.

    Parameters
    ----------
    name
        As asked for, without what chooses the potential.
    basis
        ``"measured"``, ``"computed"`` or ``"given"`` by the user.
    low, high
        Lowest potential at which it accepts sodium and highest at which it releases it, V;
        ``high`` is inf where it has none to give.
    mean
        The potential marked in figures, V.
    measured
        What is known of it; None if nothing.
    computed
        At equilibrium; None where the reference cannot say.
    obstacle
        Why nothing could be computed; empty where it was.
    """

    name: str
    basis: Basis
    low: float
    high: float
    mean: float
    measured: MeasuredElectrode | None
    computed: Electrode | None
    obstacle: str

    @property
    def difference(self) -> float | None:
        """By how much it lies above the computed potential, V; None where that is unknown."""
        return None if self.computed is None else self.mean - self.computed.mark

    @property
    def mark(self) -> Mark:
        """The electrode on a voltage axis, with the computed potential where it is another."""
        same = self.difference is not None and abs(self.difference) < _SAME_POTENTIAL
        from trona.screening.figures.overview_data import Mark  # noqa: PLC0415 (of figures only)

        beside = None if self.computed is None or same else self.computed.mark
        return Mark(self.name, self.mean, beside)

    @property
    def potential(self) -> str:
        """The potential as text, such as ``"3.00 V (2.50–3.60 V)"``."""
        if self.low == self.high:
            return f"{self.mean:.2f} V"
        upper = f"{self.high:.2f} V" if isfinite(self.high) else "no sodium to give"
        return f"{self.mean:.2f} V ({self.low:.2f}–{upper})"

    @property
    def comparison(self) -> str:
        """The computed potential with the difference, or why there is none."""
        if self.computed is None:
            return f"nothing computed: {self.obstacle}"
        apart = round(self.difference or 0.0, 2)
        side = "lower" if apart > 0 else "higher"
        beside = f"{abs(apart):.2f} V {side}" if apart else "the same"
        return f"computed {self.computed.mark:.2f} V, {beside}"

    @property
    def sentence(self) -> str:
        """Everything known about its potential, in a sentence."""
        words = {"measured": "measured", "given": "as given", "computed": "computed at equilibrium"}
        parts = [f"{self.name} operates at {self.potential}, {words[self.basis]}"]
        if self.basis != COMPUTED:
            parts.append(self.comparison)
        if self.measured is None:
            advice = "" if self.basis == "given" else f" ({self.name}{_AT}3.4 gives one)"
            return f"{'; '.join(parts)}; no measured potential is known{advice}."
        if self.basis != "measured":
            parts.append(f"measured {self.measured.mean:.2f} V")
        return f"{'; '.join(parts)}. Source: {self.measured.source}."


def read_electrodes(rows: Iterable[object]) -> tuple[MeasuredElectrode, ...]:
    """
    Read measured potentials, refusing incomplete and duplicate ones.

    Parameters
    ----------
    rows
        Mappings, as of `MeasuredElectrode`.

    Returns
    -------
    tuple of MeasuredElectrode
        In the same order.

    Raises
    ------
    InputError
        If a row does not follow the schema, or two rows have a name in common.
    """
    found: list[MeasuredElectrode] = []
    for number, row in enumerate(rows, start=1):
        try:
            found.append(MeasuredElectrode.model_validate(row))
        except (ValidationError, FormulaError) as error:
            lines = [line.strip() for line in str(error).splitlines()]
            raise InputError(f"electrode {number} cannot be used: {'; '.join(lines)}") from None
    names = [name.casefold() for one in found for name in (*one.formulas, *one.names)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"two electrodes are called {', '.join(twice)}: keep one.")
    return tuple(found)


@cache
def measured_electrodes() -> tuple[MeasuredElectrode, ...]:
    """Read the measured potentials that ship with trona, in the order of their file."""
    return read_electrodes(data_content("trona.stores.assess", "electrodes.yaml"))


def find_measured(name: str) -> MeasuredElectrode | None:
    """
    Find the measured potential of an electrode.

    Parameters
    ----------
    name
        A name, or a formula in any multiple.

    Returns
    -------
    MeasuredElectrode or None
        None where no source is known.

    Raises
    ------
    InputError
        If it is capital letters alone, and nearly a name.

    Examples
    --------
    >>> [find_measured(name).mean for name in ("NVP", "Na6V4(PO4)6", "hard carbon")]
    [3.4, 3.4, 0.1]
    """
    for one in measured_electrodes():
        if name in one.formulas or is_named(name, one):
            return one
    try:
        amounts = parse(name)
    except FormulaError:
        return None
    _refuse_mistyped(name, amounts)
    asked = _fractions(amounts)
    return next((one for one in measured_electrodes() if _is_among(asked, one)), None)


def _refuse_mistyped(name: str, amounts: Mapping[str, float]) -> None:
    """Refuse what can be read as a composition, such as NVPP, but is hardly meant as one."""
    if not (name.isalpha() and name.isupper() and len(name) >= _ABBREVIATED):
        return
    known = [one for found in measured_electrodes() for one in found.names if one.isupper()]
    near = get_close_matches(name, known, n=1)
    if near:
        written = "".join(f"{symbol}{amount:g}" for symbol, amount in amounts.items())
        raise InputError(
            f"no electrode is called {name!r}: did you mean {near[0]}? If it is a composition, "
            f"write {written}."
        )


def is_named(name: str, one: MeasuredElectrode) -> bool:
    """
    Tell whether an electrode is called by a name rather than by a formula.

    Parameters
    ----------
    name
        As asked for.
    one
        What was found of it.

    Returns
    -------
    bool
        True for a name, in any case of letters.
    """
    return name.casefold() in {known.casefold() for known in one.names}


def choose_electrode(table: PhaseTable | None, asked: str) -> ElectrodePotential:
    """
    Find the potential at which an electrode works: given, measured or computed, in this order.

    Parameters
    ----------
    table
        Phases on one energy scale, sodium among them; None where there are none at hand: then
        nothing is computed.
    asked
        A formula or name; ``@3.4`` after it gives the potential, ``@computed`` asks for the
        computed one.

    Returns
    -------
    ElectrodePotential
        With the computed potential beside a measured or given one, where it can be computed.

    Raises
    ------
    InputError
        If the potential that is given is none, or there is neither a measured nor a computed one.
    """
    name, at, wanted = (part.strip() for part in asked.partition(_AT))
    if not name or (at and not wanted):
        raise InputError(
            f"no electrode {asked!r}: write it like NaCrO2, NaCrO2@3.1 or NVP@computed."
        )
    measured = find_measured(name)
    computed, obstacle = _compute(table, name, measured)
    if wanted and wanted != COMPUTED:
        volts = _volts(wanted, asked)
        return ElectrodePotential(name, "given", volts, volts, volts, measured, computed, obstacle)
    if measured is not None and not wanted:
        ends = (measured.low, measured.high, measured.mean)
        return ElectrodePotential(name, "measured", *ends, measured, computed, obstacle)
    if computed is None:
        if measured is None:
            _require_formula(name)
        raise InputError(f"no potential of {name!r}: {obstacle}; give one as {name}{_AT}3.4.")
    ends = (computed.takes, computed.gives, computed.mark)
    return ElectrodePotential(name, "computed", *ends, measured, computed, obstacle)


def _require_formula(name: str) -> None:
    """Refuse what is neither an electrode nor a formula, suggesting only what exists."""
    try:
        parse(name)
    except FormulaError:
        listed = ((*one.names, *one.formulas) for one in measured_electrodes())
        known = {one.casefold(): one for names in listed for one in names}
        alike = get_close_matches(name.casefold(), known, n=1, cutoff=_ALIKE)
        meant = known[alike[0]] if alike else near(name)
        way = f"did you mean {meant}? If not," if meant else "write one like NaCrO2 or NVP, or"
        said = f"no electrode or formula {name!r}: {way} give its potential as {name}{_AT}3.4."
        raise InputError(said) from None


def withstands(limits: SummaryDoc, found: ElectrodePotential) -> str:
    """
    Say whether a screened candidate is stable wherever an electrode works.

    Parameters
    ----------
    limits
        The candidate; its state is told where it was not assessed.
    found
        The electrode.

    Returns
    -------
    str
        ``"stable"``, with the distance to the nearer limit, or how it reacts and from which
        potential on.
    """
    lower, upper = limits.reduction_limit, limits.oxidation_limit
    if lower is None:
        return "no window" if limits.state == "completed" else limits.state
    highest = found.high if isfinite(found.high) else found.mean
    reacts = [f"reduced below {lower:.2f} V"] if found.low < lower else []
    if upper is not None and highest > upper:
        reacts.append(f"oxidised above {upper:.2f} V")
    if reacts:
        return "; ".join(reacts)
    spare = [found.low - lower] if lower > 0.0 else []
    spare += [] if upper is None else [upper - highest]
    return f"stable, {min(spare):.2f} V to spare" if spare else "stable"


def electrode_notes(names: Iterable[str], table: PhaseTable) -> list[str]:
    """
    Say where materials work as electrodes, as far as that was measured.

    Parameters
    ----------
    names
        Formulas; what no source knows as an electrode is passed over, and so is sodium metal.
    table
        Phases on one energy scale, sodium among them.

    Returns
    -------
    list of str
        One sentence for each electrode.
    """
    known = [name for name in names if (one := find_measured(name)) is not None and one.high > 0.0]
    return [choose_electrode(table, name).sentence for name in known]


def electrode_document(
    found: ElectrodePotential, at_takes: RungDoc, at_gives: RungDoc | None
) -> ElectrodeDoc:
    """
    Write an electrode down, with what an electrolyte does there.

    Parameters
    ----------
    found
        The electrode.
    at_takes, at_gives
        Reactions of the electrolyte at its lowest and highest potential; None where it has no
        sodium to give.

    Returns
    -------
    ElectrodeDoc
        As `trona window --json` prints it.
    """
    computed, measured = found.computed, found.measured
    alone = None if computed is None else computed.stability
    metal = computed is not None and alone is None
    return ElectrodeDoc(
        formula=found.name,
        basis=found.basis,
        mean=found.mean,
        takes=found.low,
        gives=_bounded(found.high),
        conditions=None if measured is None else measured.conditions,
        source=None if measured is None else measured.source,
        computed=None if computed is None else computed.mark,
        computed_takes=None if computed is None else computed.takes,
        computed_gives=None if computed is None else _bounded(computed.gives),
        difference=found.difference,
        mixture=alone is not None and alone.mixture,
        energy_above_hull=0.0 if metal else None if alone is None else alone.energy_above_hull,
        statement=found.sentence,
        at_takes=at_takes,
        at_gives=at_gives,
    )


def _bounded(volts: float) -> float | None:
    """Write an infinite voltage as none."""
    return volts if volts < inf else None


def _volts(text: str, asked: str) -> float:
    """Read a potential that is given."""
    try:
        volts = float(text)
    except ValueError:
        volts = inf
    if not 0.0 <= volts <= _HIGHEST:
        raise VoltageError(
            f"the potential of {asked!r} is none: give V against Na/Na+ between 0 and "
            f"{_HIGHEST:g}, or the word {COMPUTED!r}."
        )
    return volts


def _compute(
    table: PhaseTable | None, name: str, measured: MeasuredElectrode | None
) -> tuple[Electrode | None, str]:
    """Compute the potential, or say why that is impossible."""
    if table is None:
        return None, "stored results hold no reference energies"
    formula = name
    if measured is not None and is_named(name, measured):
        if not measured.formulas:
            return None, "it has no formula"
        formula = measured.formulas[0]
    try:
        composition = parse(formula)
    except FormulaError as error:
        return None, str(error).rstrip(".")
    absent = sorted(present(composition, name).keys() - set(table.elements))
    if absent:
        return None, f"the reference lacks {', '.join(absent)}"
    found = electrode(table, composition, name)
    return (found, "") if found.known else (None, "no phase of this composition is known")


def _fractions(amounts: Mapping[str, float]) -> dict[str, float]:
    """Write a composition in atomic fractions."""
    total = sum(amounts.values())
    return {symbol: amount / total for symbol, amount in amounts.items() if amount > 0}


def _is_among(asked: Mapping[str, float], one: MeasuredElectrode) -> bool:
    """Tell whether a composition is one of an electrode, up to rounding."""
    known = (_fractions(parse(formula)) for formula in one.formulas)
    return any(
        asked.keys() == fractions.keys()
        and all(abs(asked[symbol] - x) < _SAME for symbol, x in fractions.items())
        for fractions in known
    )
