"""The energy of the paper: pixel-wise softmax and weighted cross-entropy (section 3, equation 1).

    p[n,k,h,w] = exp(z[n,k,h,w]) / sum over c of exp(z[n,c,h,w])          z: the logits
    E          = - sum over n,h,w of w[n,h,w] log p[n, label[n,h,w], h, w]

The paper prints E without its minus sign. "sum" is E itself; "mean" divides it by the number of pixels
N*H*W and "weight_mean" by the sum of the weights: the three differ in effective learning rate alone.
"""

from ..device import array_module
from ._checks import expect_floating, expect_shape

REDUCTIONS = ("mean", "sum", "weight_mean")


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    """Softmax over the channels and weighted cross-entropy, in one stable step.

    The largest logit of each pixel (by its real part) is subtracted first, which changes no probability:
    then exp never overflows, and log p is never the logarithm of an underflowed 0.

    Parameters
    ----------
    logits : array (N, C, H, W)
    labels : integer array (N, H, W), values 0..C-1
    weights : array (N, H, W), optional
        One where not given. A pixel of weight 0 is ignored, whatever its logits.
    reduction : "mean", "sum" or "weight_mean"

    Returns
    -------
    loss : scalar of the logits' dtype
    cache : (p, labels, scale)
        The probabilities, and each pixel's weight over the reduction's divisor.

    Raises
    ------
    ValueError
        Where a shape does not fit, a label is not one of 0..C-1, the reduction is unknown, or "weight_mean"
        meets weights that sum to 0.
    """
    weights = check_arguments(logits, labels, weights)
    _check_labels(labels, logits.shape[1])
    return energy(logits, labels, weights, reduction)


def check_arguments(logits, labels, weights):
    """All but the labels' values; returns the weights, ones where there are none, in the logits' dtype."""
    expect_floating("logits", logits)
    expect_shape("logits", logits, "N", "C", "H", "W")
    N, C, H, W = logits.shape
    expect_shape("labels", labels, N, H, W)
    if labels.dtype.kind not in "iu":
        raise ValueError(f"labels has dtype {labels.dtype}, expected integers 0..{C - 1}")
    if weights is None:
        xp = array_module(logits)
        weights = xp.ones((N, H, W), logits.real.dtype)
    expect_shape("weights", weights, N, H, W)
    return weights.astype(logits.dtype, copy=False)


def energy(logits, labels, weights, reduction):
    """The loss and the cache, of arguments that have been checked."""
    xp = array_module(logits)
    logits = xp.where(weights[:, None] == 0, 0, logits)  # what is ignored may be inf or nan, and 0 * nan is nan

    highest = logits.real.max(axis=1, keepdims=True)
    exps = xp.exp(logits - highest)
    total = exps.sum(axis=1, keepdims=True)
    log_p = xp.take_along_axis(logits - highest, labels[:, None].astype(xp.intp), axis=1) - xp.log(total)
    scale = weights / _divisor(weights, reduction)
    return -(scale * log_p[:, 0]).sum(), (exps / total, labels, scale)


def weighted_cross_entropy_backward(cache):
    """Gradient of `weighted_cross_entropy_forward`.

    From log p[k] = z[k] - log sum over c of exp(z[c]) follows d log p[label] / d z[k] = [k = label] - p[k], so

        dlogits[n,k,h,w] = scale[n,h,w] (p[n,k,h,w] - [k = label[n,h,w]])

    Parameters
    ----------
    cache : as `weighted_cross_entropy_forward` returned it

    Returns
    -------
    dlogits : array (N, C, H, W)
    """
    p, labels, scale = cache
    xp = array_module(p)
    is_label = xp.arange(p.shape[1])[:, None, None] == labels[:, None]
    return scale[:, None] * (p - is_label)


def _check_labels(labels, classes):
    outside = (labels < 0) | (labels >= classes)
    if outside.any():
        raise ValueError(f"labels holds {int(labels[outside][0])}, expected only the classes 0..{classes - 1}")


def _divisor(weights, reduction):
    if reduction == "mean":
        return weights.size
    if reduction == "sum":
        return 1
    if reduction == "weight_mean":
        total = weights.sum()
        if total == 0:
            raise ValueError('weights sum to 0, expected something to average for reduction "weight_mean"')
        return total
    raise ValueError(f"reduction is {reduction!r}, expected one of {', '.join(map(repr, REDUCTIONS))}")
