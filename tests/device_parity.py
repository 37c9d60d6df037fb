"""Every layer, and whole training steps, runnable on either device: what `test_device.py` and `test_gpu.py` compare.

A case takes a layer set and a `Source` of arguments, and returns what it computed, by name. The source draws
with NumPy and uploads, so a case sees the same values on every device.
"""

from collections import Counter

import numpy as np

from minunet import SGD, Adam, UNet, fast, layers
from minunet.device import device_of, to_device, to_host
from minunet.fast.threads import blas


class Source:
    """Random arguments on `device`, in `dtype`."""

    def __init__(self, device, dtype, seed=0):
        self.device, self.dtype = device, np.dtype(dtype)
        self.rng = np.random.default_rng(seed)
        self.uploads = 0

    def array(self, *shape):
        values = self.rng.standard_normal(shape)
        if self.dtype.kind == "c":
            values = values + 1j * self.rng.standard_normal(shape)
        return self._upload(values.astype(self.dtype))

    def labels(self, classes, *shape):
        return self._upload(self.rng.integers(classes, size=shape))

    def weights(self, *shape):
        """Positive, and 0 for about one pixel in four."""
        return self._upload((self.rng.random(shape) * (self.rng.random(shape) > 0.25)).astype(np.float32))

    def _upload(self, values):
        self.uploads += 1
        return to_device(values, self.device)


def conv2d(layers, source):
    out, cache = layers.conv2d_forward(source.array(3, 4, 8, 11), source.array(5, 4, 3, 2), source.array(5))
    dx, dweight, dbias = layers.conv2d_backward(source.array(*out.shape), cache)
    return {"out": out, "dx": dx, "dweight": dweight, "dbias": dbias}


def conv2d_3x3(layers, source):
    """What the fast set takes its own way: few channels."""
    return _conv2d(layers, source, 4, 5, (8, 11))


def conv2d_3x3_wide(layers, source):
    """And many, on an image that is large enough."""
    return _conv2d(layers, source, 24, 25, (23, 26))


def _conv2d(layers, source, channels, features, size):
    x, weight, bias = source.array(2, channels, *size), source.array(features, channels, 3, 3), source.array(features)
    out, cache = layers.conv2d_forward(x, weight, bias)
    dx, dweight, dbias = layers.conv2d_backward(source.array(*out.shape), cache)
    return {"out": out, "dx": dx, "dweight": dweight, "dbias": dbias}


def conv2d_relu(layers, source):
    out, cache = layers.conv2d_relu_forward(source.array(2, 4, 8, 11), source.array(5, 4, 3, 3), source.array(5))
    dx, dweight, dbias = layers.conv2d_relu_backward(source.array(*out.shape), cache)
    return {"out": out, "dx": dx, "dweight": dweight, "dbias": dbias}


def relu(layers, source):
    out, cache = layers.relu_forward(source.array(3, 4, 8, 11))
    return {"out": out, "dx": layers.relu_backward(source.array(*out.shape), cache)}


def max_pool2d(layers, source):
    out, cache = layers.max_pool2d_forward(source.array(3, 4, 8, 10))
    return {"out": out, "dx": layers.max_pool2d_backward(source.array(*out.shape), cache)}


def conv_transpose2d(layers, source):
    x, weight, bias = source.array(3, 4, 8, 11), source.array(4, 5, 2, 2), source.array(5)
    out, cache = layers.conv_transpose2d_forward(x, weight, bias)
    dx, dweight, dbias = layers.conv_transpose2d_backward(source.array(*out.shape), cache)
    return {"out": out, "dx": dx, "dweight": dweight, "dbias": dbias}


def crop_concat(layers, source):
    out, cache = layers.crop_concat_forward(source.array(3, 2, 12, 11), source.array(3, 4, 8, 5))
    dskip, dx = layers.crop_concat_backward(source.array(*out.shape), cache)
    return {"out": out, "dskip": dskip, "dx": dx}


def dropout(layers, source):
    out, cache = layers.dropout_forward(source.array(3, 4, 8, 11), 0.3, np.random.default_rng(1))
    return {"out": out, "dx": layers.dropout_backward(source.array(*out.shape), cache)}


def cross_entropy_mean(layers, source):
    return _cross_entropy(layers, source.array(2, 3, 8, 11), source.labels(3, 2, 8, 11), None, "mean")


def cross_entropy_sum(layers, source):
    logits, labels = source.array(2, 3, 8, 11), source.labels(3, 2, 8, 11)
    return _cross_entropy(layers, logits, labels, source.weights(2, 8, 11), "sum")


def cross_entropy_weight_mean(layers, source):
    logits, labels = source.array(2, 3, 8, 11), source.labels(3, 2, 8, 11)
    return _cross_entropy(layers, logits, labels, source.weights(2, 8, 11), "weight_mean")


def _cross_entropy(layers, logits, labels, weights, reduction):
    loss, cache = layers.weighted_cross_entropy_forward(logits, labels, weights, reduction)
    return {"loss": loss, "dlogits": layers.weighted_cross_entropy_backward(cache)}


CASES = {
    case.__name__: case
    for case in (
        *(conv2d, conv2d_3x3, conv2d_3x3_wide, relu, max_pool2d, conv_transpose2d, crop_concat, dropout),
        *(cross_entropy_mean, cross_entropy_sum, cross_entropy_weight_mean),
    )
}
# What a layer may move: a dropout mask up; "is any label out of range" and "is the sum of weights 0" down.
# The fast set does not ask for the label.
CROSSINGS = {
    "dropout": Counter(upload=1),
    "cross_entropy_mean": Counter(scalar=1),
    "cross_entropy_sum": Counter(scalar=1),
    "cross_entropy_weight_mean": Counter(scalar=2),
}
OPTIMIZERS = {
    "SGD": lambda params: SGD(params, lr=0.01, momentum=0.9),
    "Adam": lambda params: Adam(params, lr=0.01),
}
STEPS = 2


def train(device, dtype, optimizer, keep=False, seed=0, layers=layers):
    """`STEPS` training steps of a small U-Net, dropout included: all gradients, then parameters and state."""
    net = UNet(in_channels=2, classes=3, base=3, depth=2, seed=seed, dtype=dtype, layers=layers).to(device)
    source = Source(device, dtype, seed)
    x = source.array(2, 2, 44, 48)
    labels, weights = source.labels(3, 2, 4, 8), source.weights(2, 4, 8)
    optimizer = OPTIMIZERS[optimizer](net.params)
    rng = np.random.default_rng(seed)
    seen = {}
    for step in range(STEPS):
        logits, tape = net.forward(x, training=True, rng=rng, keep=keep)
        loss, dlogits = net.loss(logits, labels, weights)
        grads = net.backward(dlogits, tape)
        optimizer.step(grads)
        seen |= {f"step {step}: logits": logits, f"step {step}: loss": loss}
        seen |= {f"step {step}: gradient of {name}": gradient for name, gradient in grads.items()}
    return seen | net.params | {f"state {name}": value for name, value in optimizer.state.items()}


def bits(results):
    """Each result's dtype, shape and bytes."""
    results = {name: to_host(value) for name, value in results.items()}
    return {name: (value.dtype.str, value.shape, value.tobytes()) for name, value in results.items()}


def distances(results, expected):
    """For each result, its greatest difference from the expected one over that one's greatest magnitude."""
    assert results.keys() == expected.keys()
    found = {}
    for name, want in expected.items():
        got = to_host(results[name])
        assert (got.dtype, got.shape) == (want.dtype, want.shape)
        found[name] = float(abs(got - want).max() / abs(want).max())
    return found


def check_on_standin(cupy, case, layers, dtype="float32", constants=0):
    """The case gives NumPy's bits, in device arrays, and moves nothing but what `CROSSINGS` and `constants` allow."""
    run = conv2d_relu if case == "conv2d_relu" else CASES[case]
    source = Source("cuda", dtype)
    cupy.crossings.clear()
    with blas():  # on the host the fast set holds BLAS to one thread; on the stand-in nobody else would
        expected = run(layers, Source("cpu", dtype))
        found = run(layers, source)
    allowed = CROSSINGS.get(case, +Counter(upload=constants))
    if layers is fast and case.startswith("cross_entropy"):
        allowed = allowed - Counter(scalar=1)
    assert cupy.crossings - Counter(upload=source.uploads) == allowed, "crossings"
    assert {device_of(value) for value in found.values()} == {"cuda"}, "left the device"
    assert bits(found) == bits(expected)
