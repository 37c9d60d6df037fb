"""A student notebook in JupyterLab, in a real browser: run to its first exercise, where it stops and says why."""

import os
import socket
import subprocess
import sys
import time
from urllib.request import urlopen

import pytest

from minunet.course.build import write_students
from minunet.course.lessons import lessons

WAIT = 90  # seconds

# JupyterLab draws only the cells near the window, so that a page as a whole would be without most of its outputs.
EVERY_CELL = '{"windowingMode": "none"}'


@pytest.fixture
def server(tmp_path):
    """JupyterLab in a student's folder: its address."""
    pytest.importorskip("jupyterlab", reason="jupyterlab is not installed (it is in the extra lessons)")
    write_students(lessons()[:1], tmp_path / "course")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    homes = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR")
    home = {name: str(tmp_path / "jupyter") for name in homes}
    settings = tmp_path / "jupyter/@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text(EVERY_CELL, encoding="utf-8")
    options = ["--no-browser", "--allow-root", f"--port={port}", "--IdentityProvider.token=", "--ip=127.0.0.1"]
    command = [sys.executable, "-m", "jupyterlab", *options, str(tmp_path / "course")]
    environment = os.environ | home | {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    with (
        open(tmp_path / "log.txt", "wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log, env=environment) as lab,
    ):
        address = f"http://127.0.0.1:{port}"
        try:
            _until(lambda: urlopen(f"{address}/api/status").status == 200)
            yield address
        finally:
            lab.terminate()


def _until(happens):
    """Its first result that is true, asked for again and again."""
    end = time.monotonic() + WAIT
    while True:
        try:
            found = happens()
        except OSError:
            found = None
        if found:
            return found
        assert time.monotonic() < end, "it never came"
        time.sleep(0.3)


def test_a_student_notebook_runs_to_its_first_exercise(server, browser):
    name = lessons()[0].name
    browser.get(f"{server}/lab/tree/{name}.ipynb?reset")
    _until(lambda: browser.find_elements("css selector", ".jp-Notebook .jp-Cell"))
    _until(
        lambda: browser.execute_script(
            "return !!document.querySelector('.jp-Notebook-ExecutionIndicator[data-status=idle]')"
        )
    )
    browser.find_element("css selector", ".jp-Notebook").click()
    _menu(browser, "Run", "Run All Cells")
    _until(lambda: "one_pixel: not right yet" in _outputs(browser))
    shown = _outputs(browser)
    assert "one_pixel raises NotImplementedError: it is not written yet" in shown
    assert "Traceback" not in shown
    assert browser.find_elements("css selector", ".jp-OutputArea img")


def _menu(browser, *texts):
    from selenium.webdriver.common.by import By

    for text in texts:
        path = (
            f"//div[contains(@class,'lm-Menu-itemLabel') or contains(@class,'lm-MenuBar-itemLabel')][text()='{text}']"
        )
        _until(lambda path=path: browser.find_elements(By.XPATH, path))
        browser.find_elements(By.XPATH, path)[-1].click()


def _outputs(browser):
    return browser.execute_script(
        "return [...document.querySelectorAll('.jp-OutputArea')].map(one => one.innerText).join('\\n')"
    )
