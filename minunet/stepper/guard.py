"""A layer set that is watched: a function that changes what it is given would spoil numbers that others made."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..unet import OPERATIONS


def guarded(layers) -> SimpleNamespace:
    """The same functions, handed read-only arrays; one that writes to them raises a `ValueError` with its name."""
    names = [f"{op}_{way}" for op in OPERATIONS for way in ("forward", "backward")]
    return SimpleNamespace(**{name: _guarded(name, getattr(layers, name)) for name in names})


def _guarded(name: str, function: Callable) -> Callable:
    def watched(*args):
        try:
            return function(*map(_read_only, args))
        except ValueError as error:
            if "read-only" in str(error):
                raise ValueError(f"{name} changes an array that it was given; it must work on a copy") from error
            raise

    return watched


def _read_only(argument: Any) -> Any:
    if not isinstance(argument, np.ndarray):  # a cache, a rate, a generator; an array on a GPU has no such flag
        return argument
    view = argument.view()
    view.flags.writeable = False
    return view
