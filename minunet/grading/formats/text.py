"""A report as a student reads it at the terminal."""

import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

from ..report import Example, Fault, Finding, Report
from .inert import one_line, visible, without_commands
from .per_student import Reports, write_each

WIDTH = 80
LABEL = 10  # columns for the words at the left of an example
PRINTED = 10  # lines, the last
CODES = {"right": "32", "wrong": "31", "missing": "33", "not judged": "2", "bold": "1"}

Paint = Callable[[str, str], str]


def _plain(text, style):
    return text


def _coloured(text, style):
    return f"\x1b[{CODES[style]}m{text}\x1b[0m"


def write(reports: Reports, out: Path) -> None:
    """``report.txt``, or for a class ``text/NAME.txt``."""
    write_each(reports, out, "report.txt", "text", lambda report: to_text(report) + "\n")


def to_text(report: Report, colour: bool = False) -> str:
    """What is right, and of what is wrong all that the report tells."""
    paint = _coloured if colour else _plain
    parts = [
        [paint(f"{one_line(report.submission)}, assignment {one_line(report.spec)}", "bold")],
        list(_table(report, paint)),
        *(list(about(finding, paint)) for finding in report.findings if finding.verdict == "wrong"),
        list(_missing(report)),
        list(_notes(report)),
        list(_printed(report)),
        [
            *_wrapped(f"isolation – {one_line(report.isolation)}"),
            paint(f"score: {number(report.points)} of {number(report.out_of)}", "bold"),
        ],
    ]
    return without_commands("\n\n".join("\n".join(lines) for lines in parts if lines))


def number(points: float) -> str:
    """Points, with two digits after the point where there is something to say with them."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def about(finding: Finding, paint: Paint = _plain) -> Iterator[str]:
    """Lines on what is wrong with one function: each fault, its example, and how to mend it."""
    for count, fault in enumerate(finding.faults):
        if count:
            yield ""
        what = ", ".join(one_line(part) for part in (finding.function, fault.output) if part)
        title = f"{what}: {one_line(fault.name)}" if fault.name else what
        yield from (paint(line, "bold") for line in _wrapped(title))
        yield from _wrapped(fault.place, 2)
        yield from _wrapped(fault.explanation, 2)
        if fault.example:
            yield from _example(fault.example, paint)
        if fault.fix:
            yield from _wrapped(f"How to mend it: {fault.fix}", 2)


def _table(report, paint):
    width = max((len(one_line(finding.function)) for finding in report.findings), default=0)
    for finding in report.findings:
        points = f"{number(finding.points):>5} of {number(finding.out_of)}"
        verdict = paint(f"{finding.verdict:<10}", finding.verdict)
        yield f"  {verdict}  {one_line(finding.function):<{width}}  {points}"


def _example(example: Example, paint):
    yield "  the smallest input that shows it:"
    for name, value in example.inputs.items():
        yield from _labelled(name, value)
    yield from _labelled("entry", example.entry)
    yield from (paint(line, "wrong") for line in _labelled("yours", example.found))
    yield from (paint(line, "right") for line in _labelled("expected", example.expected))
    yield from _labelled("formula", example.formula)


def _labelled(label, text):
    """The label, and the text in a column beside it; an array keeps its lines, less the empty ones."""
    label = one_line(label)
    first = f"    {label:<{LABEL}}" if len(label) < LABEL else f"    {label}  "
    rest = " " * (4 + LABEL)
    if len(first) > WIDTH // 2:  # of a name that leaves no room beside it; textwrap would never end
        yield first.rstrip()
        first = rest
    for line in filter(str.strip, visible(text).split("\n")):
        yield from textwrap.wrap(line, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
        first = rest


def _wrapped(text, indent=0):
    for line in visible(text).split("\n"):
        yield from textwrap.wrap(
            line, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * indent, break_on_hyphens=False
        )


def _missing(report):
    """All that is missing in one place: a file that cannot be read lacks every function, for one reason."""
    faults: list[Fault] = [fault for one in report.findings if one.verdict == "missing" for fault in one.faults]
    for place in dict.fromkeys(fault.place for fault in faults):
        yield from _wrapped(place)
    for explanation in dict.fromkeys(fault.explanation for fault in faults if fault.explanation):
        yield from _wrapped(explanation, 2)


def _notes(report):
    for finding in report.findings:
        for note in finding.notes:
            yield from _wrapped(f"{one_line(finding.function)}: {note}")
    for note in report.notes:
        yield from _wrapped(note)


def _printed(report):
    lines = report.printed.rstrip().splitlines()
    if lines:
        yield "it printed, at the end:"
        yield from (f"  {one_line(line)}" for line in lines[-PRINTED:])
