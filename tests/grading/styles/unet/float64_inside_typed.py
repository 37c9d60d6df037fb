# spec: unet
# style: float64 inside, cast back to x.dtype; type hints, docstrings, dataclass cache, the contract's ValueErrors
# dtype: kept
# raises: ValueError
"""Homework 3: the layers of a U-Net."""
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
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for i in range(kh):
        for j in range(kw):
            dx[:, :, i : i + ho, j : j + wo] += np.einsum("nfhw,fc->nchw", d, w[:, :, i, j])
            dw[:, :, i, j] += np.einsum("nfhw,nchw->fc", d, x[:, :, i : i + ho, j : j + wo])
    db = d.sum(axis=(0, 2, 3))
    t = cache.x.dtype
    return dx.astype(t), dw.astype(t), db.astype(t)


def relu_forward(x: Array) -> tuple[Array, Array]:
    """max(x, 0)"""
    return np.maximum(x.astype(np.float64), 0.0).astype(x.dtype), x > 0


def relu_backward(dout: Array, cache: Array) -> Array:
    """The gradient passes where the input was positive."""
    return (dout.astype(np.float64) * cache).astype(dout.dtype)


def max_pool2d_forward(x: Array) -> tuple[Array, tuple[Array, tuple[int, ...]]]:
    """Maximum over 2x2 blocks."""
    _need(x.ndim == 4, f"x has shape {x.shape}, expected four axes")
    _need(x.shape[2] % 2 == 0 and x.shape[3] % 2 == 0, f"x has shape {x.shape}, expected even height and width")
    n, c, h, w = x.shape
    blocks = x.reshape(n, c, h // 2, 2, w // 2, 2)
    out = blocks.max(axis=5).max(axis=3)
    hit = blocks == out[:, :, :, None, :, None]
    # keep the first hit in row order only
    flat = hit.swapaxes(3, 4).reshape(n, c, h // 2, w // 2, 4)
    first = flat & (np.cumsum(flat, axis=-1) == 1)
    mask = first.reshape(n, c, h // 2, w // 2, 2, 2).swapaxes(3, 4)
    return out, (mask, x.shape)


def max_pool2d_backward(dout: Array, cache: tuple[Array, tuple[int, ...]]) -> Array:
    """Gradient to the first maximum of each block."""
    mask, shape = cache
    return (mask * dout[:, :, :, None, :, None]).reshape(shape)


def conv_transpose2d_forward(x: Array, weight: Array, bias: Array) -> tuple[Array, ConvCache]:
    """2x2 up-convolution with stride 2."""
    _need(x.ndim == 4, f"x has shape {x.shape}, expected four axes")
    _need(weight.ndim == 4 and weight.shape[0] == x.shape[1] and weight.shape[2:] == (2, 2), f"weight has shape {weight.shape}")
    _need(bias.shape == (weight.shape[1],), f"bias has shape {bias.shape}, expected ({weight.shape[1]},)")
    up = x.astype(np.float64).repeat(2, axis=2).repeat(2, axis=3)
    tiled = np.tile(weight.astype(np.float64), (1, 1, x.shape[2], x.shape[3]))
    out = np.einsum("nchw,cfhw->nfhw", up, tiled) + bias.astype(np.float64)[:, None, None]
    return out.astype(x.dtype), ConvCache(x, weight)


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


def crop_concat_forward(skip: Array, x: Array) -> tuple[Array, tuple[int, int, int]]:
    """Crop the middle of skip to x's size and stack the channels."""
    dh, dw = skip.shape[2] - x.shape[2], skip.shape[3] - x.shape[3]
    _need(dh >= 0 and dw >= 0, f"skip has shape {skip.shape}, smaller than x's {x.shape}")
    _need(dh % 2 == 0 and dw % 2 == 0, f"skip has shape {skip.shape}, which has no middle of {x.shape}")
    middle = skip[:, :, dh // 2 : dh // 2 + x.shape[2], dw // 2 : dw // 2 + x.shape[3]]
    return np.concatenate([middle, x], axis=1), (skip.shape[1], dh // 2, dw // 2)


def crop_concat_backward(dout: Array, cache: tuple[int, int, int]) -> tuple[Array, Array]:
    """Pad the first part back to skip's size; the rest is x's."""
    cs, t, l = cache
    return np.pad(dout[:, :cs], ((0, 0), (0, 0), (t, t), (l, l)), mode="constant"), dout[:, cs:].copy()


def dropout_forward(x: Array, rate: float, rng: np.random.Generator) -> tuple[Array, tuple[Array, float]]:
    """Inverted dropout."""
    _need(0 <= rate < 1, f"rate is {rate}, expected 0 <= rate < 1")
    keep = rng.random(x.shape) >= rate
    return (x.astype(np.float64) * keep / (1 - rate)).astype(x.dtype), (keep, rate)


def dropout_backward(dout: Array, cache: tuple[Array, float]) -> Array:
    """The same mask and the same scale."""
    keep, rate = cache
    return (dout.astype(np.float64) * keep / (1 - rate)).astype(dout.dtype)


def weighted_cross_entropy_forward(
    logits: Array, labels: Array, weights: Array | None = None, reduction: str = "mean"
) -> tuple[Any, tuple[Array, Any]]:
    """Softmax over the channels and weighted cross-entropy."""
    n, c, h, w = logits.shape
    _need(labels.shape == (n, h, w), f"labels has shape {labels.shape}, expected {(n, h, w)}")
    _need(labels.dtype.kind in "iu", f"labels has dtype {labels.dtype}, expected integers")
    _need(bool(labels.min() >= 0 and labels.max() < c), f"labels must lie in 0..{c - 1}")
    wt = np.ones((n, h, w)) if weights is None else weights.astype(np.float64)
    _need(wt.shape == (n, h, w), f"weights has shape {wt.shape}, expected {(n, h, w)}")
    _need(reduction in ("mean", "sum", "weight_mean"), f"reduction is {reduction!r}")
    if reduction == "weight_mean":
        _need(wt.sum() != 0, "weights sum to 0")
        wt = wt / wt.sum()
    elif reduction == "mean":
        wt = wt / wt.size
    z = logits.astype(np.float64)
    z = np.where(wt[:, None] == 0, 0.0, z)
    z -= z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    one_hot = np.arange(c)[:, None, None] == labels[:, None]
    loss = -(wt[:, None] * one_hot * log_p).sum()
    grad = wt[:, None] * (np.exp(log_p) - one_hot)
    return logits.dtype.type(loss), (grad, logits.dtype)


def weighted_cross_entropy_backward(cache: tuple[Array, Any]) -> Array:
    """Already worked out in the forward pass."""
    grad, dtype = cache
    return grad.astype(dtype)
