"""Slurm states in plain words: why a job was refused, is waiting, or ended."""

from __future__ import annotations

import re

__all__ = ["cause_of_end", "ended", "is_final", "refusal", "waiting"]

_ENDS = {
    "time": (r"DUE TO TIME LIMIT", "Slurm ended it at its time limit"),
    "memory": (r"memory limit|oom.?kill|out.of.memory", "Slurm ended it at its memory limit"),
    "node": (r"DUE TO NODE FAILURE", "the node failed on which it ran"),
    "preempted": (r"DUE TO PREEMPTION", "Slurm ended it for a job that goes before"),
    "cancelled": (r"\*\*\* .*CANCELLED AT", "it was cancelled in Slurm, as by scancel"),
}
"""What slurmstepd writes into the error file of a job, in order: a memory limit cancels, too."""

_FINAL = re.compile(
    r"invalid (?!job id)|configuration is not available|not permitted|can ?not be satisfied"
    r"|more processors|unrecognized option|access/permission denied",
    re.IGNORECASE,
)
"""Refusals that the same job would meet again."""

_MORE = "'trona retry NAME --resources' asks for another amount"
_WAITS = {
    "PartitionTimeLimit": f"asks for more time than its partition gives: {_MORE}",
    "PartitionNodeLimit": f"asks for more nodes than its partition gives: {_MORE}",
    "JobHeldUser": "held: 'scontrol release' lets it go on",
    "JobHeldAdmin": "held by the cluster's administrators",
    "launch failed requeued held": "held after a start that failed: 'scontrol release' repeats it",
    "BeginTime": "Slurm starts it anew in a moment",
    "None": "Slurm has not looked at it yet",
}
"""Reasons of Slurm that ask for a word more."""


def cause_of_end(text: str) -> str | None:
    """
    Find why Slurm brought a job to its end.

    Parameters
    ----------
    text
        Error file of the job.

    Returns
    -------
    str or None
        Time, memory, node, preempted or cancelled; None if Slurm did not.

    Examples
    --------
    >>> cause_of_end("*** JOB 7 ON n1 CANCELLED AT 2026-01-02T03:04:05 DUE TO TIME LIMIT ***")
    'time'
    """
    found = (name for name, (words, _) in _ENDS.items() if re.search(words, text, re.IGNORECASE))
    return next(found, None)


def ended(text: str) -> str | None:
    """
    Say how Slurm brought a job to its end.

    Parameters
    ----------
    text
        Error file of the job.

    Returns
    -------
    str or None
        None if Slurm did not.

    Examples
    --------
    >>> ended("slurmstepd: error: *** JOB 7 ON n1 CANCELLED AT 2026-01-02T03:04:05 ***")
    'it was cancelled in Slurm, as by scancel'
    """
    cause = cause_of_end(text)
    return None if cause is None else _ENDS[cause][1]


def refusal(stderr: str) -> str:
    r"""
    Say in one line why sbatch or squeue refused.

    Parameters
    ----------
    stderr
        What the command wrote.

    Returns
    -------
    str
        Its last error without the names of the programs; before it Slurm may have named the wrong
        value or the limit, which follows in parentheses.

    Examples
    --------
    >>> refusal("sbatch: error: Batch job submission failed: Invalid partition name specified")
    'Invalid partition name specified'
    >>> refusal(
    ...     "sbatch: error: AssocGrpSubmitJobsLimit\n"
    ...     "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy"
    ... )
    'Job violates accounting/QOS policy (AssocGrpSubmitJobsLimit)'
    """
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    said = [line for line in lines if "error:" in line] or lines[-1:] or ["no word from it"]
    said = [re.sub(r"^.*error: (Batch job submission failed: )?", "", line) for line in said[-2:]]
    return said[-1] if said[0] == said[-1] else f"{said[-1]} ({said[0]})"


def is_final(stderr: str) -> bool:
    """
    Tell whether the same job would be refused again.

    Parameters
    ----------
    stderr
        What sbatch wrote.

    Returns
    -------
    bool
        False for a controller that does not answer, or a limit that others' jobs exhaust.
    """
    return bool(_FINAL.search(stderr))


def waiting(reason: str) -> str:
    """
    Say why Slurm has not started a job.

    Parameters
    ----------
    reason
        As squeue gives it.

    Returns
    -------
    str
        With what to do, where something can be done.

    Examples
    --------
    >>> waiting("Resources")
    'waits in Slurm: Resources'
    """
    more = _WAITS.get(reason)
    return f"waits in Slurm: {reason}" + ("" if more is None else f" ({more})")
