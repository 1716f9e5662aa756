"""Answers about moist air beside what was published; for notebooks, tables that plot themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trona.screening.formulas import parse, same_composition
from trona.stores.assess.validation import published_cases
from trona.stores.documents.answers import air_sentence

from .python.drawn import Drawn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trona.stores.documents.air import AirDoc
    from trona.stores.documents.dopants import DopantsDoc
    from trona.stores.energies.atmosphere import Atmosphere

__all__ = ["Dopants", "InMoistAir", "beside_published"]

_OUTCOMES = {
    "gas": "evolves {}",
    "hydrate": "forms a hydrate, which a reference that lacks it cannot predict",
    "none": "does not react",
}


def beside_published(docs: Iterable[AirDoc]) -> list[AirDoc]:
    """
    Put what was published about moist air first among the caveats.

    Parameters
    ----------
    docs
        Compositions in moist air.

    Returns
    -------
    list of AirDoc
        In their order; unchanged where nothing was published.
    """
    found = []
    for doc in docs:
        composition = parse(doc.formula)
        cases = [one for one in published_cases() if one.air]
        lines = [
            f"{seen.kind.capitalize()} in moist air: {doc.formula} "
            f"{_OUTCOMES[seen.outcome].format(seen.gas)} ({seen.source})."
            for case in cases
            if same_composition(parse(case.formula), composition)
            for seen in case.air
        ]
        found.append(doc.model_copy(update={"caveats": [*lines, *doc.caveats]}))
    return found


@dataclass(frozen=True, eq=False)
class InMoistAir(Drawn):
    """
    Compositions in moist air, the most resistant to water first.

    Parameters
    ----------
    docs
        One for each composition.
    surroundings
        What they are exposed to.
    """

    docs: tuple[AirDoc, ...]
    surroundings: Atmosphere

    @property
    def heading(self) -> str:
        """What happens, the conditions, and caveats."""
        said = dict.fromkeys(line for doc in self.docs for line in doc.caveats)
        if len(self.docs) == 1:
            return " ".join([self.docs[0].verdict, *said])
        lead = f"In moist air at {self.surroundings.conditions.text}:"
        return " ".join([lead, air_sentence(self.docs), *said])

    def rows(self) -> list[dict[str, object]]:
        """List the compositions, the most resistant first."""
        return [_air_row(doc) for doc in self.docs]

    def _drawing(self) -> tuple[str, *tuple[object, ...]]:
        """Choose the driving force against dew point."""
        return "air", [doc.formula for doc in self.docs], self.surroundings


@dataclass(frozen=True, eq=False)
class Dopants(Drawn):
    """
    Dopants of a host, the least hydrolysed first.

    Parameters
    ----------
    doc
        As compared.
    """

    doc: DopantsDoc

    @property
    def heading(self) -> str:
        """The host, the conditions, what was left out, and caveats."""
        doc = self.doc
        out = [f"Left out: {symbol}: {why}" for symbol, why in doc.left_out.items()]
        lead = (
            f"Dopants of {doc.host}, {100 * doc.fraction:g} % of the site, {doc.conditions.text}."
        )
        return " ".join([lead, *out, *doc.caveats])

    def rows(self) -> list[dict[str, object]]:
        """List the dopants, the least hydrolysed first."""
        return _dopant_rows(self.doc)

    def _drawing(self) -> tuple[str, *tuple[object, ...]]:
        """Choose the chart of both effects."""
        return "dopants", self.doc


def _dopant_rows(doc: DopantsDoc) -> list[dict[str, object]]:
    """Write dopants as rows."""
    return [
        {
            "dopant": one.element,
            "on": one.site,
            "formula": one.doped.formula,
            "in moist air (eV per dopant)": one.hydrolysis_change,
            "at sodium (eV per dopant)": one.reduction_change,
            "reduction limit (V)": one.doped.reduction_limit,
            "interphase": one.doped.interphase,
            "H2S (mL/g)": one.doped.gas,
            "compound": one.compound,
            "first step (eV per H2O)": None
            if one.compound_first_step is None
            else one.compound_first_step.energy_per_water,
        }
        for one in doc.dopants
    ]


def _air_row(doc: AirDoc) -> dict[str, object]:
    """Write a composition in moist air as a row."""
    step, water = doc.first_step, doc.water
    return {
        "formula": doc.formula,
        "answer": doc.verdict,
        "first step (eV per H2O)": None if step is None else step.energy_per_water,
        "onset humidity (%)": None if step is None else 100.0 * step.relative_humidity,
        "onset dew point (°C)": None if step is None else step.dew_point,
        "reaction": water.reaction,
        "energy (eV per formula unit)": water.energy_per_formula_unit,
        "energy (eV/atom)": water.energy_per_atom,
        "H2S (mL/g)": sum(gas.ml_per_g for gas in water.gases if gas.formula == "H2S"),
    }
