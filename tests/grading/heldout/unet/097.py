# spec: unet
# function: crop_concat_backward
# output: dskip
# mistake: one pixel too far up and left, wrapped round
from __future__ import annotations
from typing import Any
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def _need(ok: bool, message: str) -> None:
    """Raise ValueError with the message when the condition does not hold."""
    if not ok:
        raise ValueError(message)


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
    dskip = np.pad(dout[:, :cs], ((0, 0), (0, 0), (t, t), (l, l)), mode="constant")
    return np.roll(dskip, (-1, -1), axis=(2, 3)), dout[:, cs:].copy()
