"""The standard checks: what `test_gradients` demands of ours must catch every planted mistake.

A check takes a layer set and an operation, or a network's class, and raises AssertionError (a
`GradientError`, mostly) or, from within the layers, ValueError.
"""

import copy

import numpy as np

from minunet import gradcheck, layers, reference

LINEAR = ("conv2d", "conv_transpose2d", "crop_concat", "dropout")


def arguments(op, N, C, F, H, W, rng):
    """Arguments in general position for one operation's forward: random, with sizes that grow with those given."""
    normal = rng.standard_normal
    if op == "conv2d":
        return [
            (normal((N, C, H + kh - 1, W + kw - 1)), normal((F, C, kh, kw)), normal(F))
            for kh, kw in ((3, 3), (1, 1), (2, 3))
        ]
    if op == "conv_transpose2d":
        return [(normal((N, C, H, W)), normal((C, F, 2, 2)), normal(F))]
    if op == "crop_concat":
        return [
            (normal((N, C, H + 2 * top, W + 2 * left)), normal((N, F, H, W))) for top, left in ((2, 3), (0, 1), (0, 0))
        ]
    if op == "dropout":
        return [(normal((N, C, H, W)), rate, np.random.default_rng(rng.integers(99))) for rate in (0.5, 0.3, 0.0)]
    if op == "relu":
        return [(normal((N, C, H, W)),)]
    if op == "max_pool2d":
        return [(normal((N, C, 2 * H, 2 * W)),)]
    return loss_arguments(N, F, H, W, rng)


def loss_arguments(N, classes, H, W, rng):
    """Logits, labels, weights (none, all positive, a third of them zero), and each reduction."""
    weights = rng.uniform(0.1, 5, (N, H, W))
    some_zero = np.where(rng.random((N, H, W)) < 1 / 3, 0, weights)
    some_zero[0, 0, 0] = 1
    return [
        (rng.standard_normal((N, classes, H, W)), rng.integers(0, classes, (N, H, W)), w, reduction)
        for w in (None, weights, some_zero)
        for reduction in ("mean", "sum", "weight_mean")
    ]


def edge_arguments(op, N, C, F, H, W, rng):
    """Arguments on the edges of the contract: ties and zeros, huge logits, ignored pixels that hold nan."""
    if op == "relu":
        return [(rng.integers(-1, 2, (N, C, H, W)).astype(float),)]
    if op == "max_pool2d":
        return [(rng.integers(0, 3, (N, C, 2 * H, 2 * W)).astype(float),)]
    if op == "weighted_cross_entropy":
        logits, labels, _, _ = loss_arguments(N, F, H, W, rng)[0]
        huge = 1000 * logits + rng.choice([-3000, 3000], (N, 1, H, W))
        weights = np.ones((N, H, W))
        weights[0, 0, 0] = 0
        ignored = logits.copy()
        ignored[0, :, 0, 0] = np.nan
        return [(huge, labels, None, "sum"), (ignored, labels, weights, "mean")]
    return []


def forward_of(layer_set, op):
    return getattr(layer_set, f"{op}_forward")


def backward_of(layer_set, op):
    return getattr(layer_set, f"{op}_backward")


def check_central(layer_set, op, sizes, seed=0):
    """Central differences, where forward has a gradient."""
    return _worst(layer_set, op, arguments(op, *sizes, np.random.default_rng(seed)), "central")


def check_complex(layer_set, op, sizes, seed=0):
    """Complex step, on the edges too: forward decides there which way the gradient goes."""
    rng = np.random.default_rng(seed)
    cases = arguments(op, *sizes, rng) + edge_arguments(op, *sizes, rng)
    return _worst(layer_set, op, cases, "complex")


def check_adjoint(layer_set, op, sizes, seed=0):
    """The adjoint identity, exactly, for the linear operations; dropout's factor is a whole number at 0.5 and 0."""
    cases = arguments(op, *sizes, np.random.default_rng(seed))
    return _worst(layer_set, op, [args for args in cases if op != "dropout" or args[1] != 0.3], "adjoint")


def _worst(layer_set, op, cases, method):
    forward, backward = forward_of(layer_set, op), backward_of(layer_set, op)
    return max(gradcheck(forward, backward, *args, method=method) for args in cases)


def check_values(layer_set, op, sizes, seed=0):
    """Forward's values against the bare loops: for complex numbers too, whose imaginary parts show who won a tie.

    Sums of some tens of products in another order: 1e-12 of numbers up to ten thousand.
    """
    rng = np.random.default_rng(seed)
    for first, *rest in arguments(op, *sizes, rng) + edge_arguments(op, *sizes, rng):
        for x in (first, first + 1j * rng.standard_normal(first.shape)):
            found, wanted = (
                forward_of(functions, op)(x, *copy.deepcopy(rest))[0]  # a generator draws the same mask twice
                for functions in (layer_set, reference)
            )
            np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)


SIZES = (2, 3, 4, 5, 6)  # N, C, F, H, W: no two alike

LAYER_CHECKS = {
    "values": check_values,
    "central": check_central,
    "complex": check_complex,
    "adjoint": check_adjoint,
}


def checks_of(op):
    """The names of the checks that an operation is put to."""
    return [name for name in LAYER_CHECKS if name != "adjoint" or op in LINEAR]


def network(make, depth, in_channels=2, classes=3, base=2, dropout=0.5):
    """A small float64 network whose biases are not zero, as they are at first; `make` is the class."""
    net = make(in_channels, classes, base, depth, dropout, dtype="float64")
    rng = np.random.default_rng(1)
    for name, value in net.params.items():
        if name.endswith("bias"):
            net.params[name] = 0.1 * rng.standard_normal(value.shape)
    return net


def check_network_complex(make, depth=2, batch=2, size=(44, 48), training=True, seed=2, **settings):
    """Complex step through the whole network: each parameter and the image, along a random direction.

    The parameters come from the head back to the first: the walk's first mistake is the one that is named.
    """
    net = network(make, depth, **settings)
    names = list(reversed(net.params))

    def forward(*args):
        *values, x, rng = args
        net.params.update(zip(names, values, strict=True))
        return net.forward(x, training=training, rng=rng)

    def backward(dlogits, tape):
        grads = net.backward(dlogits, tape)
        return [grads[name] for name in (*names, "input")]

    x = np.random.default_rng(seed).standard_normal((batch, net.in_channels, *size))
    values = [net.params[name] for name in names]
    return gradcheck(forward, backward, *values, x, np.random.default_rng(3), method="complex")


def check_network_values(make):
    """Logits against the U written out by hand at depth 2, in use and in training."""
    net = network(make, depth=2)
    x = np.random.default_rng(2).standard_normal((2, 2, 44, 48))
    logits, _ = net.forward(x)
    np.testing.assert_allclose(logits, unet_by_hand(net.params, x, 0.0, None), rtol=1e-12, atol=1e-12)
    logits, _ = net.forward(x, training=True, rng=np.random.default_rng(3))
    by_hand = unet_by_hand(net.params, x, net.dropout, np.random.default_rng(3))
    np.testing.assert_allclose(logits, by_hand, rtol=1e-12, atol=1e-12)


def unet_by_hand(params, x, rate, rng):
    """The U of depth 2, step by step."""

    def run(op, *args):
        return forward_of(layers, op)(*args)[0]

    def weighted(op, name, x):
        return run(op, x, params[f"{name}.weight"], params[f"{name}.bias"])

    def double_conv(name, x):
        x = run("relu", weighted("conv2d", f"{name}.conv0", x))
        return run("relu", weighted("conv2d", f"{name}.conv1", x))

    def up(name, skip, x):
        return double_conv(name, run("crop_concat", skip, weighted("conv_transpose2d", f"{name}.upconv", x)))

    down0 = double_conv("down0", x)
    down1 = double_conv("down1", run("max_pool2d", down0))
    down1 = run("dropout", down1, rate, rng) if rate else down1
    down2 = double_conv("down2", run("max_pool2d", down1))
    down2 = run("dropout", down2, rate, rng) if rate else down2
    up1 = up("up1", down1, down2)
    up0 = up("up0", down0, up1)
    return weighted("conv2d", "head", up0)


def check_network_loss(make):
    """`UNet.loss` hands everything on: value and gradient against the bare loops, for every reduction."""
    net = network(make, depth=1)
    for args in loss_arguments(2, 3, 5, 4, np.random.default_rng(0)):
        loss, cache = reference.weighted_cross_entropy_forward(*args)
        found, dlogits = net.loss(*args)
        np.testing.assert_allclose(found, loss, rtol=1e-12)
        np.testing.assert_allclose(dlogits, reference.weighted_cross_entropy_backward(cache), rtol=1e-12, atol=1e-15)


def check_network_tape(make):
    """A kept tape gives the same gradients twice, and after the parameters moved; one not kept gives them too."""
    net = network(make, depth=1, dropout=0.0)
    rng = np.random.default_rng(0)
    x, dlogits = rng.standard_normal((2, 2, 18, 20)), rng.standard_normal((2, 3, 2, 4))
    kept, passing = net.forward(x)[1], net.forward(x, keep=False)[1]
    first = net.backward(dlogits, passing)
    for value in net.params.values():
        value += 1
    for _ in range(2):
        again = net.backward(dlogits, kept)
        for name in first:
            np.testing.assert_allclose(again[name], first[name], rtol=1e-12, atol=1e-12, err_msg=name)


def check_network_initialisation(make):
    """Standard deviation sqrt(2/N), N counted layer by layer for base 8 and depth 1.

    That of n numbers is out by its 1/sqrt(2n) part: four times that is allowed.
    """
    params = make(in_channels=3, classes=2, base=8, depth=1).params
    inputs = {
        "down0.conv0": 9 * 3,
        "down0.conv1": 9 * 8,
        "down1.conv0": 9 * 8,
        "down1.conv1": 9 * 16,
        "up0.upconv": 16,
        "up0.conv0": 9 * 16,
        "up0.conv1": 9 * 8,
        "head": 8,
    }
    assert len(params) == 2 * len(inputs)
    for name, N in inputs.items():
        weight = params[f"{name}.weight"]
        ratio = weight.std() / np.sqrt(2 / N)
        assert abs(ratio - 1) < 4 / np.sqrt(2 * weight.size), name
        assert not params[f"{name}.bias"].any()


NETWORK_CHECKS = {
    "values": check_network_values,
    "complex": check_network_complex,
    "loss": check_network_loss,
    "tape": check_network_tape,
    "initialisation": check_network_initialisation,
}
