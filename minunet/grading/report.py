"""What a grading found, as plain data: nothing here runs, prints or judges.

A `Report` has one `Finding` for each function of the assignment, a finding one `Fault` for each of the function's
results that is wrong. Every text in them may hold what a student wrote: whoever shows it makes it inert.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

HINTS = ("none", "place", "name", "fix")  # how much a student is told, each more than the one before

VERDICTS = ("right", "wrong", "missing", "not judged")


@dataclass(frozen=True)
class Example:
    """The smallest input that shows a fault.

    Attributes
    ----------
    inputs : dict of str to str
        Each argument's name, and its numbers as NumPy prints them.
    entry : str
        One wrong number, as ``dx[0, 0, 1, 2]``.
    formula : str
        What it should be, in index notation.
    found, expected : str
        The submission's number, and the right one.
    """

    inputs: dict[str, str]
    entry: str
    formula: str
    found: str
    expected: str


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with one function.

    Attributes
    ----------
    output : str
        Which of the function's results, as ``"dx"``; empty where it is the function as a whole.
    place : str
        What is seen, without saying why: a wrong shape, a wrong number, an exception.
    name : str
        The misconception's name; empty where none is recognised.
    explanation : str
        What the misconception is; where none is recognised, what else is known.
    fix : str
        How to mend it; may be empty.
    example : Example, optional
    """

    output: str
    place: str
    name: str = ""
    explanation: str = ""
    fix: str = ""
    example: Example | None = None


@dataclass(frozen=True)
class Finding:
    """What is known of one function.

    Attributes
    ----------
    function : str
        As ``"conv2d_backward"``, or ``"network"`` for the U-Net that is built on the submission's functions.
    verdict : str
        One of `VERDICTS`.
    points, out_of : float
    faults : tuple of Fault
        None where the verdict is "right".
    notes : tuple of str
        What is worth knowing and costs nothing.
    """

    function: str
    verdict: str
    points: float
    out_of: float
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """What is known of one submission.

    Attributes
    ----------
    submission : str
        Its name: of a file or a folder.
    digest : str
        SHA-256 of its files.
    spec : str
        The assignment's name.
    level : int
        Of isolation, at which it was run.
    isolation : str
        What that level is, in words, and why it is not higher.
    findings : tuple of Finding
    notes : tuple of str
        About the submission as a whole.
    printed : str
        The end of what it printed.
    """

    submission: str
    digest: str
    spec: str
    level: int
    isolation: str
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    printed: str = ""

    @property
    def points(self) -> float:
        """The sum over all functions."""
        return sum(finding.points for finding in self.findings)

    @property
    def out_of(self) -> float:
        """The most that could be had."""
        return sum(finding.out_of for finding in self.findings)

    @property
    def right(self) -> bool:
        """Whether everything is there and right."""
        return all(finding.verdict == "right" for finding in self.findings)

    def at(self, hints: str) -> "Report":
        """The same report, with no more in it than a student is to be told.

        Parameters
        ----------
        hints : str
            "none": right or wrong; "place": where, and the smallest input that shows it; "name": the misconception
            too; "fix": how to mend it too.
        """
        if hints not in HINTS:
            raise ValueError(f"hints is {hints!r}, expected one of {', '.join(HINTS)}")
        told = HINTS.index(hints)

        def cut(finding):
            if told == 0:
                return replace(finding, faults=(), notes=())
            faults = finding.faults
            if told < 2:
                faults = tuple(replace(fault, name="", explanation="", fix="") for fault in faults)
            elif told < 3:
                faults = tuple(replace(fault, fix="") for fault in faults)
            return replace(finding, faults=faults)

        return replace(self, findings=tuple(map(cut, self.findings)))

    def to_dict(self) -> dict[str, Any]:
        """Plain lists, numbers and strings, for JSON; `from_dict` reads it back."""
        return {"points": self.points, "out_of": self.out_of, "right": self.right} | asdict(self)

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> "Report":
        """What `to_dict` gave."""

        def finding(entry):
            faults = tuple(
                Fault(**fault | {"example": fault["example"] and Example(**fault["example"])})
                for fault in entry["faults"]
            )
            return Finding(**entry | {"faults": faults, "notes": tuple(entry["notes"])})

        own = {name: value[name] for name in cls.__dataclass_fields__}
        findings = tuple(map(finding, value["findings"]))
        return cls(**own | {"findings": findings, "notes": tuple(value["notes"])})
