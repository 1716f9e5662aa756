"""README.md and docs/: every command and every example is run, or says why it is not."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
from contextlib import redirect_stdout
from importlib.util import module_from_spec, spec_from_file_location
from io import StringIO
from itertools import groupby

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from tests.support.documentation import PAGES, ROOT, blocks, lay_out, relax_nothing
from trona.screening import errors
from trona.stores.database import connect
from trona.workflows.cli.main import app
from trona.workflows.local import screening as local
from trona.workflows.ordering import local_models as workbench

REASONS = {
    "needs a cluster",
    "needs a key of the Materials Project",
    "needs a MongoDB server",
    "needs VASP",
    "runs until Ctrl-C",
    "takes an hour",
}
"""Why a block is not run here, as its title says to the reader."""
SHELL = [block for block in blocks() if block.language == "bash"]
RUN = [block for block in SHELL if not block.title]
NOT_RUN = [block for block in SHELL if block.title]
PYTHON = [block for block in blocks() if block.language == "python"]
MESSAGES = re.findall(
    r"^\| `trona ([^`]+)` \| `([^`]+)` \| `(\w+)` \|$",
    (ROOT / "docs" / "errors.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)
RUN_ELSEWHERE = {"scripts", ".ci"}
"""Folders of commands that install, check or measure; `.ci/run` runs what can be run anywhere."""


def by_page(chosen):
    """Collect the blocks of each page."""
    return [(page, list(group)) for page, group in groupby(chosen, key=lambda block: block.page)]


def page_name(value):
    """Name a test after its page."""
    return value if isinstance(value, str) else ""


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """The files that commands name."""
    folder = tmp_path_factory.mktemp("inputs")
    lay_out(folder)
    return folder


@pytest.fixture
def folder(inputs, tmp_path, monkeypatch):
    """A folder with these files, in which nothing is really relaxed."""
    shutil.copytree(inputs, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRONA_STORE", str(tmp_path / "store.sqlite"))
    monkeypatch.setenv("TRONA_REFERENCES", str(tmp_path / "references"))
    monkeypatch.setattr("jobflow_remote.SETTINGS.projects_folder", str(tmp_path / "projects"))
    monkeypatch.setattr(local, "run_flows", relax_nothing)
    monkeypatch.setattr(workbench, "run_flows", relax_nothing)
    return tmp_path


@pytest.fixture(scope="module")
def pages():
    """The script that makes pages of results."""
    spec = spec_from_file_location("make_pages", ROOT / "scripts" / "make_pages.py")
    script = module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


@pytest.mark.parametrize(("page", "shown"), by_page(RUN), ids=page_name)
@pytest.mark.usefixtures("folder")
def test_every_command_of_a_page_runs(page, shown):
    for words in (words for block in shown for words in block.commands):
        program, *arguments = words
        if program.partition("/")[0] in RUN_ELSEWHERE:
            assert os.access(ROOT / program, os.X_OK), f"{page}: {program}"
            continue
        assert program == "trona", f"{page} shows {words}: give its block a title from REASONS."
        done = CliRunner().invoke(app, arguments)
        # The doctor ends with 2 where something is missing, which is what it is asked for.
        assert done.exception is None or arguments[0] == "doctor", (words, done.exception)


@pytest.mark.parametrize("block", NOT_RUN, ids=lambda block: f"{block.page}: {block.title}")
def test_what_is_not_run_says_why_and_has_the_options_shown(block, monkeypatch):
    monkeypatch.setattr(connect, "require_writable", lambda _: None)  # no server is asked
    assert block.title in REASONS
    for words in block.commands:
        if words[0] != "trona":
            continue
        command, rest = get_command(app), [word for word in words[1:] if word != "…"]
        context = command.make_context("trona", list(rest), resilient_parsing=True)
        while hasattr(command, "commands"):
            _, command, rest = command.resolve_command(context, list(rest))
            open_ended = hasattr(command, "commands") or "…" in words
            context = command.make_context(command.name, list(rest), resilient_parsing=open_ended)
        assert command.callback is not None


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("page", "shown"), by_page(PYTHON), ids=page_name)
def test_every_example_in_python_runs_and_prints_what_it_says(page, shown):
    names = {"__name__": "example"}  # a page's examples build on each other
    for block in shown:
        if ">>>" in block.text:
            test = doctest.DocTestParser().get_doctest(block.text, names, page, page, 0)
            assert doctest.DocTestRunner(verbose=False).run(test, clear_globs=False).failed == 0
            names = test.globs
            continue
        said = set(re.findall(r"print\(.*\)  # (.+)$", block.text, re.MULTILINE))
        printed = StringIO()
        with redirect_stdout(printed):
            exec(compile(block.text, page, "exec"), names)  # noqa: S102
        assert said <= {rounded(line) for line in printed.getvalue().splitlines()}


def rounded(text):
    """Write numbers with two decimals, as examples do."""
    return re.sub(r"\d+\.\d+", lambda number: f"{float(number[0]):.2f}", text)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("command", "message", "exception"), MESSAGES)
def test_messages_are_those_of_the_page_about_errors(command, message, exception):
    raised = CliRunner().invoke(app, shlex.split(command)).exception
    assert type(raised).__name__ == exception
    assert isinstance(raised, errors.InputError)
    assert message in str(raised)


def test_no_command_hides_in_a_block_of_another_language():
    for path in PAGES:
        languages = re.findall(r"^```([^\s`]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert set(languages) <= {"bash", "python", "csv", "json", "yaml", "text"}, path


def test_the_page_about_errors_names_every_kind_that_a_user_can_mend():
    named = set(re.findall(r"`(\w+)`", (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")))
    assert set(errors.__all__) - {"TronaError"} <= named


def test_the_page_of_validation_is_what_trona_validate_answers(pages):
    written = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    assert written == pages.validation(), "write it anew: scripts/make_pages.py validation"


def test_the_readme_stays_short_enough_for_a_stranger():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


def test_the_table_of_contacts_is_what_trona_matrix_answers(pages):
    written = (ROOT / "docs" / "contacts.md").read_text(encoding="utf-8")
    assert written == pages.contacts(), "write it anew: scripts/make_pages.py contacts"


def test_the_rankings_of_the_page_of_layers_are_what_trona_buffer_answers(pages):
    def untimed(text):
        return re.sub(r"[\d.]+ s of processor time", "", text)

    written = (ROOT / "docs" / "buffers.md").read_text(encoding="utf-8")
    assert untimed(written) == untimed(pages.buffers()), "write it anew: make_pages.py buffers"


def test_the_page_of_speed_is_made_of_what_the_benchmark_prints(pages):
    made = pages.benchmark(
        "compiled code ready after 0.37 s\n"
        f"{'question':<70}{'trona':>12}{'pymatgen':>14}{'ratio':>9}\n"
        f"{'one ladder, 4 elements':<70}{1.3149:>9.2f} ms{15994.8:>11.1f} ms{12164:>8.0f}x\n",
        f"{'load a table':<48}{1110.0:>10.1f} ms{13175.0:>11.1f} ms{11.9:>6.1f}x answers the same\n"
        "an empty Python: 20.0 ms\nchgnet, 12 crystals\n",
    )
    assert "| one ladder, 4 elements | 1.3 ms | 16 s | 12,164 |" in made
    assert "compiled code ready after 0.37 s" in made
    assert "| load a table | 1.1 s | 13 s | 11.9 | the same |" in made
    assert made.count("chgnet, 12 crystals") == 1
