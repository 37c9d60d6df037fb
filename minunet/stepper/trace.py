"""Follows a number back through the layers: to the pixels that it saw, or to the loss that its gradient came from."""

from dataclasses import dataclass

import numpy as np

from .events import Event
from .explain import Explanation
from .reach import Box, sources


@dataclass(frozen=True)
class Stop:
    """One value on the way back.

    Attributes
    ----------
    event : str
        The event that took it.
    value : str
    box : Box
        The part of it that had a say: in the image, the receptive field.
    """

    event: str
    value: str
    box: Box


@dataclass(frozen=True)
class Trace:
    """The way back from one number.

    Attributes
    ----------
    what : str
    index : tuple of int
    stops : list of Stop
        From the nearest to the furthest; after a skip connection there are two ways.
    path : list of (str, tuple of int, float)
        The way of the largest term at each sum: value, index and number.
    """

    what: str
    index: tuple[int, ...]
    stops: list[Stop]
    path: list[tuple[str, tuple[int, ...], float]]

    def __str__(self) -> str:
        from .text import trace_as_text

        return trace_as_text(self)


def trace(stepper, explanation: Explanation, steps: int | None) -> Trace:
    """Follow one number back over `steps` events that had a say in it; None: as far as it goes."""
    shapes, made_by = stepper.values.shapes, stepper.made_by
    start = explanation.what
    box = Box(*((i, i) for i in explanation.index[-2:])) if len(explanation.index) > 2 else None
    if made_by[start][1].endswith(("dweight", "new")):  # its last two dimensions are the kernel's, not an image's
        box = None
    boxes: dict[str, Box | None] = {start: box}
    own = {factor.name for group in explanation.groups for factor in group.factors}
    stops: dict[str, Stop] = {}
    taken = 0
    for event in reversed(stepper.events):
        for role, name in event.outputs.items():
            if name not in boxes or (steps is not None and taken == steps):
                continue
            parts = sources(event, role, boxes[name], shapes)
            if name == start:  # one channel of a crop-and-concat comes from one side
                parts = {source: part for source, part in parts.items() if source in own} or parts
            for source, part in parts.items():
                boxes[source] = part.joined(boxes.get(source))
                stops.pop(source, None)  # what two ways lead to stands where the second one does
                stops[source] = Stop(event.name, source, boxes[source])  # type: ignore[arg-type]
            taken += bool(parts)
    return Trace(start, explanation.index, list(stops.values()), _largest_terms(stepper, explanation, taken, made_by))


def _largest_terms(stepper, explanation: Explanation, steps: int, made_by: dict[str, tuple[Event, str]]):
    path: list[tuple[str, tuple[int, ...], float]] = []
    while len(path) < steps:
        found = _largest_factor(explanation, made_by)
        if found is None:
            break
        name, index = found
        path.append((name, index, float(stepper.values[name][index])))
        if name == "input.out" or name == "loss.dlogits":
            break
        explanation = stepper.explain(name, index)
    return path


def _largest_factor(explanation: Explanation, made_by):
    """Of the largest term the factor that an event made, and where it lies."""
    best, found = 0.0, None
    for group in explanation.groups:
        products = np.abs(group.products)
        for factor in group.factors:
            if factor.indices is not None and factor.name in made_by and len(products):
                k = int(np.nanargmax(products)) if np.isfinite(products).any() else 0
                if products[k] > best:
                    best, found = products[k], (factor.name, tuple(int(i) for i in factor.indices[k]))
                    break
    return found
