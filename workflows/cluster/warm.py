"""Jobs of a batch, run by forks of one process that has already imported everything.

jobflow-remote starts a new Python for each job of a batch, and its imports take longer than many
jobs. ``python -m trona.workflows.cluster.warm FOLDER`` runs the job of a folder as ``jf execution
run`` does. Within a batch, which sets ``TRONA_WARM`` to an empty folder and ``TRONA_BATCH`` to the
process id of its script, the first such command starts a server with its own environment; the
server forks a copy of itself for each job of that environment, and ends with the batch.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from shutil import rmtree
from threading import Thread

from trona.stores.defaults import REFERENCE

__all__ = ["main"]

_FOLDER = "TRONA_WARM"
_OWNER = "TRONA_BATCH"
_MODULES = (
    "jobflow_remote.jobs.run", "trona.workflows.jobs.analysis", "trona.workflows.jobs.vasp",
)  # fmt: skip
_MADE = ".made"
"""Suffix of the file in which jobs name the potentials that they had to load, beside the socket."""
_OF_A_SHELL = frozenset(("PWD", "OLDPWD", "SHLVL", "_"))
"""Variables that differ between commands of the same environment; and those of Slurm's job."""
_PATIENCE = 60.0
"""Seconds until a server listens; its imports come after that."""


def main() -> None:
    """Run the job of the folder that is named, or, with ``--serve``, serve on a socket."""
    if sys.argv[1] == "--serve":
        _serve(Path(sys.argv[2]), int(os.environ[_OWNER]))
        return
    folder = str(Path(sys.argv[1]).absolute())
    connection = _connected() if _FOLDER in os.environ and _OWNER in os.environ else None
    if connection is None:
        _run(folder)
        return
    with connection:
        request = {"folder": folder, "environment": dict(os.environ)}
        text = json.dumps(request).encode()
        socket.send_fds(connection, [len(text).to_bytes(8, "big")], [1, 2])
        connection.sendall(text)
        connection.recv(1)  # closed when the process of the job ends, however it ends


def _run(folder: str) -> None:
    """Run a job in this process."""
    from jobflow_remote.jobs.run import run_remote_job  # noqa: PLC0415 (seconds)

    run_remote_job(folder)


def _connected() -> socket.socket | None:
    """Connect to the server of this environment, started if need be; None if there is none."""
    own = {
        name: value
        for name, value in os.environ.items()
        if name not in _OF_A_SHELL and not name.startswith("SLURM_")
    }
    name = sha256(json.dumps(own, sort_keys=True).encode()).hexdigest()[:12]
    path = Path(os.environ[_FOLDER], name)
    connection = socket.socket(socket.AF_UNIX)
    server: subprocess.Popen[bytes] | None = None
    ends = time.monotonic() + _PATIENCE
    while time.monotonic() < ends:
        with suppress(OSError):
            connection.connect(str(path))
            return connection
        if server is None:
            command = [sys.executable, "-W", "ignore", "-m", __spec__.name, "--serve", str(path)]
            silent = subprocess.DEVNULL
            server = subprocess.Popen(  # noqa: S603 (this module)
                command, start_new_session=True, stdin=silent, stdout=silent, stderr=silent
            )
        time.sleep(0.05)
    connection.close()
    return None


def _serve(path: Path, owner: int) -> None:
    """Fork a process for each folder that is named, until the batch has ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the processes
    with socket.socket(socket.AF_UNIX) as server:
        own = path.with_suffix(f".{os.getpid()}")
        server.bind(str(own))
        server.listen(64)
        own.rename(path)  # in the place of one that was killed, if there was one
        server.settimeout(1)
        _load_modules()
        known: set[str] = set()
        while _lives(owner) and path.exists():
            with suppress(TimeoutError):
                connection, _ = server.accept()
                _load_potentials(path.with_suffix(_MADE), known)
                with connection:
                    if os.fork() == 0:
                        server.close()
                        _run_copy(connection, path.with_suffix(_MADE), known)
    rmtree(path.parent, ignore_errors=True)


def _load_modules() -> None:
    """Import what every job needs, as far as it is installed, and what assessments load."""
    for name in _MODULES:
        with suppress(ImportError):
            import_module(name)
    with suppress(Exception):  # then the job meets the error
        import_module("trona.workflows.jobs.analysis").analyze.original(
            "Na2S", "Na2S", "", REFERENCE
        )


def _load_potentials(path: Path, known: set[str]) -> None:
    """Load the potentials that jobs have needed, each once."""
    from trona.workflows.potentials.beforehand import make  # noqa: PLC0415

    needed = set(path.read_text().splitlines()) if path.exists() else set()
    for line in sorted(needed - known):
        known.add(line)
        with suppress(Exception):  # then the job meets the error
            make(line)


def _lives(process: int) -> bool:
    """Tell whether there is a process."""
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True


def _run_copy(connection: socket.socket, path: Path, known: set[str]) -> None:
    """Run one job, in a process of its own, and end the process."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        connection.settimeout(None)
        size, streams, *_ = socket.recv_fds(connection, 8, 2)
        with connection.makefile("rb") as file:
            request = json.loads(file.read(int.from_bytes(size, "big")))
        for number, stream in enumerate(streams, start=1):
            os.dup2(stream, number)
        os.environ.clear()
        os.environ.update(request["environment"])
        os.chdir(request["folder"])
        Thread(target=_end_with, args=(connection,), daemon=True).start()
        _run(request["folder"])
        _note_potentials(path, known)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _note_potentials(path: Path, known: set[str]) -> None:
    """Tell the server which potentials the job had to load."""
    from trona.workflows.potentials.beforehand import loaded  # noqa: PLC0415

    if lines := [line for line in loaded() if line not in known]:
        with path.open("a") as file:
            file.write("".join(f"{line}\n" for line in lines))


def _end_with(connection: socket.socket) -> None:
    """End the job, and what it started, when the command that asked for it is killed."""
    connection.recv(1)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
