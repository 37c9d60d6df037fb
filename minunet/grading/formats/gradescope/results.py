"""Gradescope's ``results.json``; `autograder.py` makes what writes it there."""

import json
from pathlib import Path
from typing import Any

from ...report import Finding, Report
from ..inert import one_line, visible
from ..per_student import Reports, write_each
from ..text import about, number


def write(reports: Reports, out: Path) -> None:
    """``results.json``, or for a class ``gradescope/NAME.json``."""
    write_each(reports, out, "results.json", "gradescope", to_gradescope)


def to_gradescope(report: Report) -> str:
    """The results of one submission: a test for each function."""
    known = {"spec": one_line(report.spec), "digest": report.digest, "level": report.level}
    lines = [f"score: {number(report.points)} of {number(report.out_of)}", *map(one_line, report.notes)]
    tests = [_test(str(k), finding) for k, finding in enumerate(report.findings, 1)]
    return _document(report.points, "\n".join([*lines, f"isolation – {one_line(report.isolation)}"]), tests, known)


def failure(message: str, for_staff: str = "") -> str:
    """The results where nothing was graded: 0, and why, for the student and for the staff."""
    tests = [
        {
            "name": "for the course staff",
            "name_format": "text",
            "status": "failed",
            "output": visible(for_staff),
            "output_format": "text",
            "visibility": "hidden",
        }
    ]
    return _document(0, visible(message), tests if for_staff else [], {})


def _document(score, output, tests, extra):
    document = {
        "score": score,
        "output": output,
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",  # it may hold what a submission prints
        "extra_data": extra,
        "tests": tests,
        "leaderboard": [],
    }
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def _test(position, finding: Finding) -> dict[str, Any]:
    notes = [visible(note) for note in finding.notes]
    test = {
        "score": finding.points,
        "max_score": finding.out_of,
        "name": one_line(finding.function),
        "name_format": "text",
        "number": position,
        "output": "\n".join([finding.verdict, *about(finding), *notes]),
        "output_format": "text",
        "tags": [one_line(fault.name) for fault in finding.faults if fault.name],
        "visibility": "visible",
        "extra_data": {},
    }
    if finding.verdict != "not judged":  # then Gradescope goes by the points
        test["status"] = "passed" if finding.verdict == "right" else "failed"
    return test
