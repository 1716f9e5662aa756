"""The commands ``trona query`` and ``trona show``: results out of a store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .options import AsCsv, AsJson, StoreAt  # noqa: TC001 (typer reads annotations at run time)
from .terminal import console, print_json, print_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trona.stores.filters import Filters
    from trona.stores.results import Found, Results

__all__ = ["query", "show"]

_PAGE = 100
"""Rows of a table that one can still look through; JSON and CSV have no such limit."""

Class = Annotated[
    str | None, typer.Option("--class", help="Interphase class at 0 V.", metavar="CLASS")
]
HullBelow = Annotated[
    float | None, typer.Option(help="Energy above hull at most.", metavar="eV/atom")
]
ReductionBelow = Annotated[float | None, typer.Option(help="Reduction limit at most.", metavar="V")]
OxidationAbove = Annotated[
    float | None, typer.Option(help="Oxidation limit at least.", metavar="V")
]
Elements = Annotated[str | None, typer.Option(help="Elements that must be present, as in Na,P,S.")]
Without = Annotated[str | None, typer.Option(help="Elements that must be absent, as in Cl,Br.")]
Anions = Annotated[str | None, typer.Option(help="Anion system, as in S or O-S.")]
Products = Annotated[str | None, typer.Option(help="Products at 0 V, as in Na3P,Na2S.")]
AgainstReference = Annotated[
    str | None, typer.Option("--reference", help="Name of the reference energies.", metavar="NAME")
]
Backend = Annotated[str | None, typer.Option(help="Source of the relaxations, as in chgnet.")]
State = Annotated[str | None, typer.Option(help="completed, rejected or failed.")]
Text = Annotated[str | None, typer.Option(help="Part of label, formula, source or reason.")]
Where = Annotated[
    str | None,
    typer.Option(
        help='A question for the rest, as in "severity < 0.5 and not elements has Cl".',
        metavar="QUESTION",
    ),
]
Sort = Annotated[str, typer.Option(help="'rank', or a field such as hull, severity, label.")]
Descending = Annotated[bool, typer.Option("--descending", help="Turn the order round.")]
Limit = Annotated[
    int | None,
    typer.Option(min=0, help=f"Results on a page; 0 for all. Tables have {_PAGE} by default."),
]
Page = Annotated[int, typer.Option(min=1, help="Which page.")]
Count = Annotated[
    str | None,
    typer.Option(help="Only count, by these fields, as in anions,class.", metavar="FIELDS"),
]


def query(
    interphase: Class = None,
    hull_below: HullBelow = None,
    reduction_below: ReductionBelow = None,
    oxidation_above: OxidationAbove = None,
    elements: Elements = None,
    without: Without = None,
    anions: Anions = None,
    products: Products = None,
    reference: AgainstReference = None,
    backend: Backend = None,
    state: State = None,
    text: Text = None,
    where: Where = None,
    sort: Sort = "rank",
    descending: Descending = False,
    limit: Limit = None,
    page: Page = 1,
    count: Count = None,
    store: StoreAt = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Find screened candidates, best first."""
    from trona.stores.filters import Filters  # noqa: PLC0415

    filters = Filters(
        interphase=interphase,
        hull_below=hull_below,
        reduction_below=reduction_below,
        oxidation_above=oxidation_above,
        elements=_symbols(elements),
        without=_symbols(without),
        anions=anions,
        products=_formulas(products),
        reference=reference,
        method=_method(backend),
        state=state,
        text=text,
        where=where,
    )
    results = _results(store)
    if count is not None:
        _print_counts(results, _parts(count), filters, as_json)
        return
    size = (0 if as_json or as_csv else _PAGE) if limit is None else limit
    found = results.find(
        filters, sort=sort, descending=descending, skip=(page - 1) * size, limit=size
    )
    if as_csv:
        from . import tables  # noqa: PLC0415

        typer.echo(tables.csv_text(found.summaries), nl=False)
    elif as_json:
        print_json([doc.model_dump(mode="json") for doc in results.documents(found.summaries)])
    elif not found.total:
        typer.echo("No candidate passes these filters.", err=True)
    else:
        _print_found(results, found)


def _print_found(results: Results, found: Found) -> None:
    """Print a page as a table, and how much there is beside it."""
    from . import tables  # noqa: PLC0415

    docs = results.documents(found.summaries)
    ranked = [(found.places[doc.id], doc) for doc in docs if doc.id in found.places]
    print_parts(*tables.outcomes(ranked, docs, console().width))
    if len(docs) < found.total:
        typer.echo(
            f"{len(docs)} of {found.total:,} results are on this page: --page shows another, "
            "--limit 0 all.",
            err=True,
        )


def _print_counts(results: Results, by: Sequence[str], filters: Filters, as_json: bool) -> None:
    """Print how many results share the values of some fields."""
    from . import tables  # noqa: PLC0415

    counted = results.counts(by, filters)
    if as_json:
        rows = [dict(zip(by, key, strict=True)) | {"results": n} for key, n in counted.items()]
        print_json(rows)
        return
    print_parts(tables.tally(counted, by))


def show(
    name: Annotated[str, typer.Argument(help="Label or formula of a screened candidate.")],
    store: StoreAt = None,
    as_json: AsJson = False,
) -> None:
    """Show all that is known of a screened candidate, with its provenance."""
    from trona.screening.errors import StoreError  # noqa: PLC0415

    docs = _results(store).named(name)
    if not docs:
        raise StoreError(f"no result for {name!r} in the store: see 'trona query' for what is.")
    if as_json:
        print_json([doc.model_dump(mode="json") for doc in docs])
        return
    from . import tables  # noqa: PLC0415

    for doc in docs:
        print_parts(*tables.details(doc))


def _results(location: str | None) -> Results:
    """Open a store that must hold results."""
    from trona.screening.errors import StoreError  # noqa: PLC0415
    from trona.stores.connect import exists, redacted  # noqa: PLC0415
    from trona.stores.results import Results  # noqa: PLC0415
    from trona.stores.settings import Settings  # noqa: PLC0415

    location = location or Settings().store
    results = Results(location) if exists(location) else None
    if results is None or results.empty:
        raise StoreError(
            f"the store {redacted(location)!r} holds no results: run 'trona screen' first, "
            "or name another with --store."
        )
    return results


def _parts(text: str | None) -> list[str]:
    """Split a list that is joined by commas."""
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def _symbols(text: str | None) -> list[str]:
    """Read a list of element symbols."""
    from pymatgen.core import Element  # noqa: PLC0415

    from trona.screening.errors import InputError  # noqa: PLC0415

    symbols = _parts((text or "").replace("-", ","))
    for symbol in symbols:
        if not Element.is_valid_symbol(symbol):
            raise InputError(f"{symbol!r} is not an element: write symbols like Na,P,S.")
    return symbols


def _formulas(text: str | None) -> list[str]:
    """Read a list of formulas, as products are written."""
    from trona.screening.formulas import canonical, parse  # noqa: PLC0415

    return [canonical(parse(part)) for part in _parts(text)]


def _method(backend: str | None) -> str | None:
    """Name the method of a source of relaxations."""
    if backend is None:
        return None
    from .backends import find  # noqa: PLC0415

    return find(backend).method
