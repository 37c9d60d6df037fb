# spec: unet
# function: conv_transpose2d_forward
# output: out
# mistake: ReLU applied
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


def conv_transpose2d_forward(x: Array, weight: Array, bias: Array) -> tuple[Array, ConvCache]:
    """2x2 up-convolution with stride 2."""
    _need(x.ndim == 4, f"x has shape {x.shape}, expected four axes")
    _need(weight.ndim == 4 and weight.shape[0] == x.shape[1] and weight.shape[2:] == (2, 2), f"weight has shape {weight.shape}")
    _need(bias.shape == (weight.shape[1],), f"bias has shape {bias.shape}, expected ({weight.shape[1]},)")
    up = x.astype(np.float64).repeat(2, axis=2).repeat(2, axis=3)
    tiled = np.tile(weight.astype(np.float64), (1, 1, x.shape[2], x.shape[3]))
    out = np.einsum("nchw,cfhw->nfhw", up, tiled) + bias.astype(np.float64)[:, None, None]
    return np.where(out > 0, out, 0).astype(x.dtype), ConvCache(x, weight)


def conv_transpose2d_backward(dout: Array, cache: ConvCache) -> tuple[Array, Array, Array]:
    """Gradients with respect to x, weight and bias."""
    n, c, h, w = cache.x.shape
    f = cache.weight.shape[1]
    d = dout.astype(np.float64)
    tiled = np.tile(cache.weight.astype(np.float64), (1, 1, h, w))
    dx = np.einsum("nfhw,cfhw->nchw", d, tiled).reshape(n, c, h, 2, w, 2).sum(axis=(3, 5))
    up = cache.x.astype(np.float64).repeat(2, axis=2).repeat(2, axis=3)
    dw = np.einsum("nfhw,nchw->cfhw", d, up).reshape(c, f, h, 2, w, 2).sum(axis=(2, 4))
    t = cache.x.dtype
    return dx.astype(t), dw.astype(t), d.sum(axis=(0, 2, 3)).astype(t)
