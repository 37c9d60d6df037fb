"""A class's page: how the scores lie, which functions are hard, which misconceptions many have, and who has what."""

from statistics import mean, median
from urllib.parse import quote

from ...report import VERDICTS
from ..inert import in_html
from ..per_student import Reports, file_names
from ..tally import Misconception, Tally
from ..text import number
from .document import MARKS, bar, document, kind, mark, resource, text
from .histogram import histogram

SHOWN = 12  # misconceptions; rarer ones are folded away


def class_page(reports: Reports) -> str:
    """The page of a class, as HTML; its links lead to ``students/NAME.html``."""
    tally = Tally.of(reports)
    links = [f"students/{quote(name)}.html" for name in file_names(row.submission for row in tally.rows)]
    title = f"{', '.join(tally.assignments)}: {len(tally.rows)} submissions"
    body = [
        f"<header><h1>{text(title)}</h1>{_figures(tally)}</header>",
        '<main class="class">',
        f"<section><h2>Scores</h2>{histogram([row.share for row in tally.rows])}</section>",
        f'<section><h2>Functions</h2>{_legend()}<ul class="functions">{"".join(_functions(tally))}</ul></section>',
        _misconceptions(tally, links),
        f'<section class="wide"><h2>Submissions</h2>{_table(tally, links)}</section>',
        "</main>",
    ]
    return document(title, "\n".join(body), resource("sort.js"))


def _figures(tally):
    if not tally.rows:
        return ""
    points = [row.points for row in tally.rows]
    right = sum(not {"wrong", "missing"} & set(row.verdicts.values()) for row in tally.rows)
    most = max(row.out_of for row in tally.rows)
    figures = {"mean": mean(points), "median": median(points), "points to be had": most, "with everything right": right}
    cells = "".join(f"<div><dd>{number(value)}</dd><dt>{name}</dt></div>" for name, value in figures.items())
    return f'<dl class="figures">{cells}</dl>'


def _legend():
    return f'<p class="legend">{"".join(f"<span>{mark(verdict)} {verdict}</span>" for verdict in VERDICTS)}</p>'


def _functions(tally):
    for function, verdicts in tally.functions.items():
        total = sum(verdicts.values())
        shares = [(kind(verdict), verdicts[verdict] / total) for verdict in VERDICTS]
        yield (f"<li><code>{text(function)}</code>{bar(shares)}<span>{verdicts['right']} of {total} right</span></li>")


def _misconceptions(tally, links):
    found = [_misconception(one, tally, links) for one in tally.misconceptions]
    if not found:
        return ""
    rarer = "".join(found[SHOWN:])
    more = f"<details><summary>{len(found) - SHOWN} rarer ones</summary><ol>{rarer}</ol></details>" if rarer else ""
    listed = f"<ol>{''.join(found[:SHOWN])}</ol>{more}"
    return f'<section class="wide misconceptions"><h2>Misconceptions</h2>{listed}</section>'


def _misconception(one: Misconception, tally, links):
    count = len(one.rows)
    who = ", ".join(f'<a href="{links[k]}">{text(tally.rows[k].submission)}</a>' for k in one.rows)
    explanation = f"<p>{in_html(one.explanation)}</p>" if one.explanation else ""
    summary = f"<summary>{count} {'submission' if count == 1 else 'submissions'}</summary>"
    return (
        f"<li><h3>{text(one.name)} <code>{text(one.function)}</code></h3>"
        f"{bar([('wrong', count / len(tally.rows))])}{explanation}"
        f"<details>{summary}<p>{who}</p></details></li>"
    )


def _table(tally, links):
    rows = "".join(_row(row, link, tally.functions) for row, link in zip(tally.rows, links, strict=True))
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("submission", "points", "functions", "misconceptions"))
    return f'<table class="class"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def _row(row, link, functions):
    right = sum(verdict == "right" for verdict in row.verdicts.values())
    marks = "".join(_cell(function, row.verdicts.get(function)) for function in functions)
    label = f"{right} of {len(row.verdicts)} right"
    return (
        f'<tr><th scope="row"><a href="{link}">{text(row.submission)}</a></th>'
        f'<td class="number" data-value="{row.points!r}">{number(row.points)}</td>'
        f'<td data-value="{right}"><span class="strip" role="img" aria-label="{label}">{marks}</span></td>'
        f'<td class="names">{text("; ".join(row.names))}</td></tr>'
    )


def _cell(function, verdict):
    if verdict is None:
        return '<span class="mark"></span>'
    return f'<span class="mark {kind(verdict)}" title="{text(function)}: {verdict}">{MARKS[verdict]}</span>'
