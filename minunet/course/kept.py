"""``my_layers.py``: what a student has written and had checked, carried from one lesson to the next."""

import ast
import re
import sys
from collections.abc import Collection, Iterable
from pathlib import Path

from ..files import whole_file
from ..grading.submission import FUNCTIONS, read_submission
from .exercises import functions, specs
from .lessons import lessons
from .source import BEGIN

FILE = "my_layers.py"
HEAD = '"""My layers: each came here when its check was right."""\n\nimport numpy as np\n'
RULE = "\n\n# {} " + "-" * 60 + "\n\n"
LENT = "# The course's own solution, of lesson {}.\n"
RULE_LINE = re.compile(r"^# (\w+) -{60}$", re.MULTILINE)


def keep(function, folder=".") -> None:
    """Put a function, with what it uses, into ``my_layers.py``, in the place of an earlier one of its name.

    A backward that was lent goes where its forward comes: it cannot read the new one's cache. Where others have a
    helper of a name that this one brings, they get this one's, and that is said.
    """
    path, name = Path(folder) / FILE, function.__name__
    blocks = kept(path)
    blocks[name] = _less(read_submission([function]).files[FUNCTIONS], blocks.keys() - {name})
    backward = _pairs().get(name, "")
    if blocks.get(backward, "").startswith(LENT.partition("{")[0]):
        del blocks[backward]
    _renew_helpers(blocks, name)
    _write(path, blocks)


def need(*names: str, folder=".") -> None:
    """See to it that ``my_layers.py`` has these functions: of one that it lacks the course's own stands in.

    Of a forward and a backward that are both needed, both are lent where one is lacking: neither can read the cache of
    another's.
    """
    path = Path(folder) / FILE
    blocks = kept(path)
    pairs = [set(pair) for pair in _pairs().items() if set(pair) <= set(names)]
    halves = set().union(*(pair for pair in pairs if len(pair & blocks.keys()) == 1))
    for name, (number, source) in lent(names, blocks.keys() - halves).items():
        lacked = f"stood in {FILE} without its other half" if name in blocks else f"was not in {FILE}"
        print(f"{name} {lacked}: the solution of lesson {number} was put there.")
        blocks[name] = LENT.format(number) + source
    _write(path, blocks)
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


def _less(source, others):
    """A function's source, without those of others that it calls: they have their own place in the file."""
    lines = source.splitlines()
    for node in reversed(ast.parse(source).body):
        if isinstance(node, ast.FunctionDef) and node.name in others:
            del lines[node.lineno - 1 : node.end_lineno]
    return "\n".join(lines)


def _renew_helpers(blocks, name):
    """Give the others the helpers that a function has brought, as one module has one of each name."""
    mine = _definitions(blocks[name])
    for other in [one for one in blocks if one != name]:
        for helper, source in _definitions(blocks[other]).items():
            if mine.get(helper, source) != source:
                blocks[other] = blocks[other].replace(source, mine[helper])
                told = f"{other} in {FILE} had another {helper}; it has this one now."
                print(told, "Check it again, or rename one of them.")


def _definitions(source):
    """Name and source of the functions, classes and constants at its top level."""
    found: dict[str, str] = {}
    for node in ast.parse(source).body:
        named = isinstance(node, ast.FunctionDef | ast.ClassDef)
        names = [node.name] if named else [one.id for one in getattr(node, "targets", ()) if isinstance(one, ast.Name)]
        found |= dict.fromkeys(names, ast.get_source_segment(source, node) or "")
    return found


def _pairs():
    """The backward of each forward that has one, by their names."""
    layers = [layer for spec in specs().values() for layer in spec.layers]
    return {layer.forward.name: layer.backward.name for layer in layers if layer.backward}


def _write(path, blocks):
    text = HEAD
    for name, source in blocks.items():
        lines = [line for line in source.splitlines() if line != "import numpy as np"]
        text += RULE.format(name) + "\n".join(lines).strip("\n") + "\n"
    with whole_file(path) as temporary:
        Path(temporary).write_text(text, encoding="utf-8")
