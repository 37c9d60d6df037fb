"""A student's working folder: the notebooks, and the syllabus beside them."""

import re
from pathlib import Path

from .build import write_students
from .lessons import folder, lessons


def start(out: Path) -> list[Path]:
    """Write the student notebooks that a folder lacks; what a student has begun is left as it is.

    Returns
    -------
    list of path
        Of those that were written.
    """
    missing = [lesson for lesson in lessons() if not (out / f"{lesson.name}.ipynb").exists()]
    write_students(missing, out)
    syllabus = out / "README.md"
    if not syllabus.exists():
        text = (folder() / "README.md").read_text(encoding="utf-8")
        syllabus.write_text(re.sub(r"\]\((\d\d_\w+)\.py\)", r"](\1.ipynb)", text), encoding="utf-8")
    return [out / f"{lesson.name}.ipynb" for lesson in missing]
