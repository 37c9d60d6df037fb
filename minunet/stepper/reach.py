"""Which part of one value a part of another one depends on: receptive fields, forwards and backwards.

Every layer of the U maps an interval of rows (and of columns alike) to an interval of its input's: a 3x3 convolution
needs two more, a pooling twice as many, an up-convolution half as many, and a crop begins further in.
"""

from dataclasses import dataclass

from .events import Event

WHOLE = (0, 10**9)


@dataclass(frozen=True)
class Box:
    """Rows and columns of a value, (first, last), both within."""

    rows: tuple[int, int]
    columns: tuple[int, int]

    def clipped(self, shape: tuple[int, ...]) -> "Box | None":
        """What of it lies inside a value of this shape; None where nothing does."""
        (top, bottom), (left, right) = (
            (max(0, first), min(last, side - 1))
            for (first, last), side in zip((self.rows, self.columns), shape[-2:], strict=True)
        )
        return Box((top, bottom), (left, right)) if top <= bottom and left <= right else None

    def joined(self, other: "Box | None") -> "Box":
        """The smallest box around both."""
        if other is None:
            return self
        spans = zip((self.rows, self.columns), (other.rows, other.columns), strict=True)
        rows, columns = ((min(a[0], b[0]), max(a[1], b[1])) for a, b in spans)
        return Box(rows, columns)

    @property
    def height(self) -> int:
        return self.rows[1] - self.rows[0] + 1

    @property
    def width(self) -> int:
        return self.columns[1] - self.columns[0] + 1


def sources(event: Event, role: str, box: Box | None, shapes: dict[str, tuple[int, ...]]) -> dict[str, Box]:
    """What a part of an event's result depends on.

    Parameters
    ----------
    event : Event
    role : str
        Of the result, ``"out"`` or ``"dx"`` for example.
    box : Box, optional
        Of it; None where the result has no rows and columns (a bias, the loss).
    shapes : dict of str to tuple
        Of every value.

    Returns
    -------
    dict of str to Box
        By the value's name: maps alone, no parameters. What depends on nothing (0 where a skip was cropped) is absent.
    """
    found = {}
    for argument, moves in _moves(event, role, shapes).items():
        name = event.inputs[argument]
        if box is None or moves is None:
            part = Box(WHOLE, WHOLE)
        else:
            part = Box(*(move(*span) for move, span in zip(moves, (box.rows, box.columns), strict=True)))
        clipped = part.clipped(shapes[name])
        if clipped:
            found[name] = clipped
    return found


def _moves(event: Event, role: str, shapes):
    """For each argument that is a map, how an interval of rows, and one of columns, is followed; None for all of it."""
    match event.op, role:
        case "conv2d", "out":
            kernel = shapes[event.inputs["weight"]][2:]
            return {"x": [shifted(0, size - 1) for size in kernel]}
        case "conv2d", "dx":
            kernel = shapes[event.inputs["weight"]][2:]
            return {"dout": [shifted(1 - size, 0) for size in kernel]}
        case (("relu" | "dropout"), "out"):
            return {"x": [same, same]}
        case (("relu" | "dropout"), "dx"):
            return {"dout": [same, same]}
        case "max_pool2d", "out":
            return {"x": [doubled, doubled]}
        case "max_pool2d", "dx":
            return {"dout": [halved, halved]}
        case "conv_transpose2d", "out":
            return {"x": [halved, halved]}
        case "conv_transpose2d", "dx":
            return {"dout": [doubled, doubled]}
        case "crop_concat", "out":
            offsets = _offsets(event, shapes)
            return {"skip": [shifted(offset, offset) for offset in offsets], "x": [same, same]}
        case "crop_concat", "dskip":
            return {"dout": [shifted(-offset, -offset) for offset in _offsets(event, shapes)]}
        case "crop_concat", "dx":
            return {"dout": [same, same]}
        case "skip", "out":
            return {"x": [same, same]}
        case "skip", "dx":
            return {"dpool": [same, same], "dskip": [same, same]}
        case (("conv2d" | "conv_transpose2d"), "dweight"):
            return {"x": None, "dout": None}
        case (("conv2d" | "conv_transpose2d"), "dbias"):
            return {"dout": None}
        case "weighted_cross_entropy", "out":
            return {"logits": [same, same]}
        case (("sgd" | "adam"), _):
            return {"gradient": None}
    return {}  # the image, and the gradient that the loss begins with


def same(first, last):
    """The interval itself."""
    return first, last


def halved(first, last):
    """The pixels that were doubled."""
    return first // 2, last // 2


def doubled(first, last):
    """The pairs that were pooled."""
    return 2 * first, 2 * last + 1


def shifted(low, high):
    """An interval that begins `low` further on and ends `high` further on."""
    return lambda first, last: (first + low, last + high)


def _offsets(event: Event, shapes):
    skip, x = shapes[event.inputs["skip"]], shapes[event.inputs["x"]]
    return [(large - small) // 2 for large, small in zip(skip[2:], x[2:], strict=True)]
