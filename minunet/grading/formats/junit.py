"""Reports as JUnit XML, which CI servers show: a suite for each submission, a case for each function."""

from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ..report import Finding, Report
from .inert import one_line, visible
from .per_student import Reports, write_text
from .text import about, number

OUTCOMES = {"wrong": "failure", "missing": "error", "not judged": "skipped"}


def write(reports: Reports, out: Path) -> None:
    """``junit.xml``."""
    write_text(out / "junit.xml", to_junit(reports))


def to_junit(reports: Reports) -> str:
    """The document. What XML forbids is nowhere in it: `visible` leaves only what can be printed."""
    root = Element("testsuites", _counts(finding for report in reports for finding in report.findings))
    del root.attrib["skipped"]  # the schema has it for each suite alone
    for report in reports:
        _add_suite(root, report)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _add_suite(root, report: Report):
    name = one_line(report.submission)
    suite = SubElement(root, "testsuite", {"name": name} | _counts(report.findings))
    properties = SubElement(suite, "properties")
    for key, value in (
        ("assignment", report.spec),
        ("score", number(report.points)),
        ("out of", number(report.out_of)),
        ("isolation", report.isolation),
        ("digest", report.digest),
        *(("note", note) for note in report.notes),
    ):
        SubElement(properties, "property", {"name": key, "value": one_line(value)})
    for finding in report.findings:
        case = SubElement(suite, "testcase", {"classname": name, "name": one_line(finding.function), "time": "0"})
        if finding.verdict in OUTCOMES:
            _add_outcome(case, finding)
    if report.printed:
        SubElement(suite, "system-out").text = visible(report.printed)


def _add_outcome(case, finding: Finding):
    names = ", ".join(fault.name for fault in finding.faults if fault.name)
    told = [*(fault.place for fault in finding.faults), *finding.notes]
    outcome = SubElement(
        case,
        OUTCOMES[finding.verdict],
        {"type": one_line(names or finding.verdict), "message": one_line(told[0] if told else finding.verdict)},
    )
    outcome.text = "\n".join(about(finding)) or None


def _counts(findings):
    verdicts = [finding.verdict for finding in findings]
    counts = {"tests": len(verdicts), "failures": verdicts.count("wrong"), "errors": verdicts.count("missing")}
    counts |= {"skipped": verdicts.count("not judged"), "time": 0}
    return {key: str(value) for key, value in counts.items()}
