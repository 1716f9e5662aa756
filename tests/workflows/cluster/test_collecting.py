"""Several projects are collected into one store: no result twice, each with its project."""

from __future__ import annotations

import json

from pymongo import MongoClient

from tests.support.clusters import project_folder
from tests.support.mongo_server import temporary
from trona.workflows.cluster.project_templates import Choices, write_project


def fail(uri):
    """Let every job of a queue fail."""
    server, _, name = uri.rpartition("/")
    with MongoClient(server) as client:
        found = {"$set": {"state": "FAILED", "error": "ValueError: too hot"}}
        client[f"{name}_queue"].jobs.update_many({}, found)


def test_each_result_names_its_project_and_stands_in_the_store_once(trona, mongo_server, tmp_path):
    store = ("--store", tmp_path / "s.sqlite")
    candidates = {"a": ("Na3PS4", "Na2S"), "b": ("Na2S", "Na3P")}
    with project_folder() as folder, temporary(mongo_server) as one, temporary(mongo_server) as two:
        for (name, formulas), uri in zip(candidates.items(), (one, two), strict=True):
            write_project(Choices(name, "laptop", uri, folder / "work"))
            done = trona("submit", *formulas, "-p", name, "--store", tmp_path / "other.sqlite")
            assert "2 submitted" in done.stdout
            fail(uri)
        collected = json.loads(trona("collect", "-p", "a,b", *store, "--json").stdout)
        assert (len(collected["new"]), collected["known"]) == (3, 1)
        assert "no result; 0 relaxations; 4 known" in trona("collect", "-p", "b,a", *store).stdout
        assert trona("collect", "-p", "a,nix", *store).returncode == 2
    for name, labels in {"a": {"Na3PS4", "Na2S"}, "b": {"Na3P"}}.items():
        found = trona("query", "--where", f"project == '{name}'", *store, "--json").stdout
        assert {row["label"] for row in json.loads(found)} == labels
