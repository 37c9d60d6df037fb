"""The pages of a class and of its students, in a real browser: they ask for nothing and run nothing of a student's."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepper.test_page import complaints

from minunet.grading.formats import write
from minunet.grading.formats.page import class_page, student_page
from minunet.grading.formats.page.grid import array
from minunet.grading.formats.page.histogram import histogram
from minunet.grading.formats.tally import Tally
from minunet.grading.report import HINTS, VERDICTS

from .samples import ANNA, BEN, CLASS, HARMFUL, harmful, reports, texts

TAGS = (
    *("html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section", "article", "script"),
    *("h1", "h2", "h3", "h4", "p", "a", "code", "pre", "strong", "span", "div", "ul", "ol", "li", "dl", "dt", "dd"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "details", "summary"),
    *("svg", "rect", "line", "text"),
)
ATTRIBUTES = (
    *("lang", "charset", "http-equiv", "content", "name", "class", "id", "href", "scope", "style", "title", "role"),
    *("aria-label", "aria-hidden", "data-value", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "rx"),
    *("text-anchor", "viewbox"),
)


class Reader(HTMLParser):
    """What a page is made of."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


@pytest.fixture
def folder(tmp_path):
    """A class, written."""
    write("html", CLASS, tmp_path)
    return tmp_path


@pytest.fixture
def hostile(tmp_path):
    """A class whose every text would do harm."""
    write("html", [harmful(text) for text in HARMFUL], tmp_path)
    return tmp_path


@pytest.fixture
def driver(browser):
    """The browser, with a quiet console."""
    complaints(browser)
    return browser


class TestMarkup:
    @given(st.lists(reports | st.sampled_from(HARMFUL).map(harmful), min_size=1, max_size=3))
    def test_a_student_s_text_is_never_markup(self, several):
        pages = [(class_page(several), 1), *((student_page(report), 0) for report in several)]
        for page, scripts in pages:
            read = Reader(page)
            assert set(read.tags) <= set(TAGS)
            assert {name for name, _ in read.attributes} <= set(ATTRIBUTES)
            assert read.tags.count("style") == read.tags.count("body") == 1
            assert read.tags.count("script") == scripts
            for name, value in read.attributes:
                assert name != "href" or re.fullmatch(r"#f\d+|students/[\w.%-]+\.html", value)
                assert name != "style" or re.fullmatch(r"width: [\d.]+%", value)
            page.encode()

    def test_a_page_names_no_outside_address(self):
        assert not re.search(r"https?://|src=|@import|url\(", class_page(CLASS) + student_page(BEN))

    @pytest.mark.parametrize("page", [class_page(CLASS), student_page(BEN)])
    def test_every_page_forbids_what_it_does_not_need(self, page):
        policy = dict(Reader(page).attributes)
        assert "default-src 'none'; style-src 'unsafe-inline'; script-src '" in page
        assert "unsafe-inline' " not in page
        assert policy["lang"] == "en"

    def test_a_student_s_page_tells_what_the_report_tells(self):
        text = Reader(student_page(BEN)).text
        for finding in BEN.findings:
            for fault in finding.faults:
                assert fault.place in text
                assert fault.explanation in text
                assert fault.fix in text
        for note in ("dx has dtype float64", "it needs relu_backward", "loss 0.412", "ModuleNotFoundError"):
            assert note in text
        assert "12.22 of 22 points" in text

    @pytest.mark.parametrize("report", CLASS)
    def test_what_is_not_to_be_told_leaves_no_gaps(self, report):
        for hints in HINTS:
            page = student_page(report.at(hints))
            assert not re.search(r"<(p|h3|h4|ul|article|section|figure)[^>]*></", page)
            if hints == "none":
                assert "<article>" not in page
                assert 'href="#' not in page

    def test_an_array_is_a_table_for_each_map(self):
        read = Reader(array("[[[[ 3,  0],\n   [-1,  3]]]]"))
        assert read.tags.count("table") == 1
        assert read.text == "30-13"
        read = Reader(array("[[[[1.5]]],\n\n\n [[[nan]]]]".replace("nan", "-2")))
        assert read.tags.count("table") == 2
        assert read.text == "[0, 0]1.5[1, 0]-2"

    @pytest.mark.parametrize(
        ("value", "tables"), [("3", 1), ("[1, 2]", 1), ("[]", 0), ("[[1], [2, 3]]", 0), ("default_rng(3)", 0)]
    )
    def test_what_is_no_array_is_shown_as_it_is(self, value, tables):
        assert Reader(array(value)).tags.count("table") == tables
        assert tables or Reader(array(value)).text == value

    @given(texts)
    def test_any_text_can_stand_for_an_array(self, text):
        assert set(Reader(array(text)).tags) <= {"div", "table", "caption", "tr", "td", "pre"}
        array("[" * 5000 + text)

    def test_a_histogram_counts_every_submission_once(self):
        drawn = histogram([0, 0.05, 0.1, 0.3, 0.999, 1, 1])
        assert re.findall(r'class="count"[^>]*>(\d+)<', drawn) == ["2", "1", "1", "3"]
        assert "0 to 10%: 2; 10 to 20%: 1; 30 to 40%: 1; 90 to 100%: 3" in drawn

    def test_the_tally_counts_submissions(self):
        tally = Tally.of(CLASS)
        assert [(one.name, len(one.rows)) for one in tally.misconceptions][:2] == [
            ("mean over images and pixels", 2),
            ("goes to every tie", 2),
        ]
        assert tally.functions["relu_backward"] == {"right": 2, "missing": 2}
        assert [row.share for row in tally.rows] == pytest.approx([1, 5 / 9, 0, 137 / 198])

    def test_two_faults_of_one_name_are_one_submission(self):
        tally = Tally.of([harmful("x")])
        assert [len(one.rows) for one in tally.misconceptions] == [1]


class TestInTheBrowser:
    def test_links_of_a_class_lead_to_its_students(self, driver, folder):
        driver.get((folder / "index.html").as_uri())
        links = driver.find_elements("css selector", "table.class a")
        names = [(link.text, unquote(urlsplit(link.get_attribute("href")).path)) for link in links]
        assert [name for name, _ in names] == ["anna.py", "ben.ipynb", "broken.zip", "chloé"]
        for name, path in names:
            assert path == str(folder / "students" / f"{name}.html")
            driver.get(f"file://{path}")
            assert driver.find_element("css selector", "h1").text == name
        assert complaints(driver) == ([], [])

    def test_the_table_is_sorted_by_its_heads(self, driver, folder):
        driver.get((folder / "index.html").as_uri())

        def names():
            return [cell.text for cell in driver.find_elements("css selector", "table.class tbody th")]

        button = driver.find_elements("css selector", "table.class thead button")[1]
        button.click()
        assert names() == ["broken.zip", "ben.ipynb", "chloé", "anna.py"]
        button.click()
        assert names() == ["anna.py", "chloé", "ben.ipynb", "broken.zip"]
        head = driver.find_elements("css selector", "table.class thead th")[1]
        assert head.get_attribute("aria-sort") == "descending"
        driver.find_elements("css selector", "table.class thead button")[0].click()
        assert names() == ["anna.py", "ben.ipynb", "broken.zip", "chloé"]
        assert complaints(driver) == ([], [])

    def test_a_mistake_is_a_link_away(self, driver, folder):
        driver.get((folder / "students" / "ben.ipynb.html").as_uri())
        driver.find_element("link text", "max_pool2d_backward").click()
        heading = driver.find_element("css selector", "section:target h2")
        assert heading.text.split() == ["✗", "max_pool2d_backward"]
        cells = driver.find_elements("css selector", "section:target .inputs td")
        assert [cell.text for cell in cells] == ["1", "1", "0", "0", "3"]
        assert [dd.text for dd in driver.find_elements("css selector", "section:target dd")] == [
            *("dx[0, 0, 0, 1]", "3", "0")
        ]

    def test_nothing_of_a_student_s_runs_or_is_fetched(self, driver, hostile):
        from selenium.webdriver import ActionChains

        pages = [hostile / "index.html", *sorted((hostile / "students").iterdir())]
        assert len(pages) == len(HARMFUL) + 1
        for path in pages:
            driver.get(path.as_uri())
            driver.execute_script("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
            ActionChains(driver).move_to_element(driver.find_element("css selector", "h1")).perform()
            for link in driver.find_elements("css selector", "a"):
                assert urlsplit(link.get_attribute("href")).scheme == "file"
            assert driver.title not in ("taken", "1")
            assert driver.execute_script("return [...document.querySelectorAll('*')].every((e) => !e.onmouseover)")
        assert complaints(driver) == ([], [])

    def test_the_policy_would_stop_what_got_through(self, driver, tmp_path):
        page = student_page(ANNA).replace("<main>", "<main><script>document.title = 'taken'</script><img src='x.png'>")
        (tmp_path / "page.html").write_text(page, encoding="utf-8")
        driver.get((tmp_path / "page.html").as_uri())
        assert driver.title == "anna.py: unet"
        console, _ = complaints(driver)
        assert len([entry for entry in console if "Content Security Policy" in entry["message"]]) == 2

    @pytest.mark.parametrize("width", [390, 768, 1280])
    def test_no_width_needs_sideways_scrolling(self, driver, hostile, width):
        write("html", [*CLASS, *(harmful(text) for text in HARMFUL)], hostile)
        metrics = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        try:
            for path in (hostile / "index.html", *(hostile / "students").iterdir()):
                driver.get(path.as_uri())
                assert driver.execute_script("return document.scrollingElement.scrollWidth") <= width, path.name
        finally:
            driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_every_text_stands_out_from_its_ground(self, driver, folder, scheme):
        driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        )
        try:
            for name in ("index.html", "students/ben.ipynb.html", "students/broken.zip.html"):
                driver.get((folder / name).as_uri())
                for told, ink, ground in driver.execute_script(COLOURS):
                    assert contrast(ink, ground) >= 4.5, (name, told, ink, ground)
        finally:
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})

    def test_each_verdict_has_a_sign_of_its_own(self, driver, folder):
        driver.get((folder / "index.html").as_uri())
        signs = driver.find_elements("css selector", ".legend .mark")
        assert len({sign.text for sign in signs}) == len(VERDICTS)
        titles = driver.find_elements("css selector", "table.class .mark.wrong")
        assert {mark.get_attribute("title") for mark in titles} >= {"relu_forward: wrong"}


COLOURS = """
const ground = (part) => {
  for (; part; part = part.parentElement) {
    const colour = getComputedStyle(part).backgroundColor;
    if (colour !== "rgba(0, 0, 0, 0)") return colour;
  }
};
const own = (part) => [...part.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
return [...document.querySelectorAll("body *")].filter((part) => own(part) && !part.closest("svg, script"))
  .map((part) => [part.textContent.slice(0, 30), getComputedStyle(part).color, ground(part)]);
"""


def contrast(*colours):
    """By WCAG 2: from 1 to 21."""

    def light(colour):
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted(map(light, colours))
    return (lighter + 0.05) / (darker + 0.05)
