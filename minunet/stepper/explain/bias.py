"""Explains the gradient of a bias, of either convolution."""

import numpy as np

from .explanation import Factor, Group, rounding
from .places import at, grid, places


def explain_dbias(values, f):
    """The bias is added to every output pixel of its channel."""
    dout = values["dout"]
    N, _, H, W = dout.array.shape
    n, h, w = grid(N, H, W)
    of_dout = Factor(dout.name, at(dout, n, f, h, w), places(n, f, h, w))
    return {
        "equation": "dbias[f] = Σ_n,h,w dout[n,f,h,w]",
        "here": f"dbias[{f}] = Σ_n,h,w dout[n,{f},h,w],  n < {N}, h < {H}, w < {W}",
        "groups": (Group(f"dout[n,{f},h,w]", (of_dout,)),),
        "bound": rounding(dout.array.dtype, N * H * W, np.abs(of_dout.values).sum()),
    }
