"""A student's page: what the terminal says, with the numbers set out."""

from ...report import Example, Fault, Finding, Report
from ..inert import in_html
from ..text import number
from .document import bar, document, mark, text
from .grid import array


def student_page(report: Report) -> str:
    """The page of one submission, as HTML."""
    body = [
        _head(report),
        "<main>",
        _summary(report),
        *(_section(k, finding) for k, finding in enumerate(report.findings) if finding.verdict == "wrong"),
        _missing(report),
        _notes(report),
        _printed(report),
        "</main>",
        f"<footer><p>Isolation – {text(report.isolation)}.</p>",
        f'<p class="digest">SHA-256 of what was graded: <code>{text(report.digest)}</code></p></footer>',
    ]
    return document(f"{report.submission}: {report.spec}", "\n".join(part for part in body if part))


def _head(report):
    share = report.points / report.out_of if report.out_of else 0
    return (
        f"<header><p>Assignment {text(report.spec)}</p><h1>{text(report.submission)}</h1>"
        f'<p class="score"><strong>{number(report.points)}</strong> of {number(report.out_of)} points</p>'
        f"{bar([('right', share)])}</header>"
    )


def _summary(report):
    rows = []
    for k, finding in enumerate(report.findings):
        name = f"<code>{text(finding.function)}</code>"
        if finding.verdict == "wrong" and finding.faults:
            name = f'<a href="#f{k}">{name}</a>'
        rows.append(
            f'<tr><td>{mark(finding.verdict)} <span class="word">{finding.verdict}</span></td>'
            f'<th scope="row">{name}</th>'
            f'<td class="number">{number(finding.points)} of {number(finding.out_of)}</td></tr>'
        )
    head = (
        '<thead><tr><th scope="col"><span class="word">verdict</span></th>'
        '<th scope="col">function</th><th scope="col">points</th></tr></thead>'
    )
    return f'<table class="summary">{head}<tbody>{"".join(rows)}</tbody></table>'


def _section(k, finding: Finding):
    if not finding.faults:
        return ""
    faults = "".join(map(_fault, finding.faults))
    return f'<section id="f{k}"><h2>{mark("wrong")} <code>{text(finding.function)}</code></h2>{faults}</section>'


def _fault(fault: Fault):
    output = f"<code>{text(fault.output)}</code>" if fault.output else ""
    title = ": ".join(part for part in (output, text(fault.name)) if part)
    parts = [
        f"<h3>{title}</h3>" if title else "",
        f'<p class="place">{in_html(fault.place)}</p>' if fault.place else "",
        f"<p>{in_html(fault.explanation)}</p>" if fault.explanation else "",
        _example(fault.example) if fault.example else "",
        f'<p class="fix"><strong>How to mend it</strong> {in_html(fault.fix)}</p>' if fault.fix else "",
    ]
    return f"<article>{''.join(parts)}</article>"


def _example(example: Example):
    inputs = "".join(
        f"<div><h4><code>{text(name)}</code></h4>{array(value)}</div>" for name, value in example.inputs.items()
    )
    return (
        "<figure><figcaption>The smallest input that shows it</figcaption>"
        f'<div class="inputs">{inputs}</div>'
        f'<dl class="entry"><div><dt>one entry</dt><dd>{text(example.entry)}</dd></div>'
        f'<div class="wrong"><dt>yours</dt><dd>{text(example.found)}</dd></div>'
        f'<div class="right"><dt>expected</dt><dd>{text(example.expected)}</dd></div></dl>'
        f'<p class="formula">{in_html(example.formula)}</p></figure>'
    )


def _missing(report):
    """One list: a file that cannot be read lacks every function, for one reason."""
    faults = [fault for one in report.findings if one.verdict == "missing" for fault in one.faults]
    if not faults:
        return ""
    places = "".join(f"<li>{in_html(place)}</li>" for place in dict.fromkeys(fault.place for fault in faults))
    why = dict.fromkeys(fault.explanation for fault in faults if fault.explanation)
    reasons = "".join(f"<p>{in_html(reason)}</p>" for reason in why)
    return f"<section><h2>{mark('missing')} Missing</h2>{reasons}<ul>{places}</ul></section>"


def _notes(report):
    notes = [f"<code>{text(one.function)}</code>: {in_html(note)}" for one in report.findings for note in one.notes]
    notes += map(in_html, report.notes)
    items = "".join(f"<li>{note}</li>" for note in notes)
    return f"<section><h2>Notes</h2><ul>{items}</ul></section>" if notes else ""


def _printed(report):
    if not report.printed.strip():
        return ""
    return f"<details><summary>What it printed, the end of it</summary><pre>{in_html(report.printed)}</pre></details>"
