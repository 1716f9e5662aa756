"""The store that a page follows, reread only when it has changed."""

from __future__ import annotations

from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar

from trona.screening.errors import StoreError, TronaError
from trona.stores.collections.results import Results
from trona.stores.collections.stored import ALL
from trona.stores.database.connect import exists, redacted
from trona.stores.database.watching import file_state, require_unlocked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from trona.stores.collections.filters import Filters
    from trona.stores.collections.results import Found
    from trona.stores.documents.bookkeeping import SummaryDoc
    from trona.stores.documents.results import ScreeningDoc

__all__ = ["Followed"]

T = TypeVar("T")

_KEPT = 8
"""Answers kept for the state that the store is in; each page of the same question needs one."""


class _Remembered(Results):
    """Results whose summaries are read once; filters then read ids only."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self._known: dict[str, SummaryDoc] | None = None

    def forget(self) -> None:
        """Read the summaries again when they are next asked for."""
        self._known = None

    def _current(
        self, criteria: dict[str, Any], fields: Sequence[str] = ALL
    ) -> Iterator[SummaryDoc]:
        """Find those that pass among the newest of each candidate, reference and air."""
        del fields
        if self._known is None:
            self._known = {summary.id: summary for summary in super()._current({})}
        if not criteria:
            return iter(self._known.values())
        found = self._store("summaries").query(criteria, properties=["id"])
        return (self._known[row["id"]] for row in found if row["id"] in self._known)


class Followed:
    """
    A store read from several threads while other processes write to it.

    Parameters
    ----------
    location
        Path of an embedded store file, which need not be there yet, or a MongoDB URI.
    """

    def __init__(self, location: str) -> None:
        self.location = location
        self.name = redacted(location)
        self._lock = RLock()
        self._results: _Remembered | None = None
        self._file = ""
        self._state = ""
        self._kept: dict[tuple[str, str, bool], Found] = {}

    @property
    def _is_file(self) -> bool:
        """True for an embedded store."""
        return "://" not in self.location

    def state(self) -> str:
        """
        Describe the store so that two descriptions differ where it changed between them.

        Returns
        -------
        str
            Empty where there is no store.

        Raises
        ------
        StoreError
            If its server does not answer.
        """
        if self._is_file:
            return file_state(self.location)
        return self._ask(lambda results: results.state())

    def find(self, filters: Filters, sort: str, *, descending: bool) -> Found:
        """
        Find all results that pass some filters.

        Parameters
        ----------
        filters
            What to look for.
        sort
            As `Results.find` takes it.
        descending
            True to turn the order round.

        Returns
        -------
        Found
            Every summary that passes, in order.

        Raises
        ------
        InputError
            If there is no such field.
        StoreError
            If the store is not there, is empty, or cannot be read.
        """
        key = (repr(filters), sort, descending)
        with self._lock:
            self._forget_what_changed()
            if key not in self._kept:
                found = self._ask(lambda one: one.find(filters, sort=sort, descending=descending))
                while len(self._kept) >= _KEPT:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[key] = found
            return self._kept[key]

    def documents(self, summaries: Sequence[SummaryDoc]) -> list[ScreeningDoc]:
        """
        Read the results behind summaries.

        Parameters
        ----------
        summaries
            As found; those that were deleted since are left out.

        Returns
        -------
        list of ScreeningDoc
            In the same order.

        Raises
        ------
        StoreError
            If the store is not there, is empty, or cannot be read.
        """
        return self._ask(lambda results: results.documents(summaries))

    def named(self, name: str) -> list[ScreeningDoc]:
        """
        Find a candidate by label or formula.

        Parameters
        ----------
        name
            Label or formula.

        Returns
        -------
        list of ScreeningDoc
            One for each reference; empty where there is none.

        Raises
        ------
        StoreError
            If the store is not there, is empty, or cannot be read.
        """
        with self._lock:
            self._forget_what_changed()
            return self._ask(lambda results: results.named(name))

    def _forget_what_changed(self) -> None:
        """Keep nothing that was read of another state of the store."""
        state = self.state()
        if state != self._state:
            self._kept.clear()
            if self._results is not None:
                self._results.forget()
            self._state = state

    def _ask(self, question: Callable[[Results], T]) -> T:
        """Put a question to the open store."""
        with self._lock:
            try:
                return question(self._opened())
            except TronaError:
                raise
            except Exception:
                # Where a server was lost in between, opening its store again says so in a sentence.
                self._close()
                self._opened()
                raise

    def _opened(self) -> Results:
        """Open the store, again where another file has taken the place of the one that was open."""
        if self._is_file:
            self._require_file()
        if self._results is None:
            self._results = _Remembered(self.location)
        if self._results.empty:
            raise StoreError(
                f"the store {self.name!r} holds no results yet: 'trona screen' adds some."
            )
        return self._results

    def _require_file(self) -> None:
        """Make sure that the file is there, unlocked, and the one that is open."""
        if not exists(self.location):
            self._close()
            raise StoreError(
                f"there is no store {self.name!r}: 'trona screen' makes it, or name another with "
                "--store."
            )
        require_unlocked(self.location)
        stat = Path(self.location).expanduser().stat()
        file = f"{stat.st_dev}:{stat.st_ino}"
        if file != self._file:
            self._close()
            self._file = file

    def _close(self) -> None:
        """Close what is open."""
        if self._results is not None:
            self._results.close()
            self._results = None
