# spec: unet
# function: conv_transpose2d_backward
# output: dweight
# mistake: filters and channels mixed up by reshape
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
def conv_transpose2d_forward(x, weight, bias):
    n, c, h, w = x.shape
    f = weight.shape[1]
    rows = []
    for i in range(2):
        cols = [np.einsum("cf,nchw->nfhw", weight[:, :, i, j], x) for j in range(2)]
        rows.append(np.stack(cols, axis=-1).reshape(n, f, h, 2 * w))
    out = np.stack(rows, axis=3).reshape(n, f, 2 * h, 2 * w)
    return out + bias[:, None, None], (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    t = x.dtype.type
    quarters = {(i, j): dout[..., i::2, j::2] for i in (0, 1) for j in (0, 1)}
    dx = sum(np.einsum("nfhw,cf->nchw", q, weight[..., i, j]) for (i, j), q in quarters.items())
    dw = np.array([[np.einsum("nchw,nfhw->fc", x, quarters[i, j]) for j in (0, 1)] for i in (0, 1)])
    return dx, dw.transpose(2, 3, 0, 1).reshape(weight.shape).astype(t), dout.sum(axis=(0, 2, 3)).astype(t)
