"""What is made of a source: the same bytes every time, and for each solution the blank that nbgrader would make."""

import json
from pathlib import Path

import nbformat
import pytest

from minunet.course.build import VARIES, executed, stale, write_pages, write_students
from minunet.course.lessons import Lesson, folder, lessons
from minunet.course.source import is_exercise, solution_notebook, student_notebook

SOURCE = '''# %% [markdown]
# # Lesson 99: a test

# %%
import matplotlib.pyplot as plt

# %% nbgrader={"grade": false, "grade_id": "f", "locked": false, "schema_version": 3, "solution": true, "task": false}
def f(x):
    """Twice x."""
    ### BEGIN SOLUTION
    y = x + x
    return y
    ### END SOLUTION


# %%
plt.plot([f(1), f(2), f(5)])
plt.show()
{f(1), f(2)}, {"a", "b", "c"}

# %% tags=["varies"]
print("it took 3 ms")
'''


@pytest.fixture
def small(tmp_path):
    """A lesson of a few lines."""
    source = tmp_path / "99_test.py"
    source.write_text(SOURCE)
    return Lesson(99, "99_test", source)


def test_a_student_has_a_blank_in_the_place_of_a_solution(small):
    cell = next(cell for cell in student_notebook(small.source).cells if is_exercise(cell))
    assert cell.source == 'def f(x):\n    """Twice x."""\n    # YOUR CODE HERE\n    raise NotImplementedError()'


def test_a_notebook_is_valid_and_holds_no_solution_and_no_output(lesson):
    notebook = student_notebook(lesson.source)
    nbformat.validate(notebook)
    assert "SOLUTION" not in nbformat.writes(notebook)
    assert not any(cell.get("outputs") for cell in notebook.cells)


def test_the_blank_is_nbgraders_own(lesson):
    preprocessors = pytest.importorskip("nbgrader.preprocessors", reason="nbgrader, of the extra formats, is not there")
    theirs, _ = preprocessors.ClearSolutions().preprocess(solution_notebook(lesson.source), {})
    ours = student_notebook(lesson.source)
    assert [cell.source for cell in theirs.cells] == [cell.source for cell in ours.cells]


def test_pages_are_the_same_bytes_every_time(small, tmp_path):
    for name in ("one", "other"):
        write_pages([small], tmp_path / name)
    one, other = ((tmp_path / name / "99_test.html").read_bytes() for name in ("one", "other"))
    assert one == other
    assert b"image/png" in one


def test_what_a_cell_prints_is_one_output_however_it_comes(small, tmp_path):
    small.source.write_text(
        SOURCE + "\n# %%\nimport time\nfor k in range(3):\n    print(k, flush=True)\n    time.sleep(0.3)\n"
    )
    (output,) = executed(small, str(tmp_path)).cells[-1].outputs
    assert output.text == "0\n1\n2\n"


def test_what_differs_from_machine_to_machine_is_left_out_of_the_page(small, tmp_path):
    notebook = executed(small, str(tmp_path))
    assert notebook.cells[-1].outputs[0].text == VARIES
    assert "3 ms" not in json.dumps(notebook.cells[-1].outputs)


def test_a_page_that_cannot_be_executed_says_why(small, tmp_path):
    small.source.write_text(SOURCE + "\n# %%\n1 / 0\n")
    with pytest.raises(Exception, match="ZeroDivisionError"):
        write_pages([small], tmp_path / "pages")


def test_the_student_notebooks_in_the_repository_are_those_of_the_sources():
    assert stale(lessons(), folder() / "notebooks") == []


def test_a_notebook_that_is_stale_missing_or_of_no_lesson_is_told(small, tmp_path):
    notebooks = tmp_path / "notebooks"
    assert stale([small], notebooks) == ["99_test.ipynb"]
    write_students([small], notebooks)
    assert stale([small], notebooks) == []
    small.source.write_text(SOURCE + "\n# %%\n2 + 2\n")
    (notebooks / "98_gone.ipynb").write_text("{}")
    assert stale([small], notebooks) == ["98_gone.ipynb", "99_test.ipynb"]


def test_a_lesson_has_its_heading_for_a_title(small):
    assert small.title == "a test"
    assert [one.number for one in lessons()] == sorted(int(Path(one.name).name[:2]) for one in lessons())
