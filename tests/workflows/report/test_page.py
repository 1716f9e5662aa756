"""A report holds what a screening found, as data and as text, and nothing of it is markup."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from html.parser import HTMLParser

import pytest

from tests.workflows.cli.test_commands import succeed, trona
from trona.screening.errors import InputError
from trona.stores.assess.screenings import failed_document, rank_documents, screening_document
from trona.workflows.report.content import COLUMNS, UNBOUNDED, Shared, candidates
from trona.workflows.report.page import render, write_page

HOSTILE = "<script>document.title = 'taken'</script>&amp;"


class Reader(HTMLParser):
    """Collects the elements of a page, and the text inside each kind of them."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.tags, self.texts, self.open = [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)
        self.texts.append((tag, ""))

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if self.open:
            self.texts.append((self.open[-1], data))

    def inside(self, tag):
        return [text for found, text in self.texts if found == tag and text.strip()]


@pytest.fixture
def docs(reference):
    """Two phases, a mixture, and one that failed."""
    found = [screening_document(f, f, "a paper", reference) for f in ("Na3PS4", "NaCl", "Na4P2S7")]
    return [*found, failed_document("lost", "Na2WS4", "a file", reference, "no reference for W")]


def embedded(page):
    scripts = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page)
    assert len(scripts) == 1
    return json.loads(scripts[0])


def test_every_candidate_stands_in_the_ranking_in_its_order(docs):
    page = Reader(render(docs))
    names = [text for text in page.inside("button") if text in {d.label for d in docs}]
    assert names == [doc.label for _, doc in rank_documents(docs)]
    assert "no reference for W" in " ".join(page.inside("li"))


def test_where_all_failed_the_reasons_are_told(docs):
    page = render(docs[-1:])
    assert "no reference for W" in " ".join(Reader(page).inside("li"))
    assert embedded(page)["candidates"] == []


def test_the_embedded_data_are_those_of_the_documents(docs):
    content = embedded(render(docs))
    by_id = {doc.id: doc for doc in docs}
    assert [one["id"] for one in content["candidates"]] == [d.id for _, d in rank_documents(docs)]
    for one in content["candidates"]:
        window = by_id[one["id"]].window
        assert one["hull"] == window.energy_above_hull
        assert one["reduction"] == window.reduction_limit
        assert len(one["ladder"]) == len(window.ladder)
        for shown, rung in zip(one["ladder"], window.ladder, strict=True):
            assert (shown["from"], shown["to"]) == (rung.voltage_lower, rung.voltage_upper)
            assert (shown["class"], shown["reaction"]) == (rung.interphase, rung.reaction)
            phases = [content["phases"][product[0]] for product in shown["products"]]
            assert [phase[0] for phase in phases] == [p.formula for p in rung.products]
            assert [phase[2] for phase in phases] == [p.electronic_source for p in rung.products]
        assert [content["sentences"][at] for at in one["caveats"]] == window.caveats


def test_provenance_names_reference_versions_and_date(docs):
    content = embedded(render(docs))
    for one, (_, doc) in zip(content["candidates"], rank_documents(docs), strict=True):
        text = " ".join(content["sentences"][at] for _, at in one["provenance"])
        assert doc.reference.checksum in text
        assert f"trona {doc.versions['trona']}" in text
        assert f"{doc.created:%Y-%m-%d}" in text


def test_each_column_shows_and_sorts_every_candidate(docs):
    for row in candidates(docs, Shared(), Shared()):
        assert row["cells"].keys() == {column.key for column in COLUMNS} <= row.keys()


def test_an_unbounded_window_sorts_above_all_others(reference, docs):
    docs = [*docs, screening_document("Na2S", "Na2S", "", reference)]
    docs[-1].window.oxidation_limit = None
    rows = {row["label"]: row for row in candidates(docs, Shared(), Shared())}
    assert rows["Na2S"]["oxidation"] == UNBOUNDED
    assert rows["Na2S"]["cells"]["oxidation"] == "∞"
    assert rows["Na2S"]["oxidation"] > rows["NaCl"]["oxidation"]


def test_what_is_called_like_markup_stays_text(docs):
    tags = [tag for tag, _ in Reader(render(docs, asked="nothing")).tags]
    for doc in docs:
        doc.label = f"{HOSTILE}{doc.label}"
        doc.source = doc.formula = doc.reference.name = HOSTILE
        doc.reference.caveats = [HOSTILE]
        if doc.window is None:
            doc.reason = HOSTILE
        else:
            doc.window.formula, doc.window.caveats = HOSTILE, [HOSTILE]
            doc.window.ladder[0].products[0].formula = HOSTILE
    hostile = Reader(render(docs, asked=HOSTILE))
    added = [tag for tag, _ in hostile.tags if tag != "p"]  # a paragraph for the caveat
    assert added == [tag for tag in tags if tag != "p"]
    assert f"{HOSTILE}Na3PS4" in hostile.inside("button")


def test_data_cannot_end_their_element(docs):
    docs[0].label = "</script><!-- <b>&"
    page = render(docs)
    assert docs[0].label in {one["label"] for one in embedded(page)["candidates"]}
    assert "</script><!--" not in page


def test_only_the_scripts_of_the_page_itself_may_run(docs):
    page = render(docs)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.replace("&#39;", "'").split(";"))
    assert rules["default-src"] == "'none'"
    allowed = set(rules["script-src"].split())
    run = re.findall(r'<script(?: type="text/plain" id="plotly")?>(.*?)</script>', page, re.DOTALL)
    hashes = {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in run}
    assert allowed == {f"'sha256-{value}'" for value in hashes}
    assert len(run) == 4


def test_the_page_refers_to_nothing_outside(docs):
    for _, attributes in Reader(render(docs)).tags:
        for name in ("src", "href", "action", "poster", "srcset"):
            assert attributes.get(name, "#").startswith("#")


def test_a_candidate_more_costs_little(docs):
    def size(copies):
        many = [
            docs[0].model_copy(update={"id": f"{at:016x}", "label": f"Na3PS4-{at}"})
            for at in range(copies)
        ]
        return len(render(many).encode())

    assert (size(101) - size(1)) / 100 < 8000


def test_a_page_is_written_wholly_or_not_at_all(tmp_path):
    path = tmp_path / "report.html"
    write_page("first", path)
    write_page("second", path)
    assert path.read_text(encoding="utf-8") == "second"
    with pytest.raises(InputError, match="missing"):
        write_page("third", tmp_path / "missing" / "report.html")
    with pytest.raises(InputError, match="folder"):
        write_page("third", tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("store") / "s.sqlite"
    succeed("screen", "Na3PS3.4O0.6", "Na3PS4", "NaCl", "--store", path)
    return path


def test_the_command_writes_what_query_finds(store, tmp_path):
    path = tmp_path / "report.html"
    asked = ("--elements", "P,S", "--without", "Cl", "--store", store)
    said = succeed("report", "-o", path, *asked)
    assert said.startswith("report of 2 candidates")
    found = {doc["id"] for doc in json.loads(succeed("query", *asked, "--json"))}
    page = path.read_text(encoding="utf-8")
    assert {one["id"] for one in embedded(page)["candidates"]} == found
    assert "with P and S, without Cl" in page


def test_kept_interfaces_are_found_and_drawn(tmp_path):
    kept, path = tmp_path / "s.sqlite", tmp_path / "report.html"
    succeed("interface", "Na3PS4", "NaCrO2", "--store", kept)
    succeed("interface", "Na2S", "NaCl", "--store", kept)
    found = json.loads(succeed("query", "--interfaces", "--store", kept, "--json"))
    said = succeed("report", "-o", path, "--store", kept)
    assert "interface: 2" in said
    page = html.unescape(path.read_text(encoding="utf-8"))
    for one in found:
        assert one["statement"] in page
        assert all(kink["reaction"] in page for kink in one["kinks"] if one["reacts"])
    assert page.count("<polyline") == 1
    assert 'id="ranking"' not in page
    assert 'id="filters"' not in page
    assert found[1]["charge"]["charged"]["statement"] in page


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--elements", "Xx"], "'Xx' is not an element"),
        (["--class", "good"], "'good'"),
        (["--elements", "Br"], "no candidate passes (with Br)"),
    ],
)
def test_a_report_of_nothing_is_refused(store, tmp_path, arguments, named):
    path = tmp_path / "report.html"
    done = trona("report", "-o", path, "--store", store, *arguments)
    assert (done.returncode, path.exists()) == (2, False)
    assert named in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_report_marks_electrodes_and_says_what_is_observed(docs):
    page = render(docs)
    data = embedded(page)
    drawn = json.dumps(data["figures"][0], ensure_ascii=False)
    assert "3.00 V" in drawn  # NaCrO2, measured; nothing is computed from stored results
    facts = [fact for one in data["candidates"] for fact in one["facts"]]
    assert any("Observed on sodium metal: mixed-conducting" in text for _, text in facts)
