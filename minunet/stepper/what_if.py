"""What if one number were another? The change of the loss that its gradient predicts, beside the true one."""

from dataclasses import dataclass

import numpy as np

from ..device import to_device, to_host
from .check import NEEDS_LAYERS

CURVE = [sign * 4.0**power for sign in (-1, 1) for power in range(-4, 2)]  # times the change asked about
ROUNDING = 16  # of a loss, itself a sum of many numbers, in eps
BENT = 0.1  # of the predicted change: where the true one differs by more, the loss is no longer a line


@dataclass(frozen=True)
class WhatIf:
    """The loss as one number changes.

    Attributes
    ----------
    what : str
    index : tuple of int
    gradient : float
        Of the loss with respect to that number.
    deltas, predicted, true : float64 arrays
        The changes of the number, gradient times delta, and how the loss changed in fact; computed in float64.
    delta : float
        The change asked about; it is one of `deltas`.
    rounding : float
        Below this a change of the loss cannot be told.
    """

    what: str
    index: tuple[int, ...]
    gradient: float
    delta: float
    deltas: np.ndarray
    predicted: np.ndarray
    true: np.ndarray
    rounding: float

    @property
    def linear_until(self) -> float:
        """The largest |delta| of the curve up to which prediction and truth differ by no more than a tenth; or 0."""
        until = 0.0
        for size in np.unique(np.abs(self.deltas)):
            here = np.abs(self.deltas) == size
            allowed = BENT * np.abs(self.predicted)[here] + self.rounding
            if not (np.abs(self.true - self.predicted)[here] <= allowed).all():
                break
            until = float(size)
        return until

    def __str__(self) -> str:
        lines = [
            f"{self.what}[{','.join(map(str, self.index))}]: gradient of the loss {self.gradient:.6g}",
            "         delta     predicted          true",
        ]
        for delta, predicted, true in zip(self.deltas, self.predicted, self.true, strict=True):
            mark = ">" if delta == self.delta else " "
            lines.append(f"{mark} {delta:12.4g}  {predicted:12.5g}  {true:12.5g}")
        until = self.linear_until
        lines.append(
            f"a line, within a tenth, up to a delta of {until:.4g}" if until else "no line even at the smallest delta"
        )
        return "\n".join(lines)


def what_if(stepper, what: str, index: tuple[int, ...], delta: float, gradient: float) -> WhatIf:
    """Change one element of a parameter, or of the image, by `delta` and by fractions and multiples of it."""
    deltas = np.sort(delta * np.array(CURVE))
    before = _loss(stepper, what, index, 0.0)
    recorded = float(stepper.values["loss.out"])
    if stepper.from_file and not np.isclose(before, recorded, rtol=1e-3, equal_nan=True):
        raise ValueError(f"the loss was computed by other layers: {NEEDS_LAYERS}")
    true = np.array([_loss(stepper, what, index, change) - before for change in deltas])
    rounding = ROUNDING * np.finfo(np.float64).eps * abs(before)
    return WhatIf(what, index, gradient, delta, deltas, gradient * deltas, true, rounding)


def _loss(stepper, what: str, index: tuple[int, ...], delta: float) -> float:
    """The loss in float64, all else as it was before the step, dropout's masks included."""
    net, values = stepper.untouched_net(np.float64), stepper.values
    x = values["input.out"].astype(np.float64)
    changed = x if what == "input.out" else to_host(net.params[what])
    changed[index] += delta
    if what != "input.out":
        net.params[what] = to_device(changed, net.device)
    logits, _ = net.forward(
        to_device(x, net.device),
        stepper.settings["training"],
        np.random.default_rng(stepper.settings["seed"]),
        keep=False,
    )
    loss, _ = net.loss(logits, *(to_device(values[name], net.device) for name in ("labels", "weights")))
    return float(to_host(loss))
