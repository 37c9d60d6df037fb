"""Zips, folders, notebooks, odd bytes, names that are not just names: graded or refused, inert in every format."""

import json
import os

import pytest
from redteam.archives import DELIVERIES

from minunet.grading.formats import FORMATS, write
from minunet.grading.formats.text import to_text
from minunet.grading.grader import grade_submission, selected
from minunet.grading.specs import find_spec
from minunet.grading.submission import read_submission

SPEC = selected(find_spec("unet"), ["relu"])


def everything(folder, *endings):
    """Every file below with one of these endings, as one text."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix in endings]
    return "\n".join(path.read_bytes().decode("utf-8", "surrogateescape") for path in paths)


def reached(delivery, report, out):
    """Where text of a delivery stands as it was, though it means something there."""
    raw = delivery.raw
    order = raw.startswith("\n")  # to a spreadsheet or a log, at the beginning of a line
    if (order or not raw.isprintable()) and raw in to_text(report, colour=False):
        yield "terminal"
    if ("<" in raw or not raw.isprintable()) and not order and raw in everything(out, ".html"):
        yield "page"
    if ("<" in raw or not raw.isprintable()) and not order and raw in everything(out, ".xml"):
        yield "XML"
    if (order or not raw.isprintable()) and raw in everything(out, ".csv"):
        yield "CSV"
    if not raw.isprintable() and raw in everything(out, ".json"):
        yield "JSON"


@pytest.mark.parametrize("delivery", DELIVERIES, ids=lambda delivery: delivery.name)
def test_a_delivery_is_graded_or_refused_and_stays_where_it_is(delivery, tmp_path, sandbox, monkeypatch):
    home = tmp_path / "in"
    home.mkdir()
    path = delivery.build(home)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    try:
        submission = read_submission(path)
    except (ValueError, OSError):
        submission = None
    if submission is None:
        assert delivery.verdict in ("refused", "either")
        return
    assert delivery.verdict != "refused"
    report = grade_submission(submission, SPEC, sandbox)
    if delivery.verdict != "either":
        assert report.right == (delivery.verdict == "right")
    assert list(elsewhere.iterdir()) == []
    assert not any(name in delivery.forbidden for _, _, files in os.walk(tmp_path) for name in files)

    out = tmp_path / "out"
    out.mkdir()
    for name in FORMATS:
        write(name, [report], out)
        write(name, [report, report], out)
    assert json.loads((out / "results.json").read_text())
    if delivery.raw:
        assert list(reached(delivery, report, out)) == []
