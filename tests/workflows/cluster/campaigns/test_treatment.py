"""A campaign takes up what is new, treats each failure once by its rule, and says what it did."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.support.clusters import project, project_folder, quicken, start_runner
from tests.support.warm_worker import warm
from tests.workflows.cli.test_commands import MAIN, hear_interrupts
from tests.workflows.cluster.campaigns.test_policy import JOBS
from trona.stores.collections.results import Results
from trona.workflows.cluster.campaigns.decisions import decisions
from trona.workflows.cluster.campaigns.policy import LEFT
from trona.workflows.cluster.campaigns.treatment import treat_failures
from trona.workflows.cluster.queue import TAG, open_queue
from trona.workflows.cluster.tracking import standings


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "wanted.csv"
    path.write_text("formula\nNa3PS4\nNa2S\n", encoding="utf-8")
    return path


def test_a_campaign_goes_from_a_growing_table_to_results(trona, mongo, tmp_path, table):
    store = str(tmp_path / "s.sqlite")
    with project_folder() as folder, warm(folder / "w.sock") as worker:
        project(mongo, folder)
        quicken(folder / "lap.yaml", worker)
        go = ("campaign", table, "--project", "lap", "--store", store, "--once")
        first = trona(*go)
        assert first.returncode == 0, first.stderr
        assert "2 submitted" in first.stdout
        assert start_runner().wait(timeout=600) == 0
        with table.open("a", encoding="utf-8") as file:
            file.write("Na3P\nNaXx\n")
        second = trona(*go)
        assert "2 queued, 1 submitted" in second.stdout
        assert "collected: 2 completed" in second.stdout
        assert "Xx" in second.stderr
        third = trona(*go)
        assert "2 done, 1 queued" in third.stdout
        assert "nothing new" in third.stdout
    assert {doc.label for doc in Results(store).screenings()} == {"Na3PS4", "Na2S"}


def test_a_campaign_looks_again_until_it_is_interrupted(mongo, tmp_path, table):
    with project_folder() as folder:
        project(mongo, folder)
        go = ("campaign", str(table), "--project", "lap", "--store", str(tmp_path / "s.sqlite"))
        run = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", MAIN, *go, "--every", "0.1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=hear_interrupts,  # noqa: PLW1509 (the test has one thread)
        )
        rounds = iter(run.stdout.readline, "")
        assert any("2 submitted" in line for line in rounds)
        with table.open("a", encoding="utf-8") as file:
            file.write("Na3P\n")
        assert any("2 queued, 1 submitted" in line for line in rounds)
        assert any("3 queued" in line for line in rounds)
        os.killpg(run.pid, signal.SIGINT)  # as a terminal does
        _, told = run.communicate(timeout=60)
    assert (run.returncode, "Traceback" in told) == (130, False)
    assert "stopped: the same command goes on from there." in told


def test_each_failure_is_treated_once_by_its_rule_and_then_left(trona, mongo, tmp_path):
    names = {"Na3PS4": "time", "Na2S": "memory", "Na3P": "way", "Na3SbS4": LEFT}
    resources = {"time": "04:00:00", "mem": "8G"}
    with project_folder() as folder, open_queue(project(mongo, folder)) as controller:
        store = ("--store", tmp_path / "s.sqlite")
        assert trona("submit", *names, "--project", "lap", *store).returncode == 0

        def fail():
            for label, rule in names.items():
                broken = {f"remote.{key}": x for key, x in JOBS[rule].get("remote", {}).items()}
                broken |= {key: JOBS[rule][key] for key in ("state", "error") if key in JOBS[rule]}
                broken["previous_state"] = "UPLOADED"
                found = {f"job.metadata.{TAG}.label": label}
                controller.jobs.update_one(found, {"$set": broken})

        for job in controller.jobs.find({}):
            change = {"$set": {"resources": resources}}
            controller.jobs.update_one({"uuid": job["uuid"]}, change)
        fail()
        decided = {one.label: one for one in treat_failures(controller, controller.project)}
        assert {label: one.rule for label, one in decided.items()} == names
        waits = {row.label for row in standings(controller) if row.state != "failed"}
        assert waits == set(names) - {"Na3SbS4"}
        had = {
            job["job"]["metadata"][TAG]["label"]: job["resources"]
            for job in controller.jobs.find({})
        }
        assert had["Na3PS4"] == {**resources, "time": "08:00:00"}
        assert had["Na2S"] == {**resources, "mem": "16G"}
        assert had["Na3P"] == resources
        fail()
        again = treat_failures(controller, controller.project)
        assert {one.label: one.rule for one in again} == dict.fromkeys(
            set(names) - {"Na3SbS4"}, LEFT
        )
        assert treat_failures(controller, controller.project) == []
        assert len(decisions(controller)) == 7
        assert "time doubled to 08:00:00" in trona("status").stderr
        rows = json.loads(trona("status", "--failed", "--json").stdout)
        assert {row["label"] for row in rows} == set(names)


def test_what_the_user_types_wrongly_is_one_sentence(trona, mongo, table):
    with project_folder() as folder:
        project(mongo, folder)
        done = trona("campaign", table, "--project", "lap", "--worker", "nix", "--once")
        assert done.returncode == 2
        assert "choose from laptop" in done.stderr
        assert trona("campaign", "none.csv", "--project", "lap", "--once").returncode == 2
