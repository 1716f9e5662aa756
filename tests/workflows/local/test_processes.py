"""Whatever becomes of a worker process, every innocent item gets its result.

The items are Python expressions, which the processes evaluate: no module of the tests is needed
there.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial
from multiprocessing import active_children
from threading import Thread

import pytest

from trona.screening.errors import BackendError
from trona.workflows.local import processes
from trona.workflows.local.processes import Together, run_each

SUICIDE = "__import__('os').kill(__import__('os').getpid(), 9)"
PID = "__import__('os').getpid()"


RUN = """
import sys
from trona.workflows.local.processes import run_each
for item, result in run_each(eval, sys.argv[2:], 2, int, {}, forerunner=sys.argv[1]):
    print(result, flush=True)
"""


HOW = {"forerunner": ""}


@pytest.fixture(autouse=True, params=["", "trona.screening.errors"], ids=["anew", "forked"])
def _how(request, monkeypatch):
    """Hold every test for processes that are started anew, and for forks of one."""
    monkeypatch.setitem(HOW, "forerunner", request.param)


def evaluated(items, workers=2, prepare=int, environment=None):
    return run_each(eval, items, workers, prepare, environment or {}, **HOW)


def slow(result, seconds=0.3):
    return f"(__import__('time').sleep({seconds}), {result!r})[1]"


def first_time(path, action):
    """Do something unless it was done before."""
    path = str(path)
    return f"__import__('os').path.exists({path!r}) or [open({path!r}, 'w').close(), {action}]"


def test_each_item_comes_with_its_own_result():
    done = list(evaluated([f"{n} * {n}" for n in range(20)], workers=3))
    assert dict(done) == {f"{n} * {n}": n * n for n in range(20)}
    assert len(done) == 20
    assert list(evaluated([])) == []


def test_processes_go_on_from_item_to_item():
    pids = {result for _, result in evaluated([f"({n}, {PID})[1]" for n in range(12)])}
    assert 1 <= len(pids) <= 2
    assert os.getpid() not in pids


def test_an_item_that_kills_its_process_is_alone_to_blame():
    innocent = [slow(n) for n in range(6)]
    items = [innocent[0], SUICIDE, *innocent[1:4], f"[{SUICIDE}]", *innocent[4:]]
    done = dict(evaluated(items))
    assert done == {SUICIDE: None, f"[{SUICIDE}]": None} | {slow(n): n for n in range(6)}


def test_a_single_death_costs_a_repeat_only(tmp_path):
    items = [f"({first_time(tmp_path / str(n), SUICIDE)}, {n})[1]" for n in range(1, 6)]
    assert sorted(result for _, result in evaluated(items)) == [1, 2, 3, 4, 5]


def test_a_process_killed_in_the_middle_of_sending_blocks_nobody(tmp_path):
    # Much more than a pipe holds is sent while nobody reads; then the sender is killed.
    later = f"__import__('threading').Timer(0.5, __import__('os').kill, ({PID}, 9)).start()"
    large = f"({first_time(tmp_path / 'killed', later)}, 'x' * 10**7)[1]"
    done = evaluated([slow(0), large, slow(1), slow(2)])
    finished = [next(done)]
    time.sleep(2)
    finished += list(done)
    assert {item: len(str(result)) for item, result in finished} == {
        slow(0): 1, large: 10**7, slow(1): 1, slow(2): 1}  # fmt: skip


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_processes_killed_or_interrupted_while_they_start_cost_no_item(number):
    done = evaluated([slow(n) for n in range(4)], prepare=partial(time.sleep, 0.5))
    hit = []

    def strike():
        while not hit:
            time.sleep(0.01)
            hit.extend(process.pid for process in active_children())
        for pid in hit:
            os.kill(pid, number)

    striker = Thread(target=strike, daemon=True)
    striker.start()
    assert sorted(result for _, result in done) == [0, 1, 2, 3]
    striker.join()
    assert hit


def test_an_interrupt_that_reaches_working_processes_too_ends_none_of_them():
    done = evaluated([f"({slow(n)}, {PID})" for n in range(6)])
    first = next(done)
    pids = {process.pid for process in active_children()}
    for pid in pids:
        os.kill(pid, signal.SIGINT)
    results = [result for _, result in [first, *done]]
    assert sorted(number for number, _ in results) == list(range(6))
    assert {pid for _, pid in results} <= pids


def test_an_interrupt_is_heard_by_the_parent_and_ends_its_processes():
    done = evaluated([slow(n, seconds=60) for n in range(4)])
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background
    signal.setitimer(signal.ITIMER_REAL, 1.0)
    before = signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
    try:
        with pytest.raises(KeyboardInterrupt):
            next(done)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
        signal.signal(signal.SIGINT, heard)
    assert active_children() == []


def three(waiting):
    return min(3, len(waiting))


def together(items, work=print, begun=list):
    return run_each(eval, items, 2, int, {}, begun, HOW["forerunner"], Together(work, three))


def test_items_that_go_together_are_worked_on_at_once_and_answered_one_by_one(
    tmp_path, monkeypatch
):
    (tmp_path / "ahead.py").write_text("SEEN = []\ndef work(items): SEEN.append(len(items))\n")
    monkeypatch.syspath_prepend(tmp_path)
    work = __import__("ahead").work
    items = [f"({slow(n)}, __import__('ahead').SEEN)" for n in range(8)]
    begun = []
    done = together(items, work, begun.append)
    first = next(done)
    assert sorted(begun) == sorted(items[:6])  # what two processes hold, while one of three is done
    done = dict([first, *done])
    assert begun == items
    assert [done[one][0] for one in items] == list(range(8))
    assert {tuple(seen) for _, seen in done.values()} <= {(3,), (3, 2)}


def test_of_items_that_go_together_one_that_kills_its_process_is_alone_to_blame():
    items = [slow(0), SUICIDE, slow(1), slow(2), slow(3), slow(4), f"[{SUICIDE}]"]
    done = dict(together(items))
    assert done == {SUICIDE: None, f"[{SUICIDE}]": None} | {slow(n): n for n in range(5)}


def test_closing_ends_the_processes():
    done = evaluated([slow(0), slow(1, 60), slow(2, 60)])
    assert next(done) == (slow(0), 0)
    assert active_children()
    done.close()
    assert active_children() == []


def test_no_process_outlives_a_parent_that_is_killed():
    with subprocess.Popen(
        [sys.executable, "-c", RUN, HOW["forerunner"], "1", slow(2, 600), slow(3, 600)],
        stdout=subprocess.PIPE,
    ) as run:
        assert run.stdout.readline() == b"1\n"
        run.kill()
        rest, _ = run.communicate(timeout=30)  # the pipe ends with its last holder
    assert rest == b""


def test_a_process_without_work_is_let_go(tmp_path):
    path = str(tmp_path / "both are here")
    begun = f"open({path!r}, 'w').close()"
    other = f"__import__('os').path.exists({path!r}) or __import__('time').sleep(0.01)"
    waiting = f"[0 for _ in iter(lambda: {other}, True)] and 0"
    done = evaluated([f"[{waiting}, 1][1]", f"[{begun}, {slow(2, 600)}]"])
    assert next(done)[1] == 1
    assert len(active_children()) == 1
    done.close()


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (partial(int, "no number"), "cannot start: ValueError: .*no number"),
        (partial(os._exit, 1), "memory"),
    ],
)
def test_processes_that_cannot_start_are_an_error_with_its_reason(prepare, sentence):
    with pytest.raises(BackendError, match=sentence):
        list(evaluated(["1", "2"], prepare=prepare))
    assert active_children() == []


def test_variables_are_set_for_the_processes_alone(monkeypatch):
    monkeypatch.setenv("TRONA_TEST_A", "mine")
    monkeypatch.delenv("TRONA_TEST_B", raising=False)
    wanted = "[__import__('os').environ[f'TRONA_TEST_{name}'] for name in 'AB']"
    variables = {"TRONA_TEST_A": "1", "TRONA_TEST_B": "2"}
    assert list(evaluated([wanted], 1, environment=variables)) == [(wanted, ["1", "2"])]
    assert (os.environ["TRONA_TEST_A"], os.environ.get("TRONA_TEST_B")) == ("mine", None)


@pytest.mark.skipif(sys.platform != "linux", reason="processes are started anew")
def test_what_processes_have_in_common_is_imported_once(tmp_path):
    (tmp_path / "common.py").write_text(
        "import os\nPID = os.getpid()\nprint('imported by', PID, file=open('imports', 'a'))\n"
    )
    common = "__import__('common').PID"
    items = [f"(__import__('time').sleep(0.5), {n}, {common}, {PID})[2:]" for n in range(6)]
    run = subprocess.run(
        [sys.executable, "-c", RUN, "common", *items],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{os.environ.get('PYTHONPATH', '')}:{tmp_path}"},
        capture_output=True,
        text=True,
        check=True,
    )
    importers, workers = zip(*map(eval, run.stdout.splitlines()), strict=True)
    assert len(set(importers)) == 1
    assert len(set(workers)) == 2
    assert set(importers).isdisjoint(workers)
    assert (tmp_path / "imports").read_text() == f"imported by {importers[0]}\n"


@pytest.mark.skipif(sys.platform != "linux", reason="processes are started anew")
def test_a_server_that_dies_is_started_again():
    parent = "__import__('os').getppid()"
    [(_, first)] = run_each(eval, [parent], 1, int, {}, forerunner="json")
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    [(_, second)] = run_each(eval, [parent], 1, int, {}, forerunner="json")
    assert second not in {None, first, os.getpid()}


@pytest.mark.parametrize("failures", [2, 3])
def test_a_process_that_cannot_be_started_is_tried_again(failures, monkeypatch):
    start = processes._Worker.__init__
    tries = []

    def fail(*arguments):
        tries.append(1)
        if len(tries) <= failures:
            raise EOFError
        start(*arguments)

    monkeypatch.setattr(processes._Worker, "__init__", fail)
    if failures == processes._STARTS:
        with pytest.raises(BackendError, match="memory"):
            list(evaluated(["1"], workers=1))
    else:
        assert list(evaluated(["1"], workers=1)) == [("1", 1)]
