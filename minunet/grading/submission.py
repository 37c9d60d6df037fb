"""A submission as text: read from wherever it lies, and never run here.

A file, a notebook, a folder or a zip gives a dict of Python sources, by their paths. Nothing is unpacked to the disk,
no link is followed, and what is no Python is left where it is.
"""

import ast
import hashlib
import inspect
import io
import json
import re
import stat
import symtable
import sys
import textwrap
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import FunctionType, ModuleType

from .notebook import CELL, read_notebook

LARGEST = 2**20  # bytes of one source
MOST = 200  # files, and
TOTAL = 8 * 2**20  # bytes of a submission
SUFFIXES = (".py", ".ipynb")
FUNCTIONS = "<functions>.py"  # stands for the file of functions that were given as such; no file has that name
IMPORTED = {"numpy", "scipy", *sys.stdlib_module_names}  # what a submission finds when it is graded


@dataclass(frozen=True)
class Submission:
    """What is to be graded.

    Attributes
    ----------
    name : str
    files : dict of str to str
        Path, with ``/``, and source; a notebook's code cells are one source.
    definitions : bool
        Whether to run definitions alone: of a notebook, whose other cells train and plot.
    notes : tuple of str
        What was left out, and why.
    """

    name: str
    files: Mapping[str, str]
    definitions: bool = False
    notes: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the sources."""
        return hashlib.sha256(json.dumps(sorted(self.files.items())).encode("utf-8", "surrogatepass")).hexdigest()

    def place(self, wanted: list[tuple[str, tuple[str, ...]]]) -> dict[str, str]:
        """Which file to look in for each function.

        Parameters
        ----------
        wanted : list of (function, classes)
            Its name, and the names of classes that may stand for it, in lower case.
        """
        defined = {path: _top_level_names(source) for path, source in self.files.items()}

        def count(path):
            return sum(_defines(defined[path], function, classes) for function, classes in wanted)

        order = sorted(self.files, key=lambda path: (-count(path), path.count("/"), path))

        def first(function, classes):
            by_name = (path for path in order if function in defined[path])
            by_class = (path for path in order if _defines(defined[path], function, classes))
            return next(by_name, None) or next(by_class, order[0])

        return {function: first(function, classes) for function, classes in wanted}

    def defines_class(self, name: str) -> str | None:
        """The file that defines a class of this name, if one does."""
        return next(
            (path for path in sorted(self.files) if ("class", _plain(name)) in _top_level_names(self.files[path])), None
        )

    def constructor_takes(self, argument: str, classes: tuple[str, ...]) -> bool:
        """Whether a class that goes by one of these names is made with an argument of this name."""
        return any(
            argument in (arg.arg for arg in (*method.args.args, *method.args.kwonlyargs))
            for source in self.files.values()
            for node in ast.walk(_parsed(source))
            if isinstance(node, ast.ClassDef) and _plain(node.name) in classes
            for method in node.body
            if isinstance(method, ast.FunctionDef) and method.name == "__init__"
        )

    def where(self, path: str, line: int | None) -> str:
        """A line of a file in words: "line 3 of layers.py", "line 3 of cell 2 of notebook.ipynb"."""
        if not line:
            return path
        if path.endswith(".ipynb"):
            above = self.files.get(path, "").splitlines()[:line]
            starts = [k for k, text in enumerate(above, 1) if re.fullmatch(CELL.format(r"\d+"), text)]
            if starts:
                return f"line {line - starts[-1]} of {above[starts[-1] - 1].removeprefix('# ')} of {path}"
        if path == FUNCTIONS:
            begins = [node for node in _parsed(self.files.get(path, "")).body if node.lineno <= line]
            if begins and isinstance(begins[-1], ast.FunctionDef | ast.ClassDef):
                return f"line {line - begins[-1].lineno + 1} of {begins[-1].name}"
        return f"line {line} of {path}"


def read_submission(what) -> Submission:
    """A `Submission` of a path, a module, a function or functions.

    Parameters
    ----------
    what : path, str, module, function, or list of functions
        A path of a .py file, a notebook, a folder or a zip. A module or functions are graded from their source.

    Raises
    ------
    ValueError
        Where there is no Python in it, or what it is made of cannot be read.
    FileNotFoundError
        Where there is nothing.
    """
    if isinstance(what, ModuleType):
        return Submission(
            what.__name__.rpartition(".")[2], {f"{what.__name__.rpartition('.')[2]}.py": inspect.getsource(what)}
        )
    if callable(what) or isinstance(what, list | tuple):
        return _of_functions(list(what) if isinstance(what, list | tuple) else [what])
    path = Path(what)
    if not path.exists():
        raise FileNotFoundError(2, "no such file; expected a .py file, a notebook, a folder or a zip", str(path))
    members = list(_members(path))
    if not members:
        raise ValueError(f"{path} has no Python in it; expected a .py file, a notebook, or a folder or zip of these")
    return _of_members(path.name, members)


def _of_members(name, members):
    files: dict[str, str] = {}
    written: dict[str, str] = {}  # by cells of its notebooks
    notes: list[str] = []
    notebook = False
    for path, content in members:
        if content is None:
            notes.append(
                f"{path} was left out: more than {LARGEST} bytes, or more than {MOST} files, {TOTAL} bytes in all"
            )
        elif path.endswith(".ipynb"):
            try:
                files[path], beside, left_out = read_notebook(content)
            except ValueError as error:
                notes.append(f"{path} was left out: {error}")
                continue
            notebook = True
            written |= {str(PurePosixPath(path).with_name(other)): source for other, source in beside.items()}
            notes += [f"{path}, {note}" for note in left_out]
        else:
            files[path] = decode(content)
    if not files:
        raise ValueError(f"{name} has no Python that can be read: {'; '.join(notes)}")
    return Submission(name, written | files, notebook, tuple(notes))


def _members(path):
    """(Path within the submission, bytes or None where it is too large), the first `MOST` and `TOTAL` of them."""
    if path.is_dir():
        found = _of_folder(path)
    elif path.suffix == ".zip" or zipfile.is_zipfile(path):
        found = _of_zip(path)
    elif path.suffix in SUFFIXES:
        found = [(path.name, path.stat().st_size, path.read_bytes)]
    else:
        found = []
    taken = 0
    for number, (name, size, read) in enumerate(found):
        fits = size <= LARGEST and taken + size <= TOTAL and number < MOST
        try:
            content = read() if fits else None
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as error:
            raise ValueError(f"{path} is a damaged or encrypted zip ({name}: {error}); pack it again") from None
        if content is not None and len(content) > LARGEST:  # a zip may lie about its sizes
            content = None
        taken += len(content or b"")
        yield name, content


def _of_folder(folder):
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        linked = any((folder / part).is_symlink() for part in (inside, *inside.parents))
        if _wanted(inside.parts) and not linked and path.is_file():
            yield inside.as_posix(), path.stat().st_size, path.read_bytes


def _of_zip(path):
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                parts = PurePosixPath(member.filename.replace("\\", "/")).parts
                inside = [part for part in parts if part not in ("..", "/", ".")]
                regular = not stat.S_ISLNK(member.external_attr >> 16)
                if inside and regular and not member.is_dir() and _wanted(inside):

                    def read(member=member):
                        with archive.open(member) as stream:
                            return stream.read(LARGEST + 1)

                    yield "/".join(inside), member.file_size, read
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        raise ValueError(f"{path} is a damaged zip ({error}); pack it again") from None


def _wanted(parts):
    """Python, and not of a hidden folder, of an environment or of macOS's own."""
    skipped = ("__pycache__", "__MACOSX", "site-packages", "node_modules")
    return parts[-1].endswith(SUFFIXES) and not any(part.startswith(".") or part in skipped for part in parts)


def decode(content: bytes) -> str:
    """Source as text: UTF-8, with or without a mark at its start, or what its first lines declare."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        return content.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        return content.decode("latin-1")


def _of_functions(functions):
    """Sources of functions, with the imports, helpers and constants of their modules that they use."""
    parts, seen = [], set()

    def add(function):
        if function in seen:
            return
        seen.add(function)
        try:
            source = textwrap.dedent(inspect.getsource(function))
        except (OSError, TypeError):
            raise ValueError(
                f"{getattr(function, '__name__', function)!r} has no source to be read; give the path of its file"
            ) from None
        for name in sorted(_global_names(source)):
            value = getattr(function, "__globals__", {}).get(name)
            if isinstance(value, ModuleType):
                parts.append(f"import {value.__name__} as {name}")
            elif isinstance(value, FunctionType) or inspect.isclass(value):
                if (value.__module__ or "").partition(".")[0] in IMPORTED:
                    parts.append(f"from {value.__module__} import {value.__name__} as {name}")
                else:
                    add(value)
            elif isinstance(value, bool | int | float | str | tuple) and _is_literal(repr(value)):
                parts.append(f"{name} = {value!r}")
        parts.append(source)

    for function in functions:
        add(function)
    return Submission(getattr(functions[0], "__name__", "functions"), {FUNCTIONS: "\n".join(parts)})


def _global_names(source):
    """Names that a function takes from its module: those that it, and what stands in it, does not bind itself."""
    table = symtable.symtable(source, "function", "exec")
    found, todo = set(), [table]
    while todo:
        scope = todo.pop()
        found |= {symbol.get_name() for symbol in scope.get_symbols() if symbol.is_global() and symbol.is_referenced()}
        todo += scope.get_children()
    return found | {s.get_name() for s in table.get_symbols() if s.is_referenced() and not s.is_assigned()}


def _is_literal(text):
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError):  # as of an infinity, or a tuple of arrays
        return False
    return True


def _top_level_names(source):
    """Functions and classes that a source defines, classes as `_plain` names."""
    names: set = set()
    for node in ast.walk(_parsed(source)):
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ClassDef):
            names.add(("class", _plain(node.name)))
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def _parsed(source):
    """Its tree; an empty one where it does not parse."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _plain(name):
    return name.lower().replace("_", "").removesuffix("layer")


def _defines(names, function, classes):
    return function in names or any(("class", name) in names for name in classes)
