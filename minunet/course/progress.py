"""How far a student is: every exercise of every notebook in a folder, graded."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..grading.asking import SCIPY, program
from ..grading.grader import grade_submission, selected
from ..grading.report import Finding
from ..grading.sandbox import Sandbox
from ..grading.submission import Submission, read_submission
from .exercises import functions, specs
from .kept import FILE, kept, lent
from .lessons import Lesson, lessons


@dataclass(frozen=True)
class Progress:
    """Of one lesson.

    Attributes
    ----------
    lesson : Lesson
    findings : tuple of Finding
        Of its exercises, in order.
    problem : str
        Why there are none: the notebook is missing, or cannot be read. Empty where there are.
    """

    lesson: Lesson
    findings: tuple[Finding, ...] = ()
    problem: str = ""

    @property
    def right(self) -> int:
        """How many exercises are."""
        return sum(finding.verdict == "right" for finding in self.findings)


def progress(folder: str | Path) -> Iterator[Progress]:
    """How far a student is in each lesson, one after another.

    Raises
    ------
    FileNotFoundError
        Where there is no such folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(2, "no such folder; expected one that `minunet lessons start` has made", str(folder))
    with Sandbox(program(), preload=SCIPY) as sandbox:
        for lesson in lessons():
            if lesson.number in specs():
                yield _of_lesson(lesson, folder, sandbox)


def _of_lesson(lesson, folder, sandbox):
    path = folder / f"{lesson.name}.ipynb"
    if not path.exists():
        return Progress(lesson, problem=f"{path.name} is not there; minunet lessons start {folder} puts it there again")
    try:
        read = read_submission(path)
    except (ValueError, OSError) as error:
        return Progress(lesson, problem=str(error))
    spec = specs()[lesson.number]
    submission = Submission(read.name, {FILE: _earlier(read, spec, folder), **read.files}, True, read.notes)
    report = grade_submission(submission, selected(spec, functions(spec)), sandbox)
    return Progress(lesson, report.findings)


def _earlier(read, spec, folder):
    """``my_layers.py`` less what this lesson asks for; what it lacks and the notebook needs is the course's own."""
    exercises = functions(spec)
    asked = {name for one in specs().values() for name in functions(one)}  # of the whole course
    forwards = {layer.forward.name for layer in spec.layers if layer.backward and layer.backward.name in exercises}
    found = {name: source for name, source in kept(folder / FILE).items() if name not in exercises}
    needed = ((forwards | _imported(read)) & asked) - set(exercises)
    found |= {name: source for name, (_, source) in lent(needed, [*found, *exercises]).items()}
    return "\n\n".join(["import numpy as np", *found.values()])


def _imported(read):
    """Names that its files import from ``my_layers``."""
    return {
        alias.name
        for source in read.files.values()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module == Path(FILE).stem
        for alias in node.names
    }
