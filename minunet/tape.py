"""The tape: the ordered list of the steps that a forward pass took.

Backward walks it from its end. Whatever wants to look into the network (stepping, a summary, a grader that
searches for the first wrong layer) reads it; nothing else hooks into the network.
"""

from dataclasses import dataclass
from typing import Any

from .device import Array


@dataclass(slots=True)
class Step:
    """One layer's forward pass.

    Attributes
    ----------
    name : str
        Where it stands in the U, for example ``"down0.conv1"``.
    op : str
        The layer function's name without ``_forward``, for example ``"conv2d"``.
    inputs : tuple of arrays, or None where dropped
        In the order of the function's arguments, weight and bias included; dropout's rate and generator are not.
    output : array, or None where dropped
    cache : whatever the layer's own backward wants; None once released
    """

    name: str
    op: str
    inputs: tuple[Array, ...] | None
    output: Array | None
    cache: Any


class Tape(list[Step]):
    """The steps in forward order.

    Parameters
    ----------
    keep : bool
        True: every step keeps its inputs and its output, and the tape can be walked again and again.
        False: a step keeps its cache alone, and backward lets go of that as soon as it is used.
    """

    def __init__(self, keep: bool):
        super().__init__()
        self.keep = keep
        self.released = False

    def record(self, name: str, op: str, inputs: tuple[Array, ...], output: Array, cache: Any) -> None:
        """Append a step, with as much of it as this tape keeps."""
        self.append(Step(name, op, inputs if self.keep else None, output if self.keep else None, cache))

    def backwards(self):
        """The steps from the last to the first; without `keep`, each is released when the next is asked for."""
        if self.released:
            raise ValueError(
                "this tape was walked before and is released; use forward(..., keep=True) to walk it twice"
            )
        for step in reversed(self):
            yield step
            if not self.keep:
                self.released = True
                step.cache = None
