"""Explains the convolution: its output, and the sums of its gradient (see `minunet.layers.conv2d`)."""

import numpy as np

from .explanation import Factor, Group, rounding
from .places import at, grid, norm, places

REACH = 5  # pixels: a tile of Winograd's filtering is 6x6, and rounding is relative to the largest pixel in it


def explain_out(values, n, f, h, w):
    """A neighbourhood of every input channel meets one kernel of every channel."""
    x, weight, bias = values["x"], values["weight"], values["bias"]
    _, C, kh, kw = weight.array.shape
    c, i, j = grid(C, kh, kw)
    of_weight = Factor(weight.name, at(weight, f, c, i, j), places(f, c, i, j))
    of_x = Factor(x.name, at(x, n, c, h + i, w + j), places(n, c, h + i, w + j))
    count = C * kh * kw
    size = _nearby(x.array[n], h, w, (kh, kw)) @ np.abs(weight.array[f].astype(float)).sum(axis=(1, 2))
    return {
        "equation": "out[n,f,h,w] = bias[f] + Σ_c,i,j weight[f,c,i,j] x[n,c,h+i,w+j]",
        "here": f"out[{n},{f},{h},{w}] = bias[{f}] + Σ_c,i,j weight[{f},c,i,j] x[{n},c,{h}+i,{w}+j],  "
        f"c < {C}, i < {kh}, j < {kw}",
        "groups": (
            Group(f"weight[{f},c,i,j] x[{n},c,{h}+i,{w}+j]", (of_weight, of_x)),
            Group(f"bias[{f}]", (Factor.at(bias.name, bias.array, (f,)),)),
        ),
        "bound": rounding(x.array.dtype, count + 1, size + abs(float(bias.array[f]))),
    }


def explain_dx(values, n, c, p, q):
    """The pixel was seen by the outputs around it, by each through another tap of the kernel."""
    dout, weight = values["dout"], values["weight"]
    F, _, kh, kw = weight.array.shape
    H, W = dout.array.shape[2:]
    f, i, j = grid(F, kh, kw)
    inside = (p - i >= 0) & (p - i < H) & (q - j >= 0) & (q - j < W)
    f, i, j = f[inside], i[inside], j[inside]
    of_weight = Factor(weight.name, at(weight, f, c, i, j), places(f, c, i, j))
    of_dout = Factor(dout.name, at(dout, n, f, p - i, q - j), places(n, f, p - i, q - j))
    size = _nearby(dout.array[n], p - kh + 1, q - kw + 1, (kh, kw)) @ np.abs(weight.array[:, c].astype(float)).sum(
        axis=(1, 2)
    )
    return {
        "equation": "dx[n,c,p,q] = Σ_f,i,j weight[f,c,i,j] dout[n,f,p-i,q-j]",
        "here": f"dx[{n},{c},{p},{q}] = Σ_f,i,j weight[f,{c},i,j] dout[{n},f,{p}-i,{q}-j],  "
        f"f < {F}, where the output has such a pixel: it is {H}x{W}",
        "groups": (Group(f"weight[f,{c},i,j] dout[{n},f,{p}-i,{q}-j]", (of_weight, of_dout)),),
        "bound": rounding(dout.array.dtype, F * kh * kw, size),
    }


def explain_dweight(values, f, c, i, j):
    """Every output pixel used this tap, each for the input pixel at the same offset."""
    x, dout = values["x"], values["dout"]
    N, _, H, W = dout.array.shape
    n, h, w = grid(N, H, W)
    of_dout = Factor(dout.name, at(dout, n, f, h, w), places(n, f, h, w))
    of_x = Factor(x.name, at(x, n, c, h + i, w + j), places(n, c, h + i, w + j))
    return {
        "equation": "dweight[f,c,i,j] = Σ_n,h,w dout[n,f,h,w] x[n,c,h+i,w+j]",
        "here": f"dweight[{f},{c},{i},{j}] = Σ_n,h,w dout[n,{f},h,w] x[n,{c},h+{i},w+{j}],  n < {N}, h < {H}, w < {W}",
        "groups": (Group(f"dout[n,{f},h,w] x[n,{c},h+{i},w+{j}]", (of_dout, of_x)),),
        "bound": rounding(dout.array.dtype, N * H * W, norm(dout.array[:, f]) * norm(x.array[:, c])),
    }


def _nearby(maps, top, left, kernel):
    """Of each channel the largest absolute value that may share a tile with the kernel's window."""
    rows, columns = (
        slice(max(0, start - REACH), max(0, start + size + REACH))
        for start, size in zip((top, left), kernel, strict=True)
    )
    return np.abs(maps[:, rows, columns].astype(float)).max(axis=(1, 2))
