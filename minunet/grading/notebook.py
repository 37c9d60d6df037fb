"""The Python of a Jupyter notebook, read and never run: magics and shell lines are made harmless."""

import ast
import json
import re
import shlex
from pathlib import PurePosixPath

CELL = "# cell {}"  # stands over each
SILENT = ("%%time", "%%timeit", "%%capture", "%%prun")  # the cell below them is Python


def read_notebook(content: bytes) -> tuple[str, dict[str, str], list[str]]:
    """The code of a notebook of format 3 or 4.

    Returns
    -------
    source : str
        Its code cells one after another, each under its number.
    written : dict of str to str
        Files that its cells write by ``%%writefile``, and their sources.
    notes : list of str
        Which cells were left out, and why.

    Raises
    ------
    ValueError
        Where it is no notebook.
    """
    parts: list[str] = []
    written: dict[str, str] = {}
    notes: list[str] = []
    for number, cell in enumerate(_code_cells(content), 1):
        magic, _, body = cell.lstrip().partition("\n")
        name, more = _written_to(magic)
        if name:
            written[name] = f"{written[name]}\n{body}" if more and name in written else body
            text = _commented(cell)
        else:
            text, why = _python(cell)
            notes += [f"cell {number} was left out: {why}"] if why else []
        parts.append(f"{CELL.format(number)}\n{text}")
    return "\n\n".join(parts), written, notes


def _code_cells(content):
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
        sheets = [notebook] if "cells" in notebook else notebook["worksheets"]  # of format 3, where source is input
        cells = [cell for sheet in sheets for cell in sheet["cells"] if cell["cell_type"] == "code"]
        return ["".join(cell["source"] if "source" in cell else cell["input"]) for cell in cells]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ValueError("it is no Jupyter notebook, or damaged; open it in Jupyter and save it again") from None


def _written_to(magic):
    """(Name of the Python file that a cell writes, less its folders; whether it adds to it); none where it does not."""
    try:
        command, *arguments = shlex.split(magic)
    except ValueError:
        return "", False
    names = [PurePosixPath(one.replace("\\", "/")).name for one in arguments if not one.startswith("-")]
    if command not in ("%%writefile", "%%file") or len(names) != 1 or not names[0].endswith(".py"):
        return "", False
    return names[0], bool({"-a", "--append"} & set(arguments))


def _python(cell):
    """(A cell's Python, line for line; why it is none, and then its lines are comments)."""
    first = cell.lstrip().partition("\n")[0]
    if first.startswith("%%") and first.split()[0] not in SILENT:
        return _commented(cell), f"it begins with {first[:40]}"
    text = "\n".join(map(_plain_line, cell.splitlines()))
    try:
        ast.parse(text)
    except SyntaxError as error:
        return _commented(cell), f"line {error.lineno} is no Python ({error.msg})"
    except (ValueError, RecursionError, MemoryError) as error:
        return _commented(cell), f"it is no Python ({error})"
    return text, ""


def _plain_line(line):
    """A magic or a shell's line as a statement that does nothing: it may be the whole body of a loop."""
    bare = line.lstrip()
    indent = line[: len(line) - len(bare)]
    assigned = re.match(r"([\w, ]+)=\s*[!%]", bare)  # files = !ls
    if assigned:
        return f"{indent}{assigned[1]}= None  # {bare}"
    if bare.startswith(("%", "!", "?")) or re.fullmatch(r"[\w.]+\?{1,2}\s*", bare):
        return f"{indent}pass  # {bare}"
    return line


def _commented(cell):
    return "\n".join(f"# {line}" for line in cell.splitlines())
