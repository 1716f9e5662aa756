"""Results as flat rows for CSV: one value per named column.

Names and units are those of the data dictionary; an unknown value is None.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trona.screening.stability.ranking import Ranked
    from trona.stores.assess.electrodes import ElectrodePotential
    from trona.stores.assess.validation import ValidatedCase
    from trona.stores.documents.bookkeeping import SummaryDoc
    from trona.stores.documents.contacts import DischargeDoc, InterfaceDoc
    from trona.stores.documents.made_structures import ModelDoc
    from trona.stores.documents.matrices import MatrixDoc
    from trona.stores.documents.results import ScreeningDoc, WindowDoc

__all__ = [
    "INTERFACE",
    "PLACE",
    "SUMMARY",
    "Row",
    "candidate_rows",
    "interface_rows",
    "interval_rows",
    "kink_rows",
    "matrix_rows",
    "model_rows",
    "plateau_rows",
    "summary_rows",
    "validation_rows",
]

Row = dict[str, Any]

SUMMARY = (
    "label", "formula", "state", "reference", "energy_above_hull", "mixture", "reduction_limit",
    "oxidation_limit", "interphase", "interphase_share", "reaction", "driving_force",
    "sodium_consumed", "reason", "doubts",
)  # fmt: skip
"""Columns of a screening result."""

PLACE = ("place", "score")
"""Columns of a ranked result, behind all others; a place is empty where it is not ranked."""

AIR = ("air_reacts", "air_first_step", "air_conditions")
"""Columns of a screening result in moist air."""

INTERFACE = (
    "first", "second", "voltage", "reference", "reacts", "fraction", "reaction", "energy_per_atom",
    "mixing_energy_per_atom",
)  # fmt: skip
"""Columns of an interface."""


def summary_rows(
    found: Sequence[SummaryDoc],
    electrode: ElectrodePotential | None = None,
    places: Mapping[str, Ranked] | None = None,
) -> list[Row]:
    """
    List screening results.

    Parameters
    ----------
    found
        Results.
    electrode
        Adds a column: whether each is stable where it works.
    places
        Identity to place; adds the columns `PLACE`.

    Returns
    -------
    list of dict
        One for each.
    """
    table: list[Row] = [
        {name: getattr(one, name) for name in SUMMARY} | {"doubts": " ".join(one.doubts)}
        for one in found
    ]
    if any(one.air_conditions for one in found):
        for row, one in zip(table, found, strict=True):
            row |= {name: getattr(one, name) for name in AIR}
    if electrode is not None:
        from trona.stores.assess.electrodes import withstands  # noqa: PLC0415 (loads numpy)

        for row, one in zip(table, found, strict=True):
            row[f"at {electrode.name}"] = withstands(one, electrode)
    if places is None:
        return table
    return [row | _place(places.get(one.id)) for row, one in zip(table, found, strict=True)]


def _place(ranked: Ranked | None) -> Row:
    """Write a place and a score down; neither where there is no result."""
    if ranked is None:
        return dict.fromkeys(PLACE)
    return {"place": None if ranked.apart else ranked.place, "score": ranked.score}


def candidate_rows(doc: ScreeningDoc) -> list[Row]:
    """
    List the intervals of a screened candidate.

    Parameters
    ----------
    doc
        Its result.

    Returns
    -------
    list of dict
        One for each interval; none where it was rejected or failed.
    """
    known = {"label": doc.label, "reference": doc.reference.name}
    return [] if doc.window is None else [known | row for row in interval_rows(doc.window)]


def interval_rows(document: WindowDoc) -> list[Row]:
    """
    List the intervals of a ladder.

    Parameters
    ----------
    document
        Window of one composition.

    Returns
    -------
    list of dict
        One for each interval, lowest voltage first.
    """
    return [
        {
            "formula": document.formula,
            **rung.model_dump(mode="json", exclude={"products", "tied"}),
            "interphase_shares": _shares(rung.interphase_shares),
        }
        for rung in document.ladder
    ]


def _shares(shares: Mapping[str, float]) -> str:
    """Write the shares of classes in a line, as ``"mixed-conducting 0.93; blocking 0.07"``."""
    return "; ".join(f"{kind} {share:.2f}" for kind, share in shares.items())


def kink_rows(document: InterfaceDoc) -> list[Row]:
    """
    List the reactions of two materials.

    Parameters
    ----------
    document
        One pair.

    Returns
    -------
    list of dict
        One for each kink of the mixing line, first material first.
    """
    return [
        {
            "first": document.first,
            "second": document.second,
            "voltage": document.voltage,
            **kink.model_dump(mode="json", exclude={"products", "shares"}),
        }
        for kink in document.kinks
    ]


def interface_rows(documents: Sequence[InterfaceDoc]) -> list[Row]:
    """
    List pairs of materials.

    Parameters
    ----------
    documents
        Pairs.

    Returns
    -------
    list of dict
        One for each: what it rests on, and its strongest reaction.
    """
    return [
        {name: getattr(one if hasattr(one, name) else one.strongest, name) for name in INTERFACE}
        for one in documents
    ]


def matrix_rows(document: MatrixDoc) -> list[Row]:
    """
    List the contacts of a matrix.

    Parameters
    ----------
    document
        Materials against materials.

    Returns
    -------
    list of dict
        One for each pair, row by row.
    """
    return [
        {
            **cell.model_dump(mode="json"),
            "open_pairs": ", ".join(cell.open_pairs),
            "first_formula": document.formulas.get(cell.first, cell.first),
            "second_formula": document.formulas.get(cell.second, cell.second),
        }
        for cell in document.cells
    ]


def plateau_rows(document: DischargeDoc) -> list[Row]:
    """
    List the plateaus of a discharge.

    Parameters
    ----------
    document
        One composition.

    Returns
    -------
    list of dict
        One for each, highest voltage first.
    """
    return [
        {"formula": document.formula, **plateau.model_dump(mode="json")}
        for plateau in document.plateaus
    ]


def validation_rows(finding: ValidatedCase) -> list[Row]:
    """
    List what was compared with a published system.

    Parameters
    ----------
    finding
        One system.

    Returns
    -------
    list of dict
        One for each quantity; one with the reasons where nothing could be compared.
    """
    name = finding.case.formula
    if finding.comparisons:
        return [{"formula": name, **one.model_dump(mode="json")} for one in finding.comparisons]
    columns = ("quantity", "predicted", "published", "kind", "source")
    verdict = {"verdict": finding.verdict, "reason": " ".join(finding.reasons)}
    return [{"formula": name, **dict.fromkeys(columns), **verdict}]


def model_rows(made: Sequence[ModelDoc]) -> list[Row]:
    """
    List models that were made.

    Parameters
    ----------
    made
        In the order asked for.

    Returns
    -------
    list of dict
        One for each.
    """
    return [
        {
            "label": model.label,
            "formula": model.formula,
            "kind": model.kind,
            "deviation": model.deviation,
            "atoms": len(model.structure.species),
            "tried": len(model.trials),
            "spread": model.spread,
        }
        for model in made
    ]
