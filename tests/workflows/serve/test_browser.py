"""The page in a real browser: questions, the voltage slider, a store that grows, hostile names."""

from __future__ import annotations

import json

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from tests.support.page_checks import CONTRAST, FOCUS, OUTLINE, VISIBLE_NAMES
from tests.support.served import serving, session_on
from tests.support.tables import ROWS
from trona.screening.stability.interphase import InterphaseClass
from trona.stores.assess.screenings import failed_document, screening_document
from trona.stores.collections.results import Results
from trona.stores.energies.references import load_reference

FORMULAS = ("Na3PS4", "Na2S", "NaCl", "Na2ZrCl6", "NaP", "Na4P2S7")
HOSTILE = "<script>window.taken = 1</script><img src=x onerror='window.taken = 2'><b>x</b>"
WIDE = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
ASKED = {
    "window": "#/window?formula=Na3PS4",
    "interface": "#/interface?first=Na3PS4&second=Na",
    "matrix": "#/matrix?materials=Na3PS4%2CNa2ZrCl6%2CNaCl",
    "diagram": "#/diagram?system=Na-P-S&mark=Na3PS4",
    "candidates": "#/candidates",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    (folder / "t.csv").write_text(ROWS, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def table(folder):
    return load_reference(f"table:{folder / 't.csv'}")


@pytest.fixture(scope="module")
def docs(table):
    """Results, of which one has a hostile name and one failed."""
    found = [screening_document(one, one, "a paper", table) for one in FORMULAS]
    hostile = screening_document(HOSTILE, "Na2PS3", HOSTILE, table)
    hostile.window.formula, hostile.window.caveats = HOSTILE, [HOSTILE]
    hostile.window.ladder[0].products[0].formula = HOSTILE
    return [*found, hostile, failed_document("lost", "Na2WS4", HOSTILE, table, HOSTILE)]


def save(path, *docs):
    results = Results(str(path))
    results.save(docs)
    results.close()


@pytest.fixture(scope="module")
def served(folder, docs):
    """A page on a store that stays as it is."""
    save(folder / "s.sqlite", *docs)
    with serving(session_on(folder / "s.sqlite", f"table:{folder / 't.csv'}")) as page:
        yield page


@pytest.fixture
def growing(folder, docs, tmp_path):
    """A page on a store that a test may change, and that store."""
    path = tmp_path / "g.sqlite"
    save(path, *docs[:3])
    with serving(session_on(path, f"table:{folder / 't.csv'}")) as page:
        yield page, path


def wait(page, what, seconds=60):
    return WebDriverWait(page, seconds).until(what)


def seen(page, css):
    return [one for one in page.find_elements(By.CSS_SELECTOR, css) if one.is_displayed()]


def texts(page, css):
    """What is read of all that is seen, at one moment: the page may be about to change."""
    script = """
    return [...document.querySelectorAll(arguments[0])].filter((one) => one.checkVisibility())
      .map((one) => one.innerText);
    """
    return page.execute_script(script, css)


def shown(page):
    return [one.removesuffix("*") for one in texts(page, ".ranking .name")]


def opened(browse, served, name, **look):
    """The page with a question answered, and its figure drawn."""
    page = browse(served.address, part=ASKED[name], **look)
    wait(page, lambda _: seen(page, f"#{name} .answer"))
    if name == "candidates":
        wait(page, lambda _: shown(page))
        seen(page, ".ranking .name")[0].click()
    frame = seen(page, f"#{name} .plots")[0]
    page.execute_script("arguments[0].scrollIntoView()", frame)
    wait(page, lambda _: frame.find_elements(By.CSS_SELECTOR, ".main-svg"))
    return page


@pytest.mark.parametrize("name", ASKED)
def test_each_question_is_answered_and_nothing_else_is_asked(served, browse, name):
    page = opened(browse, served, name)
    messages = [json.loads(one["message"])["message"] for one in page.get_log("performance")]
    sent = [one["params"]["request"]["url"] for one in messages
            if one["method"] == "Network.requestWillBeSent"]  # fmt: skip
    ours = (served.address, "data:", "blob:")
    assert [url for url in sent if not url.startswith(ours)] == []
    assert page.get_log("browser") == []


def test_a_formula_is_typed_and_answered_and_going_back_works(served, browse):
    page = browse(served.address)
    field = page.find_element(By.CSS_SELECTOR, "#window [name=formula]")
    field.send_keys("Na2ZrCl6", Keys.ENTER)
    wait(page, lambda _: "Na2ZrCl6" in "".join(texts(page, "#window .lead")))
    assert "formula=Na2ZrCl6" in page.current_url
    field.clear()
    field.send_keys("NaCl", Keys.ENTER)
    wait(page, lambda _: "NaCl" in "".join(texts(page, "#window .before .lead")))
    page.back()
    wait(page, lambda _: "Na2ZrCl6" in "".join(texts(page, "#window .before .lead")))
    assert field.get_attribute("value") == "Na2ZrCl6"


def test_the_ladder_is_that_of_the_command(served, browse):
    page = opened(browse, served, "window")
    rows = seen(page, "#window .parts .steps tbody tr")
    cells = [[c.text for c in one.find_elements(By.TAG_NAME, "td")] for one in rows]
    answer = served.ask("/api/window", formula="Na3PS4").json
    assert [cell[3].removeprefix("≤ ") for cell in cells] == [
        f"{rung['energy_per_atom']:.3f}" for rung in answer["ladder"]
    ]


def test_the_slider_shows_the_reaction_at_its_voltage(served, browse):
    page = opened(browse, served, "window")
    field = page.find_element(By.NAME, "volts")
    field.clear()
    field.send_keys("0.9")
    rung = served.ask("/api/window", formula="Na3PS4", at=0.9).json["ladder"][0]
    wait(page, lambda _: "At 0.900 V" in page.find_element(By.CSS_SELECTOR, ".at").text)
    said = page.find_element(By.CSS_SELECTOR, ".at").text
    assert f"{rung['energy_per_atom']:.3f} eV/atom" in said
    assert rung["reaction"] in said
    slide = page.find_element(By.NAME, "slide")
    assert slide.get_attribute("value") == "0.9"
    slide.send_keys(Keys.ARROW_RIGHT)
    wait(page, lambda _: "At 0.910 V" in page.find_element(By.CSS_SELECTOR, ".at").text)
    at = "return document.querySelector('#window .plot').layout.shapes[0].y0"
    wait(page, lambda _: page.execute_script(at) == 0.91)


def test_a_mistake_is_one_sentence_and_the_next_question_is_answered(served, browse):
    page = browse(served.address, part="#/window?formula=Na3XX4")
    wait(page, lambda _: texts(page, "#window .said.wrong"))
    (said,) = texts(page, "#window .said")
    assert said == served.ask("/api/window", formula="Na3XX4").json["error"]
    assert not seen(page, "#window .answer")
    field = page.find_element(By.CSS_SELECTOR, "#window [name=formula]")
    field.clear()
    field.send_keys("NaCl", Keys.ENTER)
    wait(page, lambda _: seen(page, "#window .answer"))
    assert texts(page, "#window .said") == []


@pytest.mark.parametrize(
    ("typed", "given"),
    [
        ({"hull_below": "30"}, {"hull_below": "0.03"}),
        ({"elements": "p s"}, {"elements": "P,S"}),
        ({"text": "na2"}, {"text": "na2"}),
        ({"without": "cl", "oxidation_above": "2"}, {"without": "Cl", "oxidation_above": "2"}),
    ],
)
def test_filters_find_what_query_finds(served, browse, typed, given):
    page = browse(served.address, part="#/candidates")
    wait(page, lambda _: shown(page))
    for name, text in typed.items():
        page.find_element(By.CSS_SELECTOR, f"#filters [name={name}]").send_keys(text)
    found = [one["label"] for one in served.ask("/api/query", **given).json if one["window"]]
    wait(page, lambda _: shown(page) == found)
    page.refresh()
    wait(page, lambda _: shown(page) == found)


def test_a_click_on_a_heading_sorts_and_a_second_one_turns_it_round(served, browse):
    page = browse(served.address, part="#/candidates")
    wait(page, lambda _: shown(page))
    for given in ({"sort": "label"}, {"sort": "label", "descending": "1"}):
        page.find_element(By.CSS_SELECTOR, "[data-field=label]").click()
        docs = served.ask("/api/query", **given).json
        wait(page, lambda _, docs=docs: shown(page) == [d["label"] for d in docs if d["window"]])
    heading = page.find_element(By.CSS_SELECTOR, "[data-column=label]")
    assert heading.get_attribute("aria-sort") == "descending"


def test_a_hostile_name_is_shown_and_does_nothing(served, browse):
    page = browse(served.address, part="#/candidates")
    wait(page, lambda _: HOSTILE in shown(page))
    next(one for one in seen(page, ".name") if HOSTILE in one.text).click()
    (detail,) = seen(page, ".detail")
    assert HOSTILE in detail.text
    frame = seen(page, ".detail .plots")[0]
    page.execute_script("arguments[0].scrollIntoView()", frame)
    (figure,) = wait(page, lambda _: frame.find_elements(By.CSS_SELECTOR, ".js-plotly-plot"))
    assert "window.taken" in page.execute_script("return JSON.stringify(arguments[0].data)", figure)
    assert HOSTILE in page.find_element(By.ID, "unranked").text
    for part in (
        f"#/window?formula={HOSTILE}",
        f"#/matrix?materials={HOSTILE},NaCl",
        f"#/{HOSTILE}",
    ):
        page.get("about:blank")
        page.get(served.address + part)
        wait(page, lambda _: seen(page, "main > section"))
    assert page.execute_script("return window.taken === undefined")
    assert not page.find_elements(By.CSS_SELECTOR, "body img")


def test_the_page_follows_the_store_and_keeps_filter_scroll_and_what_is_open(growing, browse, docs):
    served, path = growing
    page = browse(served.address, part="#/candidates?without=Cl", height=500)
    wait(page, lambda _: len(shown(page)) == 2)
    seen(page, ".ranking .name")[-1].click()
    name = shown(page)[-1]
    page.execute_script("scrollTo(0, 400)")
    before = page.execute_script("return scrollY")
    assert before > 0
    save(path, *docs[3:6])
    wait(page, lambda _: len(shown(page)) == 4)
    assert page.find_element(By.NAME, "without").get_attribute("value") == "Cl"
    (unfolded,) = seen(page, ".name[aria-expanded=true]")
    assert unfolded.text.removesuffix("*") == name
    assert abs(page.execute_script("return scrollY") - before) < 300


def test_a_second_tab_follows_too_and_asks_on_its_own(growing, browse, docs):
    served, path = growing
    page = browse(served.address, part="#/candidates")
    wait(page, lambda _: len(shown(page)) == 3)
    first = page.current_window_handle
    page.switch_to.new_window("tab")
    try:
        page.get(f"{served.address}#/candidates?elements=Cl")
        wait(page, lambda _: shown(page) == ["NaCl"])
        save(path, docs[3])
        wait(page, lambda _: len(shown(page)) == 2)
    finally:
        page.close()
        page.switch_to.window(first)
    wait(page, lambda _: len(shown(page)) == 4)
    assert page.find_element(By.NAME, "elements").get_attribute("value") == ""


def test_a_store_that_goes_and_comes_back_is_one_sentence_in_between(growing, browse, docs):
    served, path = growing
    page = browse(served.address, part="#/candidates")
    wait(page, lambda _: len(shown(page)) == 3)
    for one in path.parent.glob("g.sqlite*"):
        one.unlink()
    wait(page, lambda _: "there is no store" in "".join(texts(page, "#candidates .said")))
    assert len(texts(page, "#candidates .said")) == 1
    save(path, docs[0])
    wait(page, lambda _: shown(page) == [docs[0].label])
    assert texts(page, "#candidates .said") == []


def test_without_a_store_formulas_are_answered_and_the_screening_is_awaited(
    folder, browse, docs, tmp_path
):
    path = tmp_path / "later.sqlite"
    with serving(session_on(path, f"table:{folder / 't.csv'}")) as served:
        page = browse(served.address, part="#/candidates")
        wait(page, lambda _: "there is no store" in "".join(texts(page, "#candidates .said")))
        opened(browse, served, "window")
        assert not path.exists()
        page = browse(served.address, part="#/candidates")
        save(path, docs[0])
        wait(page, lambda _: shown(page) == [docs[0].label])


def test_a_server_that_ended_is_one_sentence(folder, browse, tmp_path):
    with serving(session_on(tmp_path / "s.sqlite", f"table:{folder / 't.csv'}")) as served:
        page = browse(served.address, part="#/candidates")
        wait(page, lambda _: texts(page, "#candidates .said"))
    wait(page, lambda _: "start 'trona serve' again" in "".join(texts(page, "#banner")))


@pytest.mark.long
def test_ten_thousand_results_come_in_pages(folder, browse, docs, tmp_path):
    path = tmp_path / "large.sqlite"
    results = Results(str(path))
    for start in range(0, 10_000, 500):
        results.save(
            [
                docs[at % 6].model_copy(update={"id": f"{at:016x}", "label": f"{at:05d}"})
                for at in range(start, start + 500)
            ]
        )
    results.close()
    with serving(session_on(path, f"table:{folder / 't.csv'}")) as served:
        page = browse(served.address, part="#/candidates?sort=label")
        wait(page, lambda _: len(shown(page)) == 100, 120)
        assert shown(page)[0] == "00000"
        assert page.find_element(By.ID, "count").text == "1–100 of 10000 shown"
        page.find_element(By.CSS_SELECTOR, "[data-step='1']").click()
        wait(page, lambda _: shown(page)[0] == "00100")
        page.find_element(By.NAME, "text").send_keys("09999")
        wait(page, lambda _: shown(page) == ["09999"])
        assert len(page.find_elements(By.CSS_SELECTOR, ".ranking tbody")) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["window", "matrix", "candidates"])
def test_all_text_stands_out_from_what_is_behind_it(served, browse, name, scheme):
    page = opened(browse, served, name, scheme=scheme)
    page.execute_script("document.querySelectorAll('details').forEach(one => one.open = true)")
    faint = page.execute_script(CONTRAST)
    assert faint["checked"] > 30
    assert faint["failing"] == []


@pytest.mark.parametrize("name", ASKED)
def test_a_narrow_page_does_not_scroll_sideways(served, browse, name):
    page = opened(browse, served, name, width=390, height=844)
    assert page.execute_script(WIDE) == 0


@pytest.mark.parametrize("name", ASKED)
def test_everything_can_be_reached_from_the_keyboard_and_shows_where_it_is(served, browse, name):
    page = opened(browse, served, name)
    reached = set()
    for _ in range(len(page.execute_script(FOCUS)) + 5):
        page.switch_to.active_element.send_keys(Keys.TAB)
        active = page.switch_to.active_element
        if active.tag_name == "body":
            continue
        style, width = page.execute_script(OUTLINE, active)
        assert (style != "none", width >= 2) == (True, True)
        reached.add(active)
    left = [one for one in page.execute_script(FOCUS) if one not in reached and one.is_enabled()]
    assert [one.get_attribute("outerHTML")[:80] for one in left] == []


@pytest.mark.parametrize("name", ASKED)
def test_the_page_has_one_outline_and_no_name_twice(served, browse, name):
    page = opened(browse, served, name)
    found = page.execute_script(VISIBLE_NAMES)
    assert (found["language"], found["twice"]) == ("en", [])
    assert found["levels"].count(1) == 1
    steps = zip(found["levels"], found["levels"][1:], strict=False)
    assert all(after - before <= 1 for before, after in steps)


def test_enter_follows_a_tab_answers_a_question_and_sorts(served, browse):
    page = browse(served.address)
    link = page.find_element(By.CSS_SELECTOR, "nav a[href='#/candidates']")
    tab_to(page, link).send_keys(Keys.ENTER)
    wait(page, lambda _: shown(page))
    heading = page.find_element(By.CSS_SELECTOR, "[data-column='reduction'] button")
    tab_to(page, heading).send_keys(Keys.ENTER)
    wait(page, lambda _: "sort=" in page.current_url)
    assert page.switch_to.active_element == heading
    name = seen(page, ".ranking .name")[0]
    tab_to(page, name).send_keys(Keys.ENTER)
    wait(page, lambda _: name.get_attribute("aria-expanded") == "true")


def test_the_arrow_keys_move_the_slider(served, browse):
    page = opened(browse, served, "window")
    slide = tab_to(page, page.find_element(By.NAME, "slide"))
    slide.send_keys(Keys.ARROW_RIGHT)
    volts = page.find_element(By.NAME, "volts")
    assert volts.get_attribute("value") == slide.get_attribute("value") == "0.01"


def tab_to(page, wanted):
    """Press Tab until an element is reached, at most as often as there are elements."""
    for _ in range(len(page.execute_script(FOCUS)) + 5):
        if page.switch_to.active_element == wanted:
            return wanted
        page.switch_to.active_element.send_keys(Keys.TAB)
    pytest.fail(f"Tab does not reach {wanted.get_attribute('outerHTML')[:80]}")


def test_a_matrix_shows_the_classes_of_the_command_in_its_words(served, browse):
    page = opened(browse, served, "matrix")
    document = served.ask("/api/matrix", materials="Na3PS4,Na2ZrCl6,NaCl").json
    told = served.ask("/view/matrix", materials="Na3PS4,Na2ZrCl6,NaCl").json
    table = next(part for part in told["parts"] if "rows" in part)
    kinds = [kind for row in table["kinds"] for cell in row for kind in cell if kind]
    assert kinds
    assert set(kinds) <= {one["interphase"] for one in document["cells"]}
    words = [one.text for one in seen(page, "#matrix .parts .kind")]
    assert words == [InterphaseClass(kind).short for kind in kinds if kind != "unknown"]
