"""Flows of mock VASP through atomate2, custodian and emmet, each run once and shared by tests."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import pytest
from jobflow import Flow, JobStore, run_locally
from maggma.stores import MemoryStore

from tests.support.vasp_runs import SULFIDE
from trona.stores.documents.results import FailureDoc, RelaxationDoc, ScreeningDoc
from trona.workflows.candidates.sources import Candidate, bundled
from trona.workflows.jobs.backends import BACKENDS
from trona.workflows.jobs.flows import ScreeningMaker, relaxation_maker
from trona.workflows.mock_vasp.faults import FAULTS_VARIABLE

MOCK = BACKENDS["mock"]
NA2S = Candidate("Na2S", "Na2S", "antifluorite", SULFIDE)
CRASHING, CORRECTED = "Na3PO4", "Na4SnS4"
CANDIDATES = [*(c for c in bundled() if c.structure is not None)]


@dataclass
class Ran:
    """What a run left."""

    flow: Flow
    store: JobStore
    outputs: list

    def of(self, kind):
        return {doc.label: doc for doc in self.outputs if isinstance(doc, kind)}

    @property
    def screenings(self):
        return self.of(ScreeningDoc)

    @property
    def relaxations(self):
        return self.of(RelaxationDoc)

    @property
    def failures(self):
        return [doc for doc in self.outputs if isinstance(doc, FailureDoc)]


def run(flow, folder, faults=""):
    """Run a flow as plain jobflow does, with faults."""
    store = JobStore(MemoryStore(), additional_stores={"data": MemoryStore()})
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # atomate2, custodian and pymatgen have much to say
        patch.setenv(FAULTS_VARIABLE, faults)
        responses = run_locally(flow, store=store, root_dir=folder, create_folders=True, log=False)
    outputs = [one.output for by_index in responses.values() for one in by_index.values()]
    return Ran(flow, store, outputs)


def run_all(folder):
    """Run all bundled structures through mock VASP; one crashes, one has to be corrected."""
    maker = ScreeningMaker(relax_maker=relaxation_maker(MOCK))
    flow = Flow([maker.make(candidate) for candidate in CANDIDATES])
    faults = f"crash:always:static:{CRASHING},zbrent:relax:{CORRECTED}"
    return run(flow, folder, faults)
