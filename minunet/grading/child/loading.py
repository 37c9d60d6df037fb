"""A submission's sources as modules, from memory: nothing of it lies on the disk, nothing can stand before NumPy."""

import __future__

import ast
import sys
from copy import copy
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from .absent import stand_in

ABSENT = "absent"  # in the place of an exception's name: a package is not there when work is graded


def load(files, wanted, definitions):
    """The names that files define, and notes on what could not be run.

    Parameters
    ----------
    files : dict of str to str
        Paths and sources.
    wanted : list of str
        Paths of those to run; they may import the others.
    definitions : bool
        Run imports, functions, classes and constants alone.

    Returns
    -------
    modules : dict of str to dict
        Path to namespace.
    notes : list of {"file", "line", "error", "message"}
    """
    names = {_module_name(path): path for path in files}
    importer = _Importer(names, files, definitions)
    sys.meta_path.append(importer)  # last: the standard library and NumPy come first
    modules = {path: vars(importer.module(name)) for name, path in names.items() if path in wanted}
    return modules, importer.notes


def _module_name(path):
    """As it is imported; a notebook's, which nobody imports, is like no package's."""
    name = path.replace(".ipynb", "_ipynb").removesuffix(".py").replace("/", ".")
    return name.removesuffix(".__init__")


class _Importer(MetaPathFinder, Loader):
    """Finds ``import helpers``, ``import folder.helpers``, ``from .helpers import ...`` among these files."""

    def __init__(self, names, files, definitions):
        self.names, self.files, self.definitions = names, files, definitions
        self.notes = []
        self.absent = set()  # what was told of
        root = ModuleType("submission")
        root.__path__ = []
        sys.modules["submission"] = root

    def module(self, name):
        return import_module(f"submission.{name}")

    def find_spec(self, fullname, path=None, target=None):
        name = fullname.removeprefix("submission.")
        is_folder = any(other.startswith(name + ".") for other in self.names)
        if name in self.names or is_folder:
            return ModuleSpec(fullname, self, is_package=is_folder or self._path(name).endswith("__init__.py"))
        return None

    def _path(self, name):
        return self.names.get(name, "")

    def exec_module(self, module):
        name = module.__name__.removeprefix("submission.")
        twin = sys.modules.get(name) if module.__name__ != name else sys.modules.get(f"submission.{name}")
        if twin is not None and twin is not module and getattr(twin, "__loader__", None) is self:
            vars(module).update(vars(twin))  # by either name it is one module
        elif self._path(name):
            self._run(self._path(name), vars(module))

    def _run(self, path, namespace):
        """Statement by statement: one that fails takes no other with it."""
        try:
            tree = ast.parse(self.files[path], f"<submission>/{path}")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self._note(path, getattr(error, "lineno", None), error)
            return
        for statement in _single(tree.body):
            if self.definitions and not _defines(statement):
                continue
            code = compile(
                ast.Module([statement], []),
                f"<submission>/{path}",
                "exec",
                flags=__future__.annotations.compiler_flag,
                dont_inherit=True,
            )
            try:
                exec(code, namespace)
            except BaseException as error:  # SystemExit too
                self._failed(path, statement, error, namespace)

    def _failed(self, path, statement, error, namespace):
        if isinstance(error, ImportError) and isinstance(statement, ast.Import | ast.ImportFrom):
            told = stand_in(statement, error, namespace)
            if told and told not in self.absent:
                self.notes.append({"file": path, "line": statement.lineno, "error": ABSENT, "message": told})
                self.absent.add(told)
            if told:
                return
        elif isinstance(error, ImportError) and error.name in self.absent:
            return  # as was said when it was imported
        self._note(path, statement.lineno, error)

    def _note(self, path, line, error):
        message = error.msg if isinstance(error, SyntaxError) else str(error)
        self.notes.append({"file": path, "line": line, "error": type(error).__name__, "message": message[:300]})


def _single(statements):
    """The statements, an import of several names as several: one that fails takes no other with it."""
    for statement in statements:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            for alias in statement.names:
                one = copy(statement)
                one.names = [alias]
                yield one
        else:
            yield statement


def _defines(statement):
    """Whether it only defines: no loop, no call but of NumPy and the like."""
    if isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef):
        return True
    if isinstance(statement, ast.Try):
        return all(map(_defines, statement.body))
    if not isinstance(statement, ast.Assign | ast.AnnAssign):
        return False
    calls = (node.func for node in ast.walk(statement) if isinstance(node, ast.Call))
    return all(
        _root(call) in ("np", "numpy", "int", "float", "range", "dict", "tuple", "list", "set") for call in calls
    )


def _root(node):
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
