"""What a grading is written as: for students, for teachers' spreadsheets and for other programs.

    write("html", reports, out)

The bytes depend on the reports alone: not on the order in which they were made, nor on when or where.
"""

from collections.abc import Callable
from pathlib import Path

from . import as_csv, as_json, gradescope, junit, nbgrader, page, text
from .per_student import Reports

FORMATS: dict[str, Callable[[Reports, Path], None]] = {
    "json": as_json.write,
    "csv": as_csv.write,
    "html": page.write,
    "gradescope": gradescope.write,
    "junit": junit.write,
    "nbgrader": nbgrader.write,
    "text": text.write,
}


def write(name: str, reports: Reports, out: Path) -> None:
    """Write reports into a folder; one report is written as such, more as a class.

    Parameters
    ----------
    name : str
        One of `FORMATS`.
    reports : sized iterable of Report
        Read several times, and kept only where they are not in the order of their submissions' names: a class that is
        read from the disk may be a large one.
    out : path
        A folder that is there.
    """
    if name not in FORMATS:
        raise ValueError(f"format is {name!r}, expected one of {', '.join(FORMATS)}")
    keys = [_key(report) for report in reports]
    FORMATS[name](reports if keys == sorted(keys) else sorted(reports, key=_key), Path(out))


def _key(report):
    return report.submission, report.digest
