"""minunet beside PyTorch, live, on the same weights: every layer, whole networks, and training."""

# ruff: noqa: E402  (torch is asked for before the modules that cannot do without it)
from functools import partial

import numpy as np
import pytest

torch = pytest.importorskip(
    "torch", reason="torch is not installed: parity rests on the golden files of test_golden.py alone"
)

import torch.nn.functional as F

import minunet as mu
from minunet import layers

from . import torch_unet
from .report import CASES, PAPER, PAPER_SIZED, SINGLE, Case, errors, relative_error

# A float64 sum of n terms is off by some sqrt(n) 1e-16: 2e-14 is the worst seen in any tensor of any network.
EXACT = 1e-10
LAYER_EXACT = 1e-13


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def assert_layer_matches(torch_layer, forward, backward, *arrays):
    """Output, and the gradient of every array under a random upstream gradient."""
    leaves = [torch_unet.leaf(array) for array in arrays]
    wanted = torch_layer(*leaves)
    out, cache = forward(*arrays)
    dout = np.random.default_rng(1).standard_normal(out.shape)
    wanted.backward(torch.from_numpy(dout))
    grads = backward(dout, cache)
    grads = grads if isinstance(grads, tuple) else (grads,)
    assert relative_error(out, wanted.detach().numpy()) < LAYER_EXACT
    for grad, leaf in zip(grads, leaves, strict=True):
        assert relative_error(grad, leaf.grad.numpy()) < LAYER_EXACT


@pytest.mark.parametrize("kernel", [(3, 3), (1, 1), (2, 3)], ids=str)
def test_conv2d(kernel, rng):
    x, weight, bias = (rng.standard_normal(shape) for shape in ((2, 3, 9, 7), (5, 3, *kernel), (5,)))
    assert_layer_matches(F.conv2d, layers.conv2d_forward, layers.conv2d_backward, x, weight, bias)


def test_conv_transpose2d(rng):
    x, weight, bias = (rng.standard_normal(shape) for shape in ((2, 5, 4, 7), (5, 3, 2, 2), (3,)))
    assert_layer_matches(
        partial(F.conv_transpose2d, stride=2),
        layers.conv_transpose2d_forward,
        layers.conv_transpose2d_backward,
        x,
        weight,
        bias,
    )


def test_relu(rng):
    assert_layer_matches(
        F.relu, layers.relu_forward, layers.relu_backward, rng.integers(-2, 3, (2, 3, 5, 7)).astype(float)
    )  # integers, so that some are exactly 0


def test_max_pool2d_with_ties(rng):
    assert_layer_matches(
        partial(F.max_pool2d, kernel_size=2),
        layers.max_pool2d_forward,
        layers.max_pool2d_backward,
        rng.integers(0, 3, (2, 3, 12, 10)).astype(float),
    )


def test_crop_concat(rng):
    assert_layer_matches(
        lambda skip, x: torch.cat([torch_unet.centre_crop(skip, x.shape[2:]), x], dim=1),
        layers.crop_concat_forward,
        layers.crop_concat_backward,
        rng.standard_normal((2, 3, 12, 9)),
        rng.standard_normal((2, 5, 8, 3)),
    )


@pytest.mark.parametrize("reduction", ["mean", "sum", "weight_mean"])
@pytest.mark.parametrize("weighted", [True, False], ids=["weighted", "plain"])
def test_weighted_cross_entropy(reduction, weighted, rng):
    logits = 4 * rng.standard_normal((2, 4, 5, 7))
    labels = rng.integers(0, 4, (2, 5, 7))
    weights = rng.uniform(0, 10, labels.shape) * (rng.random(labels.shape) > 0.3) if weighted else None
    leaf = torch_unet.leaf(logits)
    wanted = torch_unet.weighted_cross_entropy(
        leaf, torch.from_numpy(labels), torch.from_numpy(weights) if weighted else None, reduction
    )
    wanted.backward()
    loss, cache = layers.weighted_cross_entropy_forward(logits, labels, weights, reduction)
    assert loss == pytest.approx(wanted.item(), rel=LAYER_EXACT, abs=0)
    assert relative_error(layers.weighted_cross_entropy_backward(cache), leaf.grad.numpy()) < LAYER_EXACT


def test_weighted_cross_entropy_of_huge_logits(rng):
    logits = 1e4 * rng.standard_normal((1, 3, 4, 5))
    labels = rng.integers(0, 3, (1, 4, 5))
    loss, _ = layers.weighted_cross_entropy_forward(logits, labels)
    wanted = torch_unet.weighted_cross_entropy(torch.from_numpy(logits), torch.from_numpy(labels))
    assert loss == pytest.approx(wanted.item(), rel=LAYER_EXACT, abs=0)


@pytest.mark.parametrize("case", [*CASES, PAPER, PAPER_SIZED], ids=str)
def test_network_equals_pytorch(case):
    worst = errors(case)
    assert {name: error for name, error in worst.items() if not error < EXACT} == {}


@pytest.mark.parametrize("case", SINGLE, ids=str)
def test_single_precision_stays_within_its_rounding(case):
    worst = errors(case)  # about 5e-6; float32 rounds by 6e-8, and a gradient sums thousands of pixels
    assert {name: error for name, error in worst.items() if not error < 5e-5} == {}


OPTIMIZERS = {
    "sgd": (
        lambda params: mu.SGD(params, lr=0.01, momentum=0.99),
        lambda tensors: torch.optim.SGD(tensors, lr=0.01, momentum=0.99),
    ),
    "adam": (
        lambda params: mu.Adam(params, lr=0.003),
        lambda tensors: torch.optim.Adam(tensors, lr=0.003),
    ),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_twenty_steps_of_training_stay_together(name):
    ours, theirs = OPTIMIZERS[name]
    case = Case(depth=2, base=4, size=(52, 44), in_channels=2, classes=3, batch=2)
    net = case.network()
    x, labels, weights = case.data()
    start = {key: value.copy() for key, value in net.params.items()}
    wanted = torch_unet.trained_params(net.params, x, labels, weights, theirs, steps=20)
    optimizer = ours(net.params)
    for _ in range(20):
        logits, tape = net.forward(x, keep=False)
        _, dlogits = net.loss(logits, labels, weights)
        optimizer.step(net.backward(dlogits, tape))
    for key, value in net.params.items():
        assert relative_error(value, wanted[key]) < 1e-9
        assert relative_error(value, start[key]) > 1e-3, "training moved nothing: there was nothing to compare"
