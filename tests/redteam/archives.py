"""Submissions that no Python file can hold: zips, folders, notebooks, odd bytes, and names that are not just names.

`DELIVERIES` lists them. Each has a ``build(folder)`` that puts it into an empty folder and gives its path, and says
what must come of it:

- ``verdict``: "right" or "wrong", as graded; "refused", where it must be turned away in one clear line that says why;
  "either", where both grading and refusing will do;
- ``forbidden``: names of files that must not have come about, next to the submission or anywhere;
- ``raw``: text of it that must not reach a page, a terminal, a table or a log as it stands.
"""

import json
import os
import stat
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

RIGHT = """import numpy as np


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache
"""
WRONG = RIGHT.replace("np.maximum(x, 0)", "x").replace("dout * cache", "dout")
TOUCH = "from pathlib import Path\nPath('escaped').touch()\n"
FAKE_NUMPY = TOUCH + "def __getattr__(name):\n    return lambda *_, **__: True\n"
SCRIPT = "<script>alert(1)</script>"
IMAGE = "<img src=x onerror=alert(1)>"
ANSI = "\x1b]0;owned\x07\x1b[2J\x1b[31mred"
COMMAND = "::error file=grade.py,line=1::owned"
SETTING = "##vso[task.setvariable variable=PATH]owned"
FORMULA = '=HYPERLINK("http://127.0.0.1","marks")'
CONTROL = "\x00\x01\x08\x0b\x1f\x7f\x85\ufffe\uffff"
SURROGATE = "\\udc80\\ud800"
TURNED = "\u202etxt.elif\u2066"
SECTION = "]]><testcase/><![CDATA["
FENCE = "```\n# Full marks\n[here](javascript:alert(1))"
FORMAT = "{0.__class__.__init__.__globals__} %s %n ${HOME} $(id)"


@dataclass(frozen=True)
class Delivery:
    """One of them; its name is its kind and a few words."""

    name: str
    verdict: str
    build: Callable[[Path], Path]
    forbidden: tuple[str, ...] = ("escaped",)
    raw: str = ""


def _file(content, name="relu.py"):
    def build(folder):
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return folder / name

    return build


def _zip(entries, change=lambda data: data):
    """Of (name or ZipInfo, content); `change` spoils its bytes."""

    def build(folder):
        path = folder / "relu.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in entries:
                archive.writestr(name, content)
        path.write_bytes(change(path.read_bytes()))
        return path

    return build


def _link(name, target):
    entry = zipfile.ZipInfo(name)
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry, target


def _twice(name, first, second):
    def build(folder):
        path = folder / "relu.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, first)
            archive.writestr("x" * len(name), second)
        path.write_bytes(path.read_bytes().replace(b"x" * len(name), name.encode()))
        return path

    return build


def _encrypted(data):
    """With the bit set that says so, in both of its headers."""
    data = bytearray(data)
    data[6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    return bytes(data)


def _claims_little(data):
    """With sizes that say 10 bytes where there are many."""
    data = bytearray(data)
    struct.pack_into("<I", data, 22, 10)
    struct.pack_into("<I", data, data.index(b"PK\1\2") + 24, 10)
    return bytes(data)


def _folder(files, more=lambda folder: None):
    def build(folder):
        inner = folder / "submission"
        for name, content in files.items():
            (inner / name).parent.mkdir(parents=True, exist_ok=True)
            (inner / name).write_text(content)
        more(inner)
        return inner

    return build


def _sparse(folder):
    with open(folder / "helpers.py", "wb") as file:
        file.truncate(1 << 33)


def _deep(folder):
    for _ in range(200):
        folder = folder / "d"
        folder.mkdir()
    (folder / "helpers.py").write_text("")


def _many(folder):
    for n in range(3000):
        (folder / f"helper{n}.py").touch()


def _notebook(cells, **more):
    return _file(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}), "relu.ipynb")


def _cell(source, kind="code", **metadata):
    code = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "metadata": metadata, "source": source, **code}


def _graded(grade_id, **changes):
    fields = {
        "schema_version": 3,
        "grade": True,
        "locked": True,
        "solution": False,
        "grade_id": grade_id,
        "points": 100,
    }
    return {"nbgrader": {**fields, **changes}}


def _raises(text):
    return RIGHT.replace("    return dout * cache", f"    raise ValueError({text!r})")


def _beside(name, content, source=WRONG):
    return _zip([("relu.py", source), (name, content)])


DELIVERIES = [
    # Zips
    Delivery("zip/right", "right", _zip([("relu.py", RIGHT)])),
    Delivery(
        "zip/in a folder, with a system's leavings",
        "right",
        _zip([("hw/relu.py", RIGHT), ("__MACOSX/hw/._relu.py", b"\0\5")]),
    ),
    Delivery(
        "zip/climbs out",
        "either",
        _zip([("relu.py", RIGHT), ("../../escaped", "x"), ("../escaped.py", "x")]),
        ("escaped", "escaped.py"),
    ),
    Delivery("zip/absolute path", "either", _zip([("relu.py", RIGHT), ("/tmp/escaped", "x"), ("C:\\escaped", "x")])),
    Delivery("zip/climbs out the Windows way", "either", _zip([("relu.py", RIGHT), ("..\\..\\escaped", "x")])),
    Delivery("zip/link to a file", "refused", _zip([_link("relu.py", "/etc/passwd")]), raw="root:"),
    Delivery(
        "zip/link to a folder, and a file in it",
        "either",
        _zip([_link("d", "/tmp"), ("d/escaped", "x"), ("relu.py", RIGHT)]),
    ),
    Delivery("zip/bomb", "either", _zip([("relu.py", RIGHT), ("helpers.py", b"#" * (1 << 28))])),
    Delivery("zip/bomb in the graded file", "refused", _zip([("relu.py", RIGHT.encode() + b"#" * (1 << 28))])),
    Delivery("zip/bomb that claims little", "refused", _zip([("relu.py", b"#" * (1 << 26))], _claims_little)),
    Delivery(
        "zip/thousands of files", "either", _zip([("relu.py", RIGHT), *((f"d/{n}.py", "") for n in range(20_000))])
    ),
    Delivery("zip/a zip in it", "either", _zip([("relu.py", RIGHT), ("more.zip", b"PK\3\4" + bytes(100))])),
    Delivery("zip/two files of one name", "either", _twice("relu.py", RIGHT, WRONG)),
    Delivery("zip/encrypted", "refused", _zip([("relu.py", RIGHT)], _encrypted)),
    Delivery("zip/cut short", "refused", _zip([("relu.py", RIGHT)], lambda data: data[:-30])),
    Delivery("zip/damaged", "refused", _zip([("relu.py", RIGHT)], lambda data: data[:60] + b"??" + data[62:])),
    Delivery("zip/not one", "refused", _file("this is text", "relu.zip")),
    Delivery("zip/empty", "refused", _zip([])),
    Delivery("zip/no Python in it", "refused", _zip([("report.pdf", b"%PDF-1.4")])),
    Delivery("zip/name that is a page", "right", _zip([(f"{IMAGE}/relu.py", RIGHT)]), raw=IMAGE),
    Delivery("zip/name that is a terminal's orders", "either", _zip([(f"{ANSI}.py", RIGHT)]), raw="\x1b"),
    Delivery("zip/name of a thousand letters", "either", _zip([("x" * 1000 + ".py", RIGHT)])),
    Delivery(
        "zip/name of no encoding",
        "either",
        _zip([("xx.py", RIGHT)], lambda data: data.replace(b"xx.py", b"\xff\xfe.py")),
    ),
    Delivery("zip/poisoned numpy.py", "wrong", _beside("numpy.py", FAKE_NUMPY)),
    Delivery("zip/poisoned numpy folder", "wrong", _beside("numpy/__init__.py", FAKE_NUMPY)),
    Delivery("zip/poisoned random.py", "right", _beside("random.py", TOUCH, "import random\n" + RIGHT)),
    Delivery("zip/sitecustomize.py", "wrong", _beside("sitecustomize.py", TOUCH)),
    Delivery("zip/usercustomize.py", "wrong", _beside("usercustomize.py", TOUCH)),
    Delivery("zip/conftest.py", "wrong", _beside("conftest.py", TOUCH)),
    Delivery("zip/a .pth file", "wrong", _beside("escape.pth", f"import os; exec({TOUCH!r})\n")),
    Delivery(
        "zip/pyproject.toml", "wrong", _beside("pyproject.toml", '[tool.pytest.ini_options]\naddopts = "-p escape"\n')
    ),
    Delivery("zip/main.py of ours", "wrong", _beside("main.py", "def main(request, arrays, reply):\n    pass\n")),
    Delivery("zip/frames.py of ours", "wrong", _beside("inside/frames.py", TOUCH)),
    Delivery("zip/minunet of its own", "wrong", _beside("minunet/__init__.py", TOUCH)),
    Delivery("zip/results.json", "wrong", _beside("results.json", '{"score": 100}')),
    Delivery("zip/compiled file", "wrong", _beside("__pycache__/relu.cpython-311.pyc", bytes(16))),
    Delivery("zip/imports a helper", "right", _zip([("relu.py", "from helpers import *\n"), ("helpers.py", RIGHT)])),
    # Folders
    Delivery("folder/right", "right", _folder({"relu.py": RIGHT})),
    Delivery(
        "folder/link to a file",
        "refused",
        _folder({"a.txt": ""}, lambda f: (f / "relu.py").symlink_to("/etc/passwd")),
        raw="root:",
    ),
    Delivery("folder/link to itself", "right", _folder({"relu.py": RIGHT}, lambda f: (f / "again").symlink_to(f))),
    Delivery("folder/link to everything", "right", _folder({"relu.py": RIGHT}, lambda f: (f / "all").symlink_to("/"))),
    Delivery(
        "folder/pipe that never ends", "right", _folder({"relu.py": RIGHT}, lambda f: os.mkfifo(f / "helpers.py"))
    ),
    Delivery(
        "folder/pipe in the place of the file", "refused", _folder({"a.txt": ""}, lambda f: os.mkfifo(f / "relu.py"))
    ),
    Delivery("folder/file of 8 GB", "either", _folder({"relu.py": RIGHT}, _sparse)),
    Delivery("folder/two hundred deep", "either", _folder({"relu.py": RIGHT}, _deep)),
    Delivery("folder/thousands of files", "either", _folder({"relu.py": RIGHT}, _many)),
    Delivery("folder/empty", "refused", _folder({}, lambda f: f.mkdir())),
    Delivery(
        "folder/hidden files",
        "right",
        _folder({"relu.py": RIGHT, ".git/hooks/x.py": TOUCH, ".ipynb_checkpoints/relu.py": WRONG}),
    ),
    # Notebooks
    Delivery("notebook/right", "right", _notebook([_cell("# ReLU", "markdown"), _cell(RIGHT)])),
    Delivery("notebook/lines in a list", "right", _notebook([_cell(RIGHT.splitlines(keepends=True))])),
    Delivery("notebook/shell line", "right", _notebook([_cell("!touch escaped\n%pip install x\n"), _cell(RIGHT)])),
    Delivery(
        "notebook/shell line in a cell of definitions",
        "right",
        _notebook([_cell("!touch escaped\nfiles = !ls\n" + RIGHT)]),
    ),
    Delivery("notebook/shell cell", "right", _notebook([_cell("%%bash\ntouch escaped\n"), _cell(RIGHT)])),
    Delivery(
        "notebook/magics",
        "right",
        _notebook([_cell("%matplotlib inline\n%load_ext autoreload\n?print\nprint?\n"), _cell(RIGHT)]),
    ),
    Delivery(
        "notebook/runs a magic in Python",
        "right",
        _notebook([_cell("get_ipython().system('touch escaped')"), _cell(RIGHT)]),
    ),
    Delivery("notebook/cell that fails", "right", _notebook([_cell("1 / 0"), _cell(RIGHT)])),
    Delivery("notebook/cell that never ends", "right", _notebook([_cell("while True:\n    pass"), _cell(RIGHT)])),
    Delivery(
        "notebook/grade cell of its own", "wrong", _notebook([_cell(WRONG), _cell("assert True", **_graded("all"))])
    ),
    Delivery(
        "notebook/one id twice",
        "wrong",
        _notebook([_cell(WRONG, **_graded("relu")), _cell("", **_graded("relu", points=1000))]),
    ),
    Delivery(
        "notebook/points without end",
        "wrong",
        _notebook([_cell(WRONG, **_graded("relu", points=1e308)), _cell("", **_graded("x", points=-5))]),
    ),
    Delivery(
        "notebook/metadata of no type", "wrong", _notebook([_cell(WRONG, nbgrader=[1, {"grade": "yes"}], tags="all")])
    ),
    Delivery("notebook/id that is a path", "wrong", _notebook([_cell(WRONG, **_graded("../../escaped"))])),
    Delivery("notebook/id that is a page", "wrong", _notebook([_cell(WRONG, **_graded(SCRIPT))]), raw=SCRIPT),
    Delivery(
        "notebook/outputs that say passed",
        "wrong",
        _notebook([{**_cell(WRONG), "outputs": [{"output_type": "stream", "text": "100 of 100"}]}]),
    ),
    Delivery(
        "notebook/outputs that are a page",
        "right",
        _notebook([{**_cell(RIGHT), "outputs": [{"data": {"text/html": SCRIPT}}]}]),
        raw=SCRIPT,
    ),
    Delivery("notebook/no cells", "either", _notebook([])),
    Delivery("notebook/cells of no type", "refused", _notebook([1, None, [], {"cell_type": "code"}, {"source": {}}])),
    Delivery("notebook/cells are a number", "refused", _notebook(5)),
    Delivery("notebook/not JSON", "refused", _file("{", "relu.ipynb")),
    Delivery("notebook/JSON of ten thousand levels", "refused", _file("[" * 10_000 + "]" * 10_000, "relu.ipynb")),
    Delivery("notebook/a list", "refused", _file("[]", "relu.ipynb")),
    Delivery(
        "notebook/of another version", "either", _file(json.dumps({"worksheets": [], "nbformat": 3}), "relu.ipynb")
    ),
    Delivery(
        "notebook/half of a letter",
        "either",
        _file('{"cells": [{"cell_type": "code", "metadata": {}, "source": "x = \'\\ud800\'"}]}', "relu.ipynb"),
    ),
    # Bytes
    Delivery("bytes/BOM", "right", _file(b"\xef\xbb\xbf" + RIGHT.encode())),
    Delivery("bytes/CRLF", "right", _file(RIGHT.replace("\n", "\r\n"))),
    Delivery("bytes/CR", "right", _file(RIGHT.replace("\n", "\r"))),
    Delivery("bytes/tabs", "right", _file(RIGHT.replace("    ", "\t"))),
    Delivery(
        "bytes/tabs and spaces", "wrong", _file(RIGHT.replace("    return dout", "    dout = dout\n\treturn dout"))
    ),
    Delivery("bytes/form feeds", "right", _file(RIGHT.replace("\n\n\n", "\n\f\n"))),
    Delivery("bytes/no end of line", "right", _file(RIGHT.rstrip("\n"))),
    Delivery("bytes/UTF-16", "either", _file(RIGHT.encode("utf-16"))),
    Delivery("bytes/Latin-1 and says so", "right", _file(("# coding: latin-1\n# é\n" + RIGHT).encode("latin-1"))),
    Delivery("bytes/Latin-1 and does not say so", "either", _file(("# é\n" + RIGHT).encode("latin-1"))),
    Delivery("bytes/UTF-7 in disguise", "either", _file("# coding: utf-7\n#+AAo-open('escaped', 'w')\n" + RIGHT)),
    Delivery("bytes/no such encoding", "either", _file("# coding: full-marks\n" + RIGHT)),
    Delivery("bytes/zeros", "wrong", _file(RIGHT.replace("cache", "ca\0che"))),
    Delivery("bytes/nothing", "either", _file("")),
    Delivery("bytes/comments alone", "either", _file("# to do\n")),
    Delivery("bytes/syntax error", "wrong", _file(RIGHT.replace("return dout * cache", "return dout *"))),
    Delivery("bytes/syntax of Python 2", "wrong", _file(RIGHT + "print 'done'\n")),
    Delivery("bytes/megabytes of comments", "either", _file(RIGHT + "#" * (5 << 20))),
    Delivery("bytes/ten thousand brackets", "wrong", _file(RIGHT + "x = " + "(" * 10_000 + ")" * 10_000 + "\n")),
    Delivery("bytes/a hundred thousand minuses", "either", _file(RIGHT + "x = " + "-" * 100_000 + "1\n")),
    Delivery("bytes/a sum of a hundred thousand", "either", _file(RIGHT + "x = " + "+".join("1" * 100_000) + "\n")),
    Delivery(
        "bytes/blocks a hundred deep",
        "wrong",
        _file(RIGHT + "".join(" " * n + "if x:\n" for n in range(200)) + " " * 200 + "x\n"),
    ),
    Delivery("bytes/a number of ten thousand digits", "either", _file(RIGHT + "x = " + "9" * 10_000 + "\n")),
    Delivery("bytes/warns when it is compiled", "right", _file(RIGHT + "x = 1 is 1\ny = '\\d'\n")),
    Delivery("bytes/names that look alike", "right", _file(RIGHT.replace("cache", "саche"))),
    Delivery("bytes/turned about", "right", _file(f"# {TURNED}\n" + RIGHT), raw="\u202e"),
    # What is raised, printed and named
    *(
        Delivery(f"injection/raises {kind}", "wrong", _file(_raises(text)), raw=raw)
        for kind, text, raw in [
            ("a page", SCRIPT + IMAGE, IMAGE),
            ("a terminal's orders", ANSI, "\x1b"),
            ("a log's orders", "\n" + COMMAND + "\n" + SETTING, "\n" + COMMAND),
            ("a formula", FORMULA, "\n" + FORMULA),
            ("what XML forbids", CONTROL, "\x01"),
            ("what ends a section of XML", SECTION, SECTION),
            ("Markdown", FENCE, "[here](javascript"),
            ("text turned about", TURNED, "\u202e"),
            ("a format", FORMAT, ""),
        ]
    ),
    Delivery(
        "injection/raises a megabyte",
        "wrong",
        _file(_raises("x").replace("'x'", "'x' * (1 << 20)")),
        raw="x" * 100_000,
    ),
    Delivery("injection/raises half of a letter", "wrong", _file(_raises("x").replace("'x'", f"'{SURROGATE}'"))),
    Delivery("injection/prints a page", "right", _file(RIGHT + f"print({SCRIPT!r})\n"), raw=SCRIPT),
    Delivery("injection/prints a log's orders", "right", _file(RIGHT + f"print({COMMAND!r})\n"), raw="\n" + COMMAND),
    Delivery(
        "injection/exception of a name that is a page",
        "wrong",
        _file(_raises("x").replace("ValueError", f"type({SCRIPT!r}, (Exception,), {{}})")),
        raw=SCRIPT,
    ),
    Delivery("injection/file named as a page", "right", _file(RIGHT, "<b onclick=alert(1)>.py"), raw="<b onclick"),
    Delivery("injection/file named as a formula", "right", _file(RIGHT, '=cmd|" C" calc!A0.py'), raw="\n=cmd"),
    Delivery("injection/file named as a log's orders", "right", _file(RIGHT, "\n::error::owned.py"), raw="\n::error"),
    Delivery("injection/file named as a terminal's orders", "right", _file(RIGHT, "\x1b[2Jrelu.py"), raw="\x1b"),
    Delivery("injection/file named as an option", "right", _file(RIGHT, "--help.py")),
    Delivery("injection/file of no encoding", "right", _file(RIGHT, os.fsdecode(b"\xff\xfe.py"))),
]
