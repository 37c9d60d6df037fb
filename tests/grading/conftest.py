"""What the grader's tests share: a sandbox for the whole session, and a way to grade a few lines."""

import textwrap

import pytest

from minunet.grading.asking import program
from minunet.grading.grader import grade_submission, selected
from minunet.grading.sandbox import Sandbox
from minunet.grading.specs import find_spec
from minunet.grading.submission import Submission


@pytest.fixture(scope="session")
def sandbox():
    """At the highest level that this machine has."""
    with Sandbox(program()) as sandbox:
        yield sandbox


@pytest.fixture
def grade_source(sandbox):
    """``grade_source(source, "relu", spec="unet")``: the report of a few lines."""

    def grade(source, *only, spec="unet"):
        submission = Submission("student.py", {"student.py": textwrap.dedent(source)})
        return grade_submission(submission, selected(find_spec(spec), only or None), sandbox)

    return grade


@pytest.fixture
def faults(grade_source):
    """``faults(source, "relu")``: {function: [(output, name), ...]} of what is wrong."""

    def of(source, *only, spec="unet"):
        report = grade_source(source, *only, spec=spec)
        return {
            finding.function: [(fault.output, fault.name) for fault in finding.faults]
            for finding in report.findings
            if finding.verdict != "right"
        }

    return of
