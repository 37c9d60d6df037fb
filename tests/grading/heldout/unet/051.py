# spec: unet
# function: max_pool2d_backward
# output: dx
# mistake: shared by all four pixels
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
def max_pool2d_forward(x):
    if any(np.mod(x.shape[2:], 2)):
        raise ValueError(f"max_pool2d: odd size {x.shape[2:]}")
    quarters = [x[..., i::2, j::2] for i, j in ((0, 0), (0, 1), (1, 0), (1, 1))]
    out = functools.reduce(np.maximum, quarters)
    return out, np.select([q == out for q in quarters], [0, 1, 2, 3])


def max_pool2d_backward(dout, cache):
    n, c, h, w = dout.shape
    dx = np.zeros((n, c, h, 2, w, 2), dtype=dout.dtype)
    for k in range(4):
        i, j = divmod(k, 2)
        dx[:, :, :, i, :, j] = dout / 4
    return dx.reshape(n, c, 2 * h, 2 * w)
