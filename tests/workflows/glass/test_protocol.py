"""Glasses: the protocol is kept, runs go on where they stopped, and the outcome says what it is."""

from __future__ import annotations

from itertools import pairwise

import pytest

from trona.screening.errors import InputError, StructureInputError
from trona.stores.collections.molecular_dynamics import SegmentDoc, Segments
from trona.stores.collections.results import Results
from trona.stores.documents.made_structures import ModelDoc
from trona.stores.documents.results import RelaxationDoc, StructureDoc
from trona.workflows.candidates.folders import describe_model
from trona.workflows.candidates.sources import bundled
from trona.workflows.glass.local_glasses import Glassworks
from trona.workflows.glass.protocol import MOLTEN, Protocol, glasses, prepare_batch, segment_id
from trona.workflows.jobs.backends import BACKENDS
from trona.workflows.local import pool
from trona.workflows.ordering.hydroborates import hydroborate
from trona.workflows.ordering.substitution import substituted

CHGNET = BACKENDS["chgnet"]
PARENTS = {candidate.label: candidate for candidate in bundled()}


def batch(formula="Na3PS3.5O0.5", parent="Na3PS4", **choices):
    return prepare_batch(
        substituted(formula, PARENTS[parent]), Protocol(**{"atoms": 32, **choices})
    )


@pytest.mark.parametrize("steps", [100, 333, 2000, 10_000])
def test_segments_keep_to_times_rates_and_temperatures(steps):
    protocol = Protocol(melt_time=2.0, rate=600.0, segment_steps=steps)
    segments = protocol.segments(2.0, seed=7)
    melt = [one for one in segments if one.name == "melt"]
    quench = [one for one in segments if one.name == "quench"]
    assert [*melt, *quench] == segments
    assert sum(one.steps for one in melt) == 1000  # 2 ps
    assert sum(one.steps for one in quench) == 1000  # 1200 K at 600 K/ps
    assert max(one.steps for one in segments) <= steps
    assert {one.start_temperature for one in melt} == {1500.0}
    assert (quench[0].start_temperature, quench[-1].end_temperature) == (1500.0, 300.0)
    for first, second in pairwise(quench):
        assert first.end_temperature == second.start_temperature
    for one in quench:
        slope = (one.start_temperature - one.end_temperature) / (one.steps * 2.0 / 1000.0)
        assert slope == pytest.approx(600.0)
    assert len({one.seed for one in segments}) == len(segments)


@pytest.mark.parametrize(
    "choices",
    [{"rate": 0}, {"quenches": 0}, {"melt_time": -1}, {"melt_temperature": 200},
     {"rate": float("nan")}, {"rate": 0.01}],
)  # fmt: skip
def test_impossible_protocols_are_refused(choices):
    with pytest.raises(InputError):
        Protocol(**choices)


def test_quenches_start_from_expanded_models_of_the_composition():
    made = batch(quenches=4, expansion=0.2)
    crystal = PARENTS["Na3PS4"].structure
    for run in made.runs:
        amounts = run.structure.composition.get_el_amt_dict()
        assert amounts == {"Na": 12, "P": 4, "S": 14, "O": 2}
        assert run.structure.volume / 32 == pytest.approx(1.2 * crystal.volume / 16, rel=1e-6)
    assert len({run.structure.volume for run in made.runs}) >= 1
    assert made.runs[0].structure != made.runs[1].structure
    assert {one.seed for one in made.runs[0].segments}.isdisjoint(
        one.seed for one in made.runs[1].segments
    )
    again = batch(quenches=4, expansion=0.2)
    assert [run.structure for run in again.runs] == [run.structure for run in made.runs]


def test_an_ordered_crystal_is_repeated_up_to_the_size_and_hydrogen_takes_smaller_steps():
    made = prepare_batch(substituted("Na2S", PARENTS["Na2S"]), Protocol(atoms=26, quenches=1))
    assert len(made.runs[0].structure) == 24
    assert made.runs[0].segments[0].time_step == 2.0
    with pytest.raises(StructureInputError, match="would not survive melting"):
        prepare_batch(hydroborate("NaBH4"), Protocol())


def ended(run, energy, moved, **changes):
    """What a quench may leave behind."""
    structure = run.structure
    segment = run.segments[0]
    doc = SegmentDoc(
        id=segment_id(structure, segment, CHGNET),
        label=run.label,
        name="melt",
        start_temperature=1500,
        end_temperature=1500,
        steps=10,
        time_step=2.0,
        displacement=moved,
        structure=StructureDoc.from_structure(structure),
        versions={},
    )
    content = {
        "id": run.label,
        "label": run.label,
        "formula": structure.composition.reduced_formula,
        "method": "a potential",
        "settings": {},
        "converged": True,
        "energy": energy * len(structure),
        "max_force": 0.01,
        "n_steps": 3,
        "n_sites": len(structure),
        "volume_start": structure.volume,
        "volume": structure.volume,
        "space_group": "P1",
        "structure": StructureDoc.from_structure(structure),
        "versions": {},
    }
    return [doc], RelaxationDoc(**{**content, **changes})


def test_each_quench_is_a_model_that_knows_the_others():
    made = batch(quenches=3)
    energies, moves = (-4.40, -4.42, -4.30), (5.0, MOLTEN / 2, 5.0)
    outcomes = [ended(run, e, m) for run, e, m in zip(made.runs, energies, moves, strict=True)]
    outcomes[2][1].converged = False
    models, reasons = glasses(made, [one for one, _ in outcomes], [one for _, one in outcomes])
    assert [model.label for model in models] == ["Na3PS3.5O0.5-glass-1", "Na3PS3.5O0.5-glass-2"]
    assert "glass-3" in reasons[0]
    assert [trial.energy for trial in models[1].trials] == pytest.approx([-4.42, -4.40])
    assert models[0].spread == pytest.approx(0.02)
    assert models[0].kind == "glass"
    assert models[0].formula == "Na3PS3.5O0.5"
    first, second = (describe_model(model) for model in models)
    assert "GLASS" in first
    assert "300 K/ps" in first
    assert ("MOLTEN" in first, "PERHAPS NOT MOLTEN" in second) == (False, True)


@pytest.fixture(scope="module")
def quenched(tmp_path_factory):
    """A melt of six atoms, a few steps long, whose first piece an earlier run has left behind."""
    results = Results(str(tmp_path_factory.mktemp("glass") / "s.sqlite"))
    (run,) = small_batch().runs
    (melt,), _ = ended(run, 0.0, 5.0)
    Segments(results.location).save(melt)
    works = Glassworks([small_batch()], results, CHGNET)
    before = (works.done, works.total)
    labels = list(works.work(workers=2))
    return results, before, labels, works


def small_batch():
    protocol = Protocol(
        atoms=6, quenches=1, melt_time=0.02, rate=60_000.0, segment_steps=10, expansion=0.0
    )
    return prepare_batch(substituted("Na2S", PARENTS["Na2S"]), protocol)


def test_a_run_goes_on_where_it_stopped(quenched):
    results, before, labels, works = quenched
    assert before == (1, 3)
    assert len(labels) >= 2
    assert works.done == 3
    ((model,), reasons) = works.models()
    assert reasons == []
    assert isinstance(model, ModelDoc)
    assert (model.formula, model.settings["displacement"]) == ("Na2S", 5.0)
    (run,) = small_batch().runs
    start = run.structure
    melt, quench = run.segments
    store = Segments(results.location)
    middle = store.find(segment_id(start, melt, CHGNET)).structure.to_structure()
    doc = store.find(segment_id(middle, quench, CHGNET))
    assert (doc.name, doc.steps, doc.end_temperature) == ("quench", 10, 300.0)
    assert 0 < doc.displacement < 1


def test_what_is_quenched_is_not_quenched_again(quenched, monkeypatch):
    results, *_ = quenched
    monkeypatch.setattr(pool, "run_each", None)  # must not be needed
    works = Glassworks([small_batch()], results, CHGNET)
    assert list(works.work(workers=1)) == []
    assert len(works.models()[0]) == 1


def test_the_maker_wires_every_piece():
    from trona.workflows.glass.makers import GlassMaker

    flow = GlassMaker(protocol=Protocol(atoms=16, quenches=2, segment_steps=1000)).make(
        substituted("Na3PS4", PARENTS["Na3PS4"])
    )
    names = [job.name for job, _ in flow.iterflow()]
    assert sum("Force field melt" in name for name in names) == 2 * 2
    assert sum("Force field quench" in name for name in names) == 2 * 2
    assert sum("Force field relax" in name for name in names) == 2
    assert names[-1] == "collect_glasses"
