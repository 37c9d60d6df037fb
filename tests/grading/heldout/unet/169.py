# spec: unet
# function: conv2d_backward
# output: dx
# mistake: kernel's rows and columns exchanged
# output: dx
# mistake: filters and channels mixed up by reshape
from __future__ import annotations
from dataclasses import dataclass
from typing import Any
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class ConvCache:
    x: Array
    weight: Array


def _need(ok: bool, message: str) -> None:
    """Raise ValueError with the message when the condition does not hold."""
    if not ok:
        raise ValueError(message)


def conv2d_forward(x: Array, weight: Array, bias: Array) -> tuple[Array, ConvCache]:
    """Valid cross-correlation.

    Args:
        x: (N, C, H, W)
        weight: (F, C, kh, kw)
        bias: (F,)
    """
    _need(x.ndim == 4, f"x has shape {x.shape}, expected four axes")
    _need(weight.ndim == 4 and weight.shape[1] == x.shape[1], f"weight has shape {weight.shape}, expected (F, {x.shape[1]}, kh, kw)")
    _need(bias.shape == (weight.shape[0],), f"bias has shape {bias.shape}, expected ({weight.shape[0]},)")
    _need(x.shape[2] >= weight.shape[2] and x.shape[3] >= weight.shape[3], f"x has shape {x.shape}, smaller than the kernel")
    xd, wd = x.astype(np.float64), weight.astype(np.float64)
    F, C, kh, kw = wd.shape
    ho, wo = xd.shape[2] - kh + 1, xd.shape[3] - kw + 1
    out = np.zeros((xd.shape[0], F, ho, wo))
    out += bias.astype(np.float64).reshape(1, F, 1, 1)
    for c in range(C):
        for i in range(kh):
            for j in range(kw):
                out += xd[:, None, c, i : i + ho, j : j + wo] * wd[None, :, c, i, j, None, None]
    return out.astype(x.dtype), ConvCache(x, weight)


def conv2d_backward(dout: Array, cache: ConvCache) -> tuple[Array, Array, Array]:
    """Gradients with respect to x, weight and bias."""
    x, w, d = (a.astype(np.float64) for a in (cache.x, cache.weight, dout))
    kh, kw = w.shape[2:]
    ho, wo = d.shape[2:]
    back = w.reshape(w.shape[1], w.shape[0], kh, kw)  # channels first now
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for i in range(kh):
        for j in range(kw):
            dx[:, :, i : i + ho, j : j + wo] += np.einsum("nfhw,cf->nchw", d, back[:, :, j, i])
            dw[:, :, i, j] += np.einsum("nfhw,nchw->fc", d, x[:, :, i : i + ho, j : j + wo])
    db = d.sum(axis=(0, 2, 3))
    t = cache.x.dtype
    return dx.astype(t), dw.astype(t), db.astype(t)
