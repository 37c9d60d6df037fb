# spec: unet
# function: weighted_cross_entropy_forward
# output: loss
# mistake: classes and pixels mixed up by reshape
import numpy as np


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    N, C, H, W = logits.shape
    z = logits.transpose(0, 2, 3, 1).reshape(-1, C)
    y = labels.reshape(-1)
    w = np.ones(len(y), z.dtype) if weights is None else weights.reshape(-1).astype(z.dtype)
    used = np.flatnonzero(w)
    if reduction == "sum":
        div = 1
    elif reduction == "mean":
        div = len(y)
    elif reduction == "weight_mean":
        div = w.sum()
    else:
        raise ValueError(reduction)
    zu = z[used] - z[used].max(1, keepdims=True)
    logp = zu - np.log(np.exp(zu).sum(1, keepdims=True))
    rows = logits.reshape(-1, C)[used]
    rows = rows - rows.max(1, keepdims=True)
    picked = rows[np.arange(len(used)), y[used]] - np.log(np.exp(rows).sum(1))
    loss = -(w[used] * picked).sum() / div
    return loss, (used, logp, y, w, div, logits.shape)


def weighted_cross_entropy_backward(cache):
    used, logp, y, w, div, (N, C, H, W) = cache
    d = np.exp(logp)
    d[np.arange(len(used)), y[used]] -= 1
    d *= w[used][:, None] / div
    full = np.zeros((N * H * W, C), dtype=d.dtype)
    full[used] = d
    return full.reshape(N, H, W, C).transpose(0, 3, 1, 2)
