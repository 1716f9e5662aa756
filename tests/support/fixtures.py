"""The fixtures of all tests; each loads what it needs when a test asks for it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.support.folders import ROOT


@pytest.fixture(scope="session", autouse=True)
def importable():
    """Programs that tests start find trona, wherever they run, and take one thread each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT / ".src"))
        patch.setenv("OMP_NUM_THREADS", "1")
        yield


@pytest.fixture
def table_path(tmp_path):
    """Path of the table."""
    from tests.support.tables import ROWS

    path = tmp_path / "energies.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


@pytest.fixture
def reference(table_path):
    """The table as a reference, polysulfides corrected by charge."""
    from trona.stores.energies.references import load_reference

    return load_reference(f"table:{table_path}")


@pytest.fixture
def save(tmp_path):
    """Function that saves relaxations in a store and returns its path."""
    from trona.stores.collections.results import Results

    def write(*docs):
        path = str(tmp_path / "mine.sqlite")
        results = Results(path)
        for doc in docs:
            results.save_relaxation(doc)
        results.close()
        return path

    return write


@pytest.fixture
def trona(capsys, monkeypatch):
    """Run a command in this process: each process of its own would load everything anew."""
    from tests.support.commands import Done
    from trona.workflows.cli.main import main

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["trona", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            main()
        said = capsys.readouterr()
        return Done(caught.value.code or 0, said.out, said.err)

    monkeypatch.setenv("COLUMNS", "120")
    return run


@pytest.fixture(scope="session")
def mongo_server(request):
    """URI of the server that TRONA_TEST_MONGO_URI names, or else of one of our own."""
    if request.config.getoption("--fast"):
        pytest.skip("not in the fast tier: it needs a server")
    if uri := os.environ.get("TRONA_TEST_MONGO_URI"):
        yield uri.rstrip("/")
        return
    from tests.support.mongo_server import running

    with running() as uri:
        yield uri


@pytest.fixture
def mongo(mongo_server):
    """URI of an empty database, dropped in the end."""
    from tests.support.mongo_server import temporary

    with temporary(mongo_server) as uri:
        yield uri


@pytest.fixture(scope="session")
def screened(tmp_path_factory):
    """All bundled structures through mock VASP; one crashes, one has to be corrected."""
    from tests.support.vasp_flows import run_all

    return run_all(tmp_path_factory.mktemp("screened"))


@pytest.fixture(scope="session")
def driver(tmp_path_factory):
    """
    A browser with an empty profile; without Chromium its tests are skipped.

    Where ``TRONA_BROWSER_REQUIRED`` is set they fail instead: that is how `.ci/run` makes sure that
    the pages were looked at.
    """
    from tests.support.browser import start

    found = start(tmp_path_factory.mktemp("profile"))
    yield found
    found.quit()


@pytest.fixture
def browse(driver):
    """A function that opens a file in a window of some size, light or dark."""
    from tests.support.browser import opener

    return opener(driver)


@pytest.fixture(scope="session")
def slurm(request):
    """
    A real Slurm of one node with an SSH server; skipped where there cannot be one.

    Where ``TRONA_SLURM_REQUIRED`` is set its tests fail instead: that is how `.ci/run` makes sure
    that clusters were tried.
    """
    if request.config.getoption("--fast"):
        pytest.skip("not in the fast tier: it needs a server")
    from tempfile import TemporaryDirectory

    from tests.support.slurm_cluster import reason_to_skip, running

    if reason := reason_to_skip():
        if os.environ.get("TRONA_SLURM_REQUIRED"):
            pytest.fail(reason)
        pytest.skip(reason)
    temporary = TemporaryDirectory(prefix="slurm", dir="/tmp", ignore_cleanup_errors=True)
    with temporary as folder, running(Path(folder)) as cluster:
        yield cluster
