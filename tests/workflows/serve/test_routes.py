"""What the server answers: the numbers of the commands, and one sentence to what is refused."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.support.served import serving, session_on
from tests.support.tables import ROWS
from trona.stores.assess.screenings import failed_document, screening_document
from trona.stores.collections.results import Results
from trona.stores.documents.printable import printable
from trona.stores.energies.references import load_reference
from trona.workflows.serve.answers import keep_energies
from trona.workflows.serve.parameters import LONGEST, MOST
from trona.workflows.serve.views import describe_parts

FORMULAS = ("Na3PS4", "Na2S", "NaCl", "Na2ZrCl6", "NaP", "Na4P2S7")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A table of energies and a store of results on it."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "t.csv").write_text(ROWS, encoding="utf-8")
    reference = load_reference(f"table:{folder / 't.csv'}")
    docs = [screening_document(one, one, "a paper", reference) for one in FORMULAS]
    docs.append(screening_document("thio", "Na3PS4", "a paper", reference))
    docs.append(failed_document("lost", "Na2WS4", "a file", reference, "no reference for W"))
    results = Results(str(folder / "s.sqlite"))
    results.save(docs)
    results.close()
    return folder


@pytest.fixture(scope="module")
def table(folder):
    return f"table:{folder / 't.csv'}"


@pytest.fixture(scope="module")
def page(folder, table):
    with serving(session_on(folder / "s.sqlite", table)) as page:
        yield page


def without_time(content):
    """Leave out when something was computed."""
    if isinstance(content, dict):
        return {name: without_time(one) for name, one in content.items() if name != "created"}
    return [without_time(one) for one in content] if isinstance(content, list) else content


@pytest.mark.parametrize(
    ("question", "given", "command"),
    [
        ("window", {"formula": "Na3PS4"}, ["window", "Na3PS4"]),
        ("window", {"formula": "Na4P2S7", "why": "1"}, ["window", "Na4P2S7", "--why"]),
        ("window", {"formula": "Na3PS4", "at": "0.7"}, ["window", "Na3PS4", "--at", "0.7"]),
        (
            "window",
            {"formula": "Na3PS4", "electrode": "Na", "tolerance": "0.01"},
            ["window", "Na3PS4", "--electrode", "Na", "--tolerance", "0.01"],
        ),
        ("interface", {"first": "Na3PS4", "second": "NaCl"}, ["interface", "Na3PS4", "NaCl"]),
        (
            "interface",
            {"first": "Na3PS4", "second": "Na2ZrCl6", "voltage": "1.5"},
            ["interface", "Na3PS4", "Na2ZrCl6", "--voltage", "1.5"],
        ),
        (
            "matrix",
            {"materials": "Na3PS4, Na2ZrCl6\nNaCl"},
            ["matrix", "Na3PS4", "Na2ZrCl6", "NaCl"],
        ),
        (
            "matrix",
            {"materials": "Na3PS4,thio", "against": "Na,NaP", "at_electrode": "1"},
            ["matrix", "Na3PS4", "thio", "--against", "Na,NaP", "--at-electrode"],
        ),
    ],
)
def test_every_number_is_that_of_the_command(
    page, trona, folder, table, monkeypatch, question, given, command
):
    monkeypatch.setenv("TRONA_STORE", str(folder / "s.sqlite"))
    done = trona(*command, "--reference", table, "--json")
    assert done.returncode == 0, done.stderr
    answer = page.ask(f"/api/{question}", **given)
    assert answer.status == 200
    assert without_time(answer.json) == without_time(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("given", "options"),
    [
        ({}, []),
        ({"elements": "P,S", "sort": "label"}, ["--elements", "P,S", "--sort", "label"]),
        ({"interphase": "stable"}, ["--class", "stable"]),
        ({"hull_below": "0.1", "descending": "1"}, ["--hull-below", "0.1", "--descending"]),
        ({"text": "THIO"}, ["--text", "THIO"]),
        ({"limit": "3", "page": "2"}, ["--limit", "3", "--page", "2"]),
        ({"where": "severity < 0.5"}, ["--where", "severity < 0.5"]),
    ],
)
def test_what_is_found_is_what_query_finds(page, trona, folder, given, options):
    done = trona("query", *options, "--store", folder / "s.sqlite", "--json")
    assert page.ask("/api/query", **given).json == json.loads(done.stdout)


def test_a_candidate_is_what_show_prints(page, trona, folder):
    done = trona("show", "thio", "--store", folder / "s.sqlite", "--json")
    assert page.ask("/api/show", name="thio").json == json.loads(done.stdout)


def test_the_rows_of_the_page_are_those_of_query(page, folder):
    found = Results(str(folder / "s.sqlite")).find()
    shown = page.ask("/view/candidates").json
    places = [one for one in found.summaries if one.id in found.places]
    assert [row["id"] for row in shown["rows"]] == [one.id for one in places]
    for row, one in zip(shown["rows"], places, strict=True):
        shown_values = [row["hull"], row["reduction"]]
        assert shown_values == printable([one.energy_above_hull, one.reduction_limit])
        assert row["place"] == found.places[one.id].place
    assert [one["label"] for one in shown["unranked"]] == ["lost"]
    assert shown["total"] == len(FORMULAS) + 2


def test_the_page_names_no_option_of_the_command_line():
    (part,) = describe_parts(["[dim]Energies: bundled (SevenNet l3i5); corrections: --json.[/]"])
    assert part["lines"] == ["Energies: bundled (SevenNet l3i5)."]


def test_the_parts_of_an_answer_are_what_the_command_prints(page, trona, table, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    printed = trona("window", "Na3PS4", "--reference", table).stdout
    for part in page.ask("/view/window", formula="Na3PS4").json["parts"]:
        for row in part.get("rows", []):
            assert all(cell in printed for cell in row)
        for line in part.get("lines", [])[:1]:  # without the option that tells more
            assert line.removesuffix(".") in printed.replace("\n", " ")


@pytest.mark.parametrize(
    ("question", "given", "command"),
    [
        ("window", {"formula": "Na3XX4"}, ["window", "Na3XX4"]),
        ("window", {"formula": "P2S5"}, ["window", "P2S5"]),
        ("window", {"formula": "Na2WS4"}, ["window", "Na2WS4"]),
        ("window", {"formula": "Na3PS4", "at": "-1"}, ["window", "Na3PS4", "--at=-1"]),
        ("interface", {"first": "Na3PS4", "second": "0"}, ["interface", "Na3PS4", "0"]),
    ],
)
def test_a_mistake_gets_the_sentence_of_the_command(page, trona, table, question, given, command):
    done = trona(*command, "--reference", table)
    assert done.returncode == 2
    for room in ("api", "view"):
        answer = page.ask(f"/{room}/{question}", **given)
        assert answer.status == 400
        assert f"trona: {answer.json['error']}\n" == done.stderr


@pytest.mark.parametrize(
    ("path", "given", "named"),
    [
        ("/api/window", {}, "formula is missing"),
        ("/api/window", {"formula": "Na" * LONGEST}, f"at most {LONGEST}"),
        ("/api/window", {"formula": "Na3PS4", "at": "nan"}, "'nan'"),
        ("/api/window", {"formula": "Na3PS4", "at": "1e999"}, "'1e999'"),
        ("/api/window", {"formula": "Na3PS4", "why": "perhaps"}, "'perhaps'"),
        ("/api/window", {"formula": "Na3PS4", "store": "x.sqlite"}, "no parameter 'store'"),
        ("/api/matrix", {"materials": ",".join(f"Na{n}S" for n in range(1, MOST + 2))}, "at most"),
        ("/api/matrix", {"materials": "Na2S,NaCl", "charged": "1"}, "need electrodes"),
        ("/api/query", {"page": "0"}, "whole number"),
        ("/api/query", {"limit": "100000"}, "1 to 1,000"),
        ("/api/query", {"sort": "who?"}, "no field"),
        ("/api/query", {"where": "a b c d"}, ""),
        ("/api/show", {"name": "nobody"}, "no result for 'nobody'"),
        ("/view/diagram", {"system": "Na-P"}, "two or three elements"),
    ],
)
def test_bad_input_gets_one_sentence(page, path, given, named):
    answer = page.ask(path, **given)
    assert answer.status == 400
    assert named in answer.json["error"]
    assert "\n" not in answer.json["error"]
    assert "Traceback" not in answer.text


def test_no_file_is_read_for_a_matrix(page, folder):
    secret = folder / "names.txt"
    secret.write_text("Na3PS4\nNaCl\n", encoding="utf-8")
    answer = page.ask("/api/matrix", materials=f"{secret},NaCl")
    assert answer.status == 400
    assert "Na3PS4" not in answer.json["error"].replace("write it like Na3PS4", "")


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost@evil", "", "[::2]"],
)
def test_a_page_of_another_name_is_refused(page, host):
    for path in ("/", "/state", "/assets/serve.js", "/api/window"):
        answer = page.ask(path, headers={"Host": host})
        assert answer.status == 403
        assert "answers to 127.0.0.1 and localhost only" in answer.json["error"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "LOCALHOST:1234", "[::1]:80"])
def test_this_machine_and_a_tunnel_to_it_are_answered(page, host):
    assert page.ask("/", headers={"Host": host}).status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
def test_nothing_but_reading_is_possible(page, method):
    answer = page.ask("/api/window", method=method, formula="Na3PS4")
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET"


def test_another_site_cannot_ask_but_may_link(page):
    other = {"Sec-Fetch-Site": "cross-site"}
    assert page.ask("/api/window", headers=other, formula="Na3PS4").status == 403
    assert page.ask("/", headers=other).status == 200


@pytest.mark.parametrize(
    "path", ["/nothing", "/assets/routes.py", "/assets/../routes.py", "/assets/%2e%2e%2fpage.py"]
)
def test_no_other_address_leads_anywhere(page, path):
    answer = page.ask(path)
    assert answer.status == 404
    assert "open / instead" in answer.json["error"]


def test_all_answers_forbid_what_the_page_does_not_need(page):
    for path in ("/", "/state", "/nothing", "/assets/serve.css"):
        headers = page.ask(path).headers
        rules = dict(
            rule.strip().split(" ", 1) for rule in headers["Content-Security-Policy"].split(";")
        )
        assert rules["default-src"] == "'none'"
        assert rules["script-src"] == rules["connect-src"] == "'self'"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


def test_the_page_loads_nothing_from_elsewhere(page):
    text = page.ask("/").text
    assert "http://" not in text
    assert "https://" not in text


def test_a_defect_is_a_sentence_in_the_page(folder, table, capsys):
    def broken(*formulas):
        if formulas:
            raise RuntimeError("first line\nsecond line")
        return load_reference(table)

    session = replace(session_on(folder / "s.sqlite", table), energies=broken)
    with serving(session) as page:
        answer = page.ask("/api/window", formula="Na3PS4")
    assert answer.status == 500
    assert answer.json["error"].startswith("internal error")
    assert "RuntimeError: first line" in answer.json["error"]
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert said.count("\n") == 1


def test_energies_are_read_once_for_the_same_elements(table):
    asked = []

    def load(*formulas):
        asked.append(formulas)
        return replace(load_reference(table))

    energies = keep_energies(load)
    first = energies("Na3PS4")
    assert energies("Na4P2S7") is first
    assert energies("NaCl") is first  # the same energies, though of other elements
    assert asked == [("Na3PS4",), ("NaCl",)]
    assert energies("hard carbon") is not first
