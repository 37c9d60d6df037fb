"""What the tests of the course share."""

import linecache
import sys

import pytest

from minunet.course.lessons import lessons
from minunet.course.source import is_exercise, solution_notebook, student_notebook

LESSONS = lessons()


class Run:
    """The code cells of a lesson, run one after another in one namespace, without Jupyter."""

    def __init__(self, lesson):
        self.lesson = lesson
        self.namespace = {"__name__": "__main__"}
        self.cells = [
            (solved.source, blank.source, is_exercise(solved))
            for solved, blank in zip(
                solution_notebook(lesson.source).cells, student_notebook(lesson.source).cells, strict=True
            )
            if solved.cell_type == "code"
        ]

    def run(self, number, source):
        """One cell; `inspect.getsource` finds what it defines, as in IPython."""
        name = f"<{self.lesson.name}, cell {number}>"
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        exec(compile(source, name, "exec"), self.namespace)


@pytest.fixture(params=LESSONS, ids=lambda lesson: lesson.name)
def lesson(request):
    return request.param


@pytest.fixture
def run(lesson, tmp_path, monkeypatch):
    """A `Run` of one lesson, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield Run(lesson)
    sys.modules.pop("my_layers", None)
