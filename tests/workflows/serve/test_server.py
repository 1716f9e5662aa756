"""The server as a process: it takes a port of this machine, and ends when it is interrupted."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from trona.screening.errors import InputError
from trona.workflows.serve.server import LOOPBACK, listen

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
PROGRAM = [sys.executable, "-c", "from trona.workflows.cli.main import main; main()", "serve"]


def test_a_port_in_use_is_named_with_the_remedy():
    with listen(0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=rf"port {port} .* --port 0"):
            listen(port)


def test_the_page_is_bound_to_this_machine_alone():
    with listen(0) as taken:
        assert taken.getsockname()[0] == LOOPBACK == "127.0.0.1"


def test_a_port_in_use_ends_the_command_with_2(trona, tmp_path):
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = trona("serve", "--port", port, "--store", tmp_path / "s.sqlite")
    assert done.returncode == 2
    assert f"port {port}" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_reference_that_is_missing_ends_the_command_with_2(trona):
    done = trona("serve", "--port", "0", "--reference", "table:missing.csv")
    assert done.returncode == 2
    assert "missing.csv" in done.stderr


def test_without_its_packages_the_command_says_what_to_install(trona, monkeypatch):
    monkeypatch.delitem(sys.modules, "trona.workflows.serve.routes", raising=False)
    monkeypatch.setitem(sys.modules, "starlette.applications", None)
    done = trona("serve", "--port", "0")
    assert done.returncode == 2
    assert done.stderr == "trona: the page needs starlette: install trona[serve].\n"


@contextmanager
def running(*asked):
    """The command as a process, with the address that it prints."""
    process = subprocess.Popen(
        [*PROGRAM, "--port", "0", *map(str, asked)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process, process.stdout.readline().split()[0]
    finally:
        process.kill()
        process.communicate()


@POSIX
def test_ctrl_c_ends_it_without_a_word(tmp_path, table_path):
    store = tmp_path / "s.sqlite"
    with running("--store", store, "--reference", f"table:{table_path}") as (process, address):
        with urlopen(address) as answer:  # noqa: S310 (our own)
            assert answer.status == 200
        process.send_signal(signal.SIGINT)
        _, wrong = process.communicate(timeout=60)
    assert (process.returncode, wrong) == (0, "")
    assert not store.exists()


@POSIX
@pytest.mark.long
def test_ctrl_c_does_not_wait_for_an_answer_that_takes_long(tmp_path):
    with running("--store", tmp_path / "s.sqlite") as (process, address):
        place = urlsplit(address)
        with socket.create_connection((place.hostname, place.port)) as line:
            asked = "GET /view/diagram?system=Na-P-S-O HTTP/1.1\r\nHost: localhost\r\n\r\n"
            line.sendall(asked.encode())
            with urlopen(f"{address}state") as answer:  # noqa: S310 (our own)
                assert answer.status == 200
            process.send_signal(signal.SIGINT)
            _, wrong = process.communicate(timeout=60)
    assert (process.returncode, wrong) == (0, "")
