"""Workers that need not import everything anew, as in a batch: trona's own `warm` server."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import contextmanager

import pytest


@contextmanager
def warm(folder):
    """Jobs share a server until the end of the block; gives the command that runs one."""
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRONA_WARM", str(folder))
        patch.setenv("TRONA_BATCH", str(os.getpid()))
        yield f"{sys.executable} -m trona.workflows.cluster.warm {{}}"
    shutil.rmtree(folder)  # and the server ends
