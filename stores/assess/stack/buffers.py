"""Ranked documents of buffer layers between an electrolyte and an electrode."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache, cached_property
from math import isfinite
from operator import itemgetter
from typing import TYPE_CHECKING

from trona.screening.equilibrium.phases import Phase
from trona.screening.errors import InputError
from trona.screening.formulas import fractions_key, parse
from trona.screening.stability.alarms import alarms
from trona.screening.stability.buffers import (
    Gates,
    Grade,
    Layer,
    Neighbours,
    Touch,
    Verdict,
    judge,
    order,
    react_layers,
    touch,
    touch_open,
)
from trona.screening.stability.coverage import coverage
from trona.screening.stability.interface import Material
from trona.screening.stability.interphase import PhaseProperties, classify
from trona.screening.stability.products import interphase
from trona.screening.stability.window import assess, tolerated
from trona.screening.units import SODIUM
from trona.stores.assess.assessment import scale_document
from trona.stores.assess.properties import with_gaps, with_rules
from trona.stores.assess.reservations import covered, reservations
from trona.stores.documents.buffers import BufferDoc, LayerDoc, TouchDoc
from trona.stores.documents.results import SCHEMA_VERSION
from trona.stores.provenance import fingerprint, versions
from trona.stores.thermochemistry.gases import known_gases

from .answers import best_layer, gate_outcomes, trusted
from .electrode_states import electrode_states
from .moist_air import add_air

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from trona.screening.equilibrium.phases import PhaseTable
    from trona.screening.stability.interphase import PropertyTable
    from trona.screening.stability.window import Stability
    from trona.stores.energies.references import Reference

    from .electrode_states import ElectrodeStates

__all__ = [
    "Stack",
    "buffer_document",
    "candidate_layers",
    "kept_layers",
    "read_formulas",
]

_FEW = 50
"""Layers that a user names are described in full up to this number, vetoed or not."""
_IN_AIR = 50
"""Best layers that are put into moist air, of those that can be trusted."""


def read_formulas(path: Path) -> list[str]:
    """
    Read compositions from a text file.

    Parameters
    ----------
    path
        One formula a line, the first word of it; what follows ``#`` is a remark. A line whose first
        word is ``formula`` is a header, and commas end words, so that a table will do.

    Returns
    -------
    list of str
        Each once, in order.

    Raises
    ------
    InputError
        If the file cannot be read, or holds no formula.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {str(path)!r}: {error}.") from None
    words = [line.partition("#")[0].replace(",", " ").replace(";", " ").split() for line in lines]
    found = [first[0] for first in words if first and first[0].casefold() != "formula"]
    if not found:
        raise InputError(f"{str(path)!r} holds no formula: write one per line, such as Na3PO4.")
    for formula in found:
        parse(formula)
    return list(dict.fromkeys(found))


@dataclass(frozen=True, eq=False)
class Stack:
    """
    An electrolyte, an electrode and reference energies, against which layers are judged.

    Parameters
    ----------
    reference
        Energies of competing phases.
    electrolyte
        On one side.
    electrode
        On the other.
    gates
        Energies that decide.
    """

    reference: Reference
    electrolyte: Material
    electrode: ElectrodeStates
    gates: Gates

    @property
    def sides(self) -> Neighbours:
        """The two neighbours of a layer."""
        one = self.electrode
        return Neighbours(self.electrolyte, one.states, one.low, one.high)

    @cached_property
    def stated(self) -> PropertyTable:
        """Conductor properties that a source states."""
        return with_gaps(dict(self.reference.band_gaps), self.reference.gap_source)

    def properties(self, one: Material) -> PhaseProperties:
        """How a material conducts."""
        phase = Phase(one.formula, one.formula, one.composition, 0.0, self.reference.scale)
        key = fractions_key(one.composition)
        own = {key: self.stated[key]} if key in self.stated else {}
        return with_rules(own, [phase])[key]

    def direct(self) -> list[TouchDoc]:
        """React electrolyte and electrode without a layer."""
        table = self._table(self.electrolyte)
        return [
            self.touch_document(self.electrolyte, touch(table, self.electrolyte, state))
            for state in self.electrode.states
        ]

    def layers(self, candidates: Iterable[Material], *, full: bool = False) -> list[LayerDoc]:
        """
        Judge layers and rank them, those that cannot be trusted behind the others that pass.

        Parameters
        ----------
        candidates
            Materials.
        full
            True to describe vetoed ones in full, which takes longer.

        Returns
        -------
        list of LayerDoc
            Best first.
        """
        sides = self.sides
        judged = []
        for layer in react_layers(self.reference.table, sides, candidates):
            known = self.properties(layer.material)
            verdict = judge(layer, sides, known, self.gates)
            if verdict.grade is not Grade.VETOED:
                layer = touch_open(self._table(layer.material), sides, layer)  # noqa: PLW2901
                verdict = judge(layer, sides, known, self.gates)
            document = self._document(layer, verdict, known)
            if full or verdict.grade is not Grade.VETOED:
                self._complete(document, layer)
            document.gates = gate_outcomes(document, self.gates)
            apart = bool(document.open_pairs or document.alarms)
            judged.append((verdict.grade is Grade.VETOED, apart, order(layer, verdict), document))
        judged.sort(key=itemgetter(0, 1, 2))
        for place, (*_, document) in enumerate(judged, start=1):
            document.place = place
        return [document for *_, document in judged]

    def put_in_air(self, layers: Sequence[LayerDoc]) -> str | None:
        """
        Put layers into moist air.

        Parameters
        ----------
        layers
            Each gets what water makes of it.

        Returns
        -------
        str or None
            Its conditions; None without an answer.
        """
        conditions = add_air(layers, self.reference, self.gates.tolerated)
        for one in layers:
            one.gates = gate_outcomes(one, self.gates)
        return conditions

    def _table(self, layer: Material) -> PhaseTable:
        """Phases of the three materials."""
        present = (self.electrolyte, *self.electrode.states, layer)
        return self.reference.table.within(
            {symbol for one in present for symbol in one.composition} | {SODIUM}
        )

    def _open_pairs(self, layer: Material) -> tuple[str, ...]:
        """Pairs of elements, of the layer and a neighbour, without a common phase."""
        table, own = self._table(layer), set(layer.composition)
        found = []
        for side in (self.electrolyte, *self.electrode.states):
            asked = [layer.composition, side.composition]
            pairs = coverage(table, own | set(side.composition), asked).open
            found += [pair for pair in pairs if set(pair) & own]
        return tuple(dict.fromkeys("-".join(pair) for pair in sorted(found)))

    def touch_document(self, first: Material, one: Touch) -> TouchDoc:
        """Write a contact down, with the class of its products."""
        kink = one.kink
        kind = None
        if kink is not None:
            known = with_rules(self.stated, kink.phases)
            kind = classify(kink.phases, [float(x) for x in kink.amounts], known).kind.value
        return TouchDoc(
            first=first.formula,
            second=one.partner,
            voltage=one.voltage,
            released=one.released,
            reaction=None if kink is None else kink.equation,
            products=[] if kink is None else [phase.formula for phase in kink.phases],
            interphase=kind,
        )

    def _document(self, layer: Layer, verdict: Verdict, known: PhaseProperties) -> LayerDoc:
        """Write a layer down, without what takes longest."""
        own = None if layer.mixture else self.reference.table.find(layer.material.composition)
        volume = None if own is None or own.volume is None else own.volume / own.n_atoms
        touches = (layer.electrolyte, *layer.electrode)
        return LayerDoc(
            place=0,
            formula=layer.material.formula,
            id=None if own is None else own.id,
            grade=verdict.grade.value,
            vetoes=list(verdict.vetoes),
            drawbacks=list(verdict.drawbacks),
            unknown=list(verdict.unknown),
            worst=layer.worst,
            energy_above_hull=None if layer.mixture else layer.above_hull,
            at_low=layer.at_low,
            at_high=layer.at_high,
            contacts=[self._bare(layer.material, one) for one in touches],
            electronic=known.electronic.value,
            electronic_source=known.electronic_source,
            ionic=known.ionic.value,
            ionic_source=known.ionic_source,
            band_gap=known.band_gap,
            volume=volume,
        )

    def _complete(self, document: LayerDoc, layer: Layer) -> None:
        """Add classes of products, the layer's own window, and what the reference lacks."""
        touches = (layer.electrolyte, *layer.electrode)
        document.contacts = [self.touch_document(layer.material, one) for one in touches]
        document.open_pairs = list(self._open_pairs(layer.material))
        document.missing = self._missing(layer.material)
        self._add_window(document, layer.material)

    @cached_property
    def _gone(self) -> list[tuple[str, frozenset[str]]]:
        """Phases known to be missing from the reference, with their elements."""
        return [(formula, frozenset(parse(formula))) for formula in self.reference.missing]

    def _missing(self, layer: Material) -> list[str]:
        """Missing phases that hold the layer's elements, alone or with those of a neighbour."""
        own, found = {*layer.composition, SODIUM}, []
        for side in (self.electrolyte, *self.electrode.states):
            alone = {*side.composition, SODIUM}
            found += [one for one, inside in self._gone if inside <= own | alone and inside - alone]
        return sorted(set(found))

    def _bare(self, first: Material, one: Touch) -> TouchDoc:
        """Write a contact down without the class of its products, which takes longest."""
        return TouchDoc(
            first=first.formula,
            second=one.partner,
            voltage=one.voltage,
            released=one.released,
            reaction=None if one.kink is None else one.kink.equation,
        )

    def _add_window(self, document: LayerDoc, layer: Material) -> None:
        """Add the limits of the layer's own window."""
        table = self.reference.table.within({*layer.composition, SODIUM})
        found = assess(table, layer.composition, layer.formula)
        document.alarms = list(alarms(table, found))
        if found.window is not None:
            document.reduction_limit = found.window.reduction
            document.oxidation_limit = _bounded(found.window.oxidation)
        if document.at_low > self.gates.tolerated:
            document.class_at_low = self._becomes(found, self.electrode.low)
        if document.at_high > self.gates.tolerated:
            document.class_at_high = self._becomes(found, self.electrode.high)
        wider = tolerated(found, self.gates.tolerated)
        if wider is not None:
            document.tolerated_reduction_limit = wider.reduction
            document.tolerated_oxidation_limit = _bounded(wider.oxidation)

    def _becomes(self, found: Stability, volts: float) -> str:
        """Class of what a layer becomes at a potential."""
        rung = found.rung(volts)
        return interphase(rung, with_rules(self.stated, rung.interval.phases)).kind.value


def _group(one: LayerDoc) -> str:
    """Say among which layers one is counted."""
    doubtful = one.grade != Grade.VETOED and (one.open_pairs or one.alarms)
    return "apart" if doubtful else one.grade


def _bounded(volts: float) -> float | None:
    """Write an infinite voltage as none."""
    return volts if isfinite(volts) else None


def candidate_layers(reference: Reference, among: Sequence[str] | None) -> list[Material]:
    """
    List what may be a layer.

    Parameters
    ----------
    reference
        Energies of phases.
    among
        Formulas; None for the lowest polymorph of each compound of the reference that is no
        molecule.

    Returns
    -------
    list of Material
        In the order of the reference or of the formulas.

    Raises
    ------
    InputError
        If a formula cannot be used with this reference.
    """
    table = reference.table
    if among is None:
        ground = (table.phases[at] for at in table.ground.tolist())
        return [Material(one.formula, one.amounts) for one in ground if _may_coat(one)]
    found = [Material(one, parse(one)) for one in among]
    table.require({symbol for one in found for symbol in one.composition})
    return found


def _may_coat(phase: Phase) -> bool:
    """Tell whether a phase may be a layer: elements and molecules of the air are none."""
    return len(phase.amounts) > 1 and fractions_key(phase.amounts) not in _molecules()


@cache
def _molecules() -> frozenset[tuple[tuple[str, float], ...]]:
    """Compositions of gases, as atomic fractions."""
    return frozenset(fractions_key(parse(formula)) for formula in known_gases())


def buffer_document(
    electrolyte: str,
    electrode: str,
    reference: Reference,
    voltage: tuple[float, float] | None = None,
    among: Sequence[str] | None = None,
    gates: Gates | None = None,
    *,
    source: str | None = None,
) -> BufferDoc:
    """
    Rank layers between an electrolyte and an electrode.

    Parameters
    ----------
    electrolyte
        Formula.
    electrode
        As `electrode_states` takes it.
    reference
        Energies of competing phases.
    voltage
        Range of the electrode's potential, V; by default that of its source.
    among
        Formulas of layers to judge; all compounds of the reference by default.
    gates
        Energies that decide.
    source
        Where the formulas come from, in words.

    Returns
    -------
    BufferDoc
        All layers, best first.

    Raises
    ------
    InputError
        If a formula or the electrode cannot be used with this reference.
    """
    table = reference.table
    limits = gates or Gates()
    side = electrode_states(electrode, table, voltage)
    stack = Stack(reference, Material(electrolyte, parse(electrolyte)), side, limits)
    candidates = candidate_layers(reference, among)
    few = among is not None and len(candidates) <= _FEW
    direct, layers = stack.direct(), stack.layers(candidates, full=few)
    if not layers:
        raise InputError(
            "no layer is left to try: sodium and the materials themselves do not count."
        )
    counts = Counter(_group(one) for one in layers)
    states = [state.formula for state in side.states]
    asked = [electrolyte, *states]
    found = covered(asked, reference)
    air = stack.put_in_air(layers if few else trusted(layers)[:_IN_AIR])
    key = [electrolyte, states, side.low, side.high, among, vars(limits), reference.checksum]
    return BufferDoc(
        id=fingerprint([SCHEMA_VERSION, "buffer", *key, versions().get("trona")]),
        answer=best_layer(electrolyte, states, layers),
        electrolyte=electrolyte,
        electrode=electrode,
        states=states,
        low=side.low,
        high=side.high,
        statement=side.potential.sentence,
        tolerated=limits.tolerated,
        veto=limits.veto,
        direct=direct,
        among=source or ("reference" if among is None else f"{len(candidates)} formulas"),
        air=air,
        layers=layers,
        counts=dict(counts),
        reference=reference.name,
        reference_checksum=reference.checksum,
        energy_scale=scale_document(reference.scale),
        caveats=[*side.caveats, *reservations(asked, reference, found)],
    )


def kept_layers(document: BufferDoc) -> BufferDoc:
    """
    Leave vetoed layers out of what a store keeps, where there are many.

    Parameters
    ----------
    document
        All layers.

    Returns
    -------
    BufferDoc
        Its counts still tell how many were vetoed.
    """
    if len(document.layers) <= _FEW:
        return document
    passing = [one for one in document.layers if one.grade != Grade.VETOED]
    return document.model_copy(update={"layers": passing})
