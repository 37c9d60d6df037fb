"""Files that students might have written, with one or two mistakes: found, in the right function, mostly named."""

import warnings
from collections import Counter
from pathlib import Path

import pytest

from minunet.grading.grader import grade_submission, selected
from minunet.grading.specs import find_spec
from minunet.grading.submission import read_submission

from . import naming

STUDENTS = sorted(Path(__file__).with_name("students").glob("*/*.py"))

PASSES = {  # and why
    "weighted_cross_entropy_forward__ignored_nan_leaks": "not-a-number at pixels of weight 0 is not tried",
    "conv_backward_naive__integers_refused": "images of whole numbers are not tried",
    "max_pool_backward_naive__integers_truncated": "images of whole numbers are not tried",
    "conv_forward_naive__ceil_size": "windows that do not fit the image are not tried: the assignment has none",
    "softmax_loss__loss_log_of_underflow": "so it is in the assignment's own template",
}


@pytest.fixture(scope="module")
def graded(sandbox):
    """(Mistakes of the header, finding of its function) of every file."""
    found = {}
    for path in STUDENTS:
        name, function, mistakes = naming.header(path)
        spec = find_spec(name)
        layer = next(layer for layer in spec.layers if function in [one.name for one in layer.functions])
        report = grade_submission(read_submission(path), selected(spec, [layer.name]), sandbox)
        finding = next(finding for finding in report.findings if finding.function == function)
        found[path.stem] = (len(mistakes), finding)
    return found


def test_every_wrong_file_is_found_wrong_in_the_function_that_is(graded):
    passed = {name for name, (_, finding) in graded.items() if finding.verdict == "right"}
    assert passed == set(PASSES)


def test_most_mistakes_are_named(graded):
    named, total = Counter(), Counter()
    for mistakes, finding in graded.values():
        total[mistakes] += 1
        named[mistakes] += len([fault for fault in finding.faults if fault.name]) >= mistakes
    assert named[1] / total[1] >= 0.95
    assert named[2] / total[2] >= 0.8


def test_files_written_from_the_banks_names_alone_get_these_names():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        score = naming.score()
    assert sum(total for _, total in score.values()) >= 70
    assert score[1][0] / score[1][1] >= 0.95
    assert score[2][0] / score[2][1] >= 0.8
