"""What a class's page shows of all reports together; of each report only a line is kept."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..report import Report


@dataclass(frozen=True)
class Row:
    """One submission: its points, the verdict on each function, and the names of its misconceptions."""

    submission: str
    points: float
    out_of: float
    verdicts: dict[str, str]
    names: tuple[str, ...]

    @property
    def share(self) -> float:
        """Of the points that could be had."""
        return self.points / self.out_of if self.out_of else 0.0


@dataclass
class Misconception:
    """One mistake in one function, and the numbers of the rows that have it."""

    function: str
    name: str
    explanations: set[str] = field(default_factory=set)
    rows: list[int] = field(default_factory=list)

    @property
    def explanation(self) -> str:
        """What it is, where that is the same for all who have it."""
        return next(iter(self.explanations)) if len(self.explanations) == 1 else ""


@dataclass
class Tally:
    """A class.

    Attributes
    ----------
    assignments : dict of str to None
        Names, as a rule one.
    rows : list of Row
        In the order of the reports.
    functions : dict of str to Counter
        How often each verdict was given.
    """

    assignments: dict[str, None] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    functions: dict[str, Counter] = field(default_factory=dict)
    _misconceptions: dict[tuple[str, str], Misconception] = field(default_factory=dict)

    @classmethod
    def of(cls, reports: Iterable[Report]) -> "Tally":
        """Reads each report once."""
        tally = cls()
        for report in reports:
            tally._add(report)
        return tally

    @property
    def misconceptions(self) -> list[Misconception]:
        """Those that most have first."""
        return sorted(self._misconceptions.values(), key=lambda one: (-len(one.rows), one.function, one.name))

    def _add(self, report):
        self.assignments[report.spec] = None
        for finding in report.findings:
            self.functions.setdefault(finding.function, Counter())[finding.verdict] += 1
            for fault in finding.faults:
                if fault.name:
                    key = finding.function, fault.name
                    known = self._misconceptions.setdefault(key, Misconception(*key))
                    known.explanations.add(fault.explanation)
                    if known.rows[-1:] != [len(self.rows)]:
                        known.rows.append(len(self.rows))
        verdicts = {finding.function: finding.verdict for finding in report.findings}
        names = dict.fromkeys(fault.name for finding in report.findings for fault in finding.faults if fault.name)
        self.rows.append(Row(report.submission, report.points, report.out_of, verdicts, tuple(names)))
