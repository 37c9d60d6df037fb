"""What a session shows: an event and what it made, a value as pictures or numbers, the U with a mark where we stand."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .events import Event
from .names import checked_index
from .pictures import picture, side_by_side
from .stepper import Stepper

PICTURE_ROWS, PICTURE_COLUMNS = 12, 24
NUMBERS = 8  # rows and columns of numbers that are shown


@dataclass(frozen=True)
class Display:
    """Everything as lines of text.

    Attributes
    ----------
    stepper : Stepper
    plain : bool
        Without colours.
    width : int
        Of the terminal, in characters.
    """

    stepper: Stepper
    plain: bool
    width: int

    def event(self, event: Event) -> list[str]:
        """What an event took, and what it made as pictures."""
        number = self.stepper.events.index(event)
        looking = "" if event is self.stepper.event else f"  (looking; we stand at {self.stepper.event.name})"
        lines = [f"[{number}/{len(self.stepper.events) - 1}] {event.phase}  {event.name}  {event.op}{looking}"]
        for argument, name in event.inputs.items():
            lines.append(f"    {argument:8s} {name}  {self.shape(name)}")
        for name in event.outputs.values():
            lines += self.value(name, ())
        return lines

    def value(self, name: str, index: tuple[int, ...]) -> list[str]:
        """Of a whole value some channels, of one channel a picture, of one number those around it."""
        array = self.stepper.values[name]
        if len(index) >= array.ndim:
            return self._element(name, checked_index(name, array.shape, index))
        checked_index(name, array.shape[: len(index)], index)
        part = array[index]
        where = f"[{','.join(map(str, index))}]" if index else ""
        title = f"{name}{where}  {'x'.join(map(str, part.shape))}  {extent(part)}"
        gradient = is_gradient(name)
        if part.ndim < 2 or part.shape[-1] <= NUMBERS:
            return [title, *rows_of_numbers(part.reshape(-1, *part.shape[-1:]), names=_places(part.shape[:-1]))]
        if part.ndim == 2:
            return [title, *picture(part, 2 * PICTURE_ROWS, 3 * PICTURE_COLUMNS, gradient, self.plain)]
        return [title, *self._channels(part, gradient)]

    def events(self, first: int, last: int) -> list[str]:
        """Events by their numbers, the present one marked."""
        lines = []
        for k, event in enumerate(self.stepper.events[first:last], first):
            made = ", ".join(f"{role} {self.shape(name)}" for role, name in event.outputs.items())
            mark = "->" if k == self.stepper.position else "  "
            lines.append(f"{mark} {k:4d}  {event.phase:8s}  {event.name:30s} {made}".rstrip())
        return lines

    def the_u(self) -> list[str]:
        """The layers of each level: down on the left, up on the right."""
        depth, here = self.stepper.net.depth, self.stepper.event
        layers = [event.name for event in self.stepper.events if event.phase in ("forward", "loss")]
        lines = []
        for level in range(depth + 1):
            down = [name for name in layers if name.startswith(f"down{level}.")]
            up = [name for name in layers if name.startswith(f"up{level}.")]
            if level == 0:
                down, up = ["input", *down], [*up, "head", "loss"]
            sides = (" ".join(self._marked(name) for name in side) for side in (down, up))
            lines.append(f"{level}  {'    ' * level}" + "   ->   ".join(side for side in sides if side))
        return [*lines, f"at {here.name} ({here.phase})"]

    def shapes(self) -> list[str]:
        """A table of the layers."""
        lines = []
        for event in self.stepper.events:
            if event.phase == "forward":
                names = [event.inputs[name] for name in ("weight", "bias") if name in event.inputs]
                params = sum(self.stepper.values[name].size for name in names)
                count = f"{params:,}" if params else ""
                lines.append(f"{event.name:20s} {self.shape(event.outputs['out']):>16s} {count:>12s}".rstrip())
        return lines

    def shape(self, name: str) -> str:
        """4x1x3x3, for example."""
        return "x".join(map(str, self.stepper.values.shapes[name])) or "a number"

    def _marked(self, layer: str) -> str:
        here = self.stepper.event.name
        short = layer.rsplit(".", 1)[-1]
        return f"[{short}]" if here == layer or here.startswith(f"{layer}.") else short

    def _channels(self, part: np.ndarray, gradient: bool) -> list[str]:
        """As many as fit beside each other, of the first image first."""
        planes = part.reshape(-1, *part.shape[-2:])
        images, channels = (part.shape[0], part.shape[1]) if part.ndim == 4 else (1, len(part))
        columns = min(PICTURE_COLUMNS, planes.shape[-1])
        count = max(1, min(len(planes), (self.width + 2) // (max(columns, 10) + 2)))
        shown = [picture(plane, PICTURE_ROWS, columns, gradient, self.plain) for plane in planes[:count]]
        titles = [(f"image {k // channels}, " if images > 1 else "") + f"channel {k % channels}" for k in range(count)]
        if count < len(planes):
            titles[-1] += f" of {channels}"
        return side_by_side(shown, titles, max(columns, 10))

    def _element(self, name: str, index: tuple[int, ...]) -> list[str]:
        array = self.stepper.values[name]
        lines = [f"{name}[{','.join(map(str, index))}] = {float(array[index]):.9g}"]
        if array.ndim >= 2:
            row, column = index[-2:]
            top, left = max(0, row - NUMBERS // 2), max(0, column - NUMBERS // 2)
            part = array[index[:-2]][top : top + NUMBERS, left : left + NUMBERS]
            lines += [f"    rows {top}.., columns {left}..", *rows_of_numbers(part, (row - top, column - left))]
        return lines


def _places(shape: tuple[int, ...]) -> Iterator[str]:
    """The index of each row, where there are several dimensions above it."""
    return (f"[{','.join(map(str, index))}]".ljust(10) if len(shape) > 1 else "" for index in np.ndindex(shape))


def is_gradient(name: str) -> bool:
    """Whether 0 is the middle of a value's scale."""
    return name.rsplit(".", 1)[-1] in ("dx", "dskip", "dlogits", "dweight", "dbias")


def extent(array: np.ndarray) -> str:
    """Lowest, highest and mean; how many are zero, and whether all are finite."""
    finite = array[np.isfinite(array)]
    if not finite.size:
        return "nothing finite"
    text = f"{finite.min():.4g} .. {finite.max():.4g}, mean {finite.mean(dtype=float):.4g}"
    zeros = np.count_nonzero(array == 0) / array.size
    share = f"{zeros:.0%}" if zeros >= 0.01 else "under 1%"
    return text + (f", {share} zero" if zeros else "") + (", NOT ALL FINITE" if finite.size < array.size else "")


def rows_of_numbers(
    numbers: np.ndarray, marked: tuple[int, int] | None = None, names: Iterator[str] | None = None
) -> list[str]:
    """A table; the number that was asked about in brackets, rows by their names. What does not fit is counted."""
    lines = []
    for h, line in enumerate(numbers[:NUMBERS, :NUMBERS]):
        cells = (f"[{x:.4g}]" if (h, w) == marked else f"{x:.4g} " for w, x in enumerate(line.tolist()))
        lines.append("    " + (next(names) if names else "") + " ".join(cell.rjust(11) for cell in cells).rstrip())
    left_out = numbers.size - numbers[:NUMBERS, :NUMBERS].size
    return lines + ([f"    ... {left_out:,} more"] if left_out else [])
