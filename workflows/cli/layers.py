"""The layers that a command tries: all of the reference, a list, another source, screened ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trona.screening.errors import InputError
from trona.screening.formulas import parse
from trona.stores.assess.stack.buffers import candidate_layers, read_formulas
from trona.stores.assess.stack.screened import with_candidates
from trona.stores.collections.filters import Filters
from trona.stores.collections.results import Results
from trona.stores.collections.upkeep import require_store
from trona.stores.database.connect import redacted
from trona.stores.energies.references import SOURCES, load_reference
from trona.stores.settings import Settings

if TYPE_CHECKING:
    from trona.stores.documents.results import RelaxationDoc
    from trona.stores.energies.references import Reference

__all__ = ["Among", "read_among"]

_STORE = "store"


@dataclass(frozen=True, eq=False)
class Among:
    """
    Layers to try.

    Parameters
    ----------
    formulas
        None for all compounds of the reference.
    source
        Where they come from, in words; None for a list of the user's.
    relaxations
        Of screened candidates.
    foreign
        True where they are the compounds of another source than the reference.
    """

    formulas: tuple[str, ...] | None = None
    source: str | None = None
    relaxations: tuple[RelaxationDoc, ...] = ()
    foreign: bool = False

    @property
    def asked(self) -> tuple[str, ...]:
        """Formulas that the reference has to cover."""
        return () if self.formulas is None or self.foreign else self.formulas

    def beside(self, reference: Reference) -> tuple[Reference, list[str] | None, list[str]]:
        """
        Bring the layers together with the reference that judges them.

        Parameters
        ----------
        reference
            Energies of competing phases.

        Returns
        -------
        reference : Reference
            With the screened candidates as phases.
        formulas : list of str or None
            Layers to try; None for all compounds of the reference.
        notes : list of str
            Caveats, in sentences.

        Raises
        ------
        InputError
            If the reference covers no compound of another source.
        """
        if self.formulas is None:
            return reference, None, []
        if not self.foreign:
            extended, notes = with_candidates(reference, self.relaxations)
            return extended, list(self.formulas), notes
        elements = set(reference.table.elements)
        kept = [one for one in self.formulas if parse(one).keys() <= elements]
        if not kept:
            raise InputError(
                f"{reference.name} has the elements of no compound of {self.source}: name another "
                "--reference."
            )
        judged = f"Compounds of {self.source} are assessed with the energies of {reference.name}"
        left_out = len(self.formulas) - len(kept)
        notes = [
            f"{judged}; {left_out} with other elements are left out." if left_out else f"{judged}."
        ]
        return reference, kept, notes


def read_among(typed: str) -> Among:
    """
    Read which layers to try.

    Parameters
    ----------
    typed
        ``"reference"``, ``"store"``, ``"store:PATH"``, a file with one formula a line, or another
        source of energies such as ``"table:mine.csv"`` or ``"mp:Na-P-S"``.

    Returns
    -------
    Among
        Formulas, with the relaxations of what was screened.

    Raises
    ------
    InputError
        If there is no such source, or it holds nothing to try.
    """
    if typed == "reference":
        return Among()
    if not typed.strip():
        raise InputError("--among names nothing: give reference, store or a file of formulas.")
    head, _, location = typed.partition(":")
    if head == _STORE and not Path(typed).is_file():
        return _screened(location or Settings().store)
    if head.partition("+")[0] in SOURCES and not Path(typed).is_file():
        found = load_reference(typed)
        layers = tuple(one.formula for one in candidate_layers(found, None))
        return Among(layers, found.name, foreign=True)
    return Among(tuple(read_formulas(Path(typed))))


def _screened(location: str) -> Among:
    """Read the screened candidates of a store, with the relaxations of those that have one."""
    require_store(location)
    results = Results(location)
    docs = results.screenings(Filters(state="completed"))
    if not docs:
        raise InputError(
            f"the store {redacted(location)!r} contains no screened candidate: screen some first."
        )
    ids = dict.fromkeys(one.relaxation_id for one in docs if one.relaxation_id is not None)
    found = (results.relaxation(identity) for identity in ids)
    formulas = tuple(dict.fromkeys(one.formula for one in docs))
    count = f"{len(formulas)} screened compositions of {redacted(location)}"
    return Among(formulas, count, tuple(one for one in found if one is not None))
