"""The check cell of a lesson: grades what was just written, and keeps it once it is right."""

import re

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
    """Grade exercises, from their source, in the grader's sandbox; once all are right, they go into ``my_layers.py``.

    Parameters
    ----------
    functions : functions
        A backward together with its forward, whose cache it is given.
    hints : str
        How much to tell: "none", "place", "name" or "fix".

    Raises
    ------
    NotRight
        Where one is wrong, not written yet or no exercise: a notebook stops there.
    """
    try:
        report = grade(list(functions), spec_of([function.__name__ for function in functions]), hints=hints)
    except ValueError as error:
        raise NotRight(str(error)) from None
    for finding in report.findings:
        if finding.verdict == "right":
            print(f"{finding.function}: right")
        for line in about(finding):
            print(line)
        for note in finding.notes:
            print(f"{finding.function}: {visible(note)}")
        for name in _left_behind(finding, functions):
            print(f"  {name} is the notebook's. The check takes the function alone, with the functions, imports and")
            print("  plain numbers that it uses: work the rest out inside.")
    wrong = [finding.function for finding in report.findings if finding.verdict != "right"]
    if wrong:
        raise NotRight(f"{' and '.join(wrong)}: not right yet")
    for function in functions:
        if function.__module__ != "my_layers":
            keep(function)
            print(f"{function.__name__} is in {FILE} now.")


def _left_behind(finding, functions):
    """Names that the notebook has, and that a function missed in the sandbox."""
    missed = re.findall(r"NameError: name '(\w+)' is not defined", " ".join(fault.place for fault in finding.faults))
    known = {name for function in functions for name in function.__globals__}
    return [name for name in dict.fromkeys(missed) if name in known]
