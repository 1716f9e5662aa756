"""From candidates to flows in the queue: used by `trona submit` and in each round of a campaign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trona.stores.documents.results import now
from trona.stores.energies.bundled import default_reference
from trona.stores.energies.conditions import under_conditions
from trona.stores.energies.references import load_reference
from trona.workflows.jobs.backends import require_installed
from trona.workflows.local.pool import Work
from trona.workflows.local.screening import plan, record, unrelaxed, written

from .submission import absolute, name_for_workers, submit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from jobflow_remote import JobController

    from trona.stores.collections.results import Results
    from trona.workflows.candidates.sources import Candidate
    from trona.workflows.jobs.backends import Backend

    from .submission import Placement, Submitted

__all__ = ["Order", "send"]


@dataclass(frozen=True)
class Order:
    """
    What to compute for candidates, and where.

    Parameters
    ----------
    backend
        Source of relaxations.
    placement
        Worker, and what it is asked for.
    reference
        Name of the reference energies; None for those that fit the backend.
    correction
        Name of their correction scheme; None for the reference's own.
    temperature
        Of free energies, K or as in ``"25C"``; ``"0"`` for energies.
    """

    backend: Backend
    placement: Placement
    reference: str | None = None
    correction: str | None = None
    temperature: str = "0"


def send(
    controller: JobController,
    candidates: Sequence[Candidate],
    results: Results,
    order: Order,
    tell: Callable[[str], object],
) -> Iterator[Submitted]:
    """
    Submit candidates, and write down in the results what was asked for.

    Parameters
    ----------
    controller
        Queue.
    candidates
        All of them: what is done or queued already is not submitted again.
    results
        Store of earlier results.
    order
        What to do with them.
    tell
        Takes what a user should know of the energies, a sentence at a time.

    Yields
    ------
    Submitted
        For each candidate, once it is true.

    Raises
    ------
    BackendError
        If candidates are to be relaxed and the backend is not installed here.
    InputError
        If the reference cannot be used.
    """
    named = absolute(order.reference or default_reference(order.backend.method))
    formulas = [candidate.formula for candidate in candidates]
    loaded = load_reference(named, order.correction, formulas)
    energies = under_conditions(loaded, temperature=order.temperature)
    todo = plan(candidates, results, energies, order.backend)
    if todo.relax:
        require_installed(order.backend)
    for sentence in (*energies.caveats, unrelaxed(candidates, energies, order.backend)):
        if sentence is not None:
            tell(sentence)
    work = Work(order.backend, name_for_workers(energies), energies.correction)
    call = record(todo, energies, order.backend)
    results.save([call, *written(todo)])
    yield from submit(controller, todo, energies, work, order.placement, call.id)
    results.save([call.model_copy(update={"ended": now()})])
