"""The choice among trials, and folders of models: whole or not at all. Nothing is relaxed here."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from jobflow import Maker, job, run_locally

from trona.screening.errors import InputError, StructureInputError
from trona.stores.database.connect import job_store
from trona.stores.documents.made_structures import ModelDoc
from trona.stores.documents.results import RelaxationDoc, StructureDoc
from trona.workflows.candidates.folders import PROVENANCE, write_models
from trona.workflows.candidates.sources import Candidate, bundled, gather
from trona.workflows.ordering.arrangements import Search
from trona.workflows.ordering.blueprints import of_structure
from trona.workflows.ordering.hydroborates import hydroborate
from trona.workflows.ordering.makers import ModelMaker
from trona.workflows.ordering.substitution import substituted
from trona.workflows.ordering.supercells import Bounds
from trona.workflows.ordering.trials import choose, draft

CUBIC = next(candidate for candidate in bundled() if candidate.label == "Na3PS4-cubic")
SEARCH = Search(bounds=Bounds(min_atoms=8, max_atoms=40))


def drafted(formula="Na3PS3.5O0.5", **choices):
    return draft(substituted(formula, CUBIC), SEARCH, **choices)


def relaxed(trial, energy_per_atom, **changes):
    """A relaxation that leaves a trial as it is."""
    structure = trial.structure
    content = {
        "id": trial.label,
        "label": trial.label,
        "formula": structure.composition.reduced_formula,
        "method": "a potential",
        "settings": {},
        "converged": True,
        "energy": energy_per_atom * len(structure),
        "max_force": 0.01,
        "n_steps": 3,
        "n_sites": len(structure),
        "volume_start": structure.volume,
        "volume": structure.volume,
        "space_group": "P1",
        "structure": StructureDoc.from_structure(structure),
        "versions": {},
    }
    return RelaxationDoc(**{**content, **changes})


def test_the_lowest_eligible_trial_is_the_model():
    made = drafted("Na3PS3.25O0.75", max_relaxed=4)
    first, second, third, fourth = made.trials
    model = choose(
        made,
        [
            relaxed(first, -4.0),
            relaxed(second, -4.2),
            relaxed(third, -9.0, converged=False),
            "RuntimeError: burst",
        ],
    )
    assert [trial.energy for trial in model.trials] == pytest.approx([-4.2, -4.0, -9.0, None])
    assert "convergence" in model.trials[2].objection
    assert model.trials[3].objection == "RuntimeError: burst"
    assert model.structure.to_structure().composition == second.structure.composition
    assert model.formula == "Na3PS3.25O0.75"
    assert model.deviation == 0.0
    assert fourth.label.startswith("Na3PS3.25O0.75#")


def test_the_spread_is_that_of_eligible_energies():
    made = drafted("Na3PS3.25O0.75", max_relaxed=3)
    energies = (-4.0, -4.2, -9.0)
    docs = [relaxed(trial, e) for trial, e in zip(made.trials, energies, strict=True)]
    assert choose(made, docs).spread == pytest.approx(5.0)
    docs[2] = docs[2].model_copy(update={"converged": False})
    assert choose(made, docs).spread == pytest.approx(0.2)


def test_without_an_eligible_trial_there_is_no_model():
    made = drafted(max_relaxed=1)
    with pytest.raises(StructureInputError, match=r"Na3PS3\.5O0\.5.*volume"):
        choose(made, [relaxed(made.trials[0], -4.0, volume=9999.0)])
    with pytest.raises(StructureInputError, match="its relaxation failed"):
        choose(made, [None])


def test_electrostatics_alone_give_a_model_that_says_so():
    made = drafted("Na2.9375PS3.9375Cl0.0625", max_relaxed=0)
    model = choose(made, [None])
    assert (model.method, model.trials[0].energy) == (None, None)
    assert model.trials[0].electrostatic < 0


def test_a_rounded_composition_is_reported_with_its_deviation():
    model = choose(drafted("Na3PS3.85O0.15", max_relaxed=0), [None])
    assert model.asked["O"] == pytest.approx(0.15)
    assert model.achieved["O"] == pytest.approx(0.2)
    assert model.deviation == pytest.approx(0.05)
    assert model.formula == "Na3PS3.8O0.2"


def test_anions_that_fall_apart_are_not_chosen():
    made = draft(hydroborate("Na2B12H12"), Search(), 2)
    whole, torn = made.trials
    apart = torn.structure.copy()
    boron = next(i for i, site in enumerate(apart) if site.specie.symbol == "B")
    apart.translate_sites([boron], [0.5, 0.5, 0.5])
    docs = [
        relaxed(whole, -5.0),
        relaxed(torn, -6.0, structure=StructureDoc.from_structure(apart)),
    ]
    model = choose(made, docs)
    assert (model.kind, model.trials[0].energy) == ("hydroborate", pytest.approx(-5.0))
    assert "fell apart" in model.trials[1].objection


def test_a_folder_of_models_is_screened_with_their_provenance(tmp_path):
    models = [
        choose(drafted(name, max_relaxed=0), [None])
        for name in ("Na3PS3.5O0.5", "Na2.875PS3.875Cl0.125")
    ]
    write_models(models, tmp_path / "made")
    found = gather([str(tmp_path / "made")])
    assert not found.left_out
    for candidate, model in zip(found.candidates, models, strict=True):
        assert (candidate.label, candidate.formula) == (model.label, model.formula)
        assert "Na3PS4-cubic" in candidate.source
        assert "arrangements in the cell" in candidate.source
        written = model.structure.to_structure()
        assert candidate.structure.composition == written.composition
        assert candidate.structure.volume == pytest.approx(written.volume, rel=1e-6)
    content = json.loads((tmp_path / "made" / PROVENANCE).read_text(encoding="utf-8"))
    assert [ModelDoc(**one).label for one in content] == [model.label for model in models]


def test_labels_that_meet_in_one_file_name_are_kept_apart(tmp_path):
    model = choose(drafted(max_relaxed=0), [None])
    twins = [model.model_copy(update={"label": label}) for label in ("a/b", "a b", "A-B")]
    write_models(twins, tmp_path / "made")
    assert len(list((tmp_path / "made").glob("*.cif"))) == 3
    assert [c.label for c in gather([str(tmp_path / "made")]).candidates] == ["a/b", "a b", "A-B"]


def test_a_folder_that_exists_is_left_alone(tmp_path):
    (tmp_path / "made").mkdir()
    with pytest.raises(InputError, match="exists"):
        write_models([choose(drafted(max_relaxed=0), [None])], tmp_path / "made")
    with pytest.raises(InputError, match="no folder"):
        write_models([], tmp_path / "no" / "where")
    assert list((tmp_path / "made").iterdir()) == []


def test_nothing_half_written_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("trona.workflows.candidates.folders.json.dumps", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_models([choose(drafted(max_relaxed=0), [None])], tmp_path / "made")
    assert list(tmp_path.iterdir()) == []


def interrupt(*_, **__):
    raise KeyboardInterrupt


@pytest.mark.parametrize("n_relaxed", [0, 3])
def test_the_maker_does_the_same_in_a_flow(tmp_path, n_relaxed):
    maker = ModelMaker(search=SEARCH, max_relaxed=n_relaxed, relax_maker=StillMaker())
    responses = run_locally(
        maker.make(substituted("Na3PS3.25O0.75", CUBIC)),
        store=job_store(str(tmp_path / "s.sqlite")),
        root_dir=tmp_path,
        log=False,
    )
    outputs = [one.output for by_index in responses.values() for one in by_index.values()]
    (model,) = [output for output in outputs if isinstance(output, ModelDoc)]
    made = drafted("Na3PS3.25O0.75", max_relaxed=n_relaxed)
    docs = [still(trial.label, trial.structure) for trial in made.trials] if n_relaxed else [None]
    expected = choose(made, docs)
    assert model.structure == expected.structure
    assert model.trials == expected.trials


def still(label, structure):
    """A quick stand-in for a relaxation: energies fall with the rank, the third is unconverged."""
    rank = int(label.rpartition("#")[2])
    return relaxed(Candidate(label, "", "", structure), -rank / 10, converged=rank < 3)


@dataclass
class StillMaker(Maker):
    """A relaxation in which nothing moves."""

    name: str = "still"

    def make(self, candidate):
        return job(still)(candidate.label, candidate.structure)


def test_an_ordered_file_is_taken_as_it_is():
    model = choose(draft(of_structure("mine", CUBIC.structure, "a file"), SEARCH, 0), [None])
    assert (model.possible, model.formula, len(model.structure.species)) == (1, "Na3PS4", 8)
