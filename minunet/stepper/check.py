"""Finite differences for one layer, here and now: its own numbers, and the gradient that arrived."""

import copy
import inspect
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ..gradient_check import TOLERANCE, GradientError, gradcheck
from ..layers.crop_concat import centre
from .events import ARGUMENTS

SIDE = 12  # pixels: of larger maps a window in the middle is checked, since each number takes two more forward passes
CHANNELS = 8
TIE = 1e-3


@dataclass(frozen=True)
class Check:
    """What a check found.

    Attributes
    ----------
    name : str
    error : float
        Relative, as `minunet.gradcheck` defines it; nan where it found a mistake.
    passed : bool
    message : str
        One line.
    """

    name: str
    error: float
    passed: bool
    message: str

    def __str__(self) -> str:
        return self.message


def check(stepper, event) -> Check:
    """Central differences of <dout, forward(...)> at the layer's inputs, in float64, against its backward.

    Raises
    ------
    ValueError
        Where the event is no layer's.
    """
    op, name = event.op, event.name.removesuffix(".backward")
    if op not in ARGUMENTS and op != "weighted_cross_entropy":
        raise ValueError(f"{event.name} is no layer: it has no backward of its own to check")
    forward, backward = (getattr(stepper.net.layers, f"{op}_{way}") for way in ("forward", "backward"))
    if op == "weighted_cross_entropy":
        arguments = _pixels_of_the_loss(stepper)
    else:
        arguments, dout = _window(stepper, op, name)
        forward, backward = _against(forward, backward, dout, _further(stepper, op))
    sizes = " and ".join("x".join(map(str, array.shape)) for array in arguments)
    what = f"{name}: backward against central differences, on {sizes}"
    try:
        error = gradcheck(forward, backward, *arguments)
    except (GradientError, ValueError) as problem:
        return Check(name, float("nan"), False, f"{what}: {problem}")
    return Check(name, error, True, f"{what}: right, error {error:.1e} (allowed {TOLERANCE['central']:.0e})")


def _against(forward, backward, dout, further):
    """The layer followed by <dout, .>, which is one number, as a loss is."""

    def projected(*arrays):
        out, cache = forward(*arrays, *copy.deepcopy(further))
        return np.sum(out * dout), cache

    def gradients(cache):
        return backward(dout.copy(), cache)

    names = inspect.signature(forward).parameters
    projected.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # so that messages name them
        [inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY) for name in names]
    )
    return projected, gradients


def _window(stepper, op: str, name: str):
    """A layer's inputs and the gradient of its output, in float64: a window in the middle, and the first channels."""
    backward = next(event for event in stepper.events if event.name == f"{name}.backward")
    x, *params = (stepper.values[backward.inputs[argument]].astype(np.float64) for argument in ARGUMENTS[op])
    dout = stepper.values[backward.inputs["dout"]].astype(np.float64)
    if op == "crop_concat":
        return _window_of_crop(x, params[0], dout)
    if op == "max_pool2d":  # among equals there is no slope; parted a little, the first in row order wins as agreed
        x = x + TIE * np.array([[3, 2], [1, 0]])[np.arange(x.shape[2])[:, None] % 2, np.arange(x.shape[3]) % 2]
    starts = [max(0, side - SIDE) // 2 // 2 * 2 for side in x.shape[2:]]  # even: windows of a pooling begin there
    x = x[:1, :CHANNELS, *(slice(start, start + SIDE) for start in starts)]
    if params:
        params = [params[0][:CHANNELS, :CHANNELS], params[1][:CHANNELS]]
    lost = params[0].shape[2] - 1 if op == "conv2d" else 0
    size = {"max_pool2d": Fraction(1, 2), "conv_transpose2d": Fraction(2)}.get(op, Fraction(1))
    spans = [
        slice(int(start * size), int((start + side - lost) * size))
        for start, side in zip(starts, x.shape[2:], strict=True)
    ]
    return [x, *params], dout[:1, :CHANNELS, *spans]


def _window_of_crop(skip, x, dout):
    """A window at the crop's corner, with the pixels around it that are cropped away."""
    channels = skip.shape[1]
    rows, columns = centre(skip.shape, x.shape)
    border = min(1, rows.start, columns.start)
    x = x[:1, :CHANNELS, :SIDE, :SIDE]
    spans = (
        slice(span.start - border, span.start + side + border)
        for span, side in zip((rows, columns), x.shape[2:], strict=True)
    )
    counts = ((0, min(channels, CHANNELS)), (channels, CHANNELS))
    halves = [dout[:1, start : start + count, :SIDE, :SIDE] for start, count in counts]
    return [skip[:1, :CHANNELS, *spans], x], np.concatenate(halves, axis=1)


def _pixels_of_the_loss(stepper):
    """Logits, labels and weights of a window in the corner."""
    logits, labels, weights = (stepper.values[name] for name in ("head.out", "labels", "weights"))
    return [
        logits[:1, :, :SIDE, :SIDE].astype(np.float64),
        labels[:1, :SIDE, :SIDE],
        weights[:1, :SIDE, :SIDE].astype(np.float64),
    ]


def _further(stepper, op: str):
    """What dropout is given besides its input: its rate, and a generator."""
    return (stepper.net.dropout, np.random.default_rng(stepper.settings["seed"])) if op == "dropout" else ()
