"""What is around every page: its style, and a policy by which a browser loads nothing and runs our own script alone."""

import base64
import hashlib
from importlib.resources import files

from ..inert import in_html, one_line

MARKS = {"right": "✓", "wrong": "✗", "missing": "–", "not judged": "○"}  # told apart without colours


def document(title: str, body: str, script: str = "") -> str:
    """The whole page; the title is any text, the body HTML."""
    allowed = f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" if script else "'none'"
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src {allowed}; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)}</title>\n<style>\n{resource('style.css')}</style>\n</head>\n<body>\n{body}\n"
        + (f"<script>{script}</script>\n" if script else "")
        + "</body>\n</html>\n"
    )


def resource(name: str) -> str:
    """A file of this folder."""
    return (files(__package__) / name).read_text(encoding="utf-8")


def text(value: str) -> str:
    """Any text, in one line, as HTML."""
    return in_html(one_line(value))


def mark(verdict: str) -> str:
    """The sign of a verdict."""
    return f'<span class="mark {kind(verdict)}" aria-hidden="true">{MARKS[verdict]}</span>'


def kind(verdict: str) -> str:
    """A verdict as a class of the style sheet."""
    return verdict.replace(" ", "-")


def bar(parts: list[tuple[str, float]]) -> str:
    """A bar of coloured parts, each a kind and its share of the whole."""
    inside = "".join(
        f'<span class="{name}" style="width: {100 * share:.2f}%"></span>' for name, share in parts if share
    )
    return f'<span class="bar" aria-hidden="true">{inside}</span>'
