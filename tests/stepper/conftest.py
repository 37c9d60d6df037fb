"""Recorded steps of several networks, none square, all dimensions different."""

from types import SimpleNamespace

import numpy as np
import pytest

import minunet as mu
from minunet import fast, layers, reference

NETWORKS = {  # name: settings of the network, height and width, optimizer
    "layers, float32": ({"base": 3, "depth": 2, "layers": layers}, (60, 64), "sgd"),
    "fast, float32, Winograd": ({"base": 24, "depth": 1, "layers": fast}, (62, 58), "sgd"),
    "fast, float64, Adam": ({"base": 2, "depth": 2, "layers": fast, "dtype": "float64"}, (44, 52), "adam"),
    "reference, float64": ({"base": 1, "depth": 1, "layers": reference, "dtype": "float64"}, (18, 20), "sgd"),
    "a batch of two, depth 3": ({"base": 2, "depth": 3}, (92, 100), "sgd"),
    "no dropout, float32": ({"base": 4, "depth": 1, "dropout": 0.0}, (26, 20), "adam"),
}


def network(seed=0, **settings):
    """Two channels in, three classes out, and biases that are not 0."""
    net = mu.UNet(**{"in_channels": 2, "classes": 3, "base": 3, "depth": 2, "seed": seed} | settings)
    rng = np.random.default_rng([seed, 7])
    for name, value in net.params.items():
        if name.endswith("bias"):
            value[...] = 0.1 * rng.standard_normal(value.shape)
    return net


def example(net, size, seed=0):
    """An image, labels and weights of its size."""
    rng = np.random.default_rng([seed, 11])
    return rng.standard_normal((2, *size)), rng.integers(0, 3, size), rng.uniform(0.5, 3, size)


def optimizer_for(net, kind, seed=0):
    """An optimizer that has been at work for a while."""
    rng = np.random.default_rng([seed, 13])
    optimizer = mu.SGD(net.params, lr=0.03) if kind == "sgd" else mu.Adam(net.params, lr=0.01)
    for name, value in optimizer.state.items():
        optimizer.state[name] = (rng.standard_normal(value.shape) ** 2).astype(value.dtype) if value.ndim else value + 5
    return optimizer


def step_of(name):
    """The recorded step of one of `NETWORKS`."""
    settings, size, kind = NETWORKS[name]
    net = network(**settings)
    image, labels, weights = example(net, size)
    if "batch of two" in name:
        image, labels, weights = (np.stack([array, array[..., ::-1]]) for array in (image, labels, weights))
    return mu.Stepper(net, image, labels, weights, optimizer_for(net, kind))


def changed_layers(**functions):
    """The readable layers, with some functions replaced."""
    return SimpleNamespace(**{name: getattr(layers, name) for name in layers.__all__} | functions)


@pytest.fixture(scope="session")
def steps():
    """Every one of them, made once: nothing changes a recorded step but where it stands."""
    return {name: step_of(name) for name in NETWORKS}


@pytest.fixture(params=NETWORKS)
def stepper(request, steps):
    steps[request.param].restart()
    return steps[request.param]


@pytest.fixture
def small(steps):
    """One of them, for what need not be asked of all."""
    steps["layers, float32"].restart()
    return steps["layers, float32"]
