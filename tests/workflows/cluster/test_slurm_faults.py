"""What goes wrong on a real Slurm: what `status` says and `retry` does; nothing runs twice."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.clusters import (
    executions,
    project_folder,
    slurm_project,
    start_runner,
)
from tests.support.mongo_server import temporary
from tests.support.slurm_bench import Bench
from tests.support.slurm_cluster import until
from tests.support.warm_worker import warm
from trona.workflows.cluster.queue import open_queue, prepare_queue, release
from trona.workflows.cluster.status import STALE

SICK = {
    "stuck": "sleep 600",
    "hungry": "python3 -c 'import time; kept = bytearray(300_000_000); time.sleep(60)'",
    "lost": "set -e; source /nowhere/activate",
}
"""What is done before the step of a candidate begins, by the name of an exec_config."""
LATE = "Na3BS3"
"""Runs into its limit, a minute at least, while the tests before its own run."""
EXEC = "exec_config:\n" + "".join(
    f"  {name}:\n    pre_run: |\n      if [[ $SLURM_JOB_NAME == waits_for* ]]; then {words}; fi\n"
    for name, words in SICK.items()
)


@pytest.fixture(scope="module")
def bench(slurm, mongo_server):
    with project_folder() as folder, temporary(mongo_server) as uri, warm(folder / "warm") as run:
        told = f"echo begin $(basename $PWD) >> {folder}/told"
        changes = {
            "work_dir": f"execution_cmd: {told}; {run}\n    work_dir",
            "exec_config:\n": EXEC,
            'time: "04:00:00"': 'time: "00:30:00", mem: 1500',
        }
        project = slurm_project(uri, folder, "slurm", changes)
        with open_queue(project) as controller:
            prepare_queue(controller)
            made = Bench(project, controller, slurm, folder)
            made.submit("Na3SbS4")  # so that the server of the jobs belongs to none that is ended
            made.done("Na3SbS4")
            made.submit(LATE, {"nodes": 1, "mem": 500, "time": "00:01:00"})
            yield made
            made.runner.close()


def test_a_job_cancelled_in_slurm_says_so_and_begins_again(bench):
    bench.submit("Na2S")
    bench.begun("Na2S")
    subprocess.run(["scancel", bench.process("Na2S")], check=True)
    assert "cancelled in Slurm" in bench.failed("Na2S")
    assert (bench.row("Na2S").done, bench.row("Na2S").total) == (0, 2)
    assert bench.retry("Na2S") == [("Na2S", None)]
    bench.done("Na2S")


def test_a_cancel_before_the_job_begins_does_not_blame_the_path(bench):
    bench.submit("NaCl", exec_config="stuck")
    bench.runner.until((bench.cluster_folder("NaCl") / "slurm_job_id").exists)
    subprocess.run(["scancel", bench.process("NaCl")], check=True)
    reason = bench.failed("NaCl")
    assert "cancelled in Slurm" in reason
    assert "PATH" not in reason


def test_too_much_memory_is_named_and_more_of_it_given_to_the_step_alone(bench):
    bench.submit("NaBr", {"nodes": 1, "mem": 50, "time": "00:05:00"}, exec_config="hungry")
    assert "memory limit" in bench.failed("NaBr")
    assert bench.retry("NaBr", {"mem": 70}) == [("NaBr", None)]
    step, summary = bench.job("NaBr"), bench.job("NaBr", "analyze")
    assert step["resources"] == {"nodes": 1, "mem": 70, "time": "00:05:00"}
    assert summary["resources"] is None  # the worker's own
    bench.state("NaBr", "SUBMITTED")
    assert "--mem=70" in (bench.cluster_folder("NaBr") / "submit.sh").read_text()


def test_what_comes_before_a_job_and_fails_is_not_silent(bench):
    bench.submit("NaI", exec_config="lost")
    reason = bench.failed("NaI")
    assert "never started" in reason
    assert "/nowhere/activate" in reason


def test_a_module_that_there_is_not_is_named(bench):
    bench.submit("NaSbS2", exec_config="vasp")
    reason = bench.failed("NaSbS2")
    assert "never started" in reason
    assert "module" in reason


def test_a_wrong_partition_fails_at_once_in_slurms_words_and_another_is_taken(bench):
    bench.submit("NaF", {"nodes": 1, "partition": "nix", "time": "00:05:00"})
    assert bench.failed("NaF").startswith("Slurm took no job: Invalid partition name")
    assert bench.retry("NaF", {"partition": "main"}) == [("NaF", None)]
    bench.done("NaF")


def test_a_job_that_slurm_never_starts_waits_with_the_reason_and_takes_other_resources(bench):
    bench.submit("Na2O", {"nodes": 1, "partition": "short", "time": "00:05:00"})
    bench.process("Na2O")
    waits = bench.runner.until(lambda: "PartitionTimeLimit" in (bench.row("Na2O").reason or ""))
    assert waits
    assert bench.row("Na2O").state == "waiting"
    first = bench.process("Na2O")
    assert bench.retry("Na2O") == []
    assert bench.retry("Na2O", {"time": "00:01:00"}) == [("Na2O", None)]
    bench.done("Na2O")
    assert first not in [job[0] for job in bench.cluster.jobs()]


def test_a_drained_node_only_delays(bench):
    node = bench.cluster.ask("sinfo", "--noheader", "-o", "%n").split()[0]
    change = ["scontrol", "update", f"nodename={node}"]
    subprocess.run([*change, "state=drain", "reason=test"], check=True)
    try:
        bench.submit("Na2Se")
        bench.process("Na2Se")
        bench.runner.until(lambda: bench.row("Na2Se").state == "waiting")
        assert bench.row("Na2Se").reason.startswith("waits in Slurm: ")
    finally:
        subprocess.run([*change, "state=resume"], check=True)
    bench.done("Na2Se")


def test_a_controller_that_is_away_fails_nothing_and_the_wait_can_be_cut_short(bench):
    bench.cluster.stop("slurmctld")
    try:
        bench.submit("Na3P")
        bench.runner.until(lambda: bench.row("Na3P").reason)
        row = bench.row("Na3P")
        assert row.state == "running"
        assert row.reason.startswith("will be tried again: Slurm took no job: ")
    finally:
        bench.cluster.start("slurmctld")
        until(lambda: bench.cluster.ask("sinfo", "-h", "-t", "idle,mixed,alloc", "-o", "%n"))
    assert bench.retry("Na3P") == [("Na3P", None)]
    bench.done("Na3P")


def lost_record(bench, label):
    """What a runner leaves that is killed after sbatch, before it could write that down."""
    age = datetime.now(UTC) - 2 * STALE
    lock = {"lock_id": "x", "lock_time": age, "state": "UPLOADED", "remote.process_id": None}
    bench.controller.jobs.update_one({"job.name": f"waits_for {label}"}, {"$set": lock})


@pytest.mark.parametrize("when", ["waits", "runs", "has ended"])
def test_a_job_whose_runner_was_killed_before_it_was_noted_is_not_submitted_again(bench, when):
    label = {"waits": "NaPS3", "runs": "Na3PS4", "has ended": "Na4P2S6"}[when]
    bench.submit(
        label,
        {"nodes": 1, "time": "00:05:00", **({"partition": "short"} if when == "waits" else {})},
    )
    process = bench.process(label)
    if when != "waits":
        bench.begun(label)
    if when == "has ended":
        bench.go(label)
        until(lambda: not bench.cluster.in_folder(bench.cluster_folder(label)))
    lost_record(bench, label)
    assert "retry" in bench.row(label).reason
    assert release(bench.controller, bench.project, timedelta(minutes=10)) == 1
    if when == "waits":
        assert bench.process(label) == process
        assert bench.cluster.in_folder(bench.cluster_folder(label)) == [process]
        subprocess.run(["scontrol", "update", f"jobid={process}", "timelimit=1"], check=True)
    elif when == "runs":
        assert bench.job(label)["remote"]["process_id"] == process
    bench.done(label)
    newest = max(
        int(job) for job in bench.cluster.ask("squeue", "-h", "-t", "all", "-o", "%i").split()
    )
    folder = bench.cluster_folder(label)
    known = bench.cluster.ask("squeue", "-h", "-t", "all", "-o", "%i %Z").splitlines()
    assert newest
    assert sum(line.endswith(f" {folder}") for line in known) <= 1
    assert (folder / "slurm_job_id").read_text().strip() == process


def test_an_output_that_was_cut_off_is_named_and_the_job_begins_again(bench):
    label = "Na3AsSe4"
    bench.submit(label)
    bench.begun(label)
    bench.go(label)
    until(lambda: not bench.cluster.in_folder(bench.cluster_folder(label)))
    (bench.cluster_folder(label) / "jfremote_out.json").write_text("", encoding="utf-8")
    assert "output cannot be read" in bench.failed(label)
    assert bench.retry(label) == [(label, None)]
    bench.done(label)


def test_a_job_that_left_no_output_behind_ssh_begins_again(bench):
    label = "Na3SbTe4"
    bench.submit(label)
    bench.begun(label)
    subprocess.run(["scancel", bench.process(label)], check=True)
    bench.failed(label)
    lost = f"file {bench.cluster_folder(label)}/jfremote_out.json for job 1 does not exist"
    fields = {"previous_state": "RUN_FINISHED", "error": None, "remote.error": lost}
    which = {"job.name": f"waits_for {label}"}
    bench.controller.jobs.update_one(which, {"$set": {"state": "REMOTE_ERROR", **fields}})
    assert "cancelled in Slurm" in bench.row(label).reason
    assert bench.retry(label) == [(label, None)]
    bench.done(label)


def test_runners_killed_at_any_moment_run_nothing_twice(bench):
    labels = ("NaPS4", "Na2S2", "Na2S4")
    for label in labels:
        bench.submit(label)
        bench.go(label)
    for seconds in (4, 6):
        runner = start_runner()
        with suppress(subprocess.TimeoutExpired):
            runner.wait(timeout=seconds)
        runner.kill()
        runner.wait()
        release(bench.controller, bench.project, timedelta(0))
    for label in labels:
        bench.done(label)
    began = [job for _, job in executions(bench.folder)]
    for label in labels:
        for name in ("waits_for", "analyze"):
            folder = bench.cluster_folder(label, name).name
            assert began.count(folder) == 1


def test_a_job_that_meets_its_time_limit_says_so_and_takes_more(bench):
    assert "time limit" in bench.failed(LATE)
    assert bench.retry(LATE, {"time": "00:05:00"}) == [(LATE, None)]
    bench.done(LATE)


def test_a_node_that_goes_down_begins_the_job_again_once_it_is_back(bench):
    # From here on, after the job that meets its time limit: it would begin again with the node,
    # and not be found where the work folder is hidden.
    bench.submit("Na2Te")
    bench.begun("Na2Te")
    process = bench.process("Na2Te")
    node = bench.cluster.ask("sinfo", "--noheader", "-o", "%n").split()[0]
    change = ["scontrol", "update", f"nodename={node}"]
    subprocess.run([*change, "state=down", "reason=test"], check=True)

    def is_back():
        """Resume the node; Slurm refuses that while it looks at it, and where it has come back."""
        subprocess.run([*change, "state=resume"], check=False)
        return bench.cluster.ask("sinfo", "--noheader", "-t", "idle,mixed,alloc", "-o", "%n")

    until(is_back)
    bench.done("Na2Te")
    assert bench.process("Na2Te") == process  # Slurm itself queued it again


def test_a_work_folder_that_cannot_be_written_is_tried_again(bench):
    work = bench.folder / "work"
    work.rename(bench.folder / "aside")
    work.write_text("in the way", encoding="utf-8")
    try:
        bench.submit("NaAlCl4")
        bench.runner.until(lambda: bench.row("NaAlCl4").reason)
        assert "will be tried again: " in bench.row("NaAlCl4").reason
    finally:
        work.unlink()
        (bench.folder / "aside").rename(work)
    assert bench.retry("NaAlCl4") == [("NaAlCl4", None)]
    bench.done("NaAlCl4")


@contextmanager
def small(folder):
    """An empty file system of 200 kB in the place of a folder."""
    command = ["mount", "-t", "tmpfs", "-o", "size=200k", "none", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.parametrize("fault", ["full", "read-only"])
def test_a_file_system_that_takes_nothing_is_named_and_tried_again(bench, fault):
    label = {"full": "Na2ZrCl6", "read-only": "Na3SbSe4"}[fault]
    work = bench.folder / "work"
    with small(work):
        if fault == "full":
            with suppress(OSError):
                (work / "filler").write_bytes(bytes(1_000_000))
        else:
            subprocess.run(["mount", "-o", "remount,ro", work], check=True)
        bench.submit(label)
        bench.runner.until(lambda: bench.row(label).reason)
        reason = bench.row(label).reason
        assert reason.startswith("will be tried again: ")
        words = {"full": "No space left", "read-only": "Could not create remote directory"}
        assert words[fault] in reason
    assert bench.retry(label) == [(label, None)]
    bench.done(label)


def test_a_disk_that_fills_while_a_job_runs_is_named_and_the_job_begins_again(bench):
    work, label = bench.folder / "work", "Na3AsS4"
    with small(work):
        bench.submit(label)
        bench.begun(label)
        filler = work / "filler"
        with suppress(OSError):
            filler.write_bytes(bytes(1_000_000))
        bench.go(label)
        # The job has failed, and the assessment without it cannot be handed over either.
        bench.runner.until(lambda: bench.row(label).reason)
        assert "No space left" in bench.row(label).reason
        assert bench.job(label)["state"] == "FAILED"
        filler.unlink()
        assert bench.retry(label) == [(label, None)]
        bench.done(label)
