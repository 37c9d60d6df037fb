"""Finite differences for one layer, here and now: its own numbers, and the gradient that arrived."""

import copy
import inspect
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ..gradient_check import TOLERANCE, GradientError, gradcheck
from ..layers.crop_concat import centre
from .events import ARGUMENTS

SIDE, CHANNELS = 12, 8  # of larger maps a window is checked: each number in it takes two more forward passes
TIE = 1e-3  # between pixels that would tie in a pooling
NEEDS_LAYERS = "a file holds no layers; give them to Stepper.load(path, layers=...)"


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
        Where the event is no layer's, or cannot be checked here: numbers that are not finite, kinks, or a step from a
        file whose layers are not at hand.
    """
    op, name = event.op, event.name.removesuffix(".backward")
    if op not in ARGUMENTS and op != "weighted_cross_entropy":
        raise ValueError(f"{event.name} is no layer: it has no backward of its own to check")
    forward, backward = (getattr(stepper.net.layers, f"{op}_{way}") for way in ("forward", "backward"))
    how = "backward against central differences"
    if stepper.from_file:
        _expect_own_layers(stepper, op, name, forward, backward)
    if op == "weighted_cross_entropy":
        arguments = _pixels_of_the_loss(stepper)
    else:
        arguments, dout = _window(stepper, op, name)
        if not dout.any():
            how += " of a random gradient, since the one that arrives is 0 here"
            dout = np.random.default_rng(0).standard_normal(dout.shape)
        forward, backward = _against(forward, backward, dout, ARGUMENTS[op], _further(stepper, op))
    what = f"{name}: {how}, on {' and '.join('x'.join(map(str, array.shape)) for array in arguments)}"
    try:
        error = gradcheck(forward, backward, *arguments)
    except GradientError as problem:
        return Check(name, float("nan"), False, f"{what}: {problem}")
    except ValueError as problem:
        raise ValueError(f"{name} cannot be checked here: {problem}") from problem
    return Check(name, error, True, f"{what}: right, error {error:.1e} (allowed {TOLERANCE['central']:.0e})")


def _against(forward, backward, dout, names, further):
    """The layer followed by <dout, .>, which is one number, as a loss is."""

    def projected(*arrays):
        out, cache = forward(*arrays, *copy.deepcopy(further))
        return np.sum(out * dout), cache

    def gradients(cache):
        given = dout.copy()
        found = backward(given, cache)
        if not np.array_equal(given, dout):
            raise GradientError("backward changes dout in place: it must work on a copy")
        found = found if isinstance(found, tuple | list) else (found,)
        if len(found) != len(names):
            raise GradientError(f"backward returned {len(found)} gradients, expected {len(names)}")
        return tuple(found)

    projected.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # so that messages name them
        [inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY) for name in names]
    )
    return projected, gradients


def _expect_own_layers(stepper, op: str, name: str, forward, backward) -> None:
    """A step from a file is to be checked with the layers that computed it, or not at all."""
    event = next(event for event in stepper.events if event.name == f"{name}.backward")
    if op == "dropout":  # the mask depends on those drawn before it: the recorded one is taken
        scale = stepper.values[event.inputs["keep"]] / (1 - stepper.net.dropout)
        out, *found = (stepper.values[event.inputs[argument]] * scale for argument in ("x", "dout"))
    elif op == "weighted_cross_entropy":
        out, cache = forward(*(stepper.values[name] for name in event.inputs.values()))
        found = [backward(cache)]
    else:
        out, cache = forward(*(stepper.values[event.inputs[argument]] for argument in ARGUMENTS[op]))
        found = backward(stepper.values[event.inputs["dout"]], cache)
        found = found if isinstance(found, tuple | list) else [found]
    recorded = [stepper.values[f"{name}.out"], *(stepper.values[other] for other in event.outputs.values())]
    for mine, theirs in zip((out, *found), recorded, strict=True):
        if not np.allclose(mine, theirs, rtol=1e-3, atol=1e-3 * float(np.abs(theirs).max()), equal_nan=True):
            raise ValueError(f"{name} was computed by other layers: {NEEDS_LAYERS}")


def _window(stepper, op: str, name: str):
    """A layer's inputs and the gradient of its output, in float64: a window of them, and the first channels."""
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
