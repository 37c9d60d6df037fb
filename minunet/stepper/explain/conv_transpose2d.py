"""Explains the up-convolution: its output, and the sums of its gradient (see `minunet.layers.conv_transpose2d`)."""

import numpy as np

from .explanation import Factor, Group, rounding
from .places import at, grid, norm, places


def explain_out(values, n, f, row, column):
    """Kernel and stride are equal, so one input pixel and one tap of the kernel made this output, over all channels."""
    x, weight, bias = values["x"], values["weight"], values["bias"]
    C = weight.array.shape[0]
    (h, i), (w, j) = divmod(row, 2), divmod(column, 2)
    c = np.arange(C)
    of_x = Factor(x.name, at(x, n, c, h, w), places(n, c, h, w))
    of_weight = Factor(weight.name, at(weight, c, f, i, j), places(c, f, i, j))
    group = Group(f"x[{n},c,{h},{w}] weight[c,{f},{i},{j}]", (of_x, of_weight))
    return {
        "equation": "out[n,f,2h+i,2w+j] = bias[f] + Σ_c x[n,c,h,w] weight[c,f,i,j]",
        "here": f"out[{n},{f},2·{h}+{i},2·{w}+{j}] = bias[{f}] + Σ_c x[{n},c,{h},{w}] weight[c,{f},{i},{j}],  c < {C}",
        "groups": (group, Group(f"bias[{f}]", (Factor.at(bias.name, bias.array, (f,)),))),
        "bound": rounding(x.array.dtype, C + 1, np.abs(group.products).sum() + abs(float(bias.array[f]))),
        "notes": (f"the input pixel ({h}, {w}) alone, through the kernel's tap ({i}, {j})",),
    }


def explain_dx(values, n, c, h, w):
    """The input pixel painted a block of four outputs in every output channel."""
    dout, weight = values["dout"], values["weight"]
    F = weight.array.shape[1]
    f, i, j = grid(F, 2, 2)
    of_weight = Factor(weight.name, at(weight, c, f, i, j), places(c, f, i, j))
    of_dout = Factor(dout.name, at(dout, n, f, 2 * h + i, 2 * w + j), places(n, f, 2 * h + i, 2 * w + j))
    group = Group(f"weight[{c},f,i,j] dout[{n},f,2·{h}+i,2·{w}+j]", (of_weight, of_dout))
    return {
        "equation": "dx[n,c,h,w] = Σ_f,i,j weight[c,f,i,j] dout[n,f,2h+i,2w+j]",
        "here": f"dx[{n},{c},{h},{w}] = Σ_f,i,j {group.formula},  f < {F}, i < 2, j < 2",
        "groups": (group,),
        "bound": rounding(dout.array.dtype, 4 * F, np.abs(group.products).sum()),
    }


def explain_dweight(values, c, f, i, j):
    """Every input pixel of channel c painted one output pixel of channel f through this tap."""
    x, dout = values["x"], values["dout"]
    N, _, H, W = x.array.shape
    n, h, w = grid(N, H, W)
    of_x = Factor(x.name, at(x, n, c, h, w), places(n, c, h, w))
    of_dout = Factor(dout.name, at(dout, n, f, 2 * h + i, 2 * w + j), places(n, f, 2 * h + i, 2 * w + j))
    group = Group(f"x[n,{c},h,w] dout[n,{f},2h+{i},2w+{j}]", (of_x, of_dout))
    return {
        "equation": "dweight[c,f,i,j] = Σ_n,h,w x[n,c,h,w] dout[n,f,2h+i,2w+j]",
        "here": f"dweight[{c},{f},{i},{j}] = Σ_n,h,w {group.formula},  n < {N}, h < {H}, w < {W}",
        "groups": (group,),
        "bound": rounding(dout.array.dtype, N * H * W, norm(x.array[:, c]) * norm(dout.array[:, f])),
    }
