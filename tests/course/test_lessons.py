"""A lesson's student copy stops at its first exercise; each solution moves the stop to the next, and all go through."""

import re
from pathlib import Path

import pytest

from minunet.course import NotRight
from minunet.course.exercises import functions, specs
from minunet.course.lessons import folder
from minunet.course.source import is_exercise, solution_notebook


def test_the_student_copy_stops_at_each_exercise_in_turn_and_goes_through_with_the_solutions(run, monkeypatch):
    import matplotlib.pyplot as plt

    monkeypatch.setattr(plt, "show", lambda: plt.close("all"))
    unsolved = {}
    stops = []
    for number, (solved, blank, exercise) in enumerate(run.cells):
        if exercise:
            unsolved[number] = solved
            run.run(number, blank)
        elif unsolved and re.search(r"^check\(", solved, re.MULTILINE):
            with pytest.raises(NotRight):
                run.run(number, solved)
            stops += unsolved
            for cell, solution in unsolved.items():
                run.run(cell, solution)
            unsolved = {}
            run.run(number, solved)
        else:
            assert not unsolved, "a cell between an exercise and its check"
            run.run(number, solved)
    assert len(stops) == sum(exercise for *_, exercise in run.cells)


def test_a_lesson_has_what_every_lesson_has(lesson):
    notebook = solution_notebook(lesson.source)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    exercises = [cell for cell in notebook.cells if is_exercise(cell)]
    assert text.startswith(f"# Lesson {lesson.number}: ")
    assert re.search(r"About \d+ minutes", text)
    assert "Ronneberger" in text
    assert re.search("predict before you run", text, re.IGNORECASE)
    assert re.search("bug", text, re.IGNORECASE)
    assert "## To think about" in text
    assert 2 <= len(exercises) <= 5
    assert any("plt." in cell.source for cell in notebook.cells)


def test_every_exercise_is_one_of_the_lessons_spec_and_is_checked(lesson):
    notebook = solution_notebook(lesson.source)
    written = {cell.metadata.nbgrader.grade_id for cell in notebook.cells if is_exercise(cell)}
    graded = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert written == set(functions(specs()[lesson.number]))
    assert all("check(" in cell.source and cell.metadata.nbgrader.points > 0 for cell in graded)
    ids = [cell.metadata.nbgrader.grade_id for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert len(set(ids)) == len(ids)


def test_links_inside_the_repository_resolve():
    for path in [*folder().glob("notebooks/*.ipynb"), *folder().glob("*.md")]:
        for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            assert "://" in link or Path(path.parent, link).exists(), f"{path.name}: {link}"
