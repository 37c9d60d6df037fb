"""What a student wrote, as text that does nothing wherever it is shown.

A name or a message may hold a terminal's escape sequences, marks that turn the line round, tags, formulas of a
spreadsheet, or commands to whoever runs a CI job. All stays readable; what would act is shown as the escape by which
Python writes it.
"""

import html
import re

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # by which a spreadsheet knows one
COMMAND = re.compile(  # to GitHub's runner at the start of a line, to Azure's or TeamCity's anywhere
    r"^((?:\s|\x1b\[\d+m)*)::|##(?=\w*\[)", re.MULTILINE
)


def visible(text: str) -> str:
    """Control characters, turners of direction, lone surrogates and their like as escapes; lines stay lines."""
    return "".join(_shown(character) for character in text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """The same, with the ends of lines as escapes too."""
    return visible(text).replace("\n", "\\n")


def without_commands(text: str) -> str:
    """Lines that would command a CI runner, so that they do not."""
    return COMMAND.sub(lambda found: "#\\x23" if found[1] is None else f"{found[1]}\\x3a:", text)


def in_html(text: str) -> str:
    """For HTML, between tags or in a quoted attribute."""
    return html.escape(visible(text))


def in_cell(text: str) -> str:
    """For a cell of a table: an apostrophe before what a spreadsheet would compute."""
    shown = one_line(text)
    return f"'{shown}" if shown.lstrip().startswith(FORMULA) else shown


def _shown(character):
    if character == "\n" or character.isprintable():
        return character
    if character == "\t" or (character.isspace() and ord(character) > 0xFF) or character == "\xa0":
        return " "
    return ascii(character)[1:-1]
