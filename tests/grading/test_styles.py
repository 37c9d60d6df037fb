"""No right submission is accused, however it is written."""

from pathlib import Path

import pytest

from minunet.grading.asking import preload, program
from minunet.grading.grader import grade_submission
from minunet.grading.sandbox import Sandbox
from minunet.grading.specs import find_spec
from minunet.grading.submission import read_submission

STYLES = sorted(Path(__file__).with_name("styles").glob("*/*.py"))


@pytest.fixture(scope="module")
def with_scipy():
    with Sandbox(program(), preload=("scipy.signal", "scipy.ndimage", "scipy.special")) as sandbox:
        yield sandbox


@pytest.mark.parametrize("path", STYLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_right_style_passes_whole(path, sandbox, request):
    submission = read_submission(path)
    if preload(submission):
        sandbox = request.getfixturevalue("with_scipy")
    report = grade_submission(submission, find_spec(path.parent.name), sandbox)
    assert [(finding.function, finding.faults) for finding in report.findings if finding.verdict != "right"] == []
    assert report.points == report.out_of


def test_there_are_many_styles():
    assert sum(path.parent.name == "unet" for path in STYLES) >= 20
    assert sum(path.parent.name == "cs231n" for path in STYLES) >= 10
