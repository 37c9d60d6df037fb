"""A class as nbgrader's gradebook exports it, for whatever reads that: the columns of its ``CsvExportPlugin``."""

from collections import Counter
from pathlib import Path

from ..submission import SUFFIXES
from .as_csv import table
from .per_student import Reports, write_text

COLUMNS = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
)


def write(reports: Reports, out: Path) -> None:
    """``nbgrader.csv``."""
    write_text(out / "nbgrader.csv", to_nbgrader(reports))


def to_nbgrader(reports: Reports) -> str:
    """A row for each submission; what a grading does not know, as a student's name, is empty.

    The student's identity is the submission's name without its suffix, unless two would have the same.
    """
    count = Counter(_stem(report.submission) for report in reports)
    rows = []
    for report in reports:
        stem = _stem(report.submission)
        student = stem if count[stem] == 1 else report.submission
        points = float(report.points)
        rows.append([report.spec, "", "", student, "", "", "", points, 0.0, max(0.0, points), float(report.out_of)])
    return table([COLUMNS, *rows]).replace("\r\n", "\n")  # nbgrader's own ends of lines


def _stem(name):
    suffix = Path(name).suffix
    return name.removesuffix(suffix) if suffix in (*SUFFIXES, ".zip") else name
