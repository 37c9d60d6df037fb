"""``minunet lessons``: a folder to begin with, how far one is in it, and what its makers build."""

import json

import pytest

from minunet.cli import main
from minunet.course.kept import solution
from minunet.course.lessons import lessons

NAME = lessons()[0].name


@pytest.fixture
def begun(tmp_path, capsys):
    """A folder that was begun."""
    assert main(["lessons", "start", str(tmp_path / "course")]) == 0
    capsys.readouterr()
    return tmp_path / "course"


@pytest.fixture
def course(begun):
    """The same with the first notebook alone, which is graded in no time."""
    for one in lessons()[1:]:
        (begun / f"{one.name}.ipynb").unlink()
    return begun


def edit(course, **sources):
    """Put sources in the cells of lesson 1 by their grade_id; None deletes the cell."""
    path = course / f"{NAME}.ipynb"
    notebook = json.loads(path.read_text())
    kept = []
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in sources:
            if sources[name] is None:
                continue
            cell["source"] = sources[name]
        kept.append(cell)
    path.write_text(json.dumps(notebook | {"cells": kept}))


def findings(course, capsys, number=1):
    assert main(["lessons", "check", str(course), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    one = next(one for one in found if one["lesson"] == number)
    return {finding["function"]: finding for finding in one["findings"]}, one["problem"], found


def test_start_writes_every_notebook_and_the_syllabus(begun):
    assert {path.name for path in begun.iterdir()} == {"README.md", *(f"{one.name}.ipynb" for one in lessons())}


def test_start_leaves_what_was_begun_as_it_is_and_adds_what_is_missing(begun, capsys):
    (begun / f"{NAME}.ipynb").write_text("mine")
    last = begun / f"{lessons()[-1].name}.ipynb"
    last.unlink()
    (begun / "README.md").write_text("notes")
    assert main(["lessons", "start", str(begun)]) == 0
    assert capsys.readouterr().out.split() == [str(last)]
    assert (begun / f"{NAME}.ipynb").read_text() == "mine"
    assert (begun / "README.md").read_text() == "notes"


def test_nothing_written_yet_is_said_of_every_exercise_of_every_lesson(begun, capsys):
    _, _, all_ = findings(begun, capsys)
    assert not any(one["problem"] for one in all_)
    told = [finding for one in all_ for finding in one["findings"]]
    assert {finding["verdict"] for finding in told} <= {"missing", "not judged"}
    assert all("not written yet" in fault["place"] for finding in told for fault in finding["faults"])


def test_right_wrong_blank_renamed_deleted_and_endless_are_told_apart(course, capsys):
    edit(
        course,
        one_pixel=solution("one_pixel")[1],
        conv2d_loops="def conv2d_loops(x, weight, bias):\n    while True:\n        pass",
        conv2d_forward=solution("conv2d_forward")[1].replace("conv2d_forward", "conv2d"),
        true_convolution=None,
    )
    found, _, _ = findings(course, capsys)
    assert found["one_pixel"]["verdict"] == "right"
    assert found["conv2d_loops"]["faults"][0]["name"] == "takes too long"
    assert "conv2d_forward is not defined" in found["conv2d_forward"]["faults"][0]["place"]
    assert "true_convolution is not defined" in found["true_convolution"]["faults"][0]["place"]


def test_a_notebook_that_is_missing_or_damaged_is_told_and_the_others_are_graded(course, capsys):
    (course / f"{NAME}.ipynb").write_text('{"cells": [')
    _, problem, found = findings(course, capsys)
    assert "no Jupyter notebook, or damaged" in problem
    (course / f"{NAME}.ipynb").unlink()
    _, problem, _ = findings(course, capsys)
    assert f"{NAME}.ipynb is not there; minunet lessons start {course} puts it there again" in problem
    assert len(found) == len(lessons())


def test_the_table_says_how_many_are_right(course, capsys):
    edit(course, one_pixel=solution("one_pixel")[1])
    assert main(["lessons", "check", str(course)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f" 1  {lessons()[0].title}: 1 of ")
    assert "      right       one_pixel" in lines
    assert lines[-1].startswith("1 of ")
    assert lines[-1].endswith("exercises are right")


def test_a_file_is_no_folder_for_a_course(tmp_path, capsys):
    file = tmp_path / "a.txt"
    file.write_text("mine")
    for arguments in (["start", str(file)], ["build", "--out", str(file)]):
        assert main(["lessons", *arguments]) == 2
        assert capsys.readouterr().err == f"minunet lessons: {file} is a file, expected a folder; give another name\n"
    assert file.read_text() == "mine"


@pytest.mark.parametrize("arguments", [["check", "nowhere"], ["dance"], []])
def test_bad_input_is_one_line(arguments, capsys):
    try:
        status = main(["lessons", *arguments])
    except SystemExit as stopped:
        status = stopped.code
    assert status == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_student_notebooks_in_the_repository_are_fresh():
    assert main(["lessons", "build", "--stale"]) == 0
