"""Relaxations that run in lockstep, so that a potential is asked about several crystals at once.

Each relaxation runs in a thread of its own, written as if it were alone; where it needs energy and
forces it asks and waits. Once all of them wait, the potential answers them together. Only one
thread runs at a time, so nothing of what they share has to be locked.
"""

from __future__ import annotations

import sys
import warnings
from functools import partial
from queue import SimpleQueue
from threading import Thread, local
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
from ase.calculators.calculator import Calculator, all_changes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ase import Atoms

    Answers = Callable[[Any, Sequence[Atoms]], Sequence[dict[str, Any]]]

__all__ = ["answered_together", "in_lockstep"]

Result = TypeVar("Result")


def in_lockstep(tasks: Iterable[Callable[[], Result]]) -> list[Result | Exception]:
    """
    Carry tasks out together.

    Parameters
    ----------
    tasks
        Each uses calculators that `answered_together` gave it.

    Returns
    -------
    list
        What each returned, or the exception that it raised: none affects another.
    """
    runs = [_Run(task) for task in tasks]
    with warnings.catch_warnings():  # a task puts filters back that another has set
        for run in runs:
            run.begin()
        while waiting := [run for run in runs if run.question is not None]:
            for run, answer in zip(waiting, _answered(waiting), strict=True):
                run.go_on(answer)
    return [run.outcome for run in runs]


def answered_together(calculator: Calculator, answers: Answers) -> Calculator:
    """
    Give a calculator that is asked together with those of other tasks, where there are any.

    Parameters
    ----------
    calculator
        That of a single task.
    answers
        Computes the results of several crystals at once, each as the calculator does. It takes the
        calculator and the crystals.

    Returns
    -------
    ase.calculators.calculator.Calculator
        For a task of `in_lockstep` a new one; otherwise the one given.
    """
    return calculator if _HERE.run is None else _Asking(calculator, answers, _HERE.run)


class _Here(local):
    """What a thread knows: the run that it belongs to."""

    run: _Run[Any] | None = None


_HERE = _Here()


class _Run(Generic[Result]):
    """A task in its thread, and the question that it waits with."""

    def __init__(self, task: Callable[[], Result]) -> None:
        self._task = task
        self._answers: SimpleQueue[dict[str, Any] | Exception] = SimpleQueue()
        self._pauses: SimpleQueue[None] = SimpleQueue()
        self._output = sys.stdout
        self.question: _Asking | None = None
        self.outcome: Result | Exception

    def begin(self) -> None:
        """Run until it asks or ends."""
        self._until_it_pauses(Thread(target=self._carry_out, daemon=True).start)

    def go_on(self, answer: dict[str, Any] | Exception) -> None:
        """Answer its question; run until it asks again or ends."""
        self.question = None
        self._until_it_pauses(partial(self._answers.put, answer))

    def _until_it_pauses(self, resume: Callable[[], None]) -> None:
        """Let its thread run: with the output that it redirected, which is no other's."""
        others, sys.stdout = sys.stdout, self._output
        resume()
        self._pauses.get()
        self._output, sys.stdout = sys.stdout, others

    def ask(self, calculator: _Asking) -> dict[str, Any]:
        """Wait for the results of a calculator's crystal; called in its thread."""
        self.question = calculator
        self._pauses.put(None)
        answer = self._answers.get()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _carry_out(self) -> None:
        """Do the task."""
        _HERE.run = self
        try:
            self.outcome = self._task()
        except Exception as error:  # noqa: BLE001 (it belongs to this task alone)
            self.outcome = error
        finally:
            self._pauses.put(None)


class _Asking(Calculator):
    """Stands for a calculator in one task of several."""

    def __init__(self, calculator: Any, answers: Answers, run: _Run[Any]) -> None:  # noqa: ANN401 (ASE has no types)
        super().__init__()  # type: ignore[no-untyped-call]
        self.implemented_properties = calculator.implemented_properties
        self.shared, self.answers, self._run = calculator, answers, run

    def set_atoms(self, atoms: Atoms) -> None:
        """Let the calculator look at the atoms that it is given, as ASE does."""
        if hasattr(self.shared, "set_atoms"):
            self.shared.set_atoms(atoms)

    def check_state(self, atoms: Atoms, tol: float = 1e-15) -> list[str]:
        """Compare what a relaxation changes before anything else: ASE asks eight times a step."""
        old = self.atoms
        if (
            old is not None
            and np.array_equal(old.positions, atoms.positions)
            and np.array_equal(old.cell.array, atoms.cell.array)
            and np.array_equal(old.numbers, atoms.numbers)
        ):
            return []
        changes: list[str] = super().check_state(atoms, tol)  # type: ignore[no-untyped-call]
        return changes

    def calculate(
        self,
        atoms: Atoms | None = None,
        properties: list[str] | None = None,
        system_changes: list[str] = all_changes,
    ) -> None:
        """Ask, and wait for the answer."""
        super().calculate(atoms, properties, system_changes)  # type: ignore[no-untyped-call]
        self.results = self._run.ask(self)


def _answered(runs: Sequence[_Run[Any]]) -> list[dict[str, Any] | Exception]:
    """Answer questions, those to one calculator together."""
    asked = [run.question for run in runs if run.question is not None]
    found: dict[int, dict[str, Any] | Exception] = {}
    for shared in {id(one.shared): one.shared for one in asked}.values():
        same = [at for at, one in enumerate(asked) if one.shared is shared]
        found |= zip(same, _results([asked[at] for at in same]), strict=True)
    return [found[at] for at in range(len(asked))]


def _results(asked: Sequence[_Asking]) -> Sequence[dict[str, Any] | Exception]:
    """Compute crystals together; one by one where that fails, to see which of them is at fault."""
    try:
        crystals = [one.atoms for one in asked if one.atoms is not None]
        return asked[0].answers(asked[0].shared, crystals)
    except Exception as error:  # noqa: BLE001 (it belongs to the task that asked)
        if len(asked) == 1:
            return [error]
    return [_results([one])[0] for one in asked]
