"""The first run that docs/clusters.md shows ends with results."""

from __future__ import annotations

from tests.support.clusters import project_folder, quicken, start_runner
from tests.support.documentation import blocks
from tests.support.warm_worker import warm
from tests.workflows.cluster.test_submission import CRYSTALS, PATIENCE

FIRST = next(block for block in blocks() if block.page == "docs/clusters.md")


def test_the_first_run_ends_with_results(trona, mongo, tmp_path, monkeypatch):
    monkeypatch.setenv("TRONA_STORE", str(tmp_path / "results.sqlite"))
    CRYSTALS[0].structure.to(str(tmp_path / "my.cif"))
    with project_folder() as folder, warm(folder / "w.sock") as worker:
        places = {
            "mongodb://localhost/trona": mongo,
            "~/trona-runs": str(folder / "work"),
            "my.cif": str(tmp_path / "my.cif"),
        }
        said = {}
        for words in FIRST.commands:
            if words[0] == "trona":
                done = trona(*(places.get(word, word) for word in words[1:]))
                assert done.returncode == 0, done.stderr
                said[words[1]] = done.stdout
            elif words[-1] == "start":
                quicken(folder / "first.yaml", worker)
                assert start_runner("first").wait(timeout=PATIENCE) == 0
    assert "2 submitted: worker mock of first" in said["submit"]
    assert "2 done" in said["status"]
    assert "2 completed; 1 relaxations" in said["collect"]
    assert "Na3PS4" in said["query"]
