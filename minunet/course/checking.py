"""The check cell of a lesson: grades what was just written, and keeps it once it is right."""

from ..grading.formats.inert import visible
from ..grading.formats.text import about
from ..grading.grader import grade
from .exercises import spec_of
from .kept import FILE, keep


class NotRight(Exception):
    """An exercise is not right yet; what is wrong was printed. A notebook shows its message alone."""

    def _render_traceback_(self):  # IPython's hook
        return [str(self)]


def check(*functions, hints: str = "name") -> None:
    """Grade exercises, from their source, in the grader's sandbox; what is right goes into ``my_layers.py``.

    Parameters
    ----------
    functions : functions
        A backward together with its forward, whose cache it is given.
    hints : str
        How much to tell: "none", "place", "name" or "fix".

    Raises
    ------
    NotRight
        Where one is wrong or not written yet: a notebook stops there.
    """
    names = [function.__name__ for function in functions]
    report = grade(list(functions), spec_of(names), hints=hints)
    for finding in report.findings:
        if finding.verdict == "right":
            print(f"{finding.function}: right")
        for line in about(finding):
            print(line)
        for note in finding.notes:
            print(f"{finding.function}: {visible(note)}")
    wrong = [finding.function for finding in report.findings if finding.verdict != "right"]
    for function in functions:
        if function.__name__ not in wrong and function.__module__ != "my_layers":
            keep(function)
            print(f"{function.__name__} is in {FILE} now.")
    if wrong:
        raise NotRight(f"{' and '.join(wrong)}: not right yet")
