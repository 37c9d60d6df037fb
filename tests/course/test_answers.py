"""What the check of each exercise says of answers that are wrong in a known way, and of others that are right.

``answers/lesson_NN/EXERCISE_*.py``: the first line is ``# right: STYLE``, or ``# wrong: `` and what must be said.
"""

from pathlib import Path

import pytest

from minunet.course.exercises import functions, spec_of, specs
from minunet.course.kept import solution
from minunet.grading.asking import program
from minunet.grading.formats.text import to_text
from minunet.grading.grader import grade_submission
from minunet.grading.sandbox import Sandbox
from minunet.grading.submission import Submission

FOLDER = Path(__file__).parent / "answers"
ANSWERS = sorted(FOLDER.glob("*/*.py"))


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(program()) as sandbox:
        yield sandbox


def exercise_of(path):
    names = functions(specs()[int(path.parent.name[-2:])])
    return max((name for name in names if path.stem.startswith(f"{name}_")), key=len)


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_answer(path, sandbox):
    source = path.read_text(encoding="utf-8")
    verdict, _, said = source.partition("\n")[0].removeprefix("# ").partition(": ")
    name = exercise_of(path)
    spec = spec_of([name])
    if name.endswith("_backward"):  # of the forward that its lesson has, unless the answer brings its own
        forward = name.replace("_backward", "_forward")
        spec = spec_of([name, forward]) if f"def {forward}(" in source else spec
        source = source if f"def {forward}(" in source else f"import numpy as np\n{solution(forward)[1]}\n{source}"
    report = grade_submission(Submission(path.name, {path.name: source}), spec, sandbox)
    finding = next(finding for finding in report.findings if finding.function == name)
    assert finding.verdict == verdict, to_text(report)
    if verdict == "wrong":
        assert said in to_text(report).replace("\n  ", " "), to_text(report)


@pytest.mark.parametrize("number", specs())
def test_each_exercise_has_three_wrong_answers_and_two_right_ones(number):
    mine = [path for path in ANSWERS if path.parent.name == f"lesson_{number:02d}"]
    for name in functions(specs()[number]):
        heads = [path.read_text(encoding="utf-8")[:7] for path in mine if exercise_of(path) == name]
        assert sum(head == "# wrong" for head in heads) >= 3, name
        assert sum(head == "# right" for head in heads) >= 2, name
