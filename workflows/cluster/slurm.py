"""Slurm interface of jobflow-remote's workers that keeps a job from running twice in one folder.

jobflow-remote resubmits a job whenever it cannot tell whether it was submitted: after a runner was
killed, a command timed out, or a connection broke. `Slurm` first asks the queue about the folder.
Project files name it as their scheduler.
"""

from __future__ import annotations

import shlex
from contextlib import closing
from typing import TYPE_CHECKING, Any

from jobflow_remote.jobs.data import RemoteError
from qtoolkit.io.slurm import SlurmIO

from .slurm_words import is_final, refusal

if TYPE_CHECKING:
    from pathlib import Path

    from jobflow_remote.config.base import WorkerBase
    from qtoolkit.core.data_objects import SubmissionResult

__all__ = ["Slurm", "cancel", "id_in_queue", "in_queue"]

_ID_FILE = "slurm_job_id"
"""In a job's folder: the id that Slurm gave it, written when it starts."""
_PATIENCE = 240
"""Seconds until sbatch gives up waiting for a busy controller; below the worker's timeout."""
_TIMED_OUT = 124
"""Exit code of timeout."""

_KNOWN = """
queue=$(squeue --noheader --user "$(id -un)" --format "%i %t %Z") || exit 1
known=$(while read -r id state folder; do
  [ "$folder" = "$(pwd -P)" ] && [ "$state" != CG ] && echo "$id"
done <<< "$queue" | head -n 1)
"""
"""Finds the job of the folder; one that was cancelled may still be completing."""
_SUBMIT = """
[ -z "$known" ] && [ -e jfremote_out.json ] && known=$(cat {file} 2> /dev/null)
if [ -n "$known" ]; then echo "Submitted batch job $known"; exit 0; fi
exec timeout {patience} sbatch {script}
"""


class Slurm(SlurmIO):  # type: ignore[no-untyped-call]
    """
    Slurm interface that checks the folder of a job before submitting it.

    A job that waits or runs in the folder, or has run there, is not submitted again.

    Parameters
    ----------
    batch
        True for a worker that runs many jobs within one of Slurm's.
    """

    def __init__(self, batch: bool = False) -> None:
        super().__init__()
        self.batch = batch

    def get_submission_script(self, commands: Any, options: Any = None) -> str:  # noqa: ANN401
        """
        Write the script of a job, which notes its id in its folder.

        Parameters
        ----------
        commands, options
            As qtoolkit takes them.

        Returns
        -------
        str
            The script.
        """
        lines = [commands] if isinstance(commands, str) else list(commands)
        note = f'echo "$SLURM_JOB_ID" > {_ID_FILE}'
        return str(super().get_submission_script([note, *lines], options))

    def get_submit_cmd(self, script_file: str | Path | None = "submit.script") -> str:
        """
        Write the command that submits a job unless it has been submitted.

        Parameters
        ----------
        script_file
            Script of the job.

        Returns
        -------
        str
            Runs in the folder of the job.
        """
        script = shlex.quote(str(script_file))
        text = _KNOWN + _SUBMIT.format(file=_ID_FILE, patience=_PATIENCE, script=script)
        return f"bash -c {shlex.quote(text)}"

    def parse_submit_output(
        self, exit_code: int, stdout: str | bytes, stderr: str | bytes
    ) -> SubmissionResult:
        """
        Parse the output of the command.

        Parameters
        ----------
        exit_code, stdout, stderr
            Of the command.

        Returns
        -------
        qtoolkit.core.data_objects.SubmissionResult
            With the id of the job.

        Raises
        ------
        jobflow_remote.jobs.data.RemoteError
            With Slurm's own words, if it took no job; tried again unless it would be refused again.
            Not of a batch, which jobflow-remote submits where nothing catches it.
        """
        said = stderr.decode() if isinstance(stderr, bytes) else stderr
        if exit_code and not self.batch:
            late = f"no answer in {_PATIENCE} s" if exit_code == _TIMED_OUT else refusal(said)
            raise RemoteError(f"Slurm took no job: {late}", no_retry=is_final(said))
        return super().parse_submit_output(exit_code, stdout, stderr)


def id_in_queue(worker: WorkerBase, folder: str) -> str | None:
    """
    Find the job of Slurm that waits or runs in a folder.

    Parameters
    ----------
    worker
        Of a project.
    folder
        Of the job, on the worker.

    Returns
    -------
    str or None
        Its id; None also where nothing can be asked.
    """
    said = _said(worker, f"cd {shlex.quote(folder)} || exit 1\n{_KNOWN}\necho $known")
    return said.strip() or None if said is not None else None


def cancel(worker: WorkerBase, process: str) -> bool:
    """
    Cancel a job of Slurm, which jobflow-remote 1.0.1 does not do when it begins a job again.

    Parameters
    ----------
    worker
        Of a project.
    process
        Id of the job.

    Returns
    -------
    bool
        True if Slurm took the order.
    """
    return _said(worker, f"scancel {shlex.quote(process)}") is not None


def in_queue(worker: WorkerBase) -> list[tuple[str, str, str]] | None:
    """
    Ask Slurm for the user's jobs that are not over.

    Parameters
    ----------
    worker
        Of a project.

    Returns
    -------
    list of tuple or None
        Id, state (as PD) and reason of each; None if the worker has no Slurm, or it does not
        answer.
    """
    said = _said(worker, "squeue --noheader --user \"$(id -un)\" --format '%i|%t|%r'")
    if said is None:
        return None
    lines = (line.split("|", 2) for line in said.splitlines())
    return [(one[0], one[1], one[2]) for one in lines if len(one) == 3]


def _said(worker: WorkerBase, script: str) -> str | None:
    """Run a script where a worker has its Slurm; None if it has none, or the script fails."""
    if not isinstance(worker.get_scheduler_io(), SlurmIO):
        return None
    try:
        with closing(worker.get_host()) as host:
            host.connect()  # type: ignore[no-untyped-call]
            stdout, _, code = host.execute(f"bash -c {shlex.quote(script)}")
    except Exception:  # noqa: BLE001 (whatever a connection may raise: then nothing is known)
        return None
    return None if code else str(stdout)
