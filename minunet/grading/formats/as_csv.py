"""A class as a table: a row for each submission, as a spreadsheet reads it (RFC 4180)."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from .inert import in_cell
from .per_student import Reports, write_text


def write(reports: Reports, out: Path) -> None:
    """``grades.csv``."""
    write_text(out / "grades.csv", to_csv(reports))


def to_csv(reports: Reports) -> str:
    """Points in all and of each function, misconceptions, the level of isolation, and the digest of what was graded."""
    functions = list(dict.fromkeys(finding.function for report in reports for finding in report.findings))
    head = ["submission", "points", "out_of", *functions, "misconceptions", "level", "digest"]
    return table([head, *(_row(report, functions) for report in reports)])


def table(rows: Iterable[Iterable[str | float]]) -> str:
    """Rows of texts, which are made inert, and numbers, which are numbers."""
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([in_cell(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue()


def _row(report, functions):
    points = {finding.function: _rounded(finding.points) for finding in report.findings}
    names = dict.fromkeys(
        f"{finding.function}: {fault.name}" for finding in report.findings for fault in finding.faults if fault.name
    )
    return [
        report.submission,
        _rounded(report.points),
        _rounded(report.out_of),
        *(points.get(function, "") for function in functions),
        "; ".join(names),
        report.level,
        report.digest,
    ]


def _rounded(points):
    """Without the last bits of a third."""
    return round(float(points), 4)
