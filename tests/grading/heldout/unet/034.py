# spec: unet
# function: relu_forward
# output: out
# mistake: sigmoid
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
def relu_forward(x):
    return 1 / (1 + np.exp(-x)), np.greater(x, 0)


@as_first
def relu_backward(dout, cache):
    return np.select([cache], [dout], 0)
