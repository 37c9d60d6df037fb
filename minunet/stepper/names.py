"""Names of events and values, as a person types them; and what is meant by one that does not exist.

An event may be called by its whole name. Of a value ``.out`` may be left out; ``down0.conv0.dout`` is the gradient that
came to that layer, whoever made it; and ``down0.conv0.backward`` is what that event made first.
"""

import operator
from collections.abc import Mapping
from difflib import get_close_matches

import numpy as np

from .events import Event


def find_event(events: list[Event], name: str) -> Event:
    """The event of this name, or that made the value of this name; `ValueError` with the names that look like it."""
    for event in events:
        if event.name == name:
            return event
    for event in events:
        if name in event.outputs.values():  # a value: where it was made
            return event
    raise ValueError(f"there is no event {name!r}; {_near(name, [event.name for event in events])}")


def find_value(events: list[Event], values: Mapping[str, np.ndarray], what: str) -> str:
    """The full name of a value; `ValueError` with the names that look like it."""
    for name in (what, f"{what}.out"):
        if name in values:
            return name
    for event in events:
        if event.name == what and event.outputs:
            return next(iter(event.outputs.values()))
        if what == f"{event.name.removesuffix('.backward')}.dout" and "dout" in event.inputs:
            return event.inputs["dout"]
    raise ValueError(f"there is no value {what!r}; {_near(what, [*values, *(event.name for event in events)])}")


def checked_index(name: str, shape: tuple[int, ...], index) -> tuple[int, ...]:
    """An index as a tuple of whole numbers inside `shape`; `ValueError` with what would be legal."""
    try:
        index = tuple(operator.index(i) for i in (index if np.iterable(index) else (index,)))
    except TypeError:
        raise ValueError(f"index is {index!r}, expected whole numbers, one for each dimension of {shape}") from None
    legal = ", ".join(f"0..{side - 1}" for side in shape)
    if len(index) != len(shape):
        raise ValueError(f"{name} has {len(shape)} dimensions, found {len(index)} numbers; legal: ({legal})")
    if any(not 0 <= i < side for i, side in zip(index, shape, strict=True)):
        raise ValueError(f"index {index} lies outside {name}; legal: ({legal})")
    return index


def _near(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=3, cutoff=0.5)
    return f"did you mean {' or '.join(close)}?" if close else f"names are like {', '.join(known[:2])}, {known[-1]}"
