"""The page: one file that holds the whole step and asks for nothing from outside; driven in a real browser.

The scripts' own tests are here too: what they compute in the browser is compared with what Python computed.
"""

import html
import json
import re

import numpy as np
import pytest

import minunet as mu
from minunet.stepper.page import SCRIPTS

from .conftest import changed_layers, example, network, optimizer_for

CLICKED = [  # ten layers, forward or backward
    *("down0.conv0", "down0.relu1", "down0.pool", "down1.dropout", "down2.conv1"),
    *("up1.upconv", "up0.crop_concat", "up0.conv0", "head"),
    *("loss.backward", "up0.conv1.backward", "up0.crop_concat.backward", "up1.upconv.backward"),
    *("down1.pool.backward", "down0.skip.backward", "down0.relu0.backward"),
]


@pytest.fixture(scope="session")
def nuclei():
    """Depth 2 and base 4 on 128x128, as `minunet step` takes it; cells of our own."""
    sample = mu.data.touching_cells((160, 128), count=20, seed=1)
    net = mu.UNet(base=4, depth=2)
    net.normalization = (float(sample.image.mean()), float(sample.image.std()))
    labels = sample.labels[:128]
    return mu.Stepper(net, sample.image[:, :128], (labels > 0).astype(int), mu.border_weight_map(labels))


@pytest.fixture(scope="session")
def page_of(browser, tmp_path_factory):
    """Opens the page of a stepper from a file."""

    def opened(stepper):
        path = tmp_path_factory.mktemp("page") / "step.html"
        path.write_text(stepper.to_html(), encoding="utf-8")
        browser.get_log("browser"), browser.get_log("performance")
        browser.get(path.as_uri())
        return browser

    return opened


def complaints(browser):
    """What the console says, and every address that was asked for."""
    asked = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    addresses = [
        message["params"]["request"]["url"] for message in asked if message["method"] == "Network.requestWillBeSent"
    ]
    return browser.get_log("browser"), [address for address in addresses if not address.startswith("file:")]


def click(driver, canvas, across, down):
    """Click at a fraction of the width and of the height of a canvas."""
    from selenium.webdriver import ActionChains

    x, y = ((part - 0.5) * canvas.size[side] for part, side in ((across, "width"), (down, "height")))
    ActionChains(driver).move_to_element_with_offset(canvas, round(x), round(y)).click().perform()


def some_elements(stepper, count=3, seed=0):
    """Names and indices: of every value that an event made."""
    rng = np.random.default_rng(seed)
    for event in stepper.events[1:]:
        for name in event.outputs.values():
            for _ in range(count):
                yield name, [int(rng.integers(side)) for side in stepper.values[name].shape]


class TestFile:
    def test_it_names_no_outside_address(self, nuclei):
        text = nuclei.to_html()
        assert not re.search(r"https?://|src=|href=|@import|url\(", text)

    def test_it_is_small(self, nuclei):
        assert len(nuclei.to_html().encode()) < 6_000_000

    def test_no_text_ends_its_script(self):
        assert all("</script" not in (script_text(name)) for name in SCRIPTS)

    def test_a_step_too_large_for_a_browser_is_refused(self, monkeypatch, small):
        monkeypatch.setattr("minunet.stepper.page.MOST", 1000)
        with pytest.raises(ValueError, match="expected at most 0; take a smaller --tile or --base"):
            small.to_html()

    def test_what_is_chosen_or_copied_is_not_stored(self, small):
        stored = {name: value for name, value in page_data(small).items() if "data" in value}
        for event in small.events:
            for name in event.outputs.values():
                chosen = event.op in ("relu", "max_pool2d", "dropout", "crop_concat", "skip")
                assert (name in stored) == (not chosen), name

    def test_what_a_student_s_layer_chose_otherwise_is_stored(self):
        net = network(layers=changed_layers(relu_forward=lambda x: (np.maximum(x, 0.1 * x), x > 0)))
        data = page_data(mu.Stepper(net, *example(net, (60, 64))))
        assert "data" in data["down0.relu0.out"]
        assert "data" not in data["down0.relu0.dx"]


def script_text(name):
    from importlib.resources import files

    return (files("minunet.stepper.page") / name).read_text(encoding="utf-8")


def page_data(stepper):
    return json.loads(re.search(r'id="step">(.*?)</script>', stepper.to_html(), re.DOTALL)[1])["values"]


class TestScripts:
    def test_every_value_is_the_step_s_own(self, page_of, stepper):
        driver = page_of(stepper)
        for name, array in stepper.values.items():
            found = driver.execute_script("const v = value(arguments[0]); return [v.shape, Array.from(v.data)]", name)
            assert found[0] == list(array.shape), name
            np.testing.assert_array_equal(np.array(found[1]).reshape(array.shape), array, err_msg=name)

    def test_explanations_have_the_terms_that_python_has(self, page_of, stepper):
        driver = page_of(stepper)
        elements = list(some_elements(stepper))
        found = driver.execute_script(
            """return arguments[0].map(([what, index]) => {
                const {terms, total, value, winner, bound} = explain(what, index);
                const places = ({factors}) => factors.map((f) => f.index);
                return {total, value, bound, winner: winner ?? null, terms: terms.map((t) => [t.value, places(t)])};
            })""",
            elements,
        )
        for (name, index), shown in zip(elements, found, strict=True):
            expected = stepper.explain(name, index)
            size = sum(np.abs(group.products).sum() for group in expected.groups) + 1e-30
            assert shown["total"] == pytest.approx(expected.total, abs=1e-12 * size, rel=1e-12), (name, index)
            assert shown["value"] == expected.value
            assert shown["bound"] == pytest.approx(expected.bound, rel=1e-6), (name, index)
            assert shown["winner"] == expected.winner
            terms = expected.terms
            np.testing.assert_allclose(
                [value for value, _ in shown["terms"]], [term.value for term in terms], rtol=1e-9
            )
            for (_, places), term in zip(shown["terms"][:50], terms[:50], strict=True):
                wanted = [list(place) for _, place, _ in term.factors if place is not None]
                assert [place for place in places if place is not None] == wanted, (name, index)

    def test_receptive_fields_are_those_that_python_traces(self, page_of, stepper):
        driver = page_of(stepper)
        elements = [(name, index) for name, index in some_elements(stepper, 1) if ".new" not in name]
        found = driver.execute_script(
            "return arguments[0].map(([what, index]) => Object.fromEntries([...reach(what, index)]))", elements
        )
        for (name, index), boxes in zip(elements, found, strict=True):
            expected = {stop.value: stop.box for stop in stepper.trace(name, index, steps=None).stops}
            boxes.pop(name)
            assert set(boxes) == set(expected), (name, index)
            for value, box in boxes.items():
                assert (tuple(box["rows"]), tuple(box["columns"])) == (expected[value].rows, expected[value].columns)

    def test_colours_of_both_scales(self, page_of, small):
        driver = page_of(small)
        colour = lambda *arguments: driver.execute_script("return colour(...arguments[0])", arguments)  # noqa: E731
        assert colour(0, [-2, 1], True) == [245, 245, 245]
        assert colour(-2, [-2, 1], True) == [38, 92, 199]
        assert colour(2, [-2, 1], True) == [203, 40, 48]
        assert colour(-2, [-2, 2], False) == [0, 0, 0]
        assert colour(2, [-2, 2], False) == [255, 255, 255]
        assert driver.execute_script("return colour(NaN, [0, 1], false)") == [255, 0, 220]


class TestInTheBrowser:
    def test_through_all_events_and_back_by_the_keyboard(self, page_of, nuclei):
        from selenium.webdriver import ActionChains, Keys

        driver = page_of(nuclei)
        where = driver.find_element("id", "where")
        for k, event in enumerate(nuclei.events):
            assert where.text.split() == [str(k), "/", str(len(nuclei.events) - 1), f"{event.phase}:", event.name]
            ActionChains(driver).send_keys(Keys.ARROW_RIGHT).perform()
        assert nuclei.events[-1].name in where.text
        for event in reversed(nuclei.events):
            assert event.name in where.text
            ActionChains(driver).send_keys(Keys.ARROW_LEFT).perform()
        ActionChains(driver).send_keys(Keys.END).perform()
        assert nuclei.events[-1].name in where.text
        assert complaints(driver) == ([], [])

    @pytest.mark.parametrize("name", CLICKED)
    def test_a_click_on_a_pixel_shows_the_terms_that_python_explains(self, page_of, nuclei, name):
        driver = page_of(nuclei)
        driver.execute_script("goTo(positionOf.get(arguments[0]))", name)
        canvas = driver.find_element("css selector", "#event .maps canvas[data-channel='1']")
        value = canvas.get_attribute("data-value")
        height, width = nuclei.values[value].shape[2:]
        row, column = height // 2, width // 3
        click(driver, canvas, (column + 0.5) / width, (row + 0.5) / height)
        n, c, h, w = driver.execute_script("return state.index")
        assert (n, c) == (0, 1)
        assert abs(h - row) <= 1  # where a pixel of the map is smaller than one of the screen
        assert abs(w - column) <= 1
        self.compare_what_is_shown(driver, nuclei.explain(value, (n, c, h, w)))
        assert complaints(driver) == ([], [])

    def compare_what_is_shown(self, driver, explanation):
        inspector = driver.find_element("id", "inspector")
        place = ",".join(map(str, explanation.index))
        assert f"{explanation.what}[{place}]" in inspector.text
        cells = inspector.find_elements("css selector", ".products td, .terms td[title]")
        shown = sorted(float(cell.get_attribute("title").split("= ")[1]) for cell in cells)
        terms = sorted(
            term.value for term in explanation.terms if len(term.factors) > 1 or not self.has_kernels(driver)
        )
        assert len(shown) == len(terms)
        np.testing.assert_allclose(shown, terms, rtol=1e-9)
        total = driver.find_element("id", "total")
        assert "disagrees" not in total.get_attribute("class")
        assert total.text.startswith(f"{len(explanation.terms)} term")

    def has_kernels(self, driver):
        return bool(driver.find_elements("css selector", ".kernels"))

    def test_a_weight_s_gradient_can_be_clicked(self, page_of, nuclei):
        driver = page_of(nuclei)
        driver.execute_script("goTo(positionOf.get('down1.conv0.backward'))")
        sheet = driver.find_element("css selector", "#event canvas[data-value='down1.conv0.dweight']")
        click(driver, sheet, 5.5 / (4 * 4 - 1), 10.5 / (8 * 4 - 1))  # kernels of 3x3, and a pixel between them
        index = driver.execute_script("return state.index")
        assert driver.execute_script("return state.what") == "down1.conv0.dweight"
        assert index == [2, 1, 2, 1]
        count = int(np.prod(nuclei.values["down1.relu0.dx"].shape[2:]))
        total = driver.find_element("id", "total").text
        assert total.startswith(f"{count} terms")
        expected = nuclei.explain("down1.conv0.dweight", index)
        assert float(re.search(r"total (\S+);", total)[1]) == pytest.approx(expected.total, rel=1e-6)

    def test_a_map_is_walked_over_by_the_arrow_keys(self, page_of, nuclei):
        from selenium.webdriver import Keys

        driver = page_of(nuclei)
        driver.execute_script("goTo(1)")
        before = driver.execute_script("return state.index")
        canvas = "#event canvas[data-channel='0']"
        driver.find_element("css selector", canvas).send_keys(Keys.ARROW_DOWN)
        driver.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
        driver.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
        assert driver.execute_script("return state.index") == [0, 0, before[2] + 1, before[3] + 2]
        assert driver.execute_script("return state.position") == 1

    def test_the_wrong_layer_of_a_student_is_told(self, page_of):
        net = network(layers=changed_layers(relu_forward=lambda x: (np.maximum(x, 0.1 * x), x > 0)))
        stepper = mu.Stepper(net, *example(net, (60, 64)))
        driver = page_of(stepper)
        index = [int(i) for i in np.argwhere(stepper.values["down0.relu0.out"] < 0)[0]]
        driver.execute_script("goTo(positionOf.get('down0.relu0')); ask('down0.relu0.out', arguments[0])", index)
        assert driver.find_element("id", "total").text.endswith("this layer computed something else")

    def test_a_small_mistake_is_told(self, page_of):
        def short_sum(dout, cache):
            dx, dweight, _ = mu.layers.conv2d_backward(dout, cache)
            return dx, dweight, dout[:, :, :-1].sum(axis=(0, 2, 3))

        net = network(layers=changed_layers(conv2d_backward=short_sum))
        stepper = mu.Stepper(net, *example(net, (60, 64)))
        driver = page_of(stepper)
        driver.execute_script("goTo(positionOf.get('up0.conv0.backward')); ask('up0.conv0.dbias', [1])")
        assert not stepper.explain("up0.conv0.dbias", (1,)).agrees
        assert driver.find_element("id", "total").text.endswith("this layer computed something else")

    def test_nan_is_shown_and_explained(self, page_of):
        net = network()
        image, labels, weights = example(net, (60, 64))
        image[0, 20:24, 30] = np.nan
        driver = page_of(mu.Stepper(net, image, labels, weights))
        for what in ("down0.conv0.out", "down0.relu0.out", "down0.pool.out", "down0.pool.dx"):
            shape = driver.execute_script("return value(arguments[0]).shape", what)
            index = [0, 1, shape[2] * 20 // 60, shape[3] * 29 // 64]
            driver.execute_script(
                "goTo(positionOf.get(madeBy.get(arguments[0]).event.name)); ask(...arguments)", what, index
            )
            assert "disagrees" not in driver.find_element("id", "total").get_attribute("class"), what
        assert complaints(driver) == ([], [])

    def test_a_phone_shows_it_without_sideways_scrolling(self, page_of, nuclei):
        driver = page_of(nuclei)
        driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride", {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
        )
        try:
            for name in ("input", "down2.conv1", "down1.conv0.backward", "loss", "head.weight.update"):
                driver.execute_script("goTo(positionOf.get(arguments[0]))", name)
                wide = driver.execute_script("return document.scrollingElement.scrollWidth")
                assert wide <= 390, name
        finally:
            driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_text_can_be_read_in_light_and_in_dark(self, page_of, nuclei, scheme):
        driver = page_of(nuclei)
        driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        )
        try:
            ground, ink = (
                [int(part) for part in re.findall(r"\d+", text)[:3]]
                for text in driver.execute_script(
                    "const s = getComputedStyle(document.body); return [s.backgroundColor, s.color]"
                )
            )
            assert abs(sum(ground) - sum(ink)) > 500
            assert (sum(ground) > 400) == (scheme == "light")
        finally:
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})

    def test_a_notebook_s_frame_holds_the_same_page(self, browser, small, tmp_path):
        shown = small._repr_html_()
        assert shown.startswith("<iframe srcdoc=")
        assert html.unescape(re.search(r'srcdoc="(.*?)" title', shown, re.DOTALL)[1]) == small.to_html()
        path = tmp_path / "notebook.html"
        path.write_text(f"<!doctype html><body>{shown}</body>", encoding="utf-8")
        complaints(browser)
        browser.get(path.as_uri())
        browser.switch_to.frame(0)
        assert browser.find_element("id", "where").text.endswith("forward: input")
        browser.find_element("id", "next").click()
        assert browser.find_element("id", "where").text.endswith("forward: down0.conv0")
        browser.switch_to.default_content()
        errors, addresses = complaints(browser)
        assert (errors, [address for address in addresses if address != "about:srcdoc"]) == ([], [])

    def test_adam_s_update_is_explained_too(self, page_of):
        net = network(depth=1)
        driver = page_of(mu.Stepper(net, *example(net, (20, 22)), optimizer=optimizer_for(net, "adam")))
        driver.execute_script("goTo(step.events.length - 1)")
        assert "disagrees" not in driver.find_element("id", "total").get_attribute("class")
