"""The commands that take a formula; only an interface is stored, and only on request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from trona.workflows.cli.completion import complete_formula
from trona.workflows.cli.energies import load_energies, tell_caveats
from trona.workflows.cli.options import (
    AsCsv,
    AsJson,
    AtElectrode,
    AtReservoir,
    Correction,
    Exclude,
    FirstMaterial,
    KeptIn,
    Plot,
    Pressure,
    Reference,
    SecondMaterial,
    Temperature,
    no_files,
)
from trona.workflows.cli.terminal import console, print_csv, print_json, print_parts
from trona.workflows.tables import csv_rows as rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trona.stores.assess.scheme_changes import ChangesDoc
    from trona.stores.assess.validation import ValidatedCase
    from trona.stores.documents.json_output import WindowAnswerDoc
    from trona.stores.energies.references import Reference as Energies

__all__ = ["interface", "profile", "validate", "window"]


def window(
    formulas: Annotated[
        list[str],
        typer.Argument(
            help="Compositions, such as Na3PS4 or 75Na2S-25P2S5, or files of them.",
            autocompletion=complete_formula,
        ),
    ],
    at: Annotated[
        float | None, typer.Option("--at", help="Only the reaction at this voltage.", metavar="V")
    ] = None,
    reference: Reference = None,
    correction: Correction = None,
    exclude: Exclude = None,
    pressure: Pressure = 0.0,
    temperature: Temperature = "0",
    tolerance: Annotated[
        float | None,
        typer.Option(help="Also the limits at this tolerated driving force.", metavar="eV/atom"),
    ] = None,
    electrode: AtElectrode = None,
    products: Annotated[
        bool, typer.Option("--products", help="Also the products, ranked by type.")
    ] = False,
    why: Annotated[
        bool,
        typer.Option(
            "--why", help="Also what the limits depend on, and by how much; corrections, errors."
        ),
    ] = False,
    sigma: Annotated[
        float | None,
        typer.Option(
            help="Error of each energy, 0 for none; by default as stated for the reference.",
            metavar="eV/atom",
        ),
    ] = None,
    plot: Plot = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show how compositions react at every voltage against sodium metal."""
    from trona.screening.errors import InputError  # noqa: PLC0415
    from trona.stores.assess.assessment import assess_formula  # noqa: PLC0415
    from trona.stores.assess.windows import window_answer  # noqa: PLC0415
    from trona.workflows.cli.materials import (  # noqa: PLC0415
        require_electrolyte,
        usable,
        written_names,
    )

    places = written_names(formulas)
    names = list(usable(places, require_electrolyte))
    if plot is not None and len(names) > 1:
        raise InputError("a ladder shows one composition: 'trona plot windows' draws several.")

    def load(correction: str | None) -> Energies:
        return load_energies(
            reference, correction, exclude, *names, pressure=pressure, temperature=temperature
        )

    energies = load(correction)
    usual = energies if correction is None else load(None)
    assessed = usable({name: places[name] for name in names}, lambda n: assess_formula(n, energies))
    names, assessments = list(assessed), list(assessed.values())
    answers = [
        window_answer(one, tolerance=tolerance, at=at, against=electrode, why=why, sigma=sigma)
        for one in assessments
    ]
    if plot is not None:
        from trona.workflows.cli.figure_files import save_figure_file  # noqa: PLC0415

        save_figure_file("ladder", plot, assessments[0])
    changes = []
    if energies.scheme != usual.scheme:
        from trona.stores.assess.scheme_changes import changes_document  # noqa: PLC0415

        changes = [changes_document(name, usual, energies) for name in names]
    if as_json:
        compared = [{"compared": one.model_dump(mode="json")} for one in changes]
        listed = [
            {**answer.model_dump(mode="json"), **more}
            for answer, more in zip(answers, compared or [{}] * len(answers), strict=True)
        ]
        print_json(listed[0] if len(listed) == 1 else listed)
        return
    if as_csv:
        print_csv([row for answer in answers for row in rows.interval_rows(answer)])
        return
    _print_windows(answers, changes, ranked=products, single=at is not None)


def _print_windows(
    answers: Sequence[WindowAnswerDoc],
    changes: Sequence[ChangesDoc],
    *,
    ranked: bool,
    single: bool,
) -> None:
    """Print windows one after another, each with what another correction scheme changed."""
    from trona.workflows.tables import ladder as ladders  # noqa: PLC0415
    from trona.workflows.tables import window as contacts  # noqa: PLC0415

    for place, answer in enumerate(answers):
        print_parts(
            *([""] if place else []),
            *contacts.answer(answer, console().width, ranked=ranked, single=single),
            *(ladders.changes(changes[place]) if changes else ()),
        )


def interface(
    first: FirstMaterial,
    second: SecondMaterial,
    voltage: AtReservoir = None,
    reference: Reference = None,
    correction: Correction = None,
    exclude: Exclude = None,
    pressure: Pressure = 0.0,
    temperature: Temperature = "0",
    plot: Plot = None,
    store: KeptIn = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show how two materials react with each other, in every proportion."""
    from trona.stores.assess.interfaces import interface_document  # noqa: PLC0415
    from trona.stores.assess.stack.electrode_states import formulas_of  # noqa: PLC0415
    from trona.workflows.cli.materials import name_electrodes  # noqa: PLC0415

    first, second = name_electrodes([first, second], store)
    named = [formula for one in (first, second) for formula in formulas_of(one)]
    energies = load_energies(
        reference, correction, exclude, *named, pressure=pressure, temperature=temperature
    )
    document = interface_document(first, second, energies, voltage)
    states = (
        [] if document.charge is None else [document.charge.discharged, document.charge.charged]
    )
    reacts = any(kink.energy_per_atom < 0.0 for kink in document.kinks)
    if plot is not None and not (reacts or any(one.reacts for one in states)):
        typer.echo("no figure: the two do not react.", err=True)
    elif plot is not None:
        from trona.workflows.cli.figure_files import save_figure_file  # noqa: PLC0415

        save_figure_file("interface", plot, first, second, energies, voltage)
    if store is not None:
        from trona.stores.collections.results import Results  # noqa: PLC0415

        Results(store).save([document])
    if as_json:
        print_json(document)
        return
    if as_csv:
        print_csv(rows.kink_rows(document))
        return
    from trona.workflows.tables import contacts  # noqa: PLC0415

    print_parts(*contacts.mixing(document, console().width))


def profile(
    formulas: Annotated[
        list[str],
        typer.Argument(
            help="Compositions, such as Na3SbS4 and S.",
            autocompletion=complete_formula,
            callback=no_files,
        ),
    ],
    reference: Reference = None,
    correction: Correction = None,
    exclude: Exclude = None,
    pressure: Pressure = 0.0,
    temperature: Temperature = "0",
    plot: Plot = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Discharge compositions against sodium: plateaus, reactions and specific capacities."""
    from trona.stores.assess.interfaces import discharge_document  # noqa: PLC0415

    energies = load_energies(
        reference, correction, exclude, *formulas, pressure=pressure, temperature=temperature
    )
    documents = [discharge_document(formula, energies) for formula in formulas]
    if plot is not None:
        from trona.workflows.cli.figure_files import save_figure_file  # noqa: PLC0415

        save_figure_file("profile", plot, formulas, energies)
    if as_json:
        print_json(documents)
        return
    if as_csv:
        print_csv([row for document in documents for row in rows.plateau_rows(document)])
        return
    from trona.workflows.tables import ladder as ladders  # noqa: PLC0415

    for document in documents:
        print_parts(*ladders.plateaus(document, console().width))


def _validated(finding: ValidatedCase) -> dict[str, object]:
    """Write one system as JSON, its answer in a sentence first."""
    from trona.stores.documents.answers import case_sentence  # noqa: PLC0415

    said = case_sentence(finding.case.formula, [one.verdict for one in finding.comparisons])
    return {"answer": said, **finding.model_dump(mode="json")}


def validate(
    formulas: Annotated[
        list[str] | None,
        typer.Argument(help="Only these systems; all by default.", callback=no_files),
    ] = None,
    reference: Reference = None,
    correction: Correction = None,
    everything: Annotated[
        bool,
        typer.Option("--all", help="Also what cannot be compared; a line for each quantity."),
    ] = False,
    plot: Plot = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Compare predictions with the literature: agree, disagree, or cannot say, and why."""
    from trona.screening.errors import InputError  # noqa: PLC0415
    from trona.stores.assess.validation import published_cases  # noqa: PLC0415
    from trona.stores.assess.validation import validate as compare  # noqa: PLC0415
    from trona.stores.energies.references import load_reference  # noqa: PLC0415
    from trona.stores.settings import Settings  # noqa: PLC0415

    chosen = [case for case in published_cases() if not formulas or case.formula in formulas]
    if not chosen:
        raise InputError(
            f"no published system among {', '.join(formulas or [])}: 'trona validate' lists all."
        )
    energies = load_reference(reference or Settings().reference, correction, formulas or ())
    tell_caveats(energies)
    findings = compare(energies, chosen)
    if plot is not None:
        from trona.workflows.cli.figure_files import save_figure_file  # noqa: PLC0415

        save_figure_file("published windows", plot, findings)
    if as_json:
        print_json([_validated(one) for one in findings])
        return
    if as_csv:
        print_csv([row for finding in findings for row in rows.validation_rows(finding)])
        return
    from trona.workflows.tables import validation as literature  # noqa: PLC0415

    if formulas or everything:
        print_parts(*literature.verdicts(findings, console().width))
    else:
        print_parts(*literature.overview(findings, console().width))
    if formulas:
        print_parts(*literature.sources(findings))
    else:
        more = "" if everything else "Every quantity, and what cannot be compared: --all. "
        print_parts(f"[dim]{more}Sources and reasons: name a system, or --json.[/]")
