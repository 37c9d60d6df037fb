# spec: unet
# function: conv2d_backward
# output: dweight
# mistake: mean over pixels
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
def conv2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F, _, kh, kw = weight.shape
    A = np.zeros((N, F, H - kh + 1, W - kw + 1))
    it = np.nditer(weight, flags=["multi_index"])
    for value in it:
        f, c, i, j = it.multi_index
        A[:, f] += float(value) * x[:, c, i:H - kh + 1 + i, j:W - kw + 1 + j]
    A += np.expand_dims(bias, (0, 2, 3))
    return A, (x, weight)


def conv2d_backward(dout, cache):
    x, weight = cache
    kh, kw = weight.shape[-2:]
    ho, wo = dout.shape[-2:]
    dx = np.zeros(x.shape)
    dweight = np.zeros(weight.shape)
    for f, c, i, j in np.ndindex(*weight.shape):
        dx[:, c, i:i + ho, j:j + wo] += float(weight[f, c, i, j]) * dout[:, f]
        dweight[f, c, i, j] = (x[:, c, i:i + ho, j:j + wo] * dout[:, f]).mean(axis=(1, 2)).sum()
    dbias = dout.swapaxes(0, 1).reshape(dout.shape[1], -1).sum(1)
    return dx.astype(x.dtype), dweight.astype(x.dtype), dbias.astype(x.dtype)
