"""Ways of handing over the same numbers: a submission that is right in another of them is right.

A convention says how an argument is rearranged before it goes to the submission, and its results on their way back.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

IMAGES = ("x", "skip", "logits")
WEIGHTS = ("weight", "w")
BIASES = ("bias", "b")
LAST = (0, 2, 3, 1)  # axes of (N, C, H, W) in the order (N, H, W, C)


@dataclass(frozen=True)
class Convention:
    """One of them.

    Attributes
    ----------
    note : str
        What to say of a submission that has it; empty for the assignment's own.
    axes : dict of str to tuple of int
        Name of an argument and the order of its axes; those of outputs follow.
    bias : tuple of int
        The shape of a bias, -1 for its length; empty for (F,).
    exact : bool
        Whether a bias's gradient has the very shape of the bias; else any with as many numbers does.
    """

    note: str = ""
    axes: tuple[tuple[str, tuple[int, ...]], ...] = ()
    bias: tuple[int, ...] = ()
    exact: bool = False

    def argument(self, name: str, value: Any) -> Any:
        """An argument as the submission wants it."""
        if not isinstance(value, np.ndarray):
            return value
        if name in BIASES and self.bias:
            return value.reshape(self.bias)
        order = self._order(name)
        return np.ascontiguousarray(value.transpose(order)) if order and value.ndim == len(order) else value

    def result(self, name: str, value: Any, right_shape: tuple[int, ...]) -> Any:
        """A result as the assignment has it."""
        if not isinstance(value, np.ndarray):
            return value
        bare = name.removeprefix("d")
        order = self._order(bare)
        if order and value.ndim == len(order):
            return value.transpose(np.argsort(order))
        if bare in BIASES and not self.exact and value.size == np.prod(right_shape):
            return value.reshape(right_shape)
        return value

    def _order(self, name):
        orders = dict(self.axes)
        return orders.get("x") if name == "out" else orders.get(name)


PLAIN = Convention()
EXACT = Convention(exact=True)


def conventions(layer, arguments) -> list[Convention]:
    """The assignment's own first, then those that its arguments allow."""
    found = [PLAIN]
    if any(name in BIASES for name in arguments):
        found += [
            Convention(f"its biases have the shape {text}; the assignment's have (F,)", bias=shape)
            for text, shape in (
                ("(F, 1)", (-1, 1)),
                ("(1, F)", (1, -1)),
                ("(1, F, 1, 1)", (1, -1, 1, 1)),
                ("(F, 1, 1)", (-1, 1, 1)),
                ("(1, 1, 1, F)", (1, 1, 1, -1)),
            )
        ]
    images = tuple((name, LAST) for name in IMAGES if np.ndim(arguments.get(name)) == 4)
    weight = next((name for name in WEIGHTS if np.ndim(arguments.get(name)) == 4), None)
    if images and weight is None:
        found.append(Convention("its images are (N, H, W, C); the assignment's are (N, C, H, W)", images))
    for order in ((2, 3, 1, 0), (2, 3, 0, 1), (0, 2, 3, 1), (0, 1, 2, 3)) if images and weight else ():
        for bias in ((), (1, 1, 1, -1)):
            axes = (*images, (str(weight), order))
            found.append(Convention("its images are (N, H, W, C); the assignment's are (N, C, H, W)", axes, bias))
    return found
