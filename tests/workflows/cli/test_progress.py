"""A long run says how far it is, on a terminal and in a file."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from trona.workflows.cli import progress
from trona.workflows.cli.progress import Pace, Stopped, show_progress, track


def outcomes(count, cached=False):
    for number in range(count):
        yield SimpleNamespace(doc=SimpleNamespace(label=f"[c{number}]"), cached=cached)


@pytest.mark.parametrize(
    ("seconds", "left", "text"),
    [
        (0.5, 100, "120/min, 50 s left"),
        (10, 100, "6/min, 17 min left"),
        (1200, 10, "3/h, 3.3 h left"),
    ],
)
def test_a_steady_pace_is_its_own_forecast(seconds, left, text):
    pace = Pace(now=0)
    for step in range(1, 200):
        pace.step(now=step * seconds)
    assert pace.describe(left) == text


def test_the_forecast_follows_what_candidates_cost_now():
    pace = Pace(now=0)
    for step in range(1000):
        pace.step(now=step * 0.01)
    for step in range(100):
        pace.step(now=10 + step * 60)
    assert pace.describe(60) == "1/min, 60 min left"


def test_without_a_computed_candidate_there_is_no_forecast():
    assert Pace(now=5).describe(10) == ""


def test_loading_a_model_is_no_part_of_the_pace():
    pace = Pace(now=0)
    for seconds in (20.0, 20.1, 20.2):
        pace.step(now=seconds)
        assert pace.describe(1000) == ""
    pace.step(now=20.3)
    assert pace.describe(1000) == "600/min, 2 min left"


def test_what_is_saved_together_has_the_rate_of_the_run():
    pace = Pace(now=0, loads=False)
    for burst in range(1, 9):
        for number in range(20):
            pace.step(now=burst * 0.5 + number * 1e-6)
        assert pace.describe(left=160).startswith(("2,400/min, 4 s", "2,401/min, 4 s"))


def test_a_long_run_in_bursts_keeps_its_rate():
    pace = Pace(now=0, loads=False)
    for burst in range(1, 401):
        for number in range(100):
            pace.step(now=burst * 0.5 + number * 1e-6)
    assert pace.describe(left=12_000) == "12,000/min, 60 s left"


def test_a_run_that_loads_no_model_counts_from_its_start(monkeypatch, capsys):
    clock = iter([0.0, *[0.5 + number * 1e-6 for number in range(200)]])
    monkeypatch.setattr(progress, "monotonic", lambda: next(clock))
    monkeypatch.setattr(progress, "_LINE_SECONDS", 0.0)
    show_progress(outcomes(9), 9, costs={})
    assert capsys.readouterr().err.splitlines()[-1] == "9 of 9 candidates; 1,080/min, 0 s left"


def test_long_relaxations_have_a_forecast_from_the_first_on():
    pace = Pace(now=0)
    pace.step(now=600)
    assert pace.describe(10) == "6/h, 1.7 h left"


def test_the_time_left_follows_from_atoms_not_from_the_count():
    pace = Pace(now=0)
    for step in range(1, 11):
        pace.step(now=step, cost=10)
    assert pace.describe(left=1000) == "60/min, 2 min left"


def test_a_run_says_what_it_is_busy_with_and_what_the_rest_will_take(monkeypatch, capsys):
    clock = iter(range(0, 100_000, 70))
    monkeypatch.setattr(progress, "monotonic", lambda: next(clock))
    costs = {"[c0]": 10.0, "[c1]": 90.0}
    show_progress(outcomes(2), 2, costs, running={"large", "huge"})
    first, last = capsys.readouterr().err.splitlines()
    assert first == "1 of 2 candidates; 51/h, 10 min left; now huge, large"
    assert last == "2 of 2 candidates; 51/h, 0 s left; now huge, large"


def test_what_is_done_in_pieces_is_left_until_all_pieces_are_done(monkeypatch, capsys):
    clock = iter(range(0, 100_000, 70))
    monkeypatch.setattr(progress, "monotonic", lambda: next(clock))
    pieces = iter(["a", "b", "a", "b"])
    list(track(pieces, 4, "melting", str, costs={"a": 10.0, "b": 30.0}, left=80.0))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "1 of 4 candidates; 51/h, 8 min left"
    assert lines[2] == "3 of 4 candidates; 51/h, 2 min left"


def test_what_costs_nothing_makes_no_forecast(monkeypatch, capsys):
    clock = iter(range(0, 100_000, 70))
    monkeypatch.setattr(progress, "monotonic", lambda: next(clock))
    show_progress(outcomes(3), 3, {"[c2]": 8.0})
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "1 of 3 candidates"
    assert lines[-1].startswith("3 of 3 candidates; 51/h")


def test_a_run_in_a_file_is_reported_now_and_then(monkeypatch, capsys):
    clock = iter(range(0, 100_000, 7))
    monkeypatch.setattr(progress, "monotonic", lambda: next(clock))
    assert len(show_progress(outcomes(40), 40)) == 40
    lines = capsys.readouterr().err.splitlines()
    assert 3 <= len(lines) <= 5
    assert lines[0] == "9 of 40 candidates; 8.57/min, 4 min left"


def test_a_short_run_in_a_file_is_silent(capsys):
    show_progress(outcomes(10), 10)
    assert capsys.readouterr().err == ""


def test_colour_in_a_notebook_makes_no_terminal_of_it(monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")  # as its kernel sets it
    show_progress(outcomes(10), 10)
    assert capsys.readouterr().err == ""


def test_a_terminal_shows_labels_as_they_are(monkeypatch, capsys):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    show_progress(outcomes(3), 3)
    shown = capsys.readouterr().err
    assert "[c2]" in shown
    assert "3/3" in shown


def test_an_interrupt_closes_the_run_and_says_what_is_kept():
    closed = []

    def interrupted():
        try:
            yield from outcomes(2)
            raise KeyboardInterrupt
        finally:
            closed.append(True)

    with pytest.raises(Stopped, match="2 of 9"):
        show_progress(interrupted(), 9)
    assert closed


def test_an_interrupt_counts_what_is_stored_once_the_run_is_closed():
    stored = []

    def interrupted():
        try:
            yield from outcomes(2)
            raise KeyboardInterrupt
        finally:
            stored.extend(range(5))

    with pytest.raises(Stopped, match="5 of 9"):
        show_progress(interrupted(), 9, kept=lambda: len(stored))
