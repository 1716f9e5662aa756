"""A report in a real browser: it works by mouse and keyboard, and everyone can read it."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from tests.support.page_checks import CONTRAST, FOCUS, OUTLINE, VISIBLE_NAMES
from tests.support.tables import ROWS
from trona.screening.figures.paper.style import COLOURS, letters_on
from trona.screening.stability.interphase import InterphaseClass
from trona.stores.assess.interfaces import interface_document
from trona.stores.assess.screenings import failed_document, rank_documents, screening_document
from trona.stores.collections.results import Filters, Results
from trona.stores.energies.references import load_reference
from trona.workflows.report.page import render, write_page

FORMULAS = ("Na3PS4", "Na2S", "NaCl", "Na2ZrCl6", "NaP", "Na4P2S7", "Na2ZrCl5", "NaP7")
HOSTILE = "<script>window.taken = 1</script><img src=x onerror='window.taken = 2'><b>x</b>"

BY_WORD = {kind.short: kind for kind in InterphaseClass}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A store of results on a small table; one candidate has a hostile name, one failed."""
    folder = tmp_path_factory.mktemp("results")
    (folder / "t.csv").write_text(ROWS, encoding="utf-8")
    reference = load_reference(f"table:{folder / 't.csv'}")
    docs = [screening_document(one, one, "a paper", reference) for one in FORMULAS]
    docs.append(screening_document(HOSTILE, "Na2PS3", HOSTILE, reference))
    docs[-1].window.formula, docs[-1].window.caveats = HOSTILE, [HOSTILE]
    docs[-1].window.ladder[0].products[0].formula = HOSTILE
    docs.append(failed_document("lost", "Na2WS4", HOSTILE, reference, HOSTILE))
    found = Results(str(folder / "s.sqlite"))
    for doc in docs:
        found.save_screening(doc)
    return found


@pytest.fixture(scope="module")
def path(results, tmp_path_factory):
    """The page on disk."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_page(render(results.screenings()), path)
    return path


def label(name):
    """What a candidate is called on its button, without the mark of a mixture."""
    return name.text.partition("*\n")[0]


def shown(page):
    """Labels in the order of the table, those that are filtered out left out."""
    names = page.find_elements(By.CSS_SELECTOR, ".ranking .name")
    return [label(name) for name in names if name.is_displayed()]


def ranked(docs):
    return [doc.label for _, doc in rank_documents(docs)]


def row(page, wanted):
    names = page.find_elements(By.CSS_SELECTOR, ".ranking .name")
    (name,) = [one for one in names if label(one) == wanted]
    return name, page.find_element(By.ID, name.get_attribute("aria-controls"))


def drawn(page, place):
    """Wait for a figure, and return it."""
    figure = place.find_element(By.CSS_SELECTOR, ".plot")
    page.execute_script("arguments[0].scrollIntoView()", figure)
    seen = (By.CSS_SELECTOR, ".main-svg")
    WebDriverWait(page, 120).until(lambda _: figure.find_elements(*seen))
    return figure


def heading(page, key):
    return page.find_element(By.CSS_SELECTOR, f".ranking thead [data-key={key}]")


def opened(browse, path, **look):
    """The page with a candidate and everything in it unfolded."""
    page = browse(path, **look)
    name, _ = row(page, "Na3PS4")
    name.click()
    page.execute_script("document.querySelectorAll('details').forEach(one => one.open = true)")
    for frame in page.find_elements(By.CSS_SELECTOR, ".plots"):
        drawn(page, frame)
    return page


def test_a_page_from_disk_asks_for_nothing_else_and_has_no_errors(path, browse):
    page = browse(path)
    name, detail = row(page, "Na3PS4")
    name.click()
    drawn(page, detail)
    messages = [json.loads(one["message"])["message"] for one in page.get_log("performance")]
    sent = [one for one in messages if one["method"] == "Network.requestWillBeSent"]
    assert {one["params"]["request"]["url"] for one in sent} == {path.as_uri()}
    assert page.get_log("browser") == []


def test_the_picture_shows_the_colour_of_each_class(path, browse, tmp_path):
    page = browse(path)
    page.save_screenshot(str(tmp_path / "report.png"))
    picture = Image.open(io.BytesIO(page.get_screenshot_as_png())).convert("RGB")
    chips = page.find_elements(By.CSS_SELECTOR, ".row .kind")
    looked_at = 0
    for chip in chips:
        box = chip.rect
        at = (int(box["x"]) + 6, int(box["y"] + box["height"] / 2))
        if at[1] < picture.height:
            colour = COLOURS[BY_WORD[chip.text]]
            assert "#{:02X}{:02X}{:02X}".format(*picture.getpixel(at)) == colour
            looked_at += 1
    assert looked_at >= 3


@pytest.mark.parametrize("key", ["hull", "oxidation", "label", "harm", "score"])
def test_a_click_on_a_heading_sorts_and_a_second_one_turns_it_round(path, browse, results, key):
    page = browse(path)
    content = json.loads(page.find_element(By.ID, "data").get_attribute("textContent"))
    values = {one["label"]: one[key] for one in content["candidates"]}
    assert shown(page) == ranked(results.screenings())
    for state, falling in (("ascending", False), ("descending", True)):
        heading(page, key).click()
        order = [values[name] for name in shown(page)]
        known = [value for value in order if value is not None]
        assert order == known + [None] * (len(order) - len(known))
        if key != "label":
            assert known == sorted(known, reverse=falling)
        found = heading(page, key).find_element(By.XPATH, "..").get_attribute("aria-sort")
        assert found == state
    assert len(page.find_elements(By.CSS_SELECTOR, "[aria-sort]")) == 1


def test_names_sort_as_people_count(path, browse):
    page = browse(path)
    heading(page, "label").click()
    plain = [name for name in shown(page) if name != HOSTILE]
    assert plain == [
        "Na2S", "Na2ZrCl5", "Na2ZrCl6", "Na3PS4", "Na4P2S7", "NaCl", "NaP", "NaP7",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "filters"),
    [
        ({"class": "stable"}, Filters(interphase="stable")),
        ({"hull": "30"}, Filters(hull_below=0.03)),
        ({"reduction": "1"}, Filters(reduction_below=1.0)),
        ({"oxidation": "2.2"}, Filters(oxidation_above=2.2)),
        ({"with": "p, S"}, Filters(elements=["P", "S"])),
        ({"without": "Cl"}, Filters(without=["Cl"])),
        ({"with": "Cl", "hull": "100"}, Filters(elements=["Cl"], hull_below=0.1)),
        ({"class": "stable", "oxidation": "9"}, Filters(interphase="stable", oxidation_above=9)),
    ],
)
def test_filters_of_the_page_find_what_the_store_finds(path, browse, results, typed, filters):
    page = browse(path)
    for name, text in typed.items():
        field = page.find_element(By.CSS_SELECTOR, f"#filters [name={name}]")
        Select(field).select_by_value(text) if name == "class" else field.send_keys(text)
    found = ranked(results.screenings(filters))
    assert shown(page) == found
    count = page.find_element(By.ID, "count").text
    assert count == f"{len(found)} of {len(FORMULAS) + 1} shown"
    assert page.find_element(By.ID, "nothing").is_displayed() == (not found)
    page.find_element(By.CSS_SELECTOR, "[type=reset]").click()
    WebDriverWait(page, 10).until(lambda _: len(shown(page)) == len(FORMULAS) + 1)


def test_a_click_on_a_candidate_shows_its_ladder_figure_and_sources(path, browse, results):
    page = browse(path)
    name, detail = row(page, "Na3PS4")
    assert not detail.is_displayed()
    assert not detail.find_elements(By.TAG_NAME, "table")
    name.click()
    assert name.get_attribute("aria-expanded") == "true"
    (doc,) = results.named("Na3PS4")
    rows = detail.find_elements(By.CSS_SELECTOR, ".steps tbody tr")
    cells = [[c.text for c in one.find_elements(By.TAG_NAME, "td")] for one in rows]
    ladder = [cell for cell in cells if cell[0]]
    assert [cell[1] for cell in ladder] == [rung.reaction for rung in doc.window.ladder]
    shown = [InterphaseClass(rung.interphase).short for rung in doc.window.ladder]
    assert [cell[4] for cell in ladder] == shown
    figure = drawn(page, detail)
    assert "Na3P" in figure.text.replace("\n", "")
    bars = page.execute_script(
        "return arguments[0].data.filter((one) => one.type === 'bar')", figure
    )
    for bar in bars:
        assert bar["insidetextfont"]["color"] == letters_on(bar["marker"]["color"])
    for summary in detail.find_elements(By.TAG_NAME, "summary"):
        summary.click()
    text = detail.text
    for part in (*doc.window.caveats, doc.reference.checksum, "on its own", doc.id):
        assert part in text
    for product in doc.window.ladder[0].products:
        assert product.electronic_source in text
    name.click()
    assert not detail.is_displayed()


def test_a_figure_of_all_shows_each_window_and_opens_a_candidate(path, browse, results):
    page = browse(path)
    folded = page.find_element(By.XPATH, "//details[contains(., 'side by side')]")
    assert not folded.find_elements(By.CSS_SELECTOR, ".main-svg")
    folded.find_element(By.TAG_NAME, "summary").click()
    figure = drawn(page, folded)
    order = ranked(results.screenings())
    shapes = figure.find_elements(By.CSS_SELECTOR, ".bars .point path")
    assert len(shapes) == len(order)
    page.execute_script("arguments[0].scrollIntoView({block: 'center'})", figure)
    highest = min(shapes, key=lambda shape: shape.rect["y"])
    ActionChains(page).move_to_element(highest).pause(0.5).click().perform()
    _, detail = row(page, order[0])
    WebDriverWait(page, 20).until(lambda _: detail.is_displayed())


def test_a_link_to_a_candidate_opens_it(path, browse, results):
    (doc,) = results.named("Na2ZrCl6")
    page = browse(path, part=f"#c-{doc.id}")
    name, detail = row(page, "Na2ZrCl6")
    assert detail.is_displayed()
    page.switch_to.active_element.send_keys(Keys.TAB)
    assert page.switch_to.active_element == name


def test_a_hostile_name_is_shown_and_does_nothing(path, browse):
    page = browse(path)
    name, detail = row(page, HOSTILE)
    name.click()
    figure = drawn(page, detail)
    assert HOSTILE in detail.text
    # It is a product, in letters that would be too small: the pointer has them.
    assert "window.taken" in page.execute_script("return JSON.stringify(arguments[0].data)", figure)
    assert HOSTILE in page.find_element(By.CSS_SELECTOR, ".unranked").text
    assert page.execute_script("return window.taken === undefined")
    assert not page.find_elements(By.CSS_SELECTOR, "body img")
    page.find_element(By.CSS_SELECTOR, "[name=text]").send_keys("<SCRIPT>")
    assert shown(page) == [HOSTILE]
    assert page.get_log("browser") == []


def test_everything_can_be_reached_from_the_keyboard_and_shows_where_it_is(path, browse):
    page = opened(browse, path)
    seen = set()
    for _ in range(len(page.execute_script(FOCUS)) + 5):
        page.switch_to.active_element.send_keys(Keys.TAB)
        active = page.switch_to.active_element
        if active.tag_name == "body":
            continue
        style, width = page.execute_script(OUTLINE, active)
        assert (style != "none", width >= 2) == (True, True)
        seen.add(active)
    left = set(page.execute_script(FOCUS)) - seen
    assert [one.get_attribute("outerHTML")[:80] for one in left] == []


def test_the_keyboard_opens_and_sorts(path, browse):
    page = browse(path)
    name, detail = row(page, "Na2ZrCl6")
    name.send_keys(Keys.ENTER)
    assert detail.is_displayed()
    heading(page, "hull").send_keys(Keys.SPACE)
    assert heading(page, "hull").find_element(By.XPATH, "..").get_attribute("aria-sort")


def test_the_first_link_skips_to_the_ranking(path, browse):
    page = browse(path)
    page.switch_to.active_element.send_keys(Keys.TAB)
    assert page.switch_to.active_element.is_displayed()
    page.switch_to.active_element.send_keys(Keys.ENTER)
    assert page.switch_to.active_element.get_attribute("id") == "ranking"


def test_a_page_of_kept_interfaces_alone_has_no_ranking_and_no_fault(tmp_path, browse):
    kept = interface_document("Na3PS4", "NaCrO2", load_reference("bundled"))
    file = tmp_path / "kept.html"
    write_page(render([], interfaces=[kept]), file)
    page = browse(file)
    assert page.find_elements(By.ID, "ranking") == []
    assert "NaCrO2" in page.find_element(By.TAG_NAME, "main").text
    assert page.get_log("browser") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_all_text_stands_out_from_what_is_behind_it(path, browse, scheme, width):
    faint = opened(browse, path, scheme=scheme, width=width).execute_script(CONTRAST)
    assert faint["checked"] > 100
    assert faint["failing"] == []


def test_all_that_is_used_or_seen_has_a_name(path, browse):
    page = opened(browse, path)
    page.execute_cdp_cmd("Accessibility.enable", {})
    nodes = page.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    kinds = {
        "button", "searchbox", "textbox", "spinbutton", "combobox", "link", "image", "img", "table",
        "columnheader", "rowheader", "form", "region", "figure", "DisclosureTriangle", "heading",
    }  # fmt: skip
    seen = [node for node in nodes if not node["ignored"] and node["role"]["value"] in kinds]
    assert {"button", "table", "columnheader", "rowheader"} <= {n["role"]["value"] for n in seen}
    nameless = [node["role"]["value"] for node in seen if not node["name"]["value"].strip()]
    assert nameless == []
    figures = [n["name"]["value"] for n in seen if n["role"]["value"] in {"image", "img"}]
    assert any("ladder of Na3PS4" in name for name in figures)


def test_the_page_has_one_outline_and_no_name_twice(path, browse):
    page = opened(browse, path)
    found = page.execute_script(VISIBLE_NAMES)
    assert found["language"] == "en"
    assert found["twice"] == []
    assert found["levels"][0] == 1
    assert found["levels"].count(1) == 1
    steps = zip(found["levels"], found["levels"][1:], strict=False)
    assert all(after - before <= 1 for before, after in steps)


@pytest.mark.parametrize("width", [390, 820])
def test_a_narrow_page_shows_all_columns_without_scrolling_sideways(path, browse, width):
    page = browse(path, width=width, height=844)
    wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.execute_script(wide) == 0
    name, detail = row(page, "Na3PS4")
    for cell in name.find_elements(By.XPATH, "../../td[not(contains(@class, 'cell-place'))]"):
        box = cell.rect
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    name.click()
    drawn(page, detail)
    assert page.execute_script(wide) == 0
    for button in page.find_elements(By.CSS_SELECTOR, "button, summary, select, input"):
        if button.is_displayed():
            assert button.rect["height"] >= 24
