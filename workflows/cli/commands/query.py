"""The commands ``trona query`` and ``trona show``, which read results from a store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from trona.workflows.cli.completion import complete_field, complete_label
from trona.workflows.cli.filter_options import (
    FilterOptions,
    with_filters,
)
from trona.workflows.cli.options import (
    AsCsv,
    AsJson,
    AtElectrode,
    StoreAt,
    comma_list,
)
from trona.workflows.cli.terminal import PAGE, console, print_csv, print_json, print_parts
from trona.workflows.tables import csv_rows as rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trona.stores.assess.electrodes import ElectrodePotential
    from trona.stores.collections.filters import Filters
    from trona.stores.collections.results import Found, Results
    from trona.stores.documents.bookkeeping import SummaryDoc
    from trona.stores.documents.results import ScreeningDoc

__all__ = ["query", "show"]

Sort = Annotated[
    str,
    typer.Option(
        help="'rank', or a field such as hull, severity or label.", autocompletion=complete_field
    ),
]
Descending = Annotated[bool, typer.Option("--descending", help="Reverse the order.")]
Limit = Annotated[
    int | None,
    typer.Option(min=0, help=f"Results on a page; 0 for all. Tables have {PAGE} by default."),
]
Page = Annotated[int, typer.Option(min=1, help="Number of the page.")]
Count = Annotated[
    str | None,
    typer.Option(help="Only count, by these fields, such as anions,class.", metavar="FIELDS"),
]
Interfaces = Annotated[
    bool, typer.Option("--interfaces", help="List the interfaces stored by 'interface --store'.")
]
Buffers = Annotated[
    bool, typer.Option("--buffers", help="List the rankings stored by 'buffer --store'.")
]
Cells = Annotated[bool, typer.Option("--cells", help="List the cells stored by 'cell --store'.")]


@with_filters
def query(
    filters: FilterOptions,
    sort: Sort = "rank",
    descending: Descending = False,
    limit: Limit = None,
    page: Page = 1,
    count: Count = None,
    interfaces: Interfaces = False,
    buffers: Buffers = False,
    cells: Cells = False,
    electrode: AtElectrode = None,
    store: StoreAt = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Find screened candidates, best first."""
    from trona.screening.errors import InputError  # noqa: PLC0415
    from trona.workflows.cli.store_filters import open_results, read_filters  # noqa: PLC0415

    kinds = {"interfaces": interfaces, "buffers": buffers, "cells": cells}
    asked = [kind for kind, wanted in kinds.items() if wanted]
    if asked:
        if filters != FilterOptions() or count is not None or electrode is not None:
            raise InputError(f"--{asked[0]} lists all of them: leave the filters out.")
        if len(asked) > 1:
            raise InputError(f"--{asked[0]} and --{asked[1]} are two lists: choose one.")
        _print_kept(asked[0], store, as_json, as_csv)
        return
    if count is not None and electrode is not None:
        raise InputError("--count counts fields of results: leave --electrode out.")
    wanted = read_filters(filters)
    beside = _electrode(electrode)
    results = open_results(store)
    if count is not None:
        _print_counts(results, wanted, comma_list(count), as_json, as_csv)
        return
    size = (0 if as_json or as_csv else PAGE) if limit is None else limit
    found = results.find(
        wanted, sort=sort, descending=descending, skip=(page - 1) * size, limit=size
    )
    if as_csv:
        more = list(rows.AIR) if any(one.air_conditions for one in found.summaries) else []
        more += [] if beside is None else [f"at {beside.name}"]
        listed = rows.summary_rows(found.summaries, beside, found.places)
        print_csv(listed, [*rows.SUMMARY, *more, *rows.PLACE])
    elif as_json:
        _print_documents(results.documents(found.summaries), found.summaries, beside)
    elif not found.total:
        _print_nothing(results, wanted)
    elif not found.summaries:
        pages = -(-found.total // size)
        typer.echo(
            f"There is no page {page}: {found.total:,} results of {size} a page end on page "
            f"{pages}.",
            err=True,
        )
    else:
        _print_found(found, beside)


def _print_nothing(results: Results, filters: Filters) -> None:
    """Say that nothing was found, and which values are stored of the text fields asked for."""
    asked = {
        "state": filters.state,
        "method": filters.method,
        "reference": filters.reference,
        "anions": filters.anions,
        "class": filters.interphase,
    }
    remedy = "leave a filter out, or widen a limit"
    for name, value in asked.items():
        if value is None:
            continue
        stored = sorted(key for (key,) in results.counts([name]) if key != "unknown")
        if value not in stored:
            remedy = f"no {name} is {value!r}; stored are {', '.join(stored) or 'none'}"
            break
    held = results.total()
    typer.echo(f"No candidate passes these filters, of {held} in the store: {remedy}.", err=True)


def _electrode(name: str | None) -> ElectrodePotential | None:
    """Find an electrode where one is asked for."""
    if name is None:
        return None
    from trona.stores.assess.electrodes import choose_electrode  # noqa: PLC0415

    return choose_electrode(None, name)


def _print_documents(
    docs: Sequence[ScreeningDoc],
    summaries: Sequence[SummaryDoc],
    electrode: ElectrodePotential | None,
) -> None:
    """Print results as JSON, with what an electrode makes of each where one is asked for."""
    if electrode is None:
        print_json(docs)
        return
    from trona.stores.assess.electrodes import withstands  # noqa: PLC0415

    by_id = {one.id: withstands(one, electrode) for one in summaries}
    print_json([{**doc.model_dump(mode="json"), "electrode": by_id[doc.id]} for doc in docs])


def _print_kept(kind: str, store: str | None, as_json: bool, as_csv: bool) -> None:
    """Print the interfaces, rankings of layers or cells of a store."""
    from trona.stores.collections.results import Results  # noqa: PLC0415
    from trona.stores.collections.upkeep import require_store  # noqa: PLC0415
    from trona.stores.settings import Settings  # noqa: PLC0415
    from trona.workflows.tables import buffers as layers  # noqa: PLC0415
    from trona.workflows.tables import contacts  # noqa: PLC0415

    location = store or Settings().store
    require_store(location)
    results = Results(location)
    kinds: dict[str, tuple[Any, ...]] = {
        "interfaces": (
            results.interfaces, contacts.interfaces, rows.interface_rows, rows.INTERFACE,
            "interface A B",
        ),
        "buffers": (
            results.buffers, layers.rankings, layers.ranking_rows, layers.RANKING, "buffer A B",
        ),
        "cells": (
            results.cells, layers.cells, layers.kept_rows, layers.KEPT,
            "cell --anode A --electrolyte B --cathode C",
        ),
    }  # fmt: skip
    read, table, listed, names, command = kinds[kind]
    found = read()
    if as_json:
        print_json(found)
    elif as_csv:
        print_csv(listed(found), names)
    elif found:
        print_parts(table(found, console().width))
    else:
        typer.echo(f"no {kind[:-1]} is stored: 'trona {command} --store' keeps one.", err=True)


def _print_found(found: Found, electrode: ElectrodePotential | None) -> None:
    """Print a page as a table, and how much there is beside it."""
    from rich.markup import escape  # noqa: PLC0415

    from trona.workflows.tables import ranking as tables  # noqa: PLC0415

    page = found.summaries
    ranked = [(found.places[one.id], one) for one in page if one.id in found.places]
    print_parts(escape(tables.best_sentence(ranked, page, found.total)))
    print_parts(*tables.outcomes(ranked, page, console().width))
    print_parts(*tables.beside_electrode((one for _, one in ranked), electrode))
    if len(found.references) > 1:
        shares = ", ".join(f"{name} ({count:,})" for name, count in found.references.items())
        typer.echo(
            f"These results rest on {len(found.references)} references: {shares}. What differs "
            "between them need not be the candidates: --reference NAME shows those of one.",
            err=True,
        )
    if len(page) < found.total:
        typer.echo(
            f"{len(page)} of {found.total:,} results are on this page: --page shows another, "
            "--limit 0 all.",
            err=True,
        )


def _print_counts(
    results: Results, filters: Filters, by: Sequence[str], as_json: bool, as_csv: bool
) -> None:
    """Print how many results share the values of some fields."""
    from trona.workflows.tables import ranking as tables  # noqa: PLC0415

    counted = results.counts(by, filters)
    listed = [dict(zip(by, key, strict=True)) | {"results": n} for key, n in counted.items()]
    if as_json:
        print_json(listed)
    elif as_csv:
        print_csv(listed, [*by, "results"])
    elif not counted:
        _print_nothing(results, filters)
    else:
        print_parts(tables.tally(counted, by))


def show(
    name: Annotated[
        str,
        typer.Argument(
            help="Label or formula of a screened candidate.", autocompletion=complete_label
        ),
    ],
    store: StoreAt = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show everything known about a screened candidate, with its provenance."""
    from trona.screening.errors import StoreError  # noqa: PLC0415
    from trona.workflows.cli.store_filters import open_results  # noqa: PLC0415

    docs = open_results(store).named(name)
    if not docs:
        raise StoreError(f"no result for {name!r} in the store: see 'trona query' for what is.")
    if as_json:
        from trona.stores.documents.sentences import with_answer  # noqa: PLC0415

        print_json([with_answer(doc) for doc in docs])
        return
    if as_csv:
        print_csv([row for doc in docs for row in rows.candidate_rows(doc)])
        return
    from trona.workflows.tables import ranking as tables  # noqa: PLC0415

    for doc in docs:
        print_parts(*tables.screening_details(doc, console().width))
