"""The specification: every layer as bare loops over single numbers, to be read against the formulas.

Nothing here is fast. There is no matrix product, no sum over an axis and no slice: a sum in a formula is a
loop, and the loop runs over the letters of the formula. ``for n, f in ndindex(2, 3)`` is the two loops
``for n in range(2)`` and ``for f in range(3)``, one inside the other.

Names, arguments and edges are those of `minunet.layers`, whose files derive each gradient and say what every
argument is. A network built with ``UNet(layers=minunet.reference)`` computes the same, in minutes instead of
milliseconds.

A backward pass is written the way its gradient comes about: walk over the outputs as forward did, and give
each input that took part its share, dout times the factor that the input was multiplied by.
"""

import numpy as np
from numpy import ndindex

from .layers._checks import expect_floating, expect_shape


def conv2d_forward(x, weight, bias):
    """Valid convolution (derived in ``layers/conv2d.py``).

        out[n,f,h,w] = bias[f] + sum over c,i,j of weight[f,c,i,j] x[n,c,h+i,w+j]

    x (N, C, H, W), weight (F, C, kh, kw), bias (F,) -> out (N, F, H-kh+1, W-kw+1), cache
    """
    expect_floating("x", x)
    expect_shape("x", x, "N", "C", "H", "W")
    expect_shape("weight", weight, "F", x.shape[1], "kh", "kw")
    expect_shape("bias", bias, weight.shape[0])
    N, C, H, W = x.shape
    F, _, kh, kw = weight.shape
    if H < kh or W < kw:
        raise ValueError(f"x has shape {x.shape}, expected at least the kernel's {kh}x{kw} in height and width")
    out = np.zeros((N, F, H - kh + 1, W - kw + 1), x.dtype)
    for n, f, h, w in ndindex(out.shape):
        out[n, f, h, w] = bias[f]
        for c, i, j in ndindex(C, kh, kw):
            out[n, f, h, w] += weight[f, c, i, j] * x[n, c, h + i, w + j]
    return out, (x, weight)


def conv2d_backward(dout, cache):
    """Gradients of `conv2d_forward`: every product weight * x gives each factor dout times the other.

    dout (N, F, H-kh+1, W-kw+1) -> dx (N, C, H, W), dweight (F, C, kh, kw), dbias (F,)
    """
    x, weight = cache
    N, C, H, W = x.shape
    F, _, kh, kw = weight.shape
    expect_shape("dout", dout, N, F, H - kh + 1, W - kw + 1)
    dx = np.zeros(x.shape, dout.dtype)
    dweight = np.zeros(weight.shape, dout.dtype)
    dbias = np.zeros(F, dout.dtype)
    for n, f, h, w in ndindex(dout.shape):
        dbias[f] += dout[n, f, h, w]
        for c, i, j in ndindex(C, kh, kw):
            dx[n, c, h + i, w + j] += weight[f, c, i, j] * dout[n, f, h, w]
            dweight[f, c, i, j] += x[n, c, h + i, w + j] * dout[n, f, h, w]
    return dx, dweight, dbias


def relu_forward(x):
    """Rectified linear unit (``layers/relu.py``): out = max(x, 0).

    x of any shape -> out like x, cache. The sign of a complex number is that of its real part.
    """
    out = np.zeros(x.shape, x.dtype)
    positive = np.zeros(x.shape, bool)
    for place in ndindex(x.shape):
        positive[place] = x[place].real > 0
        out[place] = 0 if x[place].real <= 0 else x[place]  # a nan is neither: it stays
    return out, positive


def relu_backward(dout, cache):
    """Gradient of `relu_forward`: dx = dout where x > 0, else 0.

    dout like x -> dx like x
    """
    positive = cache
    expect_shape("dout", dout, *positive.shape)
    dx = np.zeros(dout.shape, dout.dtype)
    for place in ndindex(dout.shape):
        if positive[place]:
            dx[place] = dout[place]
    return dx


def max_pool2d_forward(x):
    """Maximum of each 2x2 window, the first in row order among equals (``layers/max_pool2d.py``).

        out[n,c,h,w] = max over i,j in {0,1} of x[n,c,2h+i,2w+j]

    x (N, C, H, W) -> out (N, C, H/2, W/2), cache. Of complex numbers the real parts are compared.
    """
    expect_shape("x", x, "N", "C", "H", "W")
    N, C, H, W = x.shape
    if H % 2 or W % 2:
        raise ValueError(f"x has shape {x.shape}, expected an even height and width to pool by 2")
    out = np.zeros((N, C, H // 2, W // 2), x.dtype)
    winner = np.zeros((N, C, H // 2, W // 2, 2), int)  # the i and j that won
    for n, c, h, w in ndindex(out.shape):
        out[n, c, h, w] = x[n, c, 2 * h, 2 * w]
        for i, j in ndindex(2, 2):
            value = x[n, c, 2 * h + i, 2 * w + j]
            if value.real > out[n, c, h, w].real or np.isnan(value):  # a nan beats every number
                out[n, c, h, w] = value
                winner[n, c, h, w] = i, j
    return out, winner


def max_pool2d_backward(dout, cache):
    """Gradient of `max_pool2d_forward`: dout goes whole to the pixel that won its window.

    dout (N, C, H/2, W/2) -> dx (N, C, H, W)
    """
    winner = cache
    N, C, half_H, half_W, _ = winner.shape
    expect_shape("dout", dout, N, C, half_H, half_W)
    dx = np.zeros((N, C, 2 * half_H, 2 * half_W), dout.dtype)
    for n, c, h, w in ndindex(dout.shape):
        i, j = winner[n, c, h, w]
        dx[n, c, 2 * h + i, 2 * w + j] = dout[n, c, h, w]
    return dx


def conv_transpose2d_forward(x, weight, bias):
    """Up-convolution, 2x2 with stride 2 (derived in ``layers/conv_transpose2d.py``).

        out[n,f,2h+i,2w+j] = bias[f] + sum over c of x[n,c,h,w] weight[c,f,i,j]        i,j in {0,1}

    x (N, C, H, W), weight (C, F, 2, 2), bias (F,) -> out (N, F, 2H, 2W), cache
    """
    expect_floating("x", x)
    expect_shape("x", x, "N", "C", "H", "W")
    expect_shape("weight", weight, x.shape[1], "F", 2, 2)
    expect_shape("bias", bias, weight.shape[1])
    N, C, H, W = x.shape
    F = weight.shape[1]
    out = np.zeros((N, F, 2 * H, 2 * W), x.dtype)
    for n, f, h, w, i, j in ndindex(N, F, H, W, 2, 2):
        out[n, f, 2 * h + i, 2 * w + j] = bias[f]
        for c in range(C):
            out[n, f, 2 * h + i, 2 * w + j] += x[n, c, h, w] * weight[c, f, i, j]
    return out, (x, weight)


def conv_transpose2d_backward(dout, cache):
    """Gradients of `conv_transpose2d_forward`: every product x * weight gives each factor dout times the other.

    dout (N, F, 2H, 2W) -> dx (N, C, H, W), dweight (C, F, 2, 2), dbias (F,)
    """
    x, weight = cache
    N, C, H, W = x.shape
    F = weight.shape[1]
    expect_shape("dout", dout, N, F, 2 * H, 2 * W)
    dx = np.zeros(x.shape, dout.dtype)
    dweight = np.zeros(weight.shape, dout.dtype)
    dbias = np.zeros(F, dout.dtype)
    for n, f, h, w, i, j in ndindex(N, F, H, W, 2, 2):
        dbias[f] += dout[n, f, 2 * h + i, 2 * w + j]
        for c in range(C):
            dx[n, c, h, w] += weight[c, f, i, j] * dout[n, f, 2 * h + i, 2 * w + j]
            dweight[c, f, i, j] += x[n, c, h, w] * dout[n, f, 2 * h + i, 2 * w + j]
    return dx, dweight, dbias


def crop_concat_forward(skip, x):
    """The centre of skip, then x, on the channel axis (``layers/crop_concat.py``).

        out[n,c,h,w]    = skip[n,c,h+top,w+left]        top = (Hs-H)/2, left = (Ws-W)/2
        out[n,Cs+c,h,w] = x[n,c,h,w]

    skip (N, Cs, Hs, Ws), x (N, C, H, W) -> out (N, Cs+C, H, W), cache
    """
    expect_shape("skip", skip, "N", "Cs", "Hs", "Ws")
    expect_shape("x", x, skip.shape[0], "C", "H", "W")
    N, Cs, Hs, Ws = skip.shape
    C, H, W = x.shape[1:]
    for name, large, small in (("height", Hs, H), ("width", Ws, W)):
        if large < small or (large - small) % 2:
            raise ValueError(
                f"skip has {name} {large}, expected x's {small} or an even number more, so that the crop is centred"
            )
    top, left = (Hs - H) // 2, (Ws - W) // 2
    out = np.zeros((N, Cs + C, H, W), skip.dtype)
    for n, h, w in ndindex(N, H, W):
        for c in range(Cs):
            out[n, c, h, w] = skip[n, c, h + top, w + left]
        for c in range(C):
            out[n, Cs + c, h, w] = x[n, c, h, w]
    return out, (skip.shape, x.shape)


def crop_concat_backward(dout, cache):
    """Gradients of `crop_concat_forward`: each number of dout goes back to where its value came from.

    dout (N, Cs+C, H, W) -> dskip (N, Cs, Hs, Ws), zero where it was cropped, and dx (N, C, H, W)
    """
    (N, Cs, Hs, Ws), (_, C, H, W) = cache
    expect_shape("dout", dout, N, Cs + C, H, W)
    top, left = (Hs - H) // 2, (Ws - W) // 2
    dskip = np.zeros((N, Cs, Hs, Ws), dout.dtype)
    dx = np.zeros((N, C, H, W), dout.dtype)
    for n, h, w in ndindex(N, H, W):
        for c in range(Cs):
            dskip[n, c, h + top, w + left] = dout[n, c, h, w]
        for c in range(C):
            dx[n, c, h, w] = dout[n, Cs + c, h, w]
    return dskip, dx


def dropout_forward(x, rate, rng):
    """Zero with probability rate, else scale by 1 / (1 - rate) (``layers/dropout.py``).

    x of any shape, rng a numpy.random.Generator -> out like x, cache
    """
    expect_floating("x", x)
    if not 0 <= rate < 1:
        raise ValueError(f"rate is {rate}, expected 0 <= rate < 1")
    draws = rng.random(x.shape)
    out = np.zeros(x.shape, x.dtype)
    for place in ndindex(x.shape):
        if draws[place] >= rate:
            out[place] = x[place] / (1 - rate)
    return out, (draws, rate)


def dropout_backward(dout, cache):
    """Gradient of `dropout_forward`: the same zeros and the same scale.

    dout like x -> dx like x
    """
    draws, rate = cache
    expect_shape("dout", dout, *draws.shape)
    dx = np.zeros(dout.shape, dout.dtype)
    for place in ndindex(dout.shape):
        if draws[place] >= rate:
            dx[place] = dout[place] / (1 - rate)
    return dx


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    """Softmax over the channels and weighted cross-entropy (derived in ``layers/weighted_cross_entropy.py``).

        p[n,k,h,w] = exp(z[n,k,h,w]) / sum over c of exp(z[n,c,h,w])          z: the logits
        loss       = - sum over n,h,w of weights[n,h,w] log p[n, labels[n,h,w], h, w] / divisor

    The divisor is N*H*W ("mean"), 1 ("sum") or the sum of the weights ("weight_mean").

    logits (N, C, H, W), labels (N, H, W), weights (N, H, W) or None for ones -> loss, a scalar, and cache
    """
    expect_floating("logits", logits)
    expect_shape("logits", logits, "N", "C", "H", "W")
    N, C, H, W = logits.shape
    expect_shape("labels", labels, N, H, W)
    if labels.dtype.kind not in "iu":
        raise ValueError(f"labels has dtype {labels.dtype}, expected integers 0..{C - 1}")
    if weights is None:
        weights = np.ones((N, H, W))
    expect_shape("weights", weights, N, H, W)
    weights = weights.astype(logits.dtype)
    divisor = _divisor(weights, reduction)

    loss = logits.dtype.type(0)
    p = np.zeros(logits.shape, logits.dtype)
    for n, h, w in ndindex(N, H, W):
        label = labels[n, h, w]
        if not 0 <= label < C:
            raise ValueError(f"labels holds {label}, expected only the classes 0..{C - 1}")
        if weights[n, h, w] == 0:
            continue  # ignored, whatever its logits are
        # The largest logit is taken off first: it cancels in p, and exp cannot overflow.
        highest = max(logits[n, c, h, w].real for c in range(C))
        total = sum(np.exp(logits[n, c, h, w] - highest) for c in range(C))
        for k in range(C):
            p[n, k, h, w] = np.exp(logits[n, k, h, w] - highest) / total
        log_p = logits[n, label, h, w] - highest - np.log(total)
        loss -= weights[n, h, w] * log_p / divisor
    return loss, (p, labels, weights, divisor)


def weighted_cross_entropy_backward(cache):
    """Gradient of `weighted_cross_entropy_forward`.

        dlogits[n,k,h,w] = weights[n,h,w] (p[n,k,h,w] - [k = labels[n,h,w]]) / divisor

    -> dlogits (N, C, H, W)
    """
    p, labels, weights, divisor = cache
    dlogits = np.zeros(p.shape, p.dtype)
    for n, k, h, w in ndindex(p.shape):
        is_label = 1 if k == labels[n, h, w] else 0
        dlogits[n, k, h, w] = weights[n, h, w] * (p[n, k, h, w] - is_label) / divisor
    return dlogits


def _divisor(weights, reduction):
    if reduction == "mean":
        return weights.size
    if reduction == "sum":
        return 1
    if reduction == "weight_mean":
        total = sum(weights[place] for place in ndindex(weights.shape))
        if total == 0:
            raise ValueError('weights sum to 0, expected something to average for reduction "weight_mean"')
        return total
    raise ValueError(f"reduction is {reduction!r}, expected one of 'mean', 'sum', 'weight_mean'")
