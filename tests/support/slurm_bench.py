"""A bench for faults: a project on a real Slurm whose runner works step by step."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.support.clusters import StepWork, Turns, named, waits_for
from tests.workflows.cluster.test_submission import CRYSTALS
from trona.stores.energies.references import load_reference
from trona.workflows.cluster.queue import release
from trona.workflows.cluster.status import STALE
from trona.workflows.cluster.submission import place_on_worker, submit
from trona.workflows.cluster.tracking import retry, standings
from trona.workflows.jobs.backends import find_backend
from trona.workflows.local.screening import Plan


class Bench:
    """A project on a cluster, its queue and its runner; each candidate has two jobs."""

    def __init__(self, project, controller, cluster, folder):
        self.project, self.controller = project, controller
        self.cluster, self.folder = cluster, folder
        self.runner = Turns(project.name)

    def submit(self, label, resources=None, exec_config=None, worker=None):
        """Submit a candidate whose step waits until `go` is told about it."""
        reference = load_reference("bundled")
        candidate = named(label)
        place = place_on_worker(self.project, worker, resources, exec_config)
        step = lambda: waits_for(str(self.folder / f"go-{label}"))  # noqa: E731
        work = StepWork(find_backend("mock"), reference.name, steps=((label, step),))
        todo = Plan((), (), (with_structure(candidate),))
        (told,) = submit(self.controller, todo, reference, work, place)
        assert told.outcome == "submitted"
        self.runner.turn()

    def go(self, label):
        """Let the step of a candidate end."""
        (self.folder / f"go-{label}").touch()

    def row(self, label):
        """Where a candidate stands, as `trona status` says."""
        (found,) = standings(self.controller, [label], self.project)
        return found

    def job(self, label, name="waits_for"):
        """A job of a candidate in the queue."""
        return self.controller.jobs.find_one({"job.name": f"{name} {label}"})

    def process(self, label):
        """Id in Slurm of the step of a candidate, once it has one."""
        return self.runner.until(lambda: self.job(label)["remote"]["process_id"])

    def state(self, label, wanted):
        """Work until the step of a candidate is in a state of the queue."""
        return self.runner.until(lambda: self.job(label)["state"] == wanted)

    def begun(self, label):
        """Wait until the step of a candidate has begun on its node."""
        self.process(label)
        started = self.cluster_folder(label) / "jfremote_out.json"
        self.runner.until(started.exists)

    def cluster_folder(self, label, name="waits_for"):
        """Folder of a job of a candidate on the cluster."""
        return Path(self.job(label, name)["run_dir"])

    def failed(self, label):
        """Work until a candidate has failed; the reason."""
        self.runner.until(lambda: self.row(label).state == "failed")
        return self.row(label).reason

    def done(self, label):
        """Work until a candidate is done."""
        self.go(label)
        self.runner.until(lambda: self.row(label).state == "done")

    def retry(self, label, resources=None):
        """What `trona retry` does."""
        release(self.controller, self.project, STALE)
        rows = [self.row(label)]
        return retry(self.controller, rows, resources=resources, project=self.project)


def with_structure(candidate):
    """A candidate with some structure, so that it has a step."""
    return replace(CRYSTALS[0], label=candidate.label, formula=candidate.formula)
