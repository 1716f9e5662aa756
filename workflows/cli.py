"""The command line: parse, call, print. Heavy imports happen inside the commands.

Exit codes: 0 done, 2 something in the input cannot be used (one sentence says what and how to
mend it), 130 stopped by the user.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from .candidate_cli import app as candidate_app
from .doctor import doctor
from .energies import load_energies as _reference
from .options import (  # noqa: TC001 (typer reads annotations at run time)
    AsJson,
    Correction,
    Exclude,
    KeepFiles,
    Plot,
    Pressure,
    Reference,
    StoreAt,
)
from .plot_cli import app as plot_app
from .query_cli import query, show
from .reference_cli import app as reference_app
from .remote_cli import collect, project_app, retry, status, submit
from .report_cli import report
from .store_cli import app as store_app
from .terminal import console as _console
from .terminal import print_json as _print_json
from .terminal import print_parts as _print

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trona.stores.documents import ScreeningDoc
    from trona.stores.references import Reference as ReferenceEnergies

__all__ = ["app", "main"]

app = typer.Typer(
    name="trona",
    help="Screen sodium solid electrolytes for stability against their electrodes.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(reference_app, name="reference")
app.add_typer(store_app, name="store")
app.add_typer(plot_app, name="plot")
app.add_typer(candidate_app)
app.add_typer(project_app, name="project")


def main() -> None:
    """Run the command line; a user's mistake prints one sentence and exits with 2."""
    try:
        app()
    except Exception as error:
        from trona.screening.errors import InputError  # noqa: PLC0415

        from .progress import Stopped  # noqa: PLC0415

        if not isinstance(error, (InputError, Stopped)):
            raise
        typer.echo(f"trona: {error}", err=True)
        sys.exit(2 if isinstance(error, InputError) else 130)


def _version(wanted: bool) -> None:
    """Print the versions that matter for provenance."""
    if wanted:
        from trona.stores.provenance import versions  # noqa: PLC0415

        typer.echo("\n".join(f"{name} {number}" for name, number in versions().items()))
        raise typer.Exit


for _command in (doctor, query, show, report, submit, status, retry, collect):
    app.command()(_command)


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print versions.")
    ] = False,
) -> None:
    """Screen sodium solid electrolytes for stability against their electrodes."""


@app.command()
def screen(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            help="Structure files, folders of them, tables (CSV), materials such as mp-28782, or "
            "formulas; the bundled electrolytes if none."
        ),
    ] = None,
    backend: Annotated[str, typer.Option(help="Source of relaxations.")] = "chgnet",
    reference: Reference = None,
    correction: Correction = None,
    store: StoreAt = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that relax.")] = 2,
    keep_files: KeepFiles = None,
    unbalanced: Annotated[
        bool, typer.Option("--unbalanced", help="Accept formulas whose charges do not balance.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Relax candidates, assess them against sodium, and rank them."""
    from trona.screening.errors import InputError  # noqa: PLC0415
    from trona.stores.references import load  # noqa: PLC0415
    from trona.stores.results import Results  # noqa: PLC0415
    from trona.stores.settings import Settings  # noqa: PLC0415

    from .backends import find  # noqa: PLC0415
    from .candidates import gather  # noqa: PLC0415
    from .kept_files import require_folder  # noqa: PLC0415
    from .local import plan, run, unrelaxed  # noqa: PLC0415
    from .progress import follow  # noqa: PLC0415
    from .structure_checks import duplicates  # noqa: PLC0415

    settings = Settings()
    gathered, source = gather(files or [], unbalanced=unbalanced), find(backend)
    candidates = gathered.candidates
    folder = None if keep_files is None else require_folder(keep_files, source)
    for reason in gathered.left_out:
        typer.echo(f"left out: {reason}", err=True)
    structures = {c.label: c.structure for c in candidates if c.structure is not None and files}
    for same in duplicates(structures, most=30):
        typer.echo(f"the same structure, screened each: {', '.join(same)}", err=True)
    formulas = [candidate.formula for candidate in candidates]
    energies = load(reference or settings.reference, correction, formulas)
    _warn(energies)
    results = Results(store or settings.store)
    todo = plan(candidates, results, energies, source)
    if (why := unrelaxed(candidates, energies, source)) is not None:
        typer.echo(why, err=True)
    docs = follow(run(todo, results, energies, source, workers, folder), len(candidates))
    _print_ranking(docs, as_json)
    if all(doc.state != "completed" for doc in docs):
        raise InputError("no candidate could be assessed; the reasons stand above.")


def _print_ranking(docs: Sequence[ScreeningDoc], as_json: bool) -> None:
    """Print ranked results, then those that have none."""
    from trona.stores.screenings import rank_documents  # noqa: PLC0415

    from . import tables  # noqa: PLC0415

    ranked = rank_documents(docs)
    if as_json:
        rows = [
            {
                "place": place.place,
                "score": place.score,
                "missing": place.missing,
                "vetoes": place.vetoes,
                **doc.model_dump(mode="json"),
            }
            for place, doc in ranked
        ]
        rest = [doc.model_dump(mode="json") for doc in docs if doc.state != "completed"]
        _print_json({"ranking": rows, "unranked": rest})
        return
    _print(*tables.outcomes(ranked, docs, _console().width))


@app.command()
def window(
    formula: Annotated[str, typer.Argument(help="Composition, such as Na3PS4.")],
    at: Annotated[
        float | None, typer.Option("--at", help="Only the reaction at this voltage.", metavar="V")
    ] = None,
    reference: Reference = None,
    correction: Correction = None,
    exclude: Exclude = None,
    pressure: Pressure = 0.0,
    tolerance: Annotated[
        float | None,
        typer.Option(help="Also the limits at this tolerated driving force.", metavar="eV/atom"),
    ] = None,
    electrode: Annotated[
        str | None,
        typer.Option(help="What happens at the potentials of this electrode.", metavar="FORMULA"),
    ] = None,
    products: Annotated[
        bool, typer.Option("--products", help="Also the products, ranked by type.")
    ] = False,
    why: Annotated[
        bool, typer.Option("--why", help="Also what the limits depend on, and by how much.")
    ] = False,
    sigma: Annotated[
        float | None,
        typer.Option(
            help="Error of each energy, 0 for none; by default that stated for the reference.",
            metavar="eV/atom",
        ),
    ] = None,
    plot: Plot = None,
    as_json: AsJson = False,
) -> None:
    """Show what a composition does at every voltage against sodium metal."""
    from trona.screening.formulas import parse  # noqa: PLC0415
    from trona.stores.assessment import assess_formula  # noqa: PLC0415
    from trona.stores.changes import changes_document  # noqa: PLC0415
    from trona.stores.windows import window_answer  # noqa: PLC0415

    from .candidates import require_sodium  # noqa: PLC0415

    require_sodium(parse(formula), formula)
    energies = _reference(reference, correction, exclude, formula, pressure=pressure)
    assessment = assess_formula(formula, energies)
    answer = window_answer(
        assessment,
        tolerance=tolerance,
        at=at,
        against=electrode,
        why=why,
        sigma=sigma,
    )
    if plot is not None:
        from . import drawing  # noqa: PLC0415

        drawing.ladder(assessment, plot)
    usual = (
        energies
        if correction is None
        else _reference(reference, None, exclude, formula, pressure=pressure)
    )
    switched = energies.scheme != usual.scheme
    changes = changes_document(formula, usual, energies) if switched else None
    if as_json:
        compared = {} if changes is None else {"compared": changes.model_dump(mode="json")}
        _print_json({**answer.model_dump(mode="json"), **compared})
        return
    from . import contacts, ladders  # noqa: PLC0415

    _print(
        *contacts.answer(answer, _console().width, ranked=products, single=at is not None),
        *(ladders.changes(changes) if changes is not None else ()),
    )


def _warn(energies: ReferenceEnergies) -> None:
    """Say what results that rest on some energies do not say themselves."""
    for line in energies.caveats:
        typer.echo(line, err=True)


@app.command()
def interface(
    first: Annotated[str, typer.Argument(help="Electrolyte, such as Na3PS4.")],
    second: Annotated[str, typer.Argument(help="Electrode, coating or electrolyte, as NaCrO2.")],
    voltage: Annotated[
        float | None,
        typer.Option(help="Open to a sodium reservoir at this voltage.", metavar="V"),
    ] = None,
    reference: Reference = None,
    correction: Correction = None,
    exclude: Exclude = None,
    pressure: Pressure = 0.0,
    plot: Plot = None,
    as_json: AsJson = False,
) -> None:
    """Show how two materials react with each other, in every proportion."""
    from trona.stores.answers import interface_document  # noqa: PLC0415

    energies = _reference(reference, correction, exclude, first, second, pressure=pressure)
    document = interface_document(first, second, energies, voltage)
    if plot is not None:
        from . import drawing  # noqa: PLC0415

        drawing.mixing(first, second, energies, voltage, plot)
    if as_json:
        _print_json(document.model_dump(mode="json"))
        return
    from . import ladders  # noqa: PLC0415

    _print(*ladders.mixing(document), *ladders.caveats(document))


@app.command()
def profile(
    formulas: Annotated[list[str], typer.Argument(help="Compositions, such as Na3SbS4 and S.")],
    reference: Reference = None,
    correction: Correction = None,
    exclude: Exclude = None,
    pressure: Pressure = 0.0,
    plot: Plot = None,
    as_json: AsJson = False,
) -> None:
    """Discharge compositions against sodium: plateaus, reactions and specific capacities."""
    from trona.stores.answers import discharge_document  # noqa: PLC0415

    energies = _reference(reference, correction, exclude, *formulas, pressure=pressure)
    documents = [discharge_document(formula, energies) for formula in formulas]
    if plot is not None:
        from . import drawing  # noqa: PLC0415

        drawing.discharges(formulas, energies, plot)
    if as_json:
        _print_json([document.model_dump(mode="json") for document in documents])
        return
    from . import ladders  # noqa: PLC0415

    for document in documents:
        _print(*ladders.plateaus(document), *ladders.caveats(document))


@app.command()
def validate(
    formulas: Annotated[
        list[str] | None, typer.Argument(help="Only these systems; all by default.")
    ] = None,
    reference: Reference = None,
    correction: Correction = None,
    plot: Plot = None,
    as_json: AsJson = False,
) -> None:
    """Compare predictions with the literature: agree, disagree, or cannot say and why."""
    from trona.screening.errors import InputError  # noqa: PLC0415
    from trona.stores.references import load  # noqa: PLC0415
    from trona.stores.settings import Settings  # noqa: PLC0415
    from trona.stores.validation import load as cases  # noqa: PLC0415
    from trona.stores.validation import validate as compare  # noqa: PLC0415

    chosen = [case for case in cases() if not formulas or case.formula in formulas]
    if not chosen:
        raise InputError(
            f"no published system among {', '.join(formulas or [])}: 'trona validate' lists all."
        )
    energies = load(reference or Settings().reference, correction, formulas or ())
    _warn(energies)
    findings = compare(energies, chosen)
    if plot is not None:
        from . import drawing  # noqa: PLC0415

        drawing.windows(findings, plot)
    if as_json:
        _print_json([finding.model_dump(mode="json") for finding in findings])
        return
    from . import literature  # noqa: PLC0415

    _print(*literature.verdicts(findings))
    if formulas:
        _print(*literature.sources(findings))
    else:
        _print("[dim]Sources and reasons: name a system, or --json.[/]")
