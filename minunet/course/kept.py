"""``my_layers.py``: what a student has written and had checked, carried from one lesson to the next."""

import ast
import re
import sys
from collections.abc import Collection, Iterable
from pathlib import Path

from ..files import whole_file
from ..grading.submission import read_submission
from .exercises import functions, specs
from .lessons import lessons
from .source import BEGIN

FILE = "my_layers.py"
HEAD = '"""My layers: each came here when its check was right."""\n\nimport numpy as np\n'
RULE = "\n\n# {} " + "-" * 60 + "\n\n"
RULE_LINE = re.compile(r"^# (\w+) -{60}$", re.MULTILINE)


def keep(function, folder=".") -> None:
    """Put a function, with what it uses, into ``my_layers.py``, in the place of an earlier one of its name."""
    source = read_submission([function]).files["functions.py"]
    _write(Path(folder) / FILE, function.__name__, source)


def need(*names: str, folder=".") -> None:
    """See to it that ``my_layers.py`` has these functions: of one that it lacks the course's own stands in."""
    path = Path(folder) / FILE
    for name, (number, source) in lent(names, kept(path)).items():
        _write(path, name, f"# The course's own solution, of lesson {number}.\n{source}")
        print(f"{name} was not in {FILE}: the solution of lesson {number} was put there.")
    sys.modules.pop(path.stem, None)  # so that the next import reads it anew


def lent(names: Iterable[str], there: Collection[str]) -> dict[str, tuple[int, str]]:
    """The course's own solutions of exercises that are not `there`, and of the exercises that these call."""
    exercises = {name for spec in specs().values() for name in functions(spec)}
    found: dict[str, tuple[int, str]] = {}
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in there and name not in found:
            found[name] = solution(name)
            called = {node.id for node in ast.walk(ast.parse(found[name][1])) if isinstance(node, ast.Name)}
            todo += sorted(called & exercises)
    return found


def solution(name: str) -> tuple[int, str]:
    """(Number of the lesson, source) of the course's own solution of an exercise.

    Raises
    ------
    ValueError
        Where no lesson asks for it.
    """
    for lesson in lessons():
        text = lesson.source.read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef) and node.name == name:
                source = ast.get_source_segment(text, node) or ""
                if BEGIN in source:  # its end is a comment, which is of no function
                    return lesson.number, "\n".join(line for line in source.splitlines() if line.strip() != BEGIN)
    raise ValueError(f"no lesson asks for {name}")


def kept(path: Path) -> dict[str, str]:
    """Name and source of each function that was kept, in order."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    _, *parts = RULE_LINE.split(text)
    return {name: source.strip("\n") for name, source in zip(parts[::2], parts[1::2], strict=True)}


def _write(path, name, source):
    lines = [line for line in source.splitlines() if line != "import numpy as np"]
    blocks = kept(path) | {name: "\n".join(lines).strip("\n")}
    with whole_file(path) as temporary:
        text = HEAD + "".join(RULE.format(name) + block + "\n" for name, block in blocks.items())
        Path(temporary).write_text(text, encoding="utf-8")
