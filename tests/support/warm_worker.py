"""Workers that need not import everything anew: for each job, a server forks a process.

As a program with the path of a socket it serves until its standard input ends; with a folder after
that, it has the job of that folder run, in its own environment, and waits. What runs is what
`jf execution run` runs; only the six seconds of imports are spent once.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

MODULES = ("jobflow_remote.jobs.run", "trona.workflows.jobs.vasp", "trona.workflows.jobs.analysis")


def serve(path):
    """Fork a process for each folder that is named on the socket."""
    for name in MODULES:
        import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the processes
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen(16)
        print("ready", flush=True)  # noqa: T201
        while sys.stdin not in select.select([server, sys.stdin], [], [])[0]:
            connection, _ = server.accept()
            with connection:
                if os.fork() == 0:
                    server.close()
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    execute(json.loads(connection.makefile().readline()))
                    os._exit(0)


def execute(request):
    """Run the job of a folder."""
    from jobflow_remote.jobs.run import run_remote_job

    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    run_remote_job(request["folder"])


def ask(path, folder):
    """Have the job of a folder run, and wait until its process ends."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        request = {"folder": folder, "environment": dict(os.environ)}
        connection.sendall(f"{json.dumps(request)}\n".encode())
        connection.recv(1)


@contextmanager
def warm(path):
    """Serve until the end of the block; gives the command that has the job of a folder run."""
    command = [sys.executable, "-W", "ignore", __file__, str(path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:
        process.stdout.readline()
        yield f"{sys.executable} -S {Path(__file__)} {path} {{}}"
        process.stdin.close()


if __name__ == "__main__":
    ask(*sys.argv[1:]) if len(sys.argv) > 2 else serve(sys.argv[1])
