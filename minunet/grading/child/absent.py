"""What stands for an import that is not there when work is graded: the file runs, and what calls it fails."""

import ast


def stand_in(statement, error, namespace):
    """Bind the name that an import failed to give to what says so when it is called.

    Parameters
    ----------
    statement : ast.Import or ast.ImportFrom
        Of one name.
    error : ImportError
        Which it raised.
    namespace : dict

    Returns
    -------
    str
        "matplotlib is not there when work is graded"; empty where it is there, but not what was wanted of it. An
        `ImportError` that a call raises later has it for its name.
    """
    alias = statement.names[0]
    beside = isinstance(statement, ast.ImportFrom) and statement.level > 0
    module = getattr(statement, "module", None)
    package = error.name if isinstance(error, ModuleNotFoundError) else ""
    told = f"{package} is not there when work is graded" if package else ""
    if beside:
        told = f"{module or alias.name} was not handed in"
    name = alias.asname or (alias.name if module or beside else alias.name.split(".")[0])
    if name != "*":
        what = ".".join(part for part in (module, alias.name) if part)
        namespace[name] = NEEDLESS.get(alias.name) or _Absent(what, told)
    return told


def _as_it_is(function=None, *_types, **_options):
    """In the place of a compiler's decorator, with or without arguments: the function runs as it was written."""
    return function if callable(function) else _as_it_is


NEEDLESS = {  # of packages that are not there, what works without them
    "xrange": range,  # of past.builtins and six.moves, where old files get it from
    "njit": _as_it_is,  # of numba
    "jit": _as_it_is,
    "prange": range,
}


class _Absent:
    """Any attribute or item of it is as absent; a call raises."""

    def __init__(self, what, told):
        vars(self).update(_what=what, _told=told)

    def __getattr__(self, name):
        return NEEDLESS.get(name) or _Absent(f"{self._what}.{name}", self._told)

    def __getitem__(self, key):
        return self

    def __setattr__(self, name, value):
        pass

    def __setitem__(self, key, value):
        pass

    def __call__(self, *args, **kwargs):
        raise ImportError(f"no {self._what}: {self._told}", name=self._told)
