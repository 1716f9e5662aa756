"""Accounts and their limits on a real Slurm with an accounting database, where it is installed."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.support import slurm_accounts
from tests.support.clusters import project_folder, slurm_project
from tests.support.slurm_bench import Bench
from tests.support.slurm_cluster import reason_to_skip, running
from tests.support.warm_worker import warm
from trona.workflows.cluster.queue import open_queue, prepare_queue


@pytest.fixture
def bench(mongo):
    """A project on a cluster of its own, with accounts."""
    if lacking := slurm_accounts.missing_programs():
        pytest.skip(f"no {', '.join(lacking)}: Debian's slurmdbd and mariadb-server")
    if reason := reason_to_skip():
        pytest.skip(reason)
    temporary = TemporaryDirectory(prefix="slurm", dir="/tmp", ignore_cleanup_errors=True)
    with (
        temporary as place,
        running(Path(place), slurm_accounts) as cluster,
        project_folder() as folder,
        warm(folder / "warm") as run,
    ):
        project = slurm_project(
            mongo, folder, "slurm", {"work_dir": f"execution_cmd: {run}\n    work_dir"}
        )
        with open_queue(project) as controller:
            prepare_queue(controller)
            made = Bench(project, controller, cluster, folder)
            yield made
            made.runner.close()


def test_a_wrong_account_fails_at_once_and_a_limit_of_submissions_is_tried_again(bench):
    bench.submit("NaF", {"nodes": 1, "account": "nix", "time": "00:05:00"})
    assert bench.failed("NaF").startswith("Slurm took no job: Invalid account or account/partition")
    assert bench.retry("NaF", {"account": slurm_accounts.MINE}) == [("NaF", None)]
    bench.done("NaF")
    slurm_accounts.limit(bench.cluster, 0)
    bench.submit("NaBr")
    bench.runner.until(lambda: bench.row("NaBr").reason)
    row = bench.row("NaBr")
    assert row.state == "running"
    assert row.reason.startswith("will be tried again: Slurm took no job: Job violates accounting")
    assert "AssocGrpSubmitJobsLimit" in row.reason
    slurm_accounts.limit(bench.cluster, -1)
    assert bench.retry("NaBr") == [("NaBr", None)]
    bench.done("NaBr")
