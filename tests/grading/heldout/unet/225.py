# spec: unet
# function: crop_concat_backward
# output: dskip
# mistake: wrong sign
# output: dx
# mistake: wrong sign
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
def crop_concat_forward(skip, x):
    offset = np.subtract(skip.shape[2:], x.shape[2:])
    if (offset < 0).any() or (offset % 2).any():
        raise ValueError(f"crop_concat: {skip.shape} to {x.shape}")
    t, l = (offset // 2).tolist()
    parts = (skip[:, :, t:t + x.shape[2], l:l + x.shape[3]], x)
    return np.concatenate(parts, axis=-3), (skip.shape, x.shape, t, l)


def crop_concat_backward(dout, cache):
    s, xs, t, l = cache
    dskip = np.zeros(s, dout.dtype)
    g = np.negative(dout)
    np.copyto(dskip[:, :, t:t + xs[2], l:l + xs[3]], g[:, :s[1]])
    dx = np.take(g, range(s[1], s[1] + xs[1]), axis=1)
    return dskip, dx
