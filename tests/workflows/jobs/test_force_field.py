"""A relaxation that ends above its force limit is continued once, in the same job."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
import torch
from jobflow import JobStore, Maker, job, run_locally
from maggma.stores import MemoryStore
from pymatgen.core import Lattice, Structure
from threadpoolctl import threadpool_info, threadpool_limits

from trona.stores.documents.results import FailureDoc, RelaxationDoc
from trona.workflows.candidates.sources import Candidate
from trona.workflows.jobs.backends import BACKENDS, ForceField
from trona.workflows.jobs.force_field import Continued, RelaxMaker

FACE_CENTRED = [[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]]


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


@dataclass
class Counting(Relaxing):
    """Notes the threads that torch and BLAS may use."""

    threads: set[int] = field(default_factory=set)

    @job
    def make(self, structure, prev_dir=None):
        libraries = [one for one in threadpool_info() if one["user_api"] == "blas"]
        assert libraries
        self.threads |= {one["num_threads"] for one in libraries} | {torch.get_num_threads()}
        return Relaxing.make.original(self, structure, prev_dir)


@pytest.mark.parametrize(("n_atoms", "threads"), [(16, {1}), (1000, {2})])
def test_a_small_cell_is_computed_in_one_thread(n_atoms, threads):
    maker = Counting(converges=(True,))
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with threadpool_limits(2, user_api="blas"):
            Continued(maker).carried_out(maker, ["Na"] * n_atoms)
        assert maker.threads == threads
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


@dataclass
class Climbing(Maker):
    """Ends higher than it began unless FIRE drives it."""

    name: str = "relax"
    optimizer_kwargs: dict[str, str] = field(default_factory=lambda: {"optimizer": "other"})
    starts: list[str] = field(default_factory=list)

    @job
    def make(self, structure, prev_dir=None):
        self.starts.append((structure, prev_dir))
        end = -1.0 if self.optimizer_kwargs == {} else 1.0
        energies = [SimpleNamespace(energy=value) for value in (0.0, end)]
        return SimpleNamespace(
            structure="end",
            is_force_converged=True,
            output=SimpleNamespace(n_steps=2, ionic_steps=energies),
        )


def test_what_ends_higher_than_it_began_starts_again_with_fire():
    maker = Climbing()
    task = Continued(maker).carried_out(maker, "start", prev_dir=None)
    assert maker.starts == [("start", None)] * 2
    assert task.output.ionic_steps[-1].energy == -1.0
    assert task.output.n_steps == 4


@pytest.fixture
def in_two_stages(monkeypatch):
    """A backend that relaxes with effective-medium theory twice, the first time roughly."""
    emt = {"@module": "ase.calculators.emt", "@callable": "EMT"}
    rough = ForceField("rough", "EMT", "ase", force_field=emt, max_force=0.5)
    monkeypatch.setitem(BACKENDS, "rough", rough)
    return ForceField("fine", "EMT", "ase", force_field=emt, prerelaxation="rough")


@pytest.mark.parametrize(("symbol", "kind"), [("Cu", RelaxationDoc), ("Na", FailureDoc)])
def test_a_first_stage_is_refined_or_ends_the_candidate_with_its_reason(
    in_two_stages, tmp_path, monkeypatch, symbol, kind
):
    monkeypatch.chdir(tmp_path)
    packed = Structure(Lattice.cubic(3.9), [symbol] * 4, FACE_CENTRED)
    flow = RelaxMaker(backend=in_two_stages).make(Candidate("metal", symbol, "test", packed))
    store = JobStore(MemoryStore(), additional_stores={"data": MemoryStore()})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # atomate2 warns of its own settings
        done = run_locally(flow, store=store, log=False)
    found = done[flow.output.uuid][1].output
    assert isinstance(found, kind)
    if kind is RelaxationDoc:
        assert found.converged
        assert found.max_force < in_two_stages.max_force
        assert found.volume < found.volume_start
    else:
        assert "Na" in found.reason or "EMT" in found.reason
