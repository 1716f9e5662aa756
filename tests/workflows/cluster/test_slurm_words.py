"""Slurm's words as they stood in files and on screens of a real Slurm 22.05, and their meaning."""

from __future__ import annotations

import pytest

from trona.workflows.cluster.slurm_words import ended, is_final, refusal, waiting
from trona.workflows.cluster.status import reason_of

CANCELLED = "slurmstepd-n1: error: *** JOB 3 ON n1 CANCELLED AT 2026-11-27T22:22:22"
MEMORY = "slurmstepd-n1: error: StepId=3.batch exceeded memory limit (212475904 > 20971520)"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (f"{CANCELLED} ***", "cancelled"),
        (f"{CANCELLED} DUE TO TIME LIMIT ***", "time limit"),
        (f"{CANCELLED} DUE TO NODE FAILURE, SEE SLURMCTLD LOG FOR DETAILS ***", "node failed"),
        (f"{MEMORY}, being killed\n{CANCELLED} ***", "memory limit"),
        ("slurmstepd: error: Detected 1 oom_kill event in StepId=3.batch.", "memory limit"),
        ("submit.sh: line 9: jf: command not found", None),
    ],
)
@pytest.mark.parametrize(
    "error",
    [
        "jfremote_out.json was not present in the folder",
        "was likely killed before it",
        "file /work/1/jfremote_out.json for job 1 does not exist",
    ],
)
def test_a_job_that_slurm_ended_says_how(text, meaning, error):
    assert (ended(text) is None) == (meaning is None)
    reason = reason_of({"state": "FAILED", "error": error, "remote": {"queue_err": text}})
    assert meaning is None or (meaning in reason and "PATH" not in reason)


@pytest.mark.parametrize(
    ("said", "final"),
    [
        ("Invalid partition name specified", True),
        ("Invalid account or account/partition combination specified", True),
        ("Requested node configuration is not available", True),
        ("Unable to contact slurm controller (connect failure)", False),
        ("Job violates accounting/QOS policy (job submit limit)", False),
        ("Socket timed out on send/recv operation", False),
    ],
)
def test_only_what_would_be_refused_again_fails_at_once(said, final):
    text = f"sbatch: error: Batch job submission failed: {said}\n"
    assert refusal(text) == said
    assert is_final(text) == final


def test_what_holds_a_job_back_is_named_with_the_remedy_where_there_is_one():
    assert waiting("Priority") == "waits in Slurm: Priority"
    assert "scontrol release" in waiting("JobHeldUser")
    assert "--resources" in waiting("PartitionTimeLimit")
