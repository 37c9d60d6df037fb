"""The assignment "cs231n": layers by the names, signatures and habits of Stanford's course CS231n, assignment 2.

Convolution and pooling have a stride, the convolution a pad, and both of them dictionaries that say so; the loss
returns its gradient itself; dropout has modes, and its p may be read as the share that is kept or that is dropped.
"""

from itertools import product

import numpy as np

from ..mistakes import affine, mode_dropout, softmax_loss, strided
from ..spec import Function, Layer, Spec
from .unet import RELU, case, whole

# affine


def affine_truth(x, w, b, dout=None):
    rows = x.reshape(len(x), -1)
    found = {"out": rows @ w + b}
    if dout is not None:
        found |= {"dx": (dout @ w.T).reshape(x.shape), "dw": rows.T @ dout, "db": dout.sum(axis=0)}
    return found


def affine_case(rng, shape, M, *tags, draw=None):
    draw = draw or (lambda rng, *shape: rng.standard_normal(shape))
    return case(*tags, x=draw(rng, *shape), w=draw(rng, int(np.prod(shape[1:])), M), b=draw(rng, M))


def affine_cases(rng):
    return [
        affine_case(rng, (3, 2, 4), 5),
        affine_case(rng, (4, 7), 3, "x is (N, D)"),
        affine_case(rng, (2, 3, 2, 4), 5, "x is (N, C, H, W)"),
        affine_case(rng, (1, 2, 4), 5, "N is 1"),
        affine_case(rng, (4, 2, 2), 4, "D equals M"),
    ]


def affine_small(rng):
    for N, D, E, M in product((1, 2), (1, 2), (1, 2), (1, 2)):
        yield affine_case(rng, (N, D, E), M, draw=whole)


AFFINE = Layer(
    forward=Function(
        "affine_forward", "affine_forward(x, w, b) -> out, cache", 1, {"out": "out = x.reshape(N, -1) w + b"}
    ),
    backward=Function(
        "affine_backward",
        "affine_backward(dout, cache) -> dx, dw, db",
        3,
        {
            "dx": "dx = (dout w^T).reshape(x.shape)",
            "dw": "dw = x.reshape(N, -1)^T dout",
            "db": "db = sum over n of dout[n]",
        },
    ),
    truth=affine_truth,
    arguments=("x", "w", "b"),
    cases=affine_cases,
    small=affine_small,
    mistakes=affine.bank,
    integers=True,
)

# convolution


def conv_truth(x, w, b, conv_param, dout=None):
    stride, pad = conv_param["stride"], conv_param["pad"]
    found = {"out": strided.conv_out(x, w, b, stride, pad)}
    if dout is not None:
        found |= {
            "dx": strided.inner(strided.paint(x, w, dout, stride, pad), pad),
            "dw": strided.conv_dw(strided.pad_image(x, pad), w, dout, stride),
            "db": dout.sum(axis=(0, 2, 3)),
        }
    return found


def conv_case(rng, *tags, N=3, C=2, H=7, W=9, F=4, kh=3, kw=3, stride=2, pad=1, draw=None, pad_first=False):
    draw = draw or (lambda rng, *shape: rng.standard_normal(shape))
    sizes = {"pad": pad, "stride": stride} if pad_first else {"stride": stride, "pad": pad}
    return case(*tags, x=draw(rng, N, C, H, W), w=draw(rng, F, C, kh, kw), b=draw(rng, F), conv_param=sizes)


def conv_cases(rng):
    return [
        conv_case(rng),
        conv_case(rng, "stride is 1", stride=1),
        conv_case(rng, "stride is 1", "pad is 0", stride=1, pad=0),
        conv_case(rng, "pad is 0", pad=0),
        conv_case(rng, "pad is 2", pad=2),
        conv_case(rng, "windows do not overlap", "pad is 0", H=6, stride=3, pad=0),
        conv_case(rng, "N is 1", N=1),
        conv_case(rng, "C is 1", C=1),
        conv_case(rng, "F is 1", F=1),
        conv_case(rng, "the image is square", H=7, W=7),
        conv_case(rng, "the image is higher than wide", H=9, W=5),
        conv_case(rng, "the kernel is not square", kh=3, kw=5),
        conv_case(rng, "the kernel is not square", "the kernel is higher than wide", kh=5, kw=3, pad=2),
        conv_case(rng, "C equals F", C=3, F=3),
        conv_case(rng, 'conv_param has "pad" before "stride"', pad_first=True),
    ]


def conv_small(rng):
    for k, stride, pad, C, F, N in product((1, 2, 3), (1, 2), (0, 1), (1, 2), (1, 2), (1, 2)):
        side = k + stride  # two windows, and with a pad of 1 some more
        if (side + 2 * pad - k) % stride == 0:
            yield conv_case(rng, N=N, C=C, H=side, W=side, F=F, kh=k, kw=k, stride=stride, pad=pad, draw=whole)
    yield conv_case(rng, N=1, C=1, H=3, W=4, F=1, kh=2, kw=3, stride=1, pad=0, draw=whole)


CONV = Layer(
    forward=Function(
        "conv_forward_naive",
        "conv_forward_naive(x, w, b, conv_param) -> out, cache",
        4,
        {"out": "out[n,f,h,w'] = b[f] + sum over c,i,j of w[f,c,i,j] x_padded[n,c,h*stride+i,w'*stride+j]"},
    ),
    backward=Function(
        "conv_backward_naive",
        "conv_backward_naive(dout, cache) -> dx, dw, db",
        6,
        {
            "dx": "dx_padded[n,c,h*stride+i,w'*stride+j] += w[f,c,i,j] dout[n,f,h,w']; dx is that without the pad",
            "dw": "dw[f,c,i,j] = sum over n,h,w' of dout[n,f,h,w'] x_padded[n,c,h*stride+i,w'*stride+j]",
            "db": "db[f] = sum over n,h,w' of dout[n,f,h,w']",
        },
    ),
    truth=conv_truth,
    arguments=("x", "w", "b", "conv_param"),
    cases=conv_cases,
    small=conv_small,
    mistakes=strided.conv,
    integers=True,
)

# pooling


def pool_truth(x, pool_param, dout=None):
    found = {"out": strided.cells(x, pool_param).max(axis=4)}
    if dout is not None:
        found["dx"] = strided.spread(x, strided.first_largest(x, pool_param), dout, pool_param)
    return found


def pool_case(x, *tags, height=2, width=2, stride=2, stride_first=False):
    sizes = {"pool_height": height, "pool_width": width, "stride": stride}
    return case(*tags, x=x, pool_param=dict(reversed(sizes.items())) if stride_first else sizes)


def pool_cases(rng):
    def image(N=3, C=2, H=6, W=10):
        return rng.standard_normal((N, C, H, W))

    ties = rng.integers(0, 2, (3, 2, 6, 10)).astype(float)
    return [
        pool_case(image()),
        pool_case(ties, "there are ties"),
        pool_case(-1 - rng.random((3, 2, 6, 10)), "all values are negative"),
        pool_case(image(H=7, W=9), "windows overlap", "windows are 3x3", height=3, width=3),
        pool_case(image(), "windows overlap", "stride is 1", stride=1),
        pool_case(image(W=9), "windows are not square", height=2, width=3, stride=1),
        pool_case(image(H=9, W=10), "windows are not square", height=3, width=2, stride=2),
        pool_case(image(H=6, W=9), "windows are 3x3", height=3, width=3, stride=3),
        pool_case(image(H=9, W=10), 'pool_param has "stride" first', height=3, width=2, stride=2, stride_first=True),
        pool_case(image(N=1), "N is 1"),
        pool_case(image(C=1), "C is 1"),
        pool_case(image(H=8, W=8), "the image is square"),
        pool_case(image(H=10, W=4), "the image is higher than wide"),
        pool_case(ties[:, :, :5, :9], "there are ties", "windows overlap", "windows are 3x3", height=3, width=3),
    ]


def pool_small(rng):
    for window in ((1, 1, 0, 0), (0, 1, 0, 1), (1, 2, 3, 4), (4, 1, 2, 3), (-1, -3, -2, -4)):
        yield pool_case(np.array(window, float).reshape(1, 1, 2, 2))
    for H, W, C, N, stride in product((2, 3, 4), (2, 3, 4), (1, 2), (1, 2), (1, 2)):
        if (H - 2) % stride == 0 and (W - 2) % stride == 0:
            yield pool_case(rng.integers(-4, 5, (N, C, H, W)).astype(float), stride=stride)
            yield pool_case(rng.integers(0, 2, (N, C, H, W)).astype(float), stride=stride)
    yield pool_case(rng.integers(-4, 5, (1, 1, 3, 2)).astype(float), height=3)
    yield pool_case(rng.integers(-4, 5, (1, 1, 2, 3)).astype(float), width=3)


POOL = Layer(
    forward=Function(
        "max_pool_forward_naive",
        "max_pool_forward_naive(x, pool_param) -> out, cache",
        2,
        {"out": "out[n,c,h,w] = max over i,j of x[n,c,h*stride+i,w*stride+j]"},
    ),
    backward=Function(
        "max_pool_backward_naive",
        "max_pool_backward_naive(dout, cache) -> dx",
        3,
        {"dx": "dx[n,c,h*stride+i,w*stride+j] += dout[n,c,h,w] at (i,j) of the window's first largest in row order"},
    ),
    truth=pool_truth,
    arguments=("x", "pool_param"),
    cases=pool_cases,
    small=pool_small,
    mistakes=strided.pool,
    integers=True,
)

# dropout


def dropout_truth(kept, share):
    """`Layer.truth` of one reading of p; `kept` of what np.random.rand drew, `share` of the values that are kept."""

    def truth(x, dropout_param, dout=None):
        factor = np.ones_like(x)
        if dropout_param["mode"] == "train":
            p = dropout_param["p"]
            factor = kept(mode_dropout.drawn(x, dropout_param), p) / share(p)
        found = {"out": x * factor}
        return found if dout is None else found | {"dx": dout * factor}

    return truth


def follow_dropout(arguments, out, dout):
    """What is right for the mask that a result shows, drawn however it may be; p is either share.

    None where as many were kept as neither share says, or the same of every image.
    """
    x, p = arguments["x"], arguments["dropout_param"]["p"]
    if out.shape != x.shape or arguments["dropout_param"]["mode"] != "train":
        return None
    kept = np.abs(out) > 1e-6 * np.abs(x)
    share = min((p, 1 - p), key=lambda share: abs(kept.mean() - share))
    one_mask = len(x) > 1 and 0 < kept.mean() < 1 and (kept == kept[:1]).all()
    if one_mask or abs(kept.mean() - share) > 5 * np.sqrt(p * (1 - p) / x.size):
        return None
    return {"out": x * kept / share, "dx": dout * kept / share}


def dropout_cases(rng):
    def one(mode, p, shape, *tags):
        sizes = {"mode": mode, "p": p, "seed": int(rng.integers(2**31))}
        return case(*tags, x=rng.standard_normal(shape), dropout_param=sizes)

    return [
        one("train", 0.3, (40, 50)),
        one("train", 0.8, (9, 8, 7, 6)),
        one("test", 0.3, (6, 7), "the mode is test"),
        one("train", 0.5, (30, 20), "p is 0.5"),
    ]


def dropout_small(rng):
    def one(mode, p, *shape):
        return case(x=whole(rng, *shape), dropout_param={"mode": mode, "p": p, "seed": int(rng.integers(100))})

    for size in (1, 2, 3):
        yield one("test", 0.25, 1, size)
    for shape in ((4, 5), (5, 6), (5, 8)):  # as many as it takes to see which share was kept
        yield one("train", 0.1, *shape)


KEEP, DROP = "p is read as the share that is kept", "p is read as the share that is dropped"
DROPOUT = Layer(
    forward=Function(
        "dropout_forward",
        "dropout_forward(x, dropout_param) -> out, cache",
        1,
        {"out": 'out = x (rand < p) / p in mode "train", x in mode "test"'},
    ),
    backward=Function(
        "dropout_backward", "dropout_backward(dout, cache) -> dx", 1, {"dx": "dx = dout by the mask that forward used"}
    ),
    truth=dropout_truth(np.less, lambda p: p),
    arguments=("x", "dropout_param"),
    cases=dropout_cases,
    small=dropout_small,
    mistakes=mode_dropout.bank,
    readings=(
        (KEEP, dropout_truth(np.less, lambda p: p)),
        (DROP, dropout_truth(np.greater_equal, lambda p: 1 - p)),
        (DROP, dropout_truth(lambda drawn, p: drawn < 1 - p, lambda p: 1 - p)),
        (KEEP, dropout_truth(lambda drawn, p: drawn >= 1 - p, lambda p: p)),
    ),
    follows=follow_dropout,
)

# loss


def loss_truth(x, y):
    shifted = x - x.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dx = np.exp(log_p)
    dx[np.arange(len(y)), y] -= 1
    return {"loss": np.asarray(-log_p[np.arange(len(y)), y].mean()), "dx": dx / len(y)}


def loss_size(x, y):
    return {"loss": 1 + np.abs(x).max(), "dx": 1 / len(y)}


def loss_cases(rng):
    def one(N, C, *tags, spread=2.0):
        return case(*tags, x=rng.standard_normal((N, C)) * spread, y=rng.integers(0, C, N))

    unlikely, large, negative = (
        one(5, 4, "the label is unlikely"),
        one(5, 4, "some scores are large"),
        one(5, 4, "all scores are very negative"),
    )
    unlikely.arguments["x"][0] = [800, 0, 799, -1]
    unlikely.arguments["y"][0] = 1
    large.arguments["x"][1] = [800, 799, 801, 800]
    negative.arguments["x"][1] = [-800, -799, -801, -800]
    return [
        one(5, 4),
        one(1, 4, "N is 1"),
        one(4, 4, "N equals C"),
        one(3, 2, "there are two classes"),
        unlikely,
        large,
        negative,
        far_apart_case(rng, [epsilon for epsilon in softmax_loss.EPSILONS if epsilon >= 1e-20]),
        far_apart_case(rng, [epsilon for epsilon in softmax_loss.EPSILONS if epsilon < 1e-20]),
    ]


def far_apart_case(rng, epsilons):
    """Labels of half the probability of each number that somebody may add to it."""
    x = np.array([[np.log(epsilon / 2), 0, -50, -50] for epsilon in epsilons])
    x += rng.standard_normal((len(x), 1))
    return case("scores are far apart", x=x, y=np.zeros(len(x), int))


def loss_small(rng):
    for N, C in product((1, 2), (2, 3)):
        yield case(x=rng.integers(-2, 3, (N, C)).astype(float), y=rng.integers(0, C, N))
    yield case(x=np.array([[800.0, 0]]), y=np.array([1]))
    yield case(x=np.array([[800.0, 0]]), y=np.array([0]))


LOSS = Layer(
    forward=Function(
        "softmax_loss",
        "softmax_loss(x, y) -> loss, dx",
        2,
        {
            "loss": "loss = mean over n of -log p[n,y[n]], p = softmax(x)",
            "dx": "dx[n,k] = (p[n,k] - [k is y[n]]) / N",
        },
    ),
    backward=None,
    truth=loss_truth,
    arguments=("x", "y"),
    cases=loss_cases,
    small=loss_small,
    mistakes=softmax_loss.bank,
    takes_dout=False,
    size=loss_size,
)

SPEC = Spec("cs231n", (AFFINE, RELU, CONV, POOL, DROPOUT, LOSS))
