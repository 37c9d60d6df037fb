"""One source, two notebooks: with the solutions, and with blanks in their place.

A source is a Python file in jupytext's percent format. What a student is to write stands between ``### BEGIN SOLUTION``
and ``### END SOLUTION``, in a cell that nbgrader knows for an exercise; the blank is nbgrader's own.
"""

import re
from copy import deepcopy
from pathlib import Path

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"  # nbgrader's
SOLUTION = re.compile(rf"^([ \t]*){BEGIN}[ \t]*\n.*?^[ \t]*{END}[ \t]*$", re.DOTALL | re.MULTILINE)
BLANK = r"\1# YOUR CODE HERE\n\1raise NotImplementedError()"
KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}


def solution_notebook(source: Path):
    """The whole notebook, an nbformat `NotebookNode` without outputs; the same source gives the same bytes."""
    import jupytext

    notebook = jupytext.read(source, fmt="py:percent")
    notebook.metadata = type(notebook.metadata)(kernelspec=KERNEL, language_info={"name": "python"})
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number:02d}"
    return notebook


def student_notebook(source: Path):
    """The same, with a blank for each solution."""
    notebook = deepcopy(solution_notebook(source))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = SOLUTION.sub(BLANK, cell.source)
    return notebook


def is_exercise(cell) -> bool:
    """Whether a student writes in it."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))
