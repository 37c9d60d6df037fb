"""The loss, for which a GPU's host need not wait."""

import numpy as np

from ..device import array_module
from ..layers import weighted_cross_entropy as readable


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    """As `minunet.layers.weighted_cross_entropy_forward`, with the same cache; on a GPU but for one thing.

    To say whether a label is none of the classes, the host would have to wait until the GPU has done all that was
    asked of it before. So there such a label makes the loss nan, and no error.

    Parameters
    ----------
    logits : array (N, C, H, W)
    labels : integer array (N, H, W)
    weights : array (N, H, W), optional
    reduction : "mean", "sum" or "weight_mean"
        The last still waits, to refuse weights that sum to 0.
    """
    xp = array_module(logits)
    if xp is np:
        return readable.weighted_cross_entropy_forward(logits, labels, weights, reduction)
    weights = readable.check_arguments(logits, labels, weights)
    outside = (labels < 0) | (labels >= logits.shape[1])
    weights = xp.where(outside, xp.nan, weights).astype(logits.dtype, copy=False)
    return readable.energy(logits, xp.where(outside, 0, labels), weights, reduction)
