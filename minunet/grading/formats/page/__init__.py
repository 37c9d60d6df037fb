"""Pages that open by double click: one for a student, one for a class. They ask for nothing and run nothing of others.

student.py    what is right, and of each mistake the numbers that show it
classes.py    scores, functions and misconceptions of all
grid.py       an array as NumPy prints it, as little tables
document.py   what is around both
"""

from pathlib import Path

from ..per_student import Reports, write_each, write_text
from .classes import class_page
from .student import student_page

__all__ = ["class_page", "student_page", "write"]


def write(reports: Reports, out: Path) -> None:
    """``index.html``: the page of the one report, or of the class, beside ``students/NAME.html``."""
    write_each(reports, out, "index.html", "students", student_page)
    if len(reports) != 1:
        write_text(out / "index.html", class_page(reports))
