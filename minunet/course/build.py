"""Make the notebooks and the pages of the lessons: the same bytes every time.

Every lesson is executed in one folder, in order, so that each finds what the ones before it have written.
"""

import os
import sys
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ..files import whole_file
from .lessons import Lesson
from .source import solution_notebook, student_notebook

TIMEOUT = 600  # seconds for one cell
VARIES = "(This output is another on every machine; run the cell to see yours.)"


def write_students(lessons: Iterable[Lesson], out: Path) -> None:
    """The student notebooks, as ``NAME.ipynb``."""
    _write_all(lessons, out, student_notebook)


def write_solutions(lessons: Iterable[Lesson], out: Path) -> None:
    """The notebooks with solutions, not executed."""
    _write_all(lessons, out, solution_notebook)


def _write_all(lessons, out, make):
    out.mkdir(parents=True, exist_ok=True)
    for name, text in _texts(lessons, make).items():
        _write(out / name, text)


def _texts(lessons, make):
    """File names, and what is in them."""
    import nbformat

    return {f"{lesson.name}.ipynb": nbformat.writes(make(lesson.source)) + "\n" for lesson in lessons}


def stale(lessons: Iterable[Lesson], notebooks: Path) -> list[str]:
    """Names of the student notebooks in a folder that are missing, not of their source, or of no lesson."""
    found = {path.name: path.read_text(encoding="utf-8") for path in notebooks.glob("*.ipynb")}
    wanted = _texts(lessons, student_notebook)
    return sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name))


def write_pages(lessons: Iterable[Lesson], out: Path, watch: Callable[[Lesson], None] = lambda lesson: None) -> None:
    """Execute the notebooks with solutions, and write each as ``NAME.html``.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        Where a cell fails.
    """
    from nbconvert import HTMLExporter

    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        for lesson in lessons:
            watch(lesson)
            notebook = executed(lesson, folder)
            page, _ = HTMLExporter().from_notebook_node(notebook, {"metadata": {"name": lesson.title}})
            _write(out / f"{lesson.name}.html", page)


def executed(lesson: Lesson, folder: str):
    """The notebook with its outputs, run in a folder; of cells tagged ``varies`` the text is left out."""
    from nbclient import NotebookClient

    notebook = solution_notebook(lesson.source)
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        resources={"metadata": {"path": folder}},
        record_timing=False,
        coalesce_streams=True,  # else the page shows how its lines happened to arrive
        extra_arguments=["--log-level=40"],  # errors alone, not how its sockets are made
    )
    with _quiet_kernels():
        client.execute()
    for cell in notebook.cells:
        if "varies" in cell.metadata.get("tags", []):
            cell.outputs = [_text(VARIES)] if cell.outputs else []
    return notebook


def _text(text):
    from nbformat.v4 import new_output

    return new_output("stream", name="stdout", text=text)


@contextmanager
def _quiet_kernels():
    """Kernels of this very Python, whose hashes and matplotlib's ids are the same every time."""
    before = dict(os.environ)
    os.environ |= {"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "0", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before.get("PATH", "")])
    os.environ.pop("MPLBACKEND", None)  # the notebook's own
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _write(path, text):
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
