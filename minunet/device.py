"""The only file that knows CuPy: which module an array belongs to, and the two crossings between memories.

Nothing here imports CuPy until a GPU is asked for. An array can only be CuPy's when somebody has imported
CuPy already, so `array_module` need do no more than look into `sys.modules`.
"""

import os
import sys
from collections.abc import Callable
from functools import cache, wraps
from types import ModuleType
from typing import Any

import numpy as np

Array = Any  # a numpy.ndarray or a cupy.ndarray: the layers are written once for both


def array_module(x: Array) -> ModuleType:
    """``cupy`` for a CuPy array, ``numpy`` for everything else: ``xp = array_module(x)``."""
    cupy = sys.modules.get("cupy")
    return cupy if cupy is not None and isinstance(x, cupy.ndarray) else np


def device_of(x: Array) -> str:
    """``"cuda"`` for a CuPy array, ``"cpu"`` for everything else."""
    return "cpu" if array_module(x) is np else "cuda"


def to_host(x: Array) -> np.ndarray:
    """The same values as a NumPy array; a NumPy array is returned as it is."""
    xp = array_module(x)
    return x if xp is np else xp.asnumpy(x)


def to_device(x: Array, device: str) -> Array:
    """The same values in the memory of `device`, ``"cpu"`` or ``"cuda"``; no copy where they are there already."""
    if device == "cpu":
        return to_host(x)
    if device == "cuda":
        return _cupy().asarray(x)
    raise ValueError(f'device is {device!r}, expected "cpu" or "cuda"')


def tf32() -> bool:
    """Whether CuPy was told to round float32 to TF32 in matrix products; CUPY_TF32 is a variable of its own."""
    return os.environ.get("CUPY_TF32", "0") not in ("", "0")


def fused(function: Callable) -> Callable:
    """Make a function of arrays and numbers one kernel on the GPU, where each of its operations would be one.

    It may use operators alone, in place or not: those that arrays of either kind have.
    """

    @wraps(function)
    def call(*args):
        xp = array_module(args[0])
        return function(*args) if xp is np else _kernel(xp, function)(*args)

    return call


@cache
def _kernel(xp, function):
    return xp.fuse(function)


def resolve_device(name: str) -> str:
    """Turn ``"auto"``, ``"cpu"`` or ``"cuda"`` into the device that will be used.

    ``"auto"`` takes the GPU where CuPy is installed and finds one.

    Raises
    ------
    ValueError
        For ``"cuda"`` where there is no CuPy or no GPU, saying which; for any other name.
    """
    if name == "auto":
        try:
            _cupy()
        except ValueError:
            return "cpu"
        return "cuda"
    if name == "cuda":
        _cupy()
    elif name != "cpu":
        raise ValueError(f'device is {name!r}, expected "auto", "cpu" or "cuda"')
    return name


def _cupy() -> ModuleType:
    try:
        import cupy
    except ImportError as error:
        raise ValueError(
            'device "cuda" needs CuPy, which is not installed: pip install "minunet[cuda12]" or "minunet[cuda13]"'
        ) from error
    if not cupy.is_available():  # CuPy imports without a driver, so the import proves nothing
        raise ValueError('device "cuda": CuPy is installed but finds no GPU; use device "cpu"')
    return cupy
