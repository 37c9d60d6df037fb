"""Fixtures that more than one test file needs."""

import shutil
import sys

import pytest
from hypothesis import settings
from standin_cupy import make_cupy

settings.register_profile("the same every time", derandomize=True, deadline=None)
settings.load_profile("the same every time")

# It comes with py-ctcmetrics and reads TIFFs that minunet's users, who need not have it, cannot read.
sys.modules["imagecodecs"] = None  # type: ignore[assignment]

CHROMES = ("chromium", "chromium-browser", "google-chrome")

pytest.register_assert_rewrite("device_parity", "strategies")  # so that its assertions, too, show what they compared


@pytest.fixture
def cupy(monkeypatch):
    """A stand-in for CuPy (`standin_cupy`), installed for the length of one test."""
    module = make_cupy()
    monkeypatch.setitem(sys.modules, "cupy", module)
    return module


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium; nothing is installed for it."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed (it is in the extra test)")
    from selenium.webdriver.chrome.service import Service

    chrome = next(filter(None, map(shutil.which, CHROMES)), None)
    driver = shutil.which("chromedriver")
    if not chrome or not driver:
        pytest.skip(reason=f"no browser to drive: needs chromedriver and one of {', '.join(CHROMES)}")
    options = webdriver.ChromeOptions()
    options.binary_location = chrome
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--window-size=1280,1400",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    opened = webdriver.Chrome(options=options, service=Service(driver))
    yield opened
    opened.quit()
