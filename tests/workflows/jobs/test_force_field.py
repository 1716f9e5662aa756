"""A relaxation that ends above its force limit is continued once, in the same job."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from jobflow import Maker, job

from trona.workflows.jobs.force_field import Continued


@dataclass
class Relaxing(Maker):
    """Answers whether each pass converges, and notes where it began."""

    name: str = "relax"
    converges: tuple[bool, ...] = ()
    starts: list[str] = field(default_factory=list)

    @job
    def make(self, structure, prev_dir=None):
        self.starts.append((structure, prev_dir))
        number = len(self.starts)
        return SimpleNamespace(
            structure=f"end {number}",
            is_force_converged=self.converges[number - 1],
            output=SimpleNamespace(n_steps=10 * number),
        )


@pytest.mark.parametrize(
    ("converges", "starts", "steps"),
    [
        ((True,), ["start"], 10),
        ((False, True), ["start", "end 1"], 30),
        ((False, False), ["start", "end 1"], 30),
        ((None,), ["start"], 10),
    ],
)
def test_what_does_not_converge_goes_on_once_from_where_it_ended(converges, starts, steps):
    maker = Relaxing(converges=converges)
    task = Continued(maker).carried_out(maker, "start", prev_dir=None)
    assert maker.starts == [(start, None) for start in starts]
    assert task.is_force_converged is converges[-1]
    assert task.output.n_steps == steps
