"""The Materials Project through its real client, against a server that answers as the API does."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.support import materials_project_server as api
from trona.screening.equilibrium.grand import profile
from trona.screening.errors import ReferenceDataError
from trona.screening.formulas import parse
from trona.stores.assess.screenings import screening_document
from trona.stores.energies.references import load_reference
from trona.stores.materials_project.client import find_key
from trona.stores.materials_project.fetch import fetch
from trona.stores.materials_project.snapshot_files import files, read_snapshot

SYSTEM = ("Na", "P", "S")


@pytest.fixture
def server():
    """A healthy server."""
    with api.running() as running:
        yield running


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Folder of snapshots that the settings name."""
    path = tmp_path / "references"
    monkeypatch.setenv("TRONA_REFERENCES", str(path))
    return path


def ask(server, folder, elements=SYSTEM, key=api.KEY, **options):
    """Fetch in this process."""
    return fetch(elements, SecretStr(key), folder, endpoint=server.endpoint, **options)


def trona(server, folder, *arguments, **environment):
    """Run the command in a process of its own, with the key in its environment."""
    return subprocess.run(
        [sys.executable, "-c", "from trona.workflows.cli.main import main; main()", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={
            **os.environ,
            "COLUMNS": "80",
            "MP_API_KEY": api.KEY,
            "MP_API_ENDPOINT": server.endpoint,
            "TRONA_REFERENCES": str(folder),
            **environment,
        },
    )


def thermo_questions(server):
    return [asked for route, asked in server.asked if route == "materials/thermo"]


def test_the_server_answers_in_the_schema_of_the_api():
    from emmet.core.summary import SummaryDoc
    from emmet.core.thermo import ThermoDoc

    docs = api.documents()
    for doc in docs["thermo"]:
        assert ThermoDoc.model_validate(doc).energy_per_atom == doc["energy_per_atom"]
    assert docs["summary"][0].keys() <= SummaryDoc.model_fields.keys()
    assert api.meta(7).keys() == {"api_version", "time_stamp", "total_doc", "facet"}


def test_a_chemical_system_comes_with_all_its_parts(server, folder):
    file = ask(server, folder).file
    snapshot = read_snapshot(file)
    formulas = [row.formula for row in snapshot.phases]
    assert set(formulas) == {
        formula for formula in [*api.ELEMENTS, *api.COMPOUNDS] if "Cl" not in formula
    }
    assert formulas.count("Na3PS4") == 2
    assert (snapshot.thermo_type, snapshot.database_version) == ("GGA_GGA+U", api.DATABASE)
    assert snapshot.client.startswith("mp-api ")
    for row in snapshot.phases:
        sulfur = parse(row.formula).get("S", 0.0) if len(parse(row.formula)) > 1 else 0.0
        n_atoms = sum(parse(row.formula).values())
        assert row.correction_per_atom == pytest.approx(api.SULFIDE * sulfur / n_atoms)
        assert (row.run_type, row.space_group is None) == ("GGA", False)
    lowest = min(r.energy_per_atom for r in snapshot.phases if r.formula == "Na3PS4")
    assert lowest == pytest.approx(api.energy_per_atom("Na3PS4"))
    assert load_reference(file.name).band_gaps["Na2S"] == 2.44


def test_only_one_thermo_type_is_asked_for(server, folder):
    ask(server, folder)
    assert {asked["thermo_types"] for asked in thermo_questions(server)} == {"GGA_GGA+U"}


@pytest.mark.parametrize("page", [1, 5, 16, 1000])
def test_pages_of_any_size_give_the_same_snapshot(server, folder, page, tmp_path):
    whole = ask(server, tmp_path / "other").file.checksum
    assert ask(server, folder, page=page).file.checksum == whole
    skips = [asked.get("_skip") for asked in thermo_questions(server)]
    assert len(set(skips)) == -(-16 // page)


def test_windows_are_those_of_the_same_energies_in_a_table(server, folder, tmp_path):
    lines = [f"{f},{e}" for f, (e, _, _) in api.COMPOUNDS.items() if "Cl" not in f]
    table = tmp_path / "t.csv"
    table.write_text("\n".join(["formula,formation_energy_per_atom", *lines]))
    name = ask(server, folder).file.name
    for correction in ("as-published", "sulfide-by-charge-mp2020"):
        ours, theirs = (
            load_reference(name, correction),
            load_reference(f"table:{table}", correction),
        )
        for formula in ("Na3PS4", "Na2S", "NaPS3", "S"):
            steps = profile(theirs.table, parse(formula)).breakpoints
            found = profile(ours.table, parse(formula)).breakpoints
            assert found == pytest.approx(steps, abs=1e-6)


def test_a_result_pins_the_snapshot_by_its_hash(server, folder):
    file = ask(server, folder).file
    doc = screening_document("a", "Na3PS4", "test", load_reference("mp", None, ["Na3PS4"]))
    assert file.checksum in doc.reference.name
    assert load_reference(doc.reference.name).checksum == doc.reference.checksum
    assert api.DATABASE in doc.reference.origin


def test_what_the_current_database_gave_is_not_fetched_again(server, folder):
    first = ask(server, folder)
    before = len(thermo_questions(server))
    part = ask(server, folder, ("S", "Na"))
    assert (first.new, part.new, part.file) == (True, False, first.file)
    assert len(thermo_questions(server)) == before
    assert ask(server, folder, ("Na", "S"), again=True).new
    assert len(files(folder)) == 2


def test_a_new_database_is_fetched_beside_the_old_one(server, folder):
    old = ask(server, folder).file
    with api.running() as newer:
        newer.heartbeat["db_version"] = "2026.10.01"
        new = ask(newer, folder).file
    assert load_reference("mp:Na-P-S").name == new.name != old.name
    assert load_reference(old.name).name == old.name


def test_a_damaged_snapshot_is_fetched_anew(server, folder):
    file = ask(server, folder).file
    file.path.write_bytes(b"damaged")
    assert ask(server, folder).new
    assert load_reference("mp:Na-P-S").phases


FAULTS = {
    "wrong key": ("thermo", api.status(401, {"message": "Unauthorized"}), "MP_API_KEY"),
    "forbidden": ("thermo", api.status(403, {"message": "Forbidden"}), "MP_API_KEY"),
    "blocked network": ("heartbeat", api.status(403, {}), "refuses this network"),
    "blocked address": (
        "heartbeat",
        api.status(429, {"error": "blocked due to rate limits.", "version": "blocked"}),
        "wait some minutes",
    ),
    "rate limit": (
        "thermo",
        api.status(429, {"message": "API rate limit exceeded"}, ("Retry-After", "0")),
        "wait some minutes",
    ),
    "server error": ("thermo", api.status(500, {"detail": "oops"}), "try again later"),
    "gateway": ("summary", api.status(502, b"<html>bad gateway</html>"), "try again later"),
    "no route": ("thermo", api.status(404, {"message": "no Route matched"}), "update"),
    "bad request": ("thermo", api.status(400, {"detail": "x"}), "update"),
    "no API": ("heartbeat", api.status(200, b"<html>hello</html>"), "not JSON"),
    "another API": ("heartbeat", api.status(200, {}), "cannot be used"),
    "no data": ("thermo", api.status(200, {"meta": {}}), "cannot be used"),
    "truncated": ("thermo", api.truncated, "cut off"),
    "broken off": ("thermo", api.broken_off, "cannot be reached"),
    "missing pages": ("thermo", api.nothing_after_first_page, "not complete"),
    "missing gaps": ("summary", api.nothing_after_first_page, "not complete"),
    "repeated pages": ("thermo", api.first_page_again, "not complete"),
    "wrong type": ("thermo", api.altered(thermo_type="R2SCAN"), "not asked for"),
    "wrong system": ("thermo", api.altered(formula_pretty="LiF"), "not asked for"),
    "no energy": ("thermo", api.altered(energy_per_atom=None), "energy_per_atom"),
    "no volume": ("thermo", api.altered(volume=0.0), "volume_per_atom"),
    "no field": ("thermo", api.altered(energy_type=...), "energy_type"),
    "no element": ("thermo", api.without("S"), "element S"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_failure_is_one_sentence_and_leaves_nothing(server, folder, fault):
    route, answer, word = FAULTS[fault]
    server.faults[route] = answer
    with pytest.raises(ReferenceDataError, match=word) as caught:
        ask(server, folder, page=5)
    sentence = str(caught.value)
    assert len(sentence.splitlines()) == 1
    assert sentence.endswith(".")
    assert api.KEY not in "".join(traceback.format_exception(caught.value))
    assert not folder.exists() or not list(folder.iterdir())


def test_a_failure_does_not_touch_an_earlier_snapshot(server, folder):
    file = ask(server, folder).file
    server.faults["thermo"] = api.truncated
    with pytest.raises(ReferenceDataError):
        ask(server, folder, again=True)
    assert files(folder) == [file]
    assert load_reference(file.name).phases


@pytest.mark.parametrize(
    ("key", "word"),
    [("", "no key"), ("short", "5 characters"), ("ä" * 32, "character"), ("x" * 32, "401")],
)
def test_a_missing_or_wrong_key_is_said(server, folder, key, word):
    with pytest.raises(ReferenceDataError, match=word) as caught:
        ask(server, folder, key=key)
    assert not key or key not in str(caught.value)


def test_a_refusal_that_repeats_the_key_is_not_repeated(server, folder):
    for code in (401, 418, 500):
        server.faults["thermo"] = api.echo_key(code)
        with pytest.raises(ReferenceDataError) as caught:
            ask(server, folder)
        assert api.KEY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"thermo_type": "GGA_GGA+U_R2SCAN"}, "R2SCAN"),
        ({"elements": tuple("HBCNOFPSIK")}, "10 elements"),
    ],
)
def test_a_question_without_a_good_answer_is_not_asked(server, folder, options, word):
    with pytest.raises(ReferenceDataError, match=word):
        ask(server, folder, **options)
    assert server.asked == []


def test_no_server_is_said(folder):
    with api.running() as gone:
        pass
    with pytest.raises(ReferenceDataError, match="Connection refused"):
        ask(gone, folder)


def test_without_the_client_the_remedy_is_named(server, folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "mp_api", None)
    with pytest.raises(ReferenceDataError, match="mp extra"):
        ask(server, folder)


@pytest.mark.parametrize("name", ["TRONA_MP_API_KEY", "MP_API_KEY", "PMG_MAPI_KEY"])
def test_the_key_is_found_in_the_environment_and_prints_as_asterisks(monkeypatch, name):
    for other in ("TRONA_MP_API_KEY", "MP_API_KEY", "PMG_MAPI_KEY"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, api.KEY)
    key = find_key()
    assert key.get_secret_value() == api.KEY
    assert api.KEY not in repr(key) + str(key)


@pytest.mark.parametrize("route", ["heartbeat", "thermo"])
def test_a_silent_server_is_not_waited_for(server, folder, route):
    server.faults[route] = api.silent
    done = trona(server, folder, "reference", "fetch", "Na-S", "--timeout", "1")
    assert done.returncode == 2
    assert "did not answer within 1 s" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(Path(folder).glob("*"))


def test_the_commands_fetch_once_and_work_offline_from_then_on(server, folder):
    fetched = trona(server, folder, "reference", "fetch", "Na-P-S")
    assert fetched.returncode == 0, fetched.stderr
    assert api.DATABASE in fetched.stdout
    server.shutdown()
    asked = len(server.asked)
    outputs = [fetched]
    for arguments in (
        ["reference", "list"],
        ["reference", "info", "mp:Na-S"],
        ["window", "Na3PS4", "--reference", "mp"],
        ["screen", "Na3PS4", "--reference", "mp", "--store", str(folder / "s.sqlite")],
        ["show", "Na3PS4", "--store", str(folder / "s.sqlite")],
    ):
        done = trona(server, folder, *arguments, MP_API_KEY="")
        assert done.returncode == 0, done.stderr
        assert max(map(len, done.stdout.splitlines())) <= 80
        outputs.append(done)
    assert len(server.asked) == asked
    assert all(api.KEY not in done.stdout + done.stderr for done in outputs)
    for path in folder.iterdir():
        assert api.KEY.encode() not in path.read_bytes()
        if path.suffix == ".gz":
            assert api.KEY.encode() not in gzip.decompress(path.read_bytes())


def test_the_client_is_loaded_to_fetch_only(server, folder):
    ask(server, folder)
    code = (
        "import sys\nsys.argv[1:] = ['window', 'Na3PS4', '--reference', 'mp']\n"
        "from trona.workflows.cli.main import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(sorted({'mp_api', 'requests'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.splitlines()[-1] == "[]"
