"""The commands for clusters as a user types them; mistakes are one sentence and exit code 2."""

from __future__ import annotations

import json
import re

import pytest

from tests.support.clusters import project_folder
from tests.support.vasp_runs import SULFIDE as CRYSTAL
from trona.workflows.cluster.project_templates import Choices, write_project


@pytest.fixture(scope="module")
def folder():
    with project_folder() as found:
        yield found


def made(trona, folder, uri, name="lap"):
    (folder / f"{name}.yaml").unlink(missing_ok=True)
    work = ("--work-dir", folder / "work", "--store", uri)
    return trona("project", "init", name, "--template", "laptop", *work)


def test_from_a_new_project_to_a_queue_with_candidates(trona, folder, mongo, tmp_path):
    done = made(trona, folder, mongo)
    assert done.returncode == 0, done.stderr
    assert "jf -p lap runner start" in done.stdout
    store = ("--store", tmp_path / "s.sqlite")
    for outcome in ("2 submitted", "2 queued"):
        done = trona("submit", "Na3PS4", "Na2S", *store)
        assert outcome in done.stdout
        assert "no runner is active" in done.stderr
    rows = json.loads(trona("status", "--json").stdout)
    assert [(row["label"], row["state"]) for row in rows] == [
        ("Na2S", "waiting"), ("Na3PS4", "waiting")]  # fmt: skip
    assert "2 waiting" in trona("status").stdout
    assert "nothing has failed" in trona("retry").stdout
    assert "new: no result" in trona("collect", *store).stdout
    for arguments, sentence in [
        (("submit", "Na2S", "--worker", "nix"), "'nix'.*choose from laptop"),
        (("submit", "Na2S", "--resources", "nodes"), "nodes=1,time=04:00:00"),
        (("submit", "Na2S", "--resources", "gpu=1"), "gpu"),
        (("submit", "Na2S", "--exec-config", "vasp"), "vasp"),
        (("submit", "Na2S", "--backend", "nix"), "no backend"),
        (("status", "nix"), "no candidate 'nix'"),
        (("status", "-p", "nix"), "choose from lap"),
    ]:
        refused(trona(*arguments), sentence)


def refused(done, sentence):
    assert done.returncode == 2, (done.stdout, done.stderr)
    said = done.stderr.strip()
    assert re.search(sentence, said)
    assert said.startswith("trona: ")
    assert "\n" not in said


def test_a_server_that_does_not_answer_is_named_and_nothing_written(trona, folder, monkeypatch):
    monkeypatch.setattr("trona.stores.database.connect.SERVER_TIMEOUT", 0.5)
    done = made(trona, folder, "mongodb://user:secret@127.0.0.1:9/group", "none")
    refused(done, "127.0.0.1:9.*refused")
    assert "secret" not in done.stderr
    assert not (folder / "none.yaml").exists()


def test_a_server_that_goes_away_is_named(trona, folder, monkeypatch):
    monkeypatch.setattr("trona.stores.database.connect.SERVER_TIMEOUT", 0.5)
    uri = "mongodb://user:secret@127.0.0.1:9/group"
    write_project(Choices("gone", "mock", uri, folder / "work"))
    done = trona("status", "-p", "gone")
    refused(done, "127.0.0.1:9.*Check that it runs")
    assert "secret" not in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        (
            "project",
            "init",
            "p",
            "--template",
            "mock",
            "--store",
            "mongodb://h/d",
            "--work-dir",
            "/w",
        ),
        ("submit", "Na2S"),
        ("status",),
        ("retry",),
        ("collect",),
    ],
    ids=lambda words: words[0],
)
def test_without_jobflow_remote_each_command_names_the_extra(trona, monkeypatch, words):
    monkeypatch.setattr("trona.workflows.cluster.projects.find_spec", lambda _: None)
    refused(trona(*words), "install trona with its remote extra")


def test_a_backend_that_is_not_installed_is_named_before_anything_is_queued(
    trona, folder, mongo, tmp_path, monkeypatch
):
    made(trona, folder, mongo)
    CRYSTAL.to(str(tmp_path / "salt.cif"))
    monkeypatch.setattr("trona.workflows.jobs.backends.find_spec", lambda _: None)
    store = ("--store", tmp_path / "s.sqlite")
    refused(trona("submit", tmp_path / "salt.cif", "-p", "lap", *store), "its ml extra")
    assert trona("submit", "Na2S", "-p", "lap", *store).returncode == 0  # needs no relaxation
    assert [row["label"] for row in json.loads(trona("status", "-p", "lap", "--json").stdout)] == [
        "Na2S"
    ]


def test_candidates_that_cannot_be_read_are_named_and_the_others_submitted(
    trona, folder, mongo, tmp_path
):
    made(trona, folder, mongo)
    table = tmp_path / "list.csv"
    table.write_text("formula\nNa3PS4\nNa3PS5Xx\n", encoding="utf-8")
    store = ("--store", tmp_path / "s.sqlite")
    done = trona("submit", table, "-p", "lap", *store)
    assert "1 submitted" in done.stdout
    assert "left out" in done.stderr
    assert "Xx" in done.stderr
    refused(trona("submit", tmp_path / "none.cif", "-p", "lap", *store), "none.cif")
