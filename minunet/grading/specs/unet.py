"""The assignment "unet": the fourteen functions of minunet's layer contract (`minunet.layers`).

For each layer: the two functions with their points and formulas, the truth, the inputs, and the bank of mistakes. An
input differs from the plainest, the first, in one thing, which its tag names: so that what a function gets wrong can be
said ("wrong where there is one image").
"""

from itertools import product

import numpy as np

from ... import layers
from ..mistakes import conv2d, conv_transpose2d, crop_concat, dropout, max_pool2d, relu, weighted_cross_entropy
from ..spec import Case, Function, Layer, Seeded, Spec


def truth_of(op, gradients):
    """`Layer.truth` of one of minunet's own layers; `gradients` names what its backward returns, in order."""
    forward, backward = getattr(layers, f"{op}_forward"), getattr(layers, f"{op}_backward")

    def truth(dout=None, **arguments):
        out, cache = forward(*map(_float64, arguments.values()))
        found = {"out": out}
        if dout is not None:
            results = backward(_float64(dout), cache)
            found |= dict(zip(gradients, results if isinstance(results, tuple) else (results,), strict=True))
        return found

    return truth


def _float64(value):
    if isinstance(value, Seeded):
        return np.random.default_rng(value.seed)
    return value.astype(float) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value


def case(*tags, **arguments):
    """A case with these tags."""
    return Case(arguments, frozenset(tags))


def trivial(*tags, **arguments):
    """A case that many mistakes pass."""
    return Case(arguments, frozenset(tags), trivial=True)


def whole(rng, *shape):
    """Whole numbers from -3 to 3, none of them 0, for inputs that a person looks at."""
    return rng.integers(1, 4, shape) * rng.choice([-1.0, 1.0], shape)


# conv2d


def conv2d_case(rng, N=3, C=2, H=7, W=10, F=4, kh=3, kw=3, tags=(), draw=None):
    draw = draw or (lambda rng, *shape: rng.standard_normal(shape))
    make = trivial if kh == kw == 1 else case
    return make(*tags, x=draw(rng, N, C, H, W), weight=draw(rng, F, C, kh, kw), bias=draw(rng, F))


def conv2d_cases(rng):
    return [
        conv2d_case(rng),
        conv2d_case(rng, N=1, tags=["N is 1"]),
        conv2d_case(rng, H=8, W=8, tags=["the image is square"]),
        conv2d_case(rng, H=10, W=7, tags=["the image is higher than wide"]),
        conv2d_case(rng, C=1, tags=["C is 1"]),
        conv2d_case(rng, F=1, tags=["F is 1"]),
        conv2d_case(rng, C=3, F=3, tags=["C equals F"]),
        conv2d_case(rng, kh=1, kw=1, tags=["the kernel is 1x1"]),
        conv2d_case(rng, kh=3, kw=5, tags=["the kernel is not square"]),
        conv2d_case(rng, kh=5, kw=5, H=9, W=11, tags=["the kernel is 5x5"]),
        conv2d_case(rng, H=3, W=3, tags=["the kernel is as large as the image", "the image is square"]),
    ]


def conv2d_small(rng):
    for k, C, F, N, more in product((1, 2, 3), (1, 2), (1, 2), (1, 2), (0, 1)):
        yield conv2d_case(rng, N, C, k + more, k + more, F, k, k, draw=whole)
    yield conv2d_case(rng, 1, 1, 3, 5, 1, 3, 5, draw=whole)


CONV2D = Layer(
    forward=Function(
        "conv2d_forward",
        "conv2d_forward(x, weight, bias) -> out, cache",
        4,
        {"out": "out[n,f,h,w] = bias[f] + sum over c,i,j of weight[f,c,i,j] x[n,c,h+i,w+j]"},
    ),
    backward=Function(
        "conv2d_backward",
        "conv2d_backward(dout, cache) -> dx, dweight, dbias",
        6,
        {
            "dx": "dx[n,c,p,q] = sum over f,i,j of weight[f,c,i,j] dout[n,f,p-i,q-j]",
            "dweight": "dweight[f,c,i,j] = sum over n,h,w of dout[n,f,h,w] x[n,c,h+i,w+j]",
            "dbias": "dbias[f] = sum over n,h,w of dout[n,f,h,w]",
        },
    ),
    truth=truth_of("conv2d", ("dx", "dweight", "dbias")),
    arguments=("x", "weight", "bias"),
    cases=conv2d_cases,
    small=conv2d_small,
    mistakes=conv2d.bank,
    classes=("conv2d", "conv", "convolution", "convolution2d"),
    parameters=("weight", "bias"),
)

# relu


def relu_cases(rng):
    some = rng.standard_normal((3, 2, 4, 5)) * 5
    return [
        case(x=some),
        case("x is 0", x=rng.integers(-2, 3, (3, 2, 4, 5)).astype(float)),
        case("N is 1", x=some[:1] + 0.5),
        case("x is (N, D)", x=rng.standard_normal((4, 7)) * 3),
    ]


def relu_small(rng):
    yield case(x=np.array([[[[2.0]]]]))
    yield case(x=np.array([[[[-3.0]]]]))
    yield case(x=np.array([[[[0.0]]]]))
    for size in (2, 3, 8):
        yield case(x=rng.integers(-3, 4, (1, 1, 1, size)).astype(float))
    yield case(x=np.array([[[[9.0, -7.0]]]]))


RELU = Layer(
    forward=Function("relu_forward", "relu_forward(x) -> out, cache", 1, {"out": "out = max(x, 0)"}),
    backward=Function("relu_backward", "relu_backward(dout, cache) -> dx", 2, {"dx": "dx = dout where x > 0, else 0"}),
    truth=truth_of("relu", ("dx",)),
    arguments=("x",),
    cases=relu_cases,
    small=relu_small,
    mistakes=relu.bank,
    classes=("relu",),
)

# max_pool2d


def max_pool2d_cases(rng):
    return [
        case(x=rng.standard_normal((3, 2, 6, 10))),
        case("there are ties", x=rng.integers(0, 2, (3, 2, 6, 10)).astype(float)),
        case("all values are negative", x=-1 - rng.random((3, 2, 6, 10))),
        case("N is 1", x=rng.standard_normal((1, 2, 6, 10))),
        case("C is 1", x=rng.standard_normal((3, 1, 6, 10))),
        case("the image is square", x=rng.standard_normal((3, 2, 8, 8))),
        case("the image is higher than wide", x=rng.standard_normal((3, 2, 10, 4))),
        trivial("there are ties", x=np.ones((2, 3, 4, 6))),
    ]


def max_pool2d_small(rng):
    for window in ((1, 1, 0, 0), (0, 1, 0, 1), (0, 1, 1, 0), (1, 2, 3, 4), (4, 1, 2, 3), (-1, -3, -2, -4)):
        yield case(x=np.array(window, float).reshape(1, 1, 2, 2))
    for H, W, C, N in product((2, 4), (2, 4), (1, 2), (1, 2)):
        for _ in range(3):
            yield case(x=rng.integers(-4, 5, (N, C, H, W)).astype(float))
        yield case(x=rng.integers(0, 2, (N, C, H, W)).astype(float))


MAX_POOL2D = Layer(
    forward=Function(
        "max_pool2d_forward",
        "max_pool2d_forward(x) -> out, cache",
        2,
        {"out": "out[n,c,h,w] = max over i,j in {0,1} of x[n,c,2h+i,2w+j]"},
    ),
    backward=Function(
        "max_pool2d_backward",
        "max_pool2d_backward(dout, cache) -> dx",
        3,
        {"dx": "dx[n,c,2h+i,2w+j] = dout[n,c,h,w] where (i,j) is the first largest of its window in row order, else 0"},
    ),
    truth=truth_of("max_pool2d", ("dx",)),
    arguments=("x",),
    cases=max_pool2d_cases,
    small=max_pool2d_small,
    mistakes=max_pool2d.bank,
    classes=("maxpool2d", "maxpool", "maxpooling", "maxpooling2d"),
)

# conv_transpose2d


def conv_transpose2d_case(rng, N=3, C=2, H=4, W=5, F=3, tags=(), draw=None):
    draw = draw or (lambda rng, *shape: rng.standard_normal(shape))
    return case(*tags, x=draw(rng, N, C, H, W), weight=draw(rng, C, F, 2, 2), bias=draw(rng, F))


def conv_transpose2d_cases(rng):
    return [
        conv_transpose2d_case(rng),
        conv_transpose2d_case(rng, N=1, tags=["N is 1"]),
        conv_transpose2d_case(rng, H=4, W=4, tags=["the image is square"]),
        conv_transpose2d_case(rng, H=6, W=3, tags=["the image is higher than wide"]),
        conv_transpose2d_case(rng, C=1, tags=["C is 1"]),
        conv_transpose2d_case(rng, F=1, tags=["F is 1"]),
        conv_transpose2d_case(rng, C=4, F=4, tags=["C equals F"]),
        conv_transpose2d_case(rng, H=1, W=1, tags=["the image is one pixel"]),
    ]


def conv_transpose2d_small(rng):
    for C, F, N, H, W in product((1, 2), (1, 2), (1, 2), (1, 2), (1, 2, 3)):
        yield conv_transpose2d_case(rng, N, C, H, W, F, draw=whole)


CONV_TRANSPOSE2D = Layer(
    forward=Function(
        "conv_transpose2d_forward",
        "conv_transpose2d_forward(x, weight, bias) -> out, cache",
        3,
        {"out": "out[n,f,2h+i,2w+j] = bias[f] + sum over c of x[n,c,h,w] weight[c,f,i,j]"},
    ),
    backward=Function(
        "conv_transpose2d_backward",
        "conv_transpose2d_backward(dout, cache) -> dx, dweight, dbias",
        6,
        {
            "dx": "dx[n,c,h,w] = sum over f,i,j of weight[c,f,i,j] dout[n,f,2h+i,2w+j]",
            "dweight": "dweight[c,f,i,j] = sum over n,h,w of x[n,c,h,w] dout[n,f,2h+i,2w+j]",
            "dbias": "dbias[f] = sum over n and all pixels of dout[n,f]",
        },
    ),
    truth=truth_of("conv_transpose2d", ("dx", "dweight", "dbias")),
    arguments=("x", "weight", "bias"),
    cases=conv_transpose2d_cases,
    small=conv_transpose2d_small,
    mistakes=conv_transpose2d.bank,
    classes=(
        "convtranspose2d",
        "convtranspose",
        "transposedconv2d",
        "transposedconv",
        "upconv",
        "upconv2d",
        "upconvolution",
        "deconv",
        "deconv2d",
    ),
    parameters=("weight", "bias"),
)

# crop_concat


def crop_concat_case(rng, N=3, Cs=2, C=4, H=5, W=6, rows=4, columns=8, tags=(), draw=None):
    draw = draw or (lambda rng, *shape: rng.standard_normal(shape))
    return case(*tags, skip=draw(rng, N, Cs, H + rows, W + columns), x=draw(rng, N, C, H, W))


def crop_concat_cases(rng):
    return [
        crop_concat_case(rng),
        crop_concat_case(rng, N=1, tags=["N is 1"]),
        crop_concat_case(rng, rows=4, columns=4, tags=["rows and columns are cropped alike"]),
        crop_concat_case(rng, rows=8, columns=2, tags=["more rows than columns are cropped"]),
        crop_concat_case(rng, rows=0, columns=0, tags=["nothing is cropped"]),
        crop_concat_case(rng, Cs=3, C=3, tags=["skip and x have as many channels"]),
        crop_concat_case(rng, Cs=5, C=2, tags=["skip has more channels"]),
    ]


def crop_concat_small(rng):
    for Cs, C, more, N in product((1, 2), (1, 2), ((0, 0), (2, 2), (2, 4)), (1, 2)):
        yield crop_concat_case(rng, N, Cs, C, 1, 2, *more, draw=whole)


CROP_CONCAT = Layer(
    forward=Function(
        "crop_concat_forward",
        "crop_concat_forward(skip, x) -> out, cache",
        2,
        {"out": "out = [skip[:, :, top:top+H, left:left+W], x] on the channels, top = (Hs-H)/2, left = (Ws-W)/2"},
    ),
    backward=Function(
        "crop_concat_backward",
        "crop_concat_backward(dout, cache) -> dskip, dx",
        3,
        {
            "dskip": "dskip[:, :, top:top+H, left:left+W] = dout[:, :Cs], and 0 in the border that was cropped away",
            "dx": "dx = dout[:, Cs:]",
        },
    ),
    truth=truth_of("crop_concat", ("dskip", "dx")),
    arguments=("skip", "x"),
    cases=crop_concat_cases,
    small=crop_concat_small,
    mistakes=crop_concat.bank,
    classes=("cropconcat", "cropandconcat", "concat", "skipconnection", "skip"),
)

# dropout


def follow_dropout(arguments, out, dout):
    """What is right for the mask that a result shows: values 0 or scaled by 1 / (1 - rate), about as many as should.

    What became of a 0 of x nobody sees, and so not what its gradient should be.
    """
    x, rate = arguments["x"], arguments["rate"]
    if out.shape != x.shape:
        return None
    kept = np.abs(out) > 1e-6 * np.abs(x)
    near = abs(kept[x != 0].mean() - (1 - rate)) <= 5 * np.sqrt(rate * (1 - rate) / np.count_nonzero(x)) + 1e-9
    if not near or not np.allclose(out, x * kept / (1 - rate), rtol=1e-5):
        return None
    return {"out": out} | ({"dx": dout * kept / (1 - rate)} if x.all() else {})


def dropout_cases(rng):
    def one(rate, shape, *tags):
        make = case if rate else trivial
        return make(*tags, x=rng.standard_normal(shape), rate=rate, rng=Seeded(int(rng.integers(2**31))))

    return [
        one(0.5, (3, 2, 4, 5)),
        one(0.3, (3, 2, 4, 5), "rate is not 0.5"),
        one(0.8, (2, 4, 5, 3), "rate is not 0.5"),
        one(0.0, (2, 3, 4, 5), "rate is 0", "rate is not 0.5"),
        one(0.4, (1, 6, 3, 7), "N is 1", "rate is not 0.5"),
        case("x has zeros", x=rng.integers(-1, 2, (3, 2, 4, 5)).astype(float), rate=0.5, rng=Seeded(7)),
    ]


def dropout_small(rng):
    for size, rate in product((1, 2, 4, 8), (0.5, 0.2, 0.75, 0.0)):
        yield case(x=whole(rng, 1, 1, 1, size), rate=rate, rng=Seeded(int(rng.integers(100))))
    for C in (2, 3):
        yield case(x=whole(rng, 2, C, 1, 2), rate=0.5, rng=Seeded(int(rng.integers(100))))


DROPOUT = Layer(
    forward=Function(
        "dropout_forward",
        "dropout_forward(x, rate, rng) -> out, cache",
        1,
        {"out": "out = x keep / (1 - rate), keep = rng.random(x.shape) >= rate"},
    ),
    backward=Function(
        "dropout_backward",
        "dropout_backward(dout, cache) -> dx",
        2,
        {"dx": "dx = dout keep / (1 - rate), keep as forward drew it"},
    ),
    truth=truth_of("dropout", ("dx",)),
    arguments=("x", "rate", "rng"),
    cases=dropout_cases,
    small=dropout_small,
    mistakes=dropout.bank,
    follows=follow_dropout,
    prescribed=True,
    classes=("dropout",),
)

# weighted_cross_entropy


def loss_truth(dout=None, **arguments):
    loss, cache = layers.weighted_cross_entropy_forward(*map(_float64, arguments.values()))
    return {"loss": np.asarray(loss), "dlogits": layers.weighted_cross_entropy_backward(cache)}


def loss_size(dout=None, *, logits, labels, weights, reduction):
    """Rounding of a log-probability grows with the logits, that of a probability does too."""
    w = np.ones(labels.shape) if weights is None else weights
    divisor = {"mean": labels.size, "sum": 1, "weight_mean": w.sum()}[reduction]
    largest = 1 + np.abs(logits).max()
    return {"loss": largest * w.sum() / divisor, "dlogits": w.max() / divisor}


def loss_case(rng, *tags, N=3, C=4, H=5, W=2, reduction="mean", weights="given", spread=2.0, extreme=False):
    labels = rng.integers(0, C, (N, H, W))
    w = {"given": rng.random((N, H, W)) * 5 + 0.1, "none": None, "zeros": rng.integers(0, 3, (N, H, W)) * 1.5}[weights]
    logits = rng.standard_normal((N, C, H, W)) * spread
    arguments = {"logits": logits, "labels": labels, "weights": w, "reduction": reduction}
    return Case(arguments, frozenset(tags), extreme=extreme)


def unlikely_case(rng, epsilons):
    """Labels of half the probability of each number that somebody may add to it."""
    found = loss_case(rng, "logits are far apart", extreme=True)
    logits, labels = found.arguments["logits"], found.arguments["labels"]
    for k, epsilon in enumerate(epsilons):
        n, h, w = np.unravel_index(k, labels.shape)
        labels[n, h, w] = 0
        logits[n, :, h, w] = [np.log(epsilon / 2), 0, -50, -50]
    return found


def loss_cases(rng):
    unlikely, large, negative = (
        loss_case(rng, tag, extreme=True)
        for tag in ("the label is unlikely", "some logits are large", "all logits are very negative")
    )
    unlikely.arguments["logits"][0, :, 0, 0] = [800, 0, 799, -1]
    unlikely.arguments["labels"][0, 0, 0] = 1
    large.arguments["logits"][1, :, 2, 1] = [800, 799, 801, 800]
    negative.arguments["logits"][1, :, 2, 1] = [-800, -799, -801, -800]
    return [
        loss_case(rng),
        loss_case(rng, 'reduction is "sum"', reduction="sum"),
        loss_case(rng, 'reduction is "weight_mean"', reduction="weight_mean"),
        loss_case(rng, "weights is None", weights="none"),
        loss_case(rng, "some weights are 0", weights="zeros", extreme=True),
        loss_case(
            rng,
            "some weights are 0",
            'reduction is "weight_mean"',
            weights="zeros",
            reduction="weight_mean",
            extreme=True,
        ),
        loss_case(rng, "N is 1", N=1),
        loss_case(rng, "there are two classes", C=2),
        loss_case(rng, "the image is square", H=4, W=4),
        unlikely,
        large,
        negative,
        unlikely_case(rng, [epsilon for epsilon in weighted_cross_entropy.EPSILONS if epsilon >= 1e-20]),
        unlikely_case(rng, [epsilon for epsilon in weighted_cross_entropy.EPSILONS if epsilon < 1e-20]),
    ]


def loss_small(rng):
    for N, W, C, reduction, weights in product(
        (1, 2), (1, 2), (2, 3), ("mean", "sum", "weight_mean"), ("none", "given")
    ):
        labels = rng.integers(0, C, (N, 1, W))
        w = None if weights == "none" else rng.integers(1, 4, (N, 1, W)).astype(float)
        logits = rng.integers(-2, 3, (N, C, 1, W)).astype(float)
        yield case(logits=logits, labels=labels, weights=w, reduction=reduction)
    yield case(
        logits=np.array([800.0, 0]).reshape(1, 2, 1, 1), labels=np.ones((1, 1, 1), int), weights=None, reduction="mean"
    )
    yield case(
        logits=np.array([0.0, 20]).reshape(1, 2, 1, 1), labels=np.zeros((1, 1, 1), int), weights=None, reduction="mean"
    )


WEIGHTED_CROSS_ENTROPY = Layer(
    forward=Function(
        "weighted_cross_entropy_forward",
        'weighted_cross_entropy_forward(logits, labels, weights, reduction="mean") -> loss, cache',
        3,
        {"loss": 'loss = sum over n,h,w of w -log p[label] / N*H*W ("mean"), / 1 ("sum") or / sum(w) ("weight_mean")'},
    ),
    backward=Function(
        "weighted_cross_entropy_backward",
        "weighted_cross_entropy_backward(cache) -> dlogits",
        3,
        {"dlogits": "dlogits[n,k,h,w] = w[n,h,w] (p[n,k,h,w] - [k is the label]) / divisor of the reduction"},
    ),
    truth=loss_truth,
    arguments=("logits", "labels", "weights", "reduction"),
    cases=loss_cases,
    small=loss_small,
    mistakes=weighted_cross_entropy.bank,
    classes=(
        "weightedcrossentropy",
        "softmaxcrossentropy",
        "weightedsoftmaxcrossentropy",
        "crossentropy",
        "crossentropyloss",
        "weightedcrossentropyloss",
        "softmaxloss",
        "loss",
    ),
    takes_dout=False,
    size=loss_size,
)

SPEC = Spec(
    "unet", (CONV2D, RELU, MAX_POOL2D, CONV_TRANSPOSE2D, CROP_CONCAT, DROPOUT, WEIGHTED_CROSS_ENTROPY), network=4
)
