"""Explains the energy: softmax, logarithm, weight and label (see `minunet.layers.weighted_cross_entropy`)."""

import numpy as np

from .explanation import Factor, Group, rounding
from .places import at, grid, places


def explain_out(values, *pixel):
    """The sum over all pixels; or, with the index of a pixel, what that one adds to it."""
    logits, labels, weights = values["logits"], values["labels"], values["weights"]
    N, C, H, W = logits.array.shape
    n, h, w = np.reshape(pixel, (3, 1)) if pixel else grid(N, H, W)
    log_p = log_softmax(_counted(logits, weights))
    label = labels.array[n, h, w]
    of_weight = Factor(weights.name, at(weights, n, h, w), places(n, h, w))
    share = Factor.constant("1/(N H W)", 1 / (N * H * W), len(n))
    of_log_p = Factor(f"-log p({logits.name})", -log_p[n, label, h, w], places(n, label, h, w))
    here = ",".join(map(str, pixel)) or "n,h,w"
    group = Group(f"weights[{here}]/{N * H * W} · -log p[label[{here}]]", (of_weight, share, of_log_p))
    size = (
        of_weight.values / (N * H * W) @ (of_log_p.values + np.abs(_counted(logits, weights)).max(axis=1)[n, h, w] + 1)
    )
    return {
        "equation": "E = 1/(N H W) Σ_n,h,w weights[n,h,w] · -log p[n,label[n,h,w],h,w],  p = softmax over c",
        "here": f"the share of pixel [{here}]" if pixel else f"E = Σ over {N * H * W} pixels",
        "groups": (group,),
        "bound": rounding(logits.array.dtype, len(n) + C, size),
        "notes": _pixel_notes(logits, labels, weights, log_p[pixel[0], :, *pixel[1:]], pixel) if pixel else (),
    }


def explain_dlogits(values, n, k, h, w):
    """The probability, less 1 for the label, times the pixel's weight."""
    logits, labels, weights = values["logits"], values["labels"], values["weights"]
    N, _, H, W = logits.array.shape
    counted = _counted(logits, weights)[n : n + 1, :, h : h + 1, w : w + 1]
    log_p = log_softmax(counted)
    is_label = int(labels.array[n, h, w] == k)
    p = float(np.exp(log_p[0, k, 0, 0]))
    weight = Factor.at(weights.name, weights.array, (n, h, w))
    share = Factor.constant("1/(N H W)", 1 / (N * H * W))
    difference = Factor(f"p({logits.name}) - [k = label]", np.array([p - is_label]), np.array([[n, k, h, w]]))
    size = abs(weight.values[0] * share.values[0]) * (p * (1 + np.abs(counted).max()) + is_label)
    return {
        "equation": "dlogits[n,k,h,w] = weights[n,h,w]/(N H W) (p[n,k,h,w] - [k = label[n,h,w]])",
        "here": f"dlogits[{n},{k},{h},{w}] = {weights.array[n, h, w]:.9g}/{N * H * W} ({p:.9g} - {is_label})",
        "groups": (Group(f"weights[{n},{h},{w}]/{N * H * W} (p - {is_label})", (weight, share, difference)),),
        "bound": rounding(logits.array.dtype, 4, size),
        "notes": _pixel_notes(logits, labels, weights, log_p[0, :, 0, 0], (n, h, w)),
    }


def log_softmax(logits):
    """The logarithm of the softmax over the channels, in float64."""
    logits = logits.astype(float)
    with np.errstate(invalid="ignore", over="ignore"):
        shifted = logits - logits.max(axis=1, keepdims=True)
        return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _counted(logits, weights):
    """The logits, 0 where a pixel is ignored: there they may be anything, nan too."""
    return np.where(weights.array[:, None] == 0, 0, logits.array)


def _pixel_notes(logits, labels, weights, log_p, pixel):
    n, h, w = pixel
    numbers = {
        "logits": logits.array[n, :, h, w],
        "softmax": np.exp(log_p),
    }
    lines = [f"{name} " + "  ".join(f"{number:.6g}" for number in row) for name, row in numbers.items()]
    return (*lines, f"label {int(labels.array[n, h, w])}", f"weight {float(weights.array[n, h, w]):.6g}")
