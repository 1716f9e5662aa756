"""What tests leave behind is ended when their run is killed.

A process waits beside the tests. When they come to an end within a block, however that happens, it
ends every process whose environment holds a word that only the block gave away.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.folders import ROOT


@contextmanager
def swept(word):
    """Processes with 'NAME=VALUE' in their environment end with this one, if it is killed."""
    command = [sys.executable, "-m", "tests.support.sweeper", word]
    # In a session of its own, so that what ends the tests does not end it.
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True) as one:
        try:
            yield
        finally:
            one.kill()


def holders(word):
    """Other processes whose environment holds a word."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if word.encode() in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
    return [process for process in found if process != os.getpid()]


def main():
    sys.stdin.read()  # closed with the process of the tests
    ends = time.monotonic() + 10
    while (left := holders(sys.argv[1])) and time.monotonic() < ends:
        for process in left:
            with suppress(OSError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.1)


if __name__ == "__main__":
    main()
