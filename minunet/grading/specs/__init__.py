"""The assignments that come with minunet, a file each, and where one is found by its name or a teacher's file."""

from importlib import import_module
from pathlib import Path

from ..loading import load_module
from ..spec import Spec

SHIPPED = ("unet", "cs231n")


def find_spec(name):
    """An assignment: by its name, or by the path of a Python file that has it as ``SPEC``.

    Raises
    ------
    ValueError
        Where there is no such name or file, or the file has no ``SPEC``.
    """
    if isinstance(name, Spec):
        return name
    if name in SHIPPED:
        return import_module(f".{name}", __name__).SPEC
    path = Path(name)
    if path.suffix != ".py" or not path.is_file():
        raise ValueError(f"spec {str(name)!r} is not known; expected {', '.join(SHIPPED)}, or a teacher's .py file")
    try:
        module = load_module(path)
    except Exception as error:
        raise ValueError(f"{path} cannot be used as a spec: {type(error).__name__}: {error}") from error
    if not isinstance(getattr(module, "SPEC", None), Spec):
        raise ValueError(f"{path} has no SPEC; expected SPEC = Spec(...), as in minunet/grading/specs/unet.py")
    return module.SPEC
