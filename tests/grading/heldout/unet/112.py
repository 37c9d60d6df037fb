# spec: unet
# function: dropout_forward
# output: out
# mistake: whole pixels dropped in all channels
import functools
import numpy as np


def as_first(fn):
    """Results in the dtype of the first argument."""

    @functools.wraps(fn)
    def inner(first, *rest, **named):
        result = fn(first, *rest, **named)
        head = result[0] if isinstance(result, tuple) else result
        head = np.asarray(head).astype(first.dtype)
        if isinstance(result, tuple):
            return (head,) + result[1:]
        return head

    return inner


@as_first
def dropout_forward(x, rate, rng):
    keep = np.logical_not(rng.random(x[:, :1].shape) < rate)
    return np.where(keep, x, 0) / (1 - rate), (keep, rate)


@as_first
def dropout_backward(dout, cache):
    keep, rate = cache
    return np.where(keep, dout, 0) / (1 - rate)
