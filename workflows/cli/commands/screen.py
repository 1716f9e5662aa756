"""The ranking commands: ``trona screen`` stores its results, ``trona compare`` does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from trona.stores.defaults import BACKEND
from trona.workflows.cli.completion import complete_material
from trona.workflows.cli.energies import load_energies, tell_caveats
from trona.workflows.cli.options import (
    AsCsv,
    AsJson,
    AtElectrode,
    Correction,
    Device,
    Exclude,
    Humidity,
    KeepFiles,
    Pressure,
    Reference,
    RelaxedBy,
    Released,
    StoreAt,
    StoreInto,
    Temperature,
    ToScreen,
    Unbalanced,
    Workers,
    no_files,
)
from trona.workflows.cli.terminal import PAGE, console, print_csv, print_json, print_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trona.stores.assess.electrodes import ElectrodePotential
    from trona.stores.documents.results import ScreeningDoc
    from trona.stores.energies.atmosphere import Atmosphere
    from trona.stores.energies.references import Reference as ReferenceEnergies

__all__ = ["compare", "screen"]


def screen(
    files: ToScreen = None,
    backend: RelaxedBy = BACKEND,
    reference: Reference = None,
    correction: Correction = None,
    temperature: Temperature = "0",
    store: StoreInto = None,
    workers: Workers = 2,
    device: Device = None,  # noqa: ARG001 (its callback sets it)
    keep_files: KeepFiles = None,
    unbalanced: Unbalanced = False,
    electrode: AtElectrode = None,
    air: Annotated[
        bool,
        typer.Option(
            "--air",
            help="Also the reaction with moist air, at 25C or --temperature, by composition.",
        ),
    ] = False,
    humidity: Humidity = "30%",
    h2s: Released = "1ppm",
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Relax candidates, assess them against sodium, and rank them."""
    from trona.screening.errors import InputError  # noqa: PLC0415
    from trona.screening.units import SODIUM  # noqa: PLC0415
    from trona.stores.collections.results import Results  # noqa: PLC0415
    from trona.stores.energies.bundled import default_reference  # noqa: PLC0415
    from trona.stores.settings import Settings  # noqa: PLC0415
    from trona.workflows.candidates.sources import gather  # noqa: PLC0415
    from trona.workflows.candidates.structure_checks import duplicates  # noqa: PLC0415
    from trona.workflows.cli.progress import Stopped, show_progress  # noqa: PLC0415
    from trona.workflows.jobs.backends import find_backend  # noqa: PLC0415
    from trona.workflows.jobs.kept_files import require_folder  # noqa: PLC0415
    from trona.workflows.local.pool import size  # noqa: PLC0415
    from trona.workflows.local.screening import plan, run_screening, unrelaxed  # noqa: PLC0415

    settings = Settings()
    gathered, source = gather(files or [], unbalanced=unbalanced), find_backend(backend)
    candidates = gathered.candidates
    folder = None if keep_files is None else require_folder(keep_files, source)
    for reason in gathered.left_out:
        typer.echo(f"left out: {reason}", err=True)
    for note in gathered.notes:
        typer.echo(note, err=True)
    structures = {c.label: c.structure for c in candidates if c.structure is not None and files}
    for same in duplicates(structures, most=30):
        typer.echo(f"the same structure, each is screened: {', '.join(same)}", err=True)
    formulas = [candidate.formula for candidate in candidates]
    named = reference or default_reference(source.method)
    energies = load_energies(named, correction, None, *formulas, temperature=temperature)
    moist = _moist_air(air, (humidity, h2s), (named, correction, temperature), formulas)
    beside = _electrode(electrode, energies)
    energies.table.find_required({SODIUM: 1.0})
    tell_caveats(energies)
    results = Results(store or settings.store)
    todo = plan(candidates, results, energies, source, moist)
    if (why := unrelaxed(candidates, energies, source)) is not None:
        typer.echo(why, err=True)
    running: set[str] = set()
    docs = show_progress(
        run_screening(todo, results, energies, source, workers, folder, moist, running),
        len(candidates),
        {one.label: float(size(one)) for one in todo.relax},
        running,
        lambda: len(plan(candidates, results, energies, source, moist).done),
    )
    before = sum(doc.state == "completed" for doc in todo.done)
    try:
        _print_ranking(docs, as_json, as_csv, beside, before)
    except KeyboardInterrupt:
        raise Stopped(
            "stopped while results were printed: all are kept, and the same command prints them."
        ) from None
    if all(doc.state != "completed" for doc in docs):
        raise InputError("no candidate could be assessed; the reasons are given above.")


def _moist_air(
    wanted: bool,
    conditions: tuple[str, str],
    energies: tuple[str, str | None, str],
    formulas: Sequence[str],
) -> Atmosphere | None:
    """Put the reference into the moist air that is asked for."""
    from trona.screening.errors import InputError  # noqa: PLC0415
    from trona.screening.formulas import parse  # noqa: PLC0415
    from trona.stores.energies.atmosphere import atmosphere, read_conditions  # noqa: PLC0415
    from trona.stores.thermochemistry.temperatures import parse_temperature  # noqa: PLC0415

    if not wanted:
        if conditions != ("30%", "1ppm"):
            raise InputError("--humidity and --h2s are those of moist air: add --air.")
        return None
    named, correction, temperature = energies
    warm = parse_temperature(temperature) > 0.0
    asked = read_conditions(temperature if warm else "25C", *conditions)
    elements = {symbol for formula in formulas for symbol in parse(formula)}
    cold = load_energies(named, correction, None, *formulas)
    return atmosphere(cold, asked, elements & set(cold.table.elements))


def compare(
    names: Annotated[
        list[str],
        typer.Argument(
            help="Compositions, or labels of screened candidates (see --store).",
            autocompletion=complete_material,
            callback=no_files,
        ),
    ],
    reference: Reference = None,
    correction: Correction = None,
    exclude: Exclude = None,
    pressure: Pressure = 0.0,
    temperature: Temperature = "0",
    store: StoreAt = None,
    electrode: AtElectrode = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """
    Rank compositions side by side: window, energy above hull, products and class at 0 V.

    Names that are not formulas are looked up among screened candidates; with --store every name
    is looked up there first. Nothing is stored.
    """
    from trona.workflows.cli.comparison import beside  # noqa: PLC0415

    docs, energies = beside(names, store, reference, correction, exclude, pressure, temperature)
    tell_caveats(energies, [doc.formula for doc in docs])
    _print_ranking(docs, as_json, as_csv, _electrode(electrode, energies))


def _electrode(asked: str | None, energies: ReferenceEnergies) -> ElectrodePotential | None:
    """Find the electrode that is asked for."""
    from trona.stores.assess.electrodes import choose_electrode  # noqa: PLC0415

    return None if asked is None else choose_electrode(energies.table, asked)


def _print_ranking(
    docs: Sequence[ScreeningDoc],
    as_json: bool,
    as_csv: bool,
    electrode: ElectrodePotential | None,
    before: int = 0,
) -> None:
    """Print ranked results, then those that have none; of some it is told that they were there."""
    from rich.markup import escape  # noqa: PLC0415

    from trona.stores.assess.electrodes import withstands  # noqa: PLC0415
    from trona.stores.collections.summaries import (  # noqa: PLC0415
        rank_summaries,
        summarize_screening,
    )
    from trona.workflows.tables import csv_rows as rows  # noqa: PLC0415
    from trona.workflows.tables import ranking as tables  # noqa: PLC0415

    by_id = {doc.id: doc for doc in docs}
    summaries = [summarize_screening(doc) for doc in by_id.values()]
    ranked = rank_summaries(summaries)
    rest = [one for one in summaries if one.state != "completed"]
    if as_json:
        placed = [
            {
                "place": None if place.apart else place.place,
                "score": place.score,
                "missing": place.missing,
                "vetoes": place.vetoes,
                **({} if electrode is None else {"electrode": withstands(one, electrode)}),
                "apart": place.apart,
                **by_id[one.id].model_dump(mode="json"),
            }
            for place, one in ranked
        ]
        stated = {} if electrode is None else {"electrode": electrode.sentence}
        said = {"answer": tables.best_sentence(ranked, summaries)}
        print_json(
            {**said, **stated, "ranking": placed, "unranked": [by_id[one.id] for one in rest]}
        )
    elif as_csv:
        places = {one.id: place for place, one in ranked}
        listed = [*(one for _, one in ranked), *rest]
        print_csv(rows.summary_rows(listed, electrode, places))
    else:
        shown = tables.first_page(ranked, PAGE)
        print_parts(escape(tables.best_sentence(ranked, summaries)))
        print_parts(*tables.outcomes(shown, summaries, console().width, ranked, before))
        print_parts(*tables.beside_electrode((one for _, one in shown), electrode))
        print_parts(*tables.seen(by_id[one.id] for _, one in shown))
        if len(shown) < len(ranked):
            best, of = (sum(not place.apart for place, _ in some) for some in (shown, ranked))
            typer.echo(
                f"The {best} best of {of:,} are shown: --csv and --json list all.",
                err=True,
            )
